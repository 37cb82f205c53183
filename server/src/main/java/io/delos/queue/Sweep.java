package io.delos.queue;

import io.delos.message.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Takes what somebody has chosen out of a queue, wherever it waits: window, backlog, schedule. It walks once over what waits when it
 * begins, a bounded number at a time, and goes on when what it took has been dealt with. What consumers hold is theirs, and what
 * arrives meanwhile is left alone; a paused queue is swept like any other. Owned by the queue's loop.
 */
public final class Sweep {

    /** Entries of the window that one turn looks at. */
    private static final int LOOK = 1024;

    /** What is to be taken. Called on the queue's loop. */
    public interface Choice {

        /** Whether it may be the message with this id ({@link Delivery#messageId}); asked before the message is read. */
        default boolean mayBe(long messageId) {
            return true;
        }

        /** Whether only what waits for its time is looked at. */
        default boolean scheduledOnly() {
            return false;
        }

        /** Whether it is to be taken. */
        boolean takes(Message message);
    }

    /** Deals with what was taken. Called on the queue's loop. */
    public interface Receiver {

        /**
         * These are out of their line, and count as handed out until they are forgotten, given back or sent off. {@code goOn} is called when
         * that is under way, on the queue's loop; with false if nothing more is to be taken.
         */
        void taken(List<Delivery> taken, Consumer<Boolean> goOn);

        /** Everything has been looked at, or enough was taken, or the queue is gone. */
        void ended();
    }

    private final Queue queue;
    private final Choice choice;
    private final Receiver receiver;
    private final long[] ends = new long[Window.LEVELS];
    private List<Delivery> taken = new ArrayList<>();
    private long left;
    private int level;
    private long at = Long.MIN_VALUE;
    private boolean again;
    private LaneCursor cursor;
    private boolean scheduleSeen;
    private Runnable goOnWith;

    private Sweep(Queue queue, Choice choice, long most, Receiver receiver) {
        this.queue = queue;
        this.choice = choice;
        this.left = most;
        this.receiver = receiver;
        this.level = choice.scheduledOnly() ? -1 : Window.LEVELS - 1;
        this.goOnWith = new ScheduleWalk(queue, key -> choice.mayBe(key + 1), new Scheduled())::walk;
        Storage storage = queue.storage();
        for (int i = 0; i < ends.length; i++) {
            Entry last = storage.window().level(i).tail();
            long behindWindow = last == null ? Long.MIN_VALUE : last.order + 1;
            ends[i] = storage.backlog().holds(i) ? Math.max(behindWindow, storage.backlog().lane(i).end()) : behindWindow;
            Piece loading = storage.loading(i);
            if (loading != null && loading.count() > 0) {
                ends[i] = Math.max(ends[i], loading.order(loading.count() - 1) + 1);
            }
        }
    }

    /** Begins; at most {@code most} are taken. */
    static void begin(Queue queue, Choice choice, long most, Receiver receiver) {
        new Sweep(queue, choice, most, receiver).step();
    }

    private void step() {
        while (!queue.closed() && left > 0 && level >= 0) {
            if (!stepLevel()) {
                return;
            }
        }
        if (!queue.closed() && left > 0 && !scheduleSeen) {
            goOnWith.run();
            return;
        }
        if (!deliver()) {
            queue.dispatchAgain();
            receiver.ended();
        }
    }

    /** Looks on within one priority; false if this goes on later. */
    private boolean stepLevel() {
        Storage storage = queue.storage();
        if (window()) {
            return false;
        }
        if (storage.loading(level) != null && storage.loading(level).order(0) < ends[level]) {
            at = Long.MIN_VALUE;
            storage.afterLoad(this::step);
            return false;
        }
        Lane lane = storage.backlog().holds(level) ? storage.backlog().lane(level) : null;
        long from = cursor == null ? Long.MIN_VALUE : cursor.at();
        if (lane != null && Math.max(from, lane.head()) < Math.min(ends[level], lane.end())) {
            lane(lane, Math.max(from, lane.head()), Math.min(ends[level], lane.end()));
            return false;
        }
        if (again) {
            // what stood behind the window when it was looked at may have come into it
            again = false;
            at = Long.MIN_VALUE;
            return true;
        }
        level--;
        at = Long.MIN_VALUE;
        cursor = null;
        return true;
    }

