package io.delos.store;

import io.delos.loop.Loop;
import io.delos.message.Message;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Brings messages back from disk. Any thread. */
public interface ColdMessages extends Finder {

    /** Marks the position of a message that was spilled: it lies in a log that no restart reads. */
    long SPILLED = 1L << 61;

    /** Whether the position is one of {@link #spill}. */
    static boolean spilled(long position) {
        return position >= 0 && (position & SPILLED) != 0;
    }

    /** Writes a message that need not survive a restart where memory is not needed for it; {@code placed} is told its position on {@code loop}. */
    void spill(Message message, Loop loop, LongConsumer placed);

    /**
     * Reads the messages at the first {@code count} of these positions (with what they weigh, as a guess at what to read) on a worker and posts them, in the same order, to {@code loop}. A message that cannot be read
     * because its bytes are damaged is reported by the implementation and comes as null, so that one bad record does not block a queue. While
     * the disk itself fails nothing comes: it is tried again until it does.
     */
    void fetch(long[] positions, int[] sizes, int count, Loop loop, Consumer<List<Message>> loaded);

    /** A message, perhaps a large one, has reached a queue that is no more: nothing of it is to be kept for that. */
    default void strayed(long queue, long position) { }

    /** As {@link #fetch}, for who only looks: of a message that has been consumed meanwhile, and whose file is gone, nothing is said; it comes as null. */
    default void look(long[] positions, int[] sizes, int count, Loop loop, Consumer<List<Message>> loaded) {
        fetch(positions, sizes, count, loop, loaded);
    }

    /** Counts one more ({@code delta} 1) or fewer (-1) living reference to the record at this position, so that its file is kept as long as needed. */
    void retain(long position, int delta);
}
