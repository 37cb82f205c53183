package io.delos.queue;

import io.delos.journal.Census;
import io.delos.message.Message;
import io.delos.store.ColdMessages;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Where a queue's waiting messages are: in the window while it has room, else as references in the backlog, brought back ahead of demand.
 * Owned by the queue's loop.
 */
final class Storage {

    private static final int WINDOW_COUNT = 32_768;
    private static final int LOAD_COUNT = 2048;
    private static final long LOAD_BYTES = 2 << 20;

    private final Queue queue;
    private final WindowBudget budget;
    private final Window window = new Window();
    private final Backlog backlog = new Backlog();
    private final Schedule schedule = new Schedule();
    private final List<Runnable> afterLoad = new ArrayList<>();
    private Refs loading = new Refs(0);
    private final List<Refs> dueLoading = new ArrayList<>();
    private long nextOrder;
    private long headOrder = -1;
    private long nextTransient;

    Storage(Queue queue, WindowBudget budget) {
        this.queue = queue;
        this.budget = budget;
    }

    Window window() {
        return window;
    }

    Schedule schedule() {
        return schedule;
    }

    boolean loading() {
        return loading.count() > 0;
    }

    boolean windowEmpty() {
        return window.isEmpty();
    }

    /** An id for a message that is only shown. */
    long browseId(long position) {
        return idOf(position);
    }

    /** The references that are not in the window, in order, to look at. */
    void forEachUnloaded(Consumer<Refs> look) {
        if (loading()) {
            look.accept(loading);
        }
        backlog.forEach(look);
    }

    /** Nothing is left on disk that could be brought back. */
    boolean allInWindow() {
        return backlog.isEmpty() && !loading();
    }

    /** Runs once, after the load under way has arrived. */
    void afterLoad(Runnable then) {
        afterLoad.add(then);
    }

    /** Takes in a new message; returns its entry if it went to the window, null if to the backlog. */
    Entry admit(Message message, long position) {
        if (!allInWindow() || window.count() >= WINDOW_COUNT || !window.isEmpty() && window.bytes() >= budget.windowBytes()) {
            backlog.add(position, message, 0, position != Queue.NO_POSITION);
            if (position == Queue.NO_POSITION) {
                spill(message);
            }
            queue.counters().backlog(backlog.count());
            refill();
            return null;
        }
        return append(position, message, 0, false);
    }

    /** Takes in a message of a large transaction, of which only this is known: by way of the backlog. */
    void admitStaged(long position, int size, int mark) {
        backlog.addStaged(position, size, mark);
        queue.counters().backlog(backlog.count());
        refill();
    }

    private void spill(Message message) {
        Refs chunk = backlog.last();
        int slot = chunk.lastSlot();
        queue.cold().spill(message, queue.loop(), position -> {
            if (!chunk.place(slot, message, position)) {
                queue.cold().retain(position, -1);
            }
        });
    }

    private Entry append(long position, Message message, int failures, boolean staged) {
        Entry entry = new Entry(idOf(position), message, nextOrder++, failures, staged);
        window.addLast(entry);
        budget.add(message.size());
        return entry;
    }

    private long idOf(long position) {
        return position == Queue.NO_POSITION || ColdMessages.spilled(position) ? Entry.transientId(nextTransient++) : position;
    }

    void remove(Entry entry) {
        window.remove(entry);
        budget.add(-entry.message.size());
    }

    void putBack(Entry entry) {
        window.insert(entry);
        budget.add(entry.message.size());
    }

    /** Brings back the next part of the backlog when the window is half empty. */
    void refill() {
        if (backlog.isEmpty() || loading() || queue.closed()) {
            return;
        }
        long room = budget.windowBytes();
        if (window.bytes() > room / 2 || window.count() > WINDOW_COUNT / 2) {
            return;
        }
        loading = backlog.take(LOAD_COUNT, Math.min(LOAD_BYTES, room));
        queue.counters().backlog(backlog.count());
        fetch(loading, this::loaded);
    }

    /** Has those of the references that lie on disk read, and posted to the queue's loop. */
    void fetch(Refs refs, Consumer<List<Message>> then) {
        long[] positions = new long[refs.count()];
        int[] sizes = new int[refs.count()];
        int onDisk = 0;
        for (int i = 0; i < refs.count(); i++) {
            if (refs.kept(i) == null) {
                positions[onDisk] = refs.position(i);
                sizes[onDisk++] = refs.size(i);
            }
        }
        if (onDisk == 0) {
            queue.loop().post(() -> then.accept(List.of()));
        } else {
            queue.cold().fetch(positions, sizes, onDisk, queue.loop(), then);
        }
    }

    private void loaded(List<Message> fetched) {
        Refs refs = loading;
        loading = new Refs(0);
        Entry first = null;
        int next = 0;
        for (int i = 0; i < refs.count(); i++) {
            Message message = refs.kept(i) != null ? refs.kept(i) : fetched.get(next++);
            release(refs, i);
            if (message == null) {
                queue.lost(refs.position(i), refs.size(i));
                continue;
            }
            Entry entry = append(refs.position(i), message, refs.failures(i), refs.staged(i));
            first = first == null || Window.before(entry, first) ? entry : first;
        }
        if (first != null) {
            queue.loaded(first);
        }
        List<Runnable> waiting = new ArrayList<>(afterLoad);
        afterLoad.clear();
        waiting.forEach(Runnable::run);
        refill();
    }

    /** A spilled message that is in memory again needs its place on disk no more. */
    private void release(Refs refs, int i) {
        if (ColdMessages.spilled(refs.position(i))) {
            queue.cold().retain(refs.position(i), -1);
        }
    }