    /** Looks at some entries of the window; true if this goes on later. */
    private boolean window() {
        List<Entry> bare = new ArrayList<>(0);
        Entry entry = queue.storage().window().level(level).firstFrom(at);
        int looked = 0;
        while (entry != null && entry.order < ends[level] && looked++ < LOOK && taken.size() < left) {
            Entry next = entry.next;
            at = entry.order + 1;
            if (choice.mayBe(entry.id + 1)) {
                look(entry, bare);
            }
            entry = next;
        }
        if (!bare.isEmpty()) {
            queue.storage().look(Recall.refs(bare), messages -> whole(bare, messages));
            return true;
        }
        if (deliver()) {
            return true;
        }
        if (entry != null && entry.order < ends[level] && left > 0) {
            queue.loop().post(this::step);
            return true;
        }
        return false;
    }

    private void look(Entry entry, List<Entry> bare) {
        if (entry.bare()) {
            bare.add(entry);
        } else if (choice.takes(entry.message())) {
            take(entry);
        }
    }

    /** The messages of entries of the window have been read that were let go of. */
    private void whole(List<Entry> bare, List<Message> messages) {
        for (int i = 0; i < bare.size() && taken.size() < left; i++) {
            Entry entry = bare.get(i);
            boolean there = !queue.closed() && queue.storage().window().contains(entry);
            if (there && messages.get(i) != null && choice.takes(messages.get(i))) {
                if (entry.bare()) {
                    queue.storage().loaded(entry, messages.get(i));
                }
                take(entry);
            }
        }
        if (!deliver()) {
            step();
        }
    }

    private void lane(Lane lane, long from, long to) {
        again = true;
        if (cursor == null || cursor.lane() != lane || cursor.at() != from) {
            cursor = new LaneCursor(lane, from, to);
        }
        cursor.next(Storage.LOAD_COUNT, Storage.LOAD_BYTES, piece -> {
            Piece chosen = new Piece();
            for (int i = 0; i < piece.count(); i++) {
                if (choice.mayBe(piece.refs().position(i) + 1)) {
                    chosen.add(piece.refs(), i, piece.order(i));
                }
            }
            queue.storage().look(chosen.refs(), messages -> looked(lane, chosen, messages));
        });
    }

    private void looked(Lane lane, Piece piece, List<Message> messages) {
        int next = 0;
        for (int i = 0; i < piece.count() && taken.size() < left && !queue.closed(); i++) {
            Message message = piece.refs().kept(i) != null ? piece.refs().kept(i) : messages.get(next++);
            if (message == null || !choice.takes(message)) {
                continue;
            }
            Refs now = lane.take(piece.order(i), piece.refs(), i);
            Entry entry = now == null ? null : queue.storage().arrived(now, 0, message, piece.order(i));
            if (entry != null) {
                take(entry);
            }
        }
        queue.counters().backlog(queue.storage().backlog().count());
        queue.storage().runAfterLoad();
        if (!deliver()) {
            step();
        }
    }

    /** What becomes of the schedule's part. */
    private final class Scheduled implements ScheduleWalk.Visitor {

        @Override
        public void visit(ScheduleWalk.Some some, Runnable goOn) {
            take(some, goOn);
        }

        @Override
        public void ended() {
            scheduleSeen = true;
            step();
        }
    }

    private void take(ScheduleWalk.Some some, Runnable goOn) {
        Set<Long> wanted = new HashSet<>();
        for (int i = 0; i < some.keys().length && wanted.size() < left; i++) {
            if (some.messages()[i] != null && choice.takes(some.messages()[i])) {
                wanted.add(some.keys()[i]);
            }
        }
        Set<Long> there = wanted.isEmpty() || queue.closed() ? Set.of() : queue.storage().later().take(wanted);
        for (int i = 0; i < some.keys().length; i++) {
            if (there.contains(some.keys()[i])) {
                Refs one = new Refs(1);
                one.add(some.refs(), i);
                take(queue.storage().arrived(one, 0, some.messages()[i], Long.MIN_VALUE + 1 + i));
            }
        }
        goOnWith = goOn;
        if (!deliver()) {
            step();
        }
    }

    /** Takes it, unless it has made way for a newer one just now. */
    private void take(Entry entry) {
        if (queue.storage().window().contains(entry)) {
            taken.add(queue.pick(entry));
        }
    }

    /** Passes on what was taken; false if nothing was. */
    private boolean deliver() {
        if (taken.isEmpty()) {
            return false;
        }
        List<Delivery> full = taken;
        taken = new ArrayList<>();
        left -= full.size();
        receiver.taken(full, more -> {
            left = more ? left : 0;
            step();
        });
        return true;
    }
}
