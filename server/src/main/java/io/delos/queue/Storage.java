package io.delos.queue;

import io.delos.journal.Census;
import io.delos.message.Message;
import io.delos.store.ColdMessages;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Where a queue's waiting messages are: in the window while it has room, else as references in the backlog, brought back ahead of demand,
 * the highest priority first. Owned by the queue's loop.
 */
final class Storage {

    static final int LOAD_COUNT = 2048;
    static final long LOAD_BYTES = 2 << 20;
    private static final int WINDOW_COUNT = 32_768;
    /** As many messages as a queue may have at start that is not worth a backlog. */
    private static final int FEW = 4;
    /** The part of the window that messages of a priority may have though it is full of lower ones. */
    private static final int RESERVE = 8;

    private final Queue queue;
    private final WindowBudget budget;
    private final Window window = new Window();
    private final Backlog backlog;
    private final Later later;
    private final List<Runnable> afterLoad = new ArrayList<>(0);
    private Piece loading;
    private int loadingLevel;
    private long nextOrder;
    private long nextTransient;

    Storage(Queue queue, WindowBudget budget, BacklogFiles files) {
        this.queue = queue;
        this.budget = budget;
        this.backlog = new Backlog(queue, files);
        this.later = new Later(queue, this);
    }

    Window window() {
        return window;
    }

    Backlog backlog() {
        return backlog;
    }

    Later later() {
        return later;
    }

    /** What is on its way into the window; null if nothing is. */
    Piece loading() {
        return loading;
    }

    /** What of one priority is on its way into the window; null if nothing is. */
    Piece loading(int level) {
        return loadingLevel == level ? loading : null;
    }

    /** Whether the window holds so much more than it should that nothing may be brought out of turn. */
    boolean overfull() {
        return window.count() > 2 * WINDOW_COUNT || window.bytes() > 2 * budget.windowBytes();
    }

