package io.delos.broker;

import io.delos.journal.Census;
import io.delos.loop.Loop;
import io.delos.message.Message;
import io.delos.queue.Queue;
import io.delos.store.ColdMessages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/**
 * Messages of an open transaction that lie on disk already: what a queue needs to know of each when the transaction commits, in a few tens
 * of bytes; those of a small one that waits to be decided may be in memory besides. Filled on one thread and then handed over: the journal thread adds the durable positions, the session's loop those of spilled
 * messages, both before anybody reads them.
 */
final class StagedMessages {

    /**
     * Where a message will go: all its queues, and the ids of the durable ones among them, or, for a large message, of all.
     */
    record Targets(Queue[] queues, long[] durable, boolean all) {

        private static final Queue[] UNKNOWN = new Queue[0];

        static Targets of(Queue[] queues) {
            return new Targets(queues, SendUnit.durableIds(queues), false);
        }

        /** All its queues get it by its place in the journal. */
        static Targets all(Queue[] queues) {
            return new Targets(queues, Arrays.stream(queues).mapToLong(Queue::id).toArray(), true);
        }

        /** What a record says of them. */
        static Targets of(long[] durable) {
            return new Targets(UNKNOWN, durable, false);
        }

        boolean same(Targets other) {
            return all == other.all && Arrays.equals(queues, other.queues) && Arrays.equals(durable, other.durable);
        }
    }

    /** The position of a message whose record is being written. */
    static final long AWAITED = -2;

    private final List<Targets> targets = new ArrayList<>(1);
    private long[] positions;
    private long[] spilled = {};
    private long[] deliverAt = {};
    private int[] sizes;
    private byte[] priorities;
    private int[] where;
    private Message[] kept = {};
    private int count;

    StagedMessages(int capacity) {
        positions = new long[capacity];
        sizes = new int[capacity];
        priorities = new byte[capacity];
        where = new int[capacity];
    }

    int count() {
        return count;
    }

    /** Adds one; returns its index. */
    int add(Targets to, long position, int size, int priority, long deliverAtMillis) {
        if (count == positions.length) {
            grow();
        }
        positions[count] = position;
        sizes[count] = size;
        priorities[count] = (byte) priority;
        where[count] = intern(to);
        if (deliverAtMillis != 0) {
            deliverAt = wide(deliverAt);
            deliverAt[count] = deliverAtMillis;
        }
        return count++;
    }

    /** Adds one that stays in memory too; one without a position is nowhere else. */
    void keep(Targets to, long position, Message message) {
        int i = add(to, position, message.size(), message.priority(), message.deliverAt());
        if (kept.length < positions.length) {
            kept = Arrays.copyOf(kept, positions.length);
        }
        kept[i] = message;
    }

    private Message kept(int i) {
        return i < kept.length ? kept[i] : null;
    }

    private void grow() {
        int capacity = Math.max(16, count * 2);
        positions = Arrays.copyOf(positions, capacity);
        sizes = Arrays.copyOf(sizes, capacity);
        priorities = Arrays.copyOf(priorities, capacity);
        where = Arrays.copyOf(where, capacity);
    }

    /** A column that few messages need is made when the first does. */
    private long[] wide(long[] column) {
        return column.length < positions.length ? Arrays.copyOf(column, positions.length) : column;
    }

    private int intern(Targets to) {
        for (int i = targets.size() - 1; i >= 0; i--) {
            if (targets.get(i).same(to)) {
                return i;
            }
        }
        targets.add(to);
        return targets.size() - 1;
    }

    Targets targets(int i) {
        return targets.get(where[i]);
    }

    /** Where the journal has it; {@link Queue#NO_POSITION} for one that is not durable in any queue, or not written yet. */
    long position(int i) {
        return positions[i];
    }

    /** The first message from this index on whose record is awaited lies here; returns the index behind it. */
    int place(int from, long position) {
        int at = from;
        while (positions[at] != AWAITED) {
            at++;
        }
        positions[at] = position;
        return at + 1;
    }

    /** Where the copy lies that queues without durability get. */
    void spilled(int i, long position) {
        spilled = wide(spilled);
        spilled[i] = position;
    }

