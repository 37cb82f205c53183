package io.delos.queue;

import io.delos.message.Message;
import io.delos.store.Fact;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the references of a chunk in the journal: the durable messages of its queue and priority in the stretches it was filled with,
 * without those that departed. One thread.
 */
final class Rebuild {

    /** Of so many it is tried which were in the chunk. */
    private static final int MOST_DOUBTFUL = 20;

    private final ChunkOnDisk chunk;
    private final long[] departed;
    private final List<Candidate> candidates = new ArrayList<>();
    private final List<Doubt> doubts = new ArrayList<>();
    private boolean proven;

    /** A message that may be one of the chunk; the same one in two stretches is two. */
    private static final class Candidate {
        private final long position;
        private final int size;
        private final boolean staged;

        Candidate(long position, int size, boolean staged) {
            this.position = position;
            this.size = size;
            this.staged = staged;
        }
    }

    /** Some that all were in the chunk, or none of them. */
    private static final class Doubt {
        private final Set<Candidate> who = new HashSet<>();
        private long sum;

        void add(Candidate one) {
            who.add(one);
            sum += Trace.mix(one.position);
        }
    }

    Rebuild(ChunkOnDisk chunk) {
        this.chunk = chunk;
        this.departed = chunk.trace().departed().positions();
    }

    /** One for each slot; what was not left, or is not found, is {@link Refs#UNKNOWN}. */
    Refs refs() throws IOException {
        List<Stretch> stretches = new ArrayList<>();
        chunk.trace().forEach((first, last, staged) -> stretches.add(new Stretch(first, last, staged)));
        for (Stretch stretch : stretches) {
            stretch.search();
        }
        return placed(chosen());
    }

    /** Whether exactly these were there. */
    boolean proven() {
        return proven;
    }

    private final class Stretch {
        private final long first;
        private final long last;
        private final boolean staged;
        /** Large transactions with parts in the stretch: not all were committed, and those that were may have come at other times. */
        private final Map<Long, Doubt> transactions = new LinkedHashMap<>();
        /** Those that the stretch begins or ends with. */
        private final Set<Long> certain = new HashSet<>();

        Stretch(long first, long last, boolean staged) {
            this.first = first;
            this.last = last;
            this.staged = staged;
        }

        void search() throws IOException {
            long from = first;
            for (long base : chunk.bases()) {
                // a file may have become part of a larger one, which was looked through already
                if (base > last) {
                    break;
                }
                long start = Math.max(from, base);
                if (base >= from || chunk.home().cold().segment(from) == chunk.home().cold().segment(base)) {
                    from = Math.max(start, chunk.home().cold().search(start, last, this::found));
                }
            }
            transactions.keySet().removeAll(certain);
            doubts.addAll(transactions.values());
        }

        private void found(long position, Fact.Enqueued fact, long ofTransaction) {
            Message message = fact.message();
            if (staged != (ofTransaction != 0) || position > last || message.priority() != chunk.home().level()) {
                return;
            }
            if (position == last || position == (first & -8L)) {
                certain.add(ofTransaction);
            }
            if (position < first || Arrays.binarySearch(departed, position) >= 0 || !contains(fact.queues(), chunk.home().id())) {
                return;
            }
            Candidate candidate = new Candidate(position, message.size(), staged);
            candidates.add(candidate);
            if (staged) {
                transactions.computeIfAbsent(ofTransaction, number -> new Doubt()).add(candidate);
            } else if (message.deliverAt() > 0) {
                // it may have waited elsewhere for its time, or come when that was over
                Doubt alone = new Doubt();
                alone.add(candidate);
                doubts.add(alone);
            }
        }
    }

    private static boolean contains(long[] queues, long id) {
        for (long queue : queues) {
            if (queue == id) {
                return true;
            }
        }
        return false;
    }

    /** Those candidates whose number and sum are right; if there are no such, as many as there can be. */
    private List<Candidate> chosen() {
        int wanted = chunk.left().cardinality();
        long sum = 0;
        for (Candidate each : candidates) {
            sum += Trace.mix(each.position);
        }
        int surplus = candidates.size() - wanted;
        Set<Candidate> out = new HashSet<>();
        proven = leaveOut(surplus, sum - chunk.trace().sum(), out);
        if (!proven && surplus > 0) {
            doubts.forEach(doubt -> out.addAll(doubt.who));
        }
        List<Candidate> rest = candidates.stream().filter(each -> !out.contains(each)).toList();
        return rest.subList(Math.max(0, rest.size() - wanted), rest.size());
    }

    /** Finds the doubtful ones that weren't there: so many, with this sum. */
    private boolean leaveOut(int surplus, long excess, Set<Candidate> out) {
        if (surplus < 0) {
            return false;
        }
        if (leaveOut(doubts, surplus, excess, out)) {
            return true;
        }
        for (int way = 0; way < 1 << Math.min(doubts.size(), MOST_DOUBTFUL); way++) {
            int count = 0;
            long sum = 0;
            for (int bits = way; bits != 0; bits &= bits - 1) {
                Doubt doubt = doubts.get(Integer.numberOfTrailingZeros(bits));
                count += doubt.who.size();
                sum += doubt.sum;
            }
            if (count == surplus && sum == excess) {
                for (int bits = way; bits != 0; bits &= bits - 1) {
                    out.addAll(doubts.get(Integer.numberOfTrailingZeros(bits)).who);
                }
                return true;
            }
        }
        return false;
    }

    private static boolean leaveOut(List<Doubt> all, int surplus, long excess, Set<Candidate> out) {
        int count = 0;
        long sum = 0;
        for (Doubt doubt : all) {
            count += doubt.who.size();
            sum += doubt.sum;
        }
        if (count != surplus || sum != excess) {
            return false;
        }
        all.forEach(doubt -> out.addAll(doubt.who));
        return true;
    }

    /** In the slots that are left, in order; when some are missing it is the first ones, so that none comes to stand before where it was. */
    private Refs placed(List<Candidate> found) {
        Refs refs = new Refs(chunk.slots());
        int missing = chunk.left().cardinality() - found.size();
        int next = 0;
        for (int slot = 0; slot < chunk.slots(); slot++) {
            if (chunk.left().get(slot) && missing-- <= 0) {
                Candidate each = found.get(next++);
                refs.addMarked(each.position, each.size, Refs.mark(chunk.home().level(), 0, each.staged, false), null);
            } else {
                refs.addMarked(Refs.UNKNOWN, 0, chunk.home().level(), null);
            }
        }
        return refs;
    }
}
