package io.delos.queue;

import io.delos.store.ColdMessages;

/**
 * What of a queue's messages is in consumers' hands and what waits for its time, with sizes in bytes. Added up when somebody asks: no message
 * pays for it.
 */
public record Portions(long deliveringBytes, long durableDelivering, long durableDeliveringBytes,
                       long scheduledBytes, long durableScheduled, long durableScheduledBytes) {

    /** Takes a look; on the queue's loop. */
    static Portions of(Queue queue) {
        long[] sums = new long[6];
        for (Entry entry = queue.handed().entries().head(); entry != null; entry = entry.next) {
            add(sums, 0, entry.size(), entry.durable());
        }
        queue.storage().later().schedule().forEach((at, position, size, mark) ->
                add(sums, 3, size, position != Queue.NO_POSITION && !ColdMessages.spilled(position)));
        return new Portions(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5]);
    }

    private static void add(long[] sums, int from, int size, boolean durable) {
        sums[from] += size;
        if (durable) {
            sums[from + 1]++;
            sums[from + 2] += size;
        }
    }
}
