package io.delos.queue;

import io.delos.store.Fact;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** What facts say has left a queue, or failed, of which it is not in memory whether the queue had it. Not thread-safe. */
final class Losses {

    private final LongStream.Builder collected = LongStream.builder();
    private final List<Fact.Purged> purges = new ArrayList<>();
    private final NavigableMap<Long, Integer> failed = new TreeMap<>();
    private long[] gone;

    void settled(long position) {
        collected.add(position);
    }

    void purged(Fact.Purged fact) {
        purges.add(fact);
    }

    void failed(long position, int failures) {
        failed.put(position, failures);
    }

    /** By position. */
    NavigableMap<Long, Integer> failed() {
        return failed;
    }

    private long[] settled() {
        if (gone == null) {
            gone = collected.build().sorted().toArray();
        }
        return gone;
    }

    /** Whether the message at a position has left; those of large transactions are settled one by one. No fact may be added any more. */
    boolean gone(long position, boolean staged) {
        if (Arrays.binarySearch(settled(), position) >= 0) {
            return true;
        }
        for (Fact.Purged purge : purges) {
            if (!staged && purge.covers(position)) {
                return true;
            }
        }
        return false;
    }

    /** Whether one of these positions may have left. */
    boolean any(long first, long last) {
        return within(settled(), first, last) || purges.stream().anyMatch(purge -> purge.from() <= last && purge.upTo() >= first);
    }

    /** Whether one purge took all of these positions. */
    boolean all(long first, long last) {
        return purges.stream().anyMatch(purge -> purge.from() <= first && purge.upTo() >= last && !within(purge.except(), first, last));
    }

    /** Whether one of these positions, which ascend, lies from the first to the last. */
    static boolean within(long[] ascending, long first, long last) {
        int at = Arrays.binarySearch(ascending, first);
        return at >= 0 || -1 - at < ascending.length && ascending[-1 - at] <= last;
    }
}
