package io.delos.queue;

import io.delos.store.Fact;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What {@link Queue#removeAll} took out. Immutable.
 *
 * @param count   how many
 * @param bytes   the sum of their sizes
 * @param durable how many of them the journal holds
 * @param upTo    the last position the queue has been given: of what is durable, everything up to there was removed
 * @param held    but not these, ascending: somebody holds them
 */
public record Removed(long count, long bytes, long durable, long upTo, long[] held) {

    /** Exceptions in one fact at most, so that a fact is small. */
    private static final int PIECE = 8192;

    /** What the journal is to be told; empty if nothing durable was removed. */
    public List<Fact.Purged> facts(long queue) {
        List<Fact.Purged> facts = new ArrayList<>();
        if (durable == 0) {
            return facts;
        }
        long from = 0;
        for (int i = 0; i < held.length - PIECE; i += PIECE) {
            long last = held[i + PIECE - 1];
            facts.add(new Fact.Purged(queue, from, last, Arrays.copyOfRange(held, i, i + PIECE)));
            from = last + 1;
        }
        int rest = facts.size() * PIECE;
        facts.add(new Fact.Purged(queue, from, upTo, Arrays.copyOfRange(held, rest, held.length)));
        return facts;
    }
}
