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
 * @param durable how many of them the journal holds, without those of large transactions
 * @param upTo    the last position the queue has been given: of what is durable, everything up to there was removed
 * @param held    but not these, ascending: somebody holds them
 * @param staged  the positions of those that came with large transactions
 */
public record Removed(long count, long bytes, long durable, long upTo, long[] held, long[] staged) {

    /** Positions in one fact at most, so that a fact is small. */
    private static final int PIECE = 8192;

    /** What the journal is to be told; empty if nothing durable was removed. */
    public List<Fact> facts(long queue) {
        List<Fact> facts = new ArrayList<>();
        if (durable > 0) {
            purged(queue, facts);
        }
        for (int i = 0; i < staged.length; i += PIECE) {
            facts.add(new Fact.Settled(queue, Arrays.copyOfRange(staged, i, Math.min(staged.length, i + PIECE))));
        }
        return facts;
    }

    private void purged(long queue, List<Fact> facts) {
        long from = 0;
        for (int i = 0; i < held.length - PIECE; i += PIECE) {
            long last = held[i + PIECE - 1];
            facts.add(new Fact.Purged(queue, from, last, Arrays.copyOfRange(held, i, i + PIECE)));
            from = last + 1;
        }
        int rest = facts.size() * PIECE;
        facts.add(new Fact.Purged(queue, from, upTo, Arrays.copyOfRange(held, rest, held.length)));
    }
}