    /** Whether something is being read that will come into the window. */
    boolean bringing() {
        if (loading != null || later.loading() != null) {
            return true;
        }
        long room = budget.windowBytes();
        for (int level = 0; level < Window.LEVELS; level++) {
            if (backlog.holds(level) && backlog.lane(level).headMissing() && wanted(level, room)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the backlog holds messages of the same priority that come before this one, which was brought into the window out of turn. */
    boolean ahead(Entry entry) {
        return backlog.holds(entry.priority()) && entry.order > backlog.lane(entry.priority()).head();
    }

    /** Whether messages of the same priority that come before this one are just being read. */
    boolean mustWait(Entry entry) {
        return loading != null && loadingLevel == entry.priority() && entry.order > loading.order(0);
    }

    /** An id for a message that is only shown. */
    long browseId(long position) {
        return idOf(position);
    }

    /** Runs once, after something under way has arrived. */
    void afterLoad(Runnable then) {
        afterLoad.add(then);
    }

    void runAfterLoad() {
        if (!afterLoad.isEmpty()) {
            List<Runnable> waiting = new ArrayList<>(afterLoad);
            afterLoad.clear();
            waiting.forEach(Runnable::run);
        }
    }

    /** Takes in a new message, perhaps of a transaction that had been written; returns its entry if it went to the window, null if to the backlog. */
    Entry admit(Message message, long position, boolean staged) {
        int level = message.priority();
        boolean behind = backlog.holds(level) || loading(level) != null;
        if (behind || !roomFor(level)) {
            if (staged) {
                backlog.addStaged(position, message.size(), Refs.mark(level, 0, true), nextOrder);
            } else {
                backlog.add(position, message, nextOrder);
            }
            queue.counters().backlog(backlog.count());
            return null;
        }
        Lane lane = backlog.lane(level);
        Entry entry = new Entry(idOf(position), message, lane == null ? nextOrder++ : lane.pass(), 0, staged);
        window.addLast(entry);
        budget.add(message.size());
        return entry;
    }

    /** Takes in a message of a large transaction, of which only this is known: by way of the backlog. */
    void admitStaged(long position, int size, int mark) {
        backlog.addStaged(position, size, mark, nextOrder);
        queue.counters().backlog(backlog.count());
        refill();
    }

    private boolean roomFor(int level) {
        long room = budget.windowBytes();
        if (window.isEmpty() || window.count() < WINDOW_COUNT && window.bytes() < room) {
            return true;
        }
        return window.holdsBelow(level) && window.count(level) < WINDOW_COUNT / RESERVE && window.bytes(level) < room / RESERVE;
    }

    /** Whether a piece of this priority is to be brought back now: there is room, or what is in the window has to wait for what is not. */
    private boolean wanted(int level, long room) {
        if (window.bytes() <= room / 2 && window.count() <= WINDOW_COUNT / 2) {
            return true;
        }
        Entry first = window.level(level).head();
        if (first != null && ahead(first)) {
            return true;
        }
        return window.holdsBelow(level) && window.count(level) < WINDOW_COUNT / RESERVE / 2 && window.bytes(level) < room / RESERVE / 2;
    }

    boolean roomForDue() {
        return window.count() < WINDOW_COUNT && window.bytes() < budget.windowBytes();
    }

    private long idOf(long position) {
        return position == Queue.NO_POSITION || ColdMessages.spilled(position) ? Entry.transientId(nextTransient++) : position;
    }

    void remove(Entry entry) {
        window.remove(entry);
        budget.add(-entry.weight());
    }

    void putBack(Entry entry) {
        window.insert(entry);
        budget.add(entry.weight());
    }

    /** The message of an entry of the window, which was let go of, is in memory again. */
    void loaded(Entry entry, Message message) {
        forgetSpilled(entry);
        budget.add(-entry.weight());
        window.loaded(entry, message);
        budget.add(entry.weight());
    }

    /** Nobody wants this one of the window now: if there are too many of its kind its memory is given up. */
    void passed(Entry entry) {
        if (overfull() && entry.place() != Queue.NO_POSITION) {
            budget.add(-entry.weight());
            window.bare(entry, entry.place());
            budget.add(entry.weight());
        }
    }

    /** What was spilled of this entry is not needed any more. */
    void forgetSpilled(Entry entry) {
        if (!entry.durable() && entry.place() != Queue.NO_POSITION) {
            queue.cold().retain(entry.place(), -1);
        }
    }

    /** Brings back what is due and the next part of the backlog when the window is half empty. */
    void refill() {
        later.load();
        if (loading != null || queue.closed() || backlog.isEmpty()) {
            return;
        }
        long room = budget.windowBytes();
        for (int level = Window.LEVELS - 1; level >= 0; level--) {
            if (backlog.holds(level) && wanted(level, room)) {
                refill(backlog.lane(level), Math.min(LOAD_BYTES, room));
                return;
            }
        }
    }

    /** Sees to it that what waits for its time comes when it is due. */
    void awaitDue() {
        later.load();
    }

    private void refill(Lane lane, long bytes) {
        Piece piece = lane.take(LOAD_COUNT, bytes);
        if (piece.count() > 0) {
            loading = piece;
            loadingLevel = lane.level();
            queue.counters().backlog(backlog.count());
            fetch(piece.refs(), fetched -> loaded(piece, fetched));
        }
        nextOrder = backlog.dropUnused(lane.level(), nextOrder);
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

    private void loaded(Piece piece, List<Message> fetched) {
        if (loading != piece) {
            // it was purged while it was read
            runAfterLoad();
            return;
        }
        loading = null;
        Refs refs = piece.refs();
        int next = 0;
        for (int i = 0; i < refs.count(); i++) {
            Message message = refs.kept(i) != null ? refs.kept(i) : fetched.get(next++);
            arrived(refs, i, message, piece.order(i));
        }
        runAfterLoad();
        refill();
    }

    /** A message is in memory again, or, if it is null, lost: its damage was reported. */
    void arrived(Refs refs, int i, Message message, long order) {
        long position = refs.position(i);
        boolean spilled = refs.kept(i) == null && ColdMessages.spilled(position);
        if (spilled) {
            queue.cold().retain(position, -1);
        }
        if (message == null) {
            queue.lost(spilled ? Queue.NO_POSITION : position, refs.size(i));
            return;
        }
        Entry entry = new Entry(idOf(refs.kept(i) == null ? position : Queue.NO_POSITION), message, order, refs.failures(i),
                refs.staged(i));
        putBack(entry);
        queue.noticed(entry);
    }

    /** Empties window, backlog and schedule. */
    Removal removeAll() {
        Removal sum = new Removal(queue);
        Entry entry;
        while ((entry = window.first()) != null) {
            remove(entry);
            sum.add(entry.place(), entry.size(), entry.staged);
        }
        if (loading != null) {
            sum.add(loading.refs());
            loading = null;
        }
        backlog.removeAll(sum);
        later.removeAll(sum);
        queue.counters().backlog(0);
        sum.done();
        return sum;
    }

    /** What a snapshot says of one, and where it stands: what was due has no place yet, and comes first. */
    private record Place(long order, long position, int size, int mark) { }

    private static final Comparator<Place> IN_ORDER = Comparator.comparingInt((Place place) -> place.mark() & 0xff)
            .thenComparingLong(place -> Math.max(-1, place.order())).thenComparingLong(Place::position);

    /** All that is durable, with what is handed out. */
    QueueSnapshot snapshot(EntryChain handed) {
        List<Place> waiting = new ArrayList<>();
        for (Entry entry = handed.head(); entry != null; entry = entry.next) {
            collect(entry, waiting);
        }
        for (Entry entry = window.first(); entry != null; entry = window.after(entry)) {
            collect(entry, waiting);
        }
        for (int i = 0; loading != null && i < loading.count(); i++) {
            collect(loading.refs(), i, loading.order(i), waiting);
        }
        for (int i = 0; later.loading() != null && i < later.loading().count(); i++) {
            collect(later.loading(), i, -1, waiting);
        }
        waiting.sort(IN_ORDER);
        Refs front = new Refs(waiting.size());
        waiting.forEach(place -> front.addMarked(place.position(), place.size(), place.mark(), null));
        List<SavedLane> lanes = new ArrayList<>(0);
        List<QueueSnapshot.Need> needs = new ArrayList<>(0);
        backlog.save(front, lanes, needs);
        return new QueueSnapshot(front, later.schedule(), lanes, needs);
    }

    /** Tells of the same messages as {@link #snapshot}, then runs {@code answered}: at once, or on a worker when references had to be read. */
    void living(EntryChain handed, Census.Tally tally, Runnable answered) {
        for (Entry entry = handed.head(); entry != null; entry = entry.next) {
            tell(entry, tally);
        }
        for (Entry entry = window.first(); entry != null; entry = window.after(entry)) {
            tell(entry, tally);
        }
        for (int i = 0; loading != null && i < loading.count(); i++) {
            tell(loading.refs(), i, tally);
        }
        for (int i = 0; later.loading() != null && i < later.loading().count(); i++) {
            tell(later.loading(), i, tally);
        }
        later.schedule().forEach((at, position, size, mark) -> tally.living(position, size));
        backlog.living(tally, answered);
    }

    private static void tell(Entry entry, Census.Tally tally) {
        if (entry.durable()) {
            tally.living(entry.id, entry.size());
        }
    }

    /** Tells of one reference, if it leads into the journal. */
    static void tell(Refs refs, int i, Census.Tally tally) {
        if (refs.durable(i)) {
            tally.living(refs.position(i), refs.size(i));
        }
    }

    private static void collect(Entry entry, List<Place> into) {
        if (entry.durable()) {
            into.add(new Place(entry.order, entry.id, entry.size(), entry.mark()));
        }
    }

    private static void collect(Refs refs, int i, long order, List<Place> into) {
        if (refs.durable(i)) {
            into.add(new Place(order, refs.position(i), refs.size(i), refs.mark(i)));
        }
    }

    /** Whether all that waits may stand in the window unread. */
    private boolean few(QueueSnapshot saved) {
        return saved.front().count() <= FEW && saved.lanes().isEmpty() && !backlog.files().left(queue.id());
    }

    /** A lane with its chunk would take a multiple of these entries, and there may be very many queues with a message or two. */
    private long[] restoreFew(Refs front) {
        long[] sum = new long[2];
        for (int i = 0; i < front.count(); i++) {
            Entry entry = Entry.of(front, i, nextOrder++);
            queue.cold().retain(entry.id, 1);
            window.addLast(entry);
            budget.add(entry.weight());
            sum[0]++;
            sum[1] += entry.size();
        }
        return sum;
    }

    /** Takes over what the journal says is here, and counts it; returns how many and, in bytes, how much. */
    long[] restore(QueueSnapshot saved) {
        long[] sum = few(saved) ? restoreFew(saved.front()) : backlog.restore(saved);
        later.restore(saved.timed());
        saved.timed().forEach((at, position, size, mark) -> {
            queue.cold().retain(position, 1);
            sum[0]++;
            sum[1] += size;
        });
        queue.counters().backlog(backlog.count());
        return sum;
    }
}