    private long spilled(int i) {
        return i < spilled.length ? spilled[i] : 0;
    }

    int size(int i) {
        return sizes[i];
    }

    int priority(int i) {
        return priorities[i];
    }

    long deliverAt(int i) {
        return i < deliverAt.length ? deliverAt[i] : 0;
    }

    /** How many lives the record of a message has: one in each durable queue; 0 for a message that has no record. */
    private int lives(int i) {
        return positions[i] == Queue.NO_POSITION ? 0 : targets(i).durable().length;
    }

    /** Counts the lives of all durable ones, or ends them. */
    void retain(ColdMessages cold, int each) {
        for (int i = 0; i < count; i++) {
            int lives = lives(i);
            if (lives > 0) {
                cold.retain(positions[i], lives * each);
            }
        }
    }

    /** Ends the lives of spilled ones, which were counted when they were placed. */
    void dropSpilled(ColdMessages cold) {
        for (int i = 0; i < spilled.length; i++) {
            if (spilled[i] != 0) {
                cold.retain(spilled[i], -volatileTargets(i));
            }
        }
    }

    /** How many of its queues get the spilled copy. */
    int volatileTargets(int i) {
        Targets to = targets(i);
        return to.queues().length - lives(i);
    }

    /** The journal's positions, to ask what keeps a file alive. */
    void forEachPosition(LongConsumer look) {
        for (int i = 0; i < count; i++) {
            if (lives(i) > 0) {
                look.accept(positions[i]);
            }
        }
    }

    /** Tells of the same. */
    void living(Census.Tally tally) {
        for (int i = 0; i < count; i++) {
            if (lives(i) > 0) {
                tally.living(positions[i], sizes[i]);
            }
        }
    }

    /** They are true: those queues that live on this loop get them, with the lives that were counted. */
    void enter(Loop here) {
        for (int i = 0; i < count; i++) {
            for (Queue target : targets(i).queues()) {
                if (target.loop() == here) {
                    enter(i, target, lives(i) > 0 && (target.durable() || targets(i).all()));
                }
            }
        }
    }

    private void enter(int i, Queue target, boolean durable) {
        if (kept(i) == null) {
            target.enqueueStaged(durable ? positions[i] : spilled(i), sizes[i], priorities[i], deliverAt(i));
        } else if (durable) {
            target.enqueueStaged(kept(i), positions[i]);
        } else {
            target.enqueue(kept(i), Queue.NO_POSITION);
        }
    }

    /** The same messages as a checkpoint or the journal's facts have them, with those queues that are there; without those that have none. */
    StagedMessages resolved(LongFunction<Queue> find) {
        StagedMessages found = new StagedMessages(count);
        Targets before = null;
        Targets resolved = null;
        for (int i = 0; i < count; i++) {
            if (targets(i) != before) {
                before = targets(i);
                resolved = Targets.of(Arrays.stream(before.durable()).mapToObj(find).filter(Objects::nonNull).toArray(Queue[]::new));
            }
            if (positions[i] != Queue.NO_POSITION && resolved.queues().length > 0) {
                found.add(resolved, positions[i], sizes[i], priorities[i], deliverAt(i));
            }
        }
        return found;
    }

    /** The same but for those that lie at these positions. */
    StagedMessages without(Set<Long> gone) {
        StagedMessages left = new StagedMessages(count);
        for (int i = 0; i < count; i++) {
            if (!gone.contains(positions[i])) {
                left.add(targets(i), positions[i], sizes[i], priorities[i], deliverAt(i));
            }
        }
        return left;
    }

    /** They count against their addresses again, after a restart. */
    void weigh() {
        for (int i = 0; i < count; i++) {
            for (Queue target : targets(i).queues()) {
                target.usage().add(sizes[i]);
            }
        }
    }

    /** All queues they go to; some more than once. */
    void forEachQueue(Consumer<Queue> look) {
        for (Targets to : targets) {
            for (Queue queue : to.queues()) {
                look.accept(queue);
            }
        }
    }

    /** They will never be: their addresses weigh less. */
    void undo() {
        for (int i = 0; i < count; i++) {
            for (Queue target : targets(i).queues()) {
                target.usage().remove(sizes[i], 1);
            }
        }
    }
}