    /** Moves what is due to the head of the window, through the disk where it lies there; returns how many. */
    int loadDue(long now) {
        Refs refs = new Refs(16);
        Schedule.Waiting waiting;
        while ((waiting = schedule.pollDue(now)) != null) {
            refs.addMarked(waiting.position(), waiting.size(), waiting.mark(), waiting.message());
        }
        if (refs.count() > 0) {
            dueLoading.add(refs);
            fetch(refs, fetched -> dueLoaded(refs, fetched));
        }
        return refs.count();
    }

    private void dueLoaded(Refs refs, List<Message> fetched) {
        if (!dueLoading.remove(refs)) {
            return;
        }
        long order = headOrder - refs.count();
        headOrder = order;
        int next = 0;
        for (int i = 0; i < refs.count(); i++) {
            Message message = refs.kept(i) != null ? refs.kept(i) : fetched.get(next++);
            release(refs, i);
            if (message == null) {
                queue.lost(refs.position(i), refs.size(i));
                continue;
            }
            Entry entry = new Entry(idOf(refs.position(i)), message, order++, refs.failures(i), refs.staged(i));
            putBack(entry);
            queue.loaded(entry);
        }
    }

    /** Empties window, backlog and schedule. */
    Removal removeAll() {
        Removal sum = new Removal(queue);
        Entry entry;
        while ((entry = window.first()) != null) {
            remove(entry);
            sum.add(entry.durable() ? entry.id : Queue.NO_POSITION, entry.message.size(), entry.staged);
        }
        sum.add(loading);
        loading = new Refs(0);
        dueLoading.forEach(sum::add);
        dueLoading.clear();
        backlog.forEach(sum::add);
        backlog.clear();
        schedule.all().forEach(waiting -> sum.add(waiting.position(), waiting.size(), (waiting.mark() & Refs.STAGED) != 0));
        queue.counters().scheduled(-schedule.count());
        schedule.clear();
        queue.counters().backlog(0);
        sum.done();
        return sum;
    }

    /** What a snapshot says of one, and where it stands: what was due has no place yet, and comes first. */
    private record Place(long order, long position, int size, int mark) { }

    private static final Comparator<Place> IN_ORDER =
            Comparator.comparingLong((Place place) -> Math.max(-1, place.order())).thenComparingLong(Place::position);

    /** References to all that is durable, in order, with those handed out. */
    QueueSnapshot snapshot(EntryChain handed) {
        List<Place> waiting = new ArrayList<>();
        collect(handed.head(), waiting, false);
        for (Entry entry = window.first(); entry != null; entry = window.after(entry)) {
            collect(entry, waiting, true);
        }
        collect(loading, nextOrder, waiting);
        dueLoading.forEach(refs -> collect(refs, -1, waiting));
        waiting.sort(IN_ORDER);
        Refs refs = new Refs(waiting.size() + (int) Math.min(backlog.count(), Integer.MAX_VALUE / 2));
        waiting.forEach(place -> refs.addMarked(place.position(), place.size(), place.mark(), null));
        backlog.forEach(chunk -> addDurable(chunk, refs));
        QueueSnapshot snapshot = new QueueSnapshot(refs);
        for (Schedule.Waiting w : schedule.all()) {
            if (w.position() != Queue.NO_POSITION && !ColdMessages.spilled(w.position())) {
                snapshot.addTimed(w.at(), w.position(), w.size(), w.mark());
            }
        }
        return snapshot;
    }

    /** Tells of the same messages as {@link #snapshot}. */
    void living(EntryChain handed, Census.Tally tally) {
        for (Entry entry = handed.head(); entry != null; entry = entry.next) {
            tell(entry, tally);
        }
        for (Entry entry = window.first(); entry != null; entry = window.after(entry)) {
            tell(entry, tally);
        }
        tell(loading, tally);
        dueLoading.forEach(refs -> tell(refs, tally));
        backlog.forEach(chunk -> tell(chunk, tally));
        for (Schedule.Waiting waiting : schedule.all()) {
            if (waiting.position() != Queue.NO_POSITION) {
                tally.living(waiting.position(), waiting.size());
            }
        }
    }

    private static void tell(Entry entry, Census.Tally tally) {
        if (entry.durable()) {
            tally.living(entry.id, entry.message.size());
        }
    }

    private static void tell(Refs refs, Census.Tally tally) {
        for (int i = 0; i < refs.count(); i++) {
            if (refs.durable(i)) {
                tally.living(refs.position(i), refs.size(i));
            }
        }
    }

    private static void collect(Entry from, List<Place> into, boolean one) {
        for (Entry entry = from; entry != null; entry = one ? null : entry.next) {
            if (entry.durable()) {
                into.add(new Place(entry.order, entry.id, entry.message.size(), entry.mark()));
            }
        }
    }

    private static void collect(Refs refs, long order, List<Place> into) {
        for (int i = 0; i < refs.count(); i++) {
            if (refs.durable(i)) {
                into.add(new Place(order < 0 ? order : order + i, refs.position(i), refs.size(i), refs.mark(i)));
            }
        }
    }

    private static void addDurable(Refs from, Refs to) {
        for (int i = 0; i < from.count(); i++) {
            if (from.durable(i)) {
                to.addMarked(from.position(i), from.size(i), from.mark(i), null);
            }
        }
    }

    void restore(QueueSnapshot saved) {
        backlog.addAll(saved.refs());
        saved.scheduleAll(schedule);
        queue.counters().backlog(backlog.count());
    }
}
