package io.delos.queue;

import io.delos.message.Message;
import io.delos.store.ColdMessages;
import java.util.ArrayList;
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
        if (loading != null || later.loading() != null || queue.retention().gathering()) {
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
                backlog.addStaged(position, message.size(), Refs.mark(message, true), nextOrder);
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
        if (queue.retention().whole() && backlog.isEmpty() && loading == null) {
            admitUnread(Entry.unread(idOf(position), position, size, mark, nextOrder++));
            queue.retention().read();
            return;
        }
        backlog.addStaged(position, size, mark, nextOrder);
        queue.counters().backlog(backlog.count());
        refill();
    }

    private void admitUnread(Entry entry) {
        window.addLast(entry);
        budget.add(entry.weight());
        queue.retention().unread(entry);
    }

    private boolean roomFor(int level) {
        if (queue.retention().whole()) {
            return true;
        }
        long room = budget.windowBytes();
        if (window.isEmpty() || window.count() < WINDOW_COUNT && window.bytes() < room) {
            return true;
        }
        return window.holdsBelow(level) && window.count(level) < WINDOW_COUNT / RESERVE && window.bytes(level) < room / RESERVE;
    }

    /** Whether a piece of this priority is to be brought back now: there is room, or what is in the window has to wait for what is not. */
    private boolean wanted(int level, long room) {
        if (queue.retention().whole() || window.bytes() <= room / 2 && window.count() <= WINDOW_COUNT / 2) {
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
            giveUp(entry, entry.place());
        }
    }

    /** This one of the window has just come to a queue that keeps all its entries there: if there are too many its memory is given up. */
    void thin(Entry entry) {
        if (entry.bare() || window.bytes() <= budget.windowBytes()) {
            return;
        }
        if (entry.place() != Queue.NO_POSITION) {
            giveUp(entry, entry.place());
            return;
        }
        queue.cold().spill(entry.message(), queue.loop(), place -> {
            if (window.contains(entry) && !entry.bare()) {
                giveUp(entry, place);
            } else {
                queue.cold().retain(place, -1);
            }
        });
    }

    private void giveUp(Entry entry, long place) {
        budget.add(-entry.weight());
        window.bare(entry, place);
        budget.add(entry.weight());
    }

    /** The next entry of the window to be handed out, unless there are others before it that are not there; null then. */
    Entry head() {
        Entry first = window.first();
        return mustWait(first) || ahead(first) || aboveBacklog(first.priority()) ? null : first;
    }

    private boolean aboveBacklog(int level) {
        for (int higher = Window.LEVELS - 1; higher > level; higher--) {
            if (backlog.holds(higher)) {
                return true;
            }
        }
        return false;
    }

    /** Has the first of the backlog replaced; false if there is none, or it has to be read first. */
    boolean dropHead(Replaced replaced) {
        for (int level = Window.LEVELS - 1; level >= 0 && loading == null; level--) {
            if (backlog.holds(level)) {
                Piece piece = backlog.lane(level).take(1, Long.MAX_VALUE);
                for (int i = 0; i < piece.count(); i++) {
                    drop(piece.refs(), piece.order(i), replaced);
                }
                queue.counters().backlog(backlog.count());
                return piece.count() > 0;
            }
        }
        return false;
    }

    private void drop(Refs refs, long order, Replaced replaced) {
        if (refs.durable(0)) {
            replaced.leaves(Entry.of(refs, 0, order));
        } else {
            queue.lost(refs.kept(0) == null ? refs.position(0) : Queue.NO_POSITION, refs.size(0));
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
        read(refs, false, then);
    }

    /** The same for who only looks: what has been consumed before it was read comes as null, and nothing is said. */
    void look(Refs refs, Consumer<List<Message>> then) {
        read(refs, true, then);
    }

    private void read(Refs refs, boolean looking, Consumer<List<Message>> then) {
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
        } else if (looking) {
            queue.cold().look(positions, sizes, onDisk, queue.loop(), then);
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
        queue.retention().trim();
        runAfterLoad();
        refill();
    }

    /** A message is in memory again, and its entry, which is returned, in the window; or, if it is null, it is lost: its damage was reported. */
    Entry arrived(Refs refs, int i, Message message, long order) {
        long position = refs.position(i);
        boolean spilled = refs.kept(i) == null && ColdMessages.spilled(position);
        if (spilled) {
            queue.cold().retain(position, -1);
        }
        if (message == null) {
            queue.lost(spilled ? Queue.NO_POSITION : position, refs.size(i));
            return null;
        }
        Entry entry = new Entry(idOf(refs.kept(i) == null ? position : Queue.NO_POSITION), message, order, refs.failures(i),
                refs.staged(i));
        putBack(entry);
        queue.noticed(entry);
        return entry;
    }

    /** One whose time has come takes its place at the end, like a new one. */
    void due(Refs refs, int i, Message message) {
        int level = refs.priority(i);
        if (message != null && !backlog.holds(level) && loading(level) == null && roomFor(level)) {
            Lane lane = backlog.lane(level);
            arrived(refs, i, message, lane == null ? nextOrder++ : lane.pass());
        } else if (message == null) {
            arrived(refs, i, null, 0);
        } else if (refs.kept(i) != null) {
            backlog.add(Queue.NO_POSITION, message, nextOrder);
        } else {
            backlog.addStaged(refs.position(i), refs.size(i), refs.mark(i), nextOrder);
        }
        queue.counters().backlog(backlog.count());
    }

    /** Empties window, backlog and schedule. */
    Removal removeAll() {
        Removal sum = new Removal(queue);
        Entry entry;
        while ((entry = window.first()) != null) {
            remove(entry);
            queue.retention().went(entry);
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

    /** Whether all that waits may stand in the window unread. */
    private boolean few(QueueSnapshot saved) {
        return (queue.retention().whole() || saved.front().count() <= FEW) && saved.lanes().isEmpty() && !backlog.files().left(queue.id());
    }

    /** A lane with its chunk would take a multiple of these entries, and there may be very many queues with a message or two. */
    private long[] restoreFew(Refs front) {
        long[] sum = new long[2];
        for (int i = 0; i < front.count(); i++) {
            Entry entry = Entry.of(front, i, nextOrder++);
            queue.cold().retain(entry.id, 1);
            admitUnread(entry);
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
