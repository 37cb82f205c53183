package io.delos.queue;

import io.delos.message.Message;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Shows what waits for its time, as it was when the walk began, a bounded number at a time; what has become due or was removed meanwhile
 * may still be shown. Owned by the queue's loop.
 */
final class ScheduleWalk {

    private static final int AT_ONCE = 1024;

    private final Queue queue;
    private final LongPredicate wanted;
    private final Visitor visitor;
    private final Snapshot all;
    private int next;

    /** References that wait for their time, in no order. */
    record Snapshot(long[] times, long[] keys, int[] sizes, int[] marks) { }

    /** Some of them with their messages, of which those are null that can't be read. */
    record Some(long[] times, long[] keys, Refs refs, Message[] messages) { }

    /** Is shown them; {@code goOn} has the next ones shown. */
    interface Visitor {
        void visit(Some some, Runnable goOn);

        void ended();
    }

    /** {@code wanted} says by its key whether one is to be read. */
    ScheduleWalk(Queue queue, LongPredicate wanted, Visitor visitor) {
        this.queue = queue;
        this.wanted = wanted;
        this.visitor = visitor;
        this.all = schedule().snapshot();
    }

    private Schedule schedule() {
        return queue.storage().later().schedule();
    }

    /** Goes on, or begins. */
    void walk() {
        if (queue.closed() || next == all.keys().length) {
            visitor.ended();
            return;
        }
        Refs refs = new Refs(16);
        long[] times = new long[AT_ONCE];
        long[] keys = new long[AT_ONCE];
        while (next < all.keys().length && refs.count() < AT_ONCE) {
            long key = all.keys()[next];
            if (wanted.test(key)) {
                times[refs.count()] = all.times()[next];
                keys[refs.count()] = key;
                Message kept = schedule().kept(key);
                refs.addMarked(kept == null ? key : Queue.NO_POSITION, all.sizes()[next], all.marks()[next], kept);
            }
            next++;
        }
        queue.storage().look(refs, read -> visitor.visit(new Some(Arrays.copyOf(times, refs.count()), Arrays.copyOf(keys, refs.count()),
                refs, whole(refs, read)), this::walk));
    }

    private static Message[] whole(Refs refs, List<Message> read) {
        Message[] messages = new Message[refs.count()];
        int at = 0;
        for (int i = 0; i < messages.length; i++) {
            messages[i] = refs.kept(i) != null ? refs.kept(i) : read.get(at++);
        }
        return messages;
    }
}
