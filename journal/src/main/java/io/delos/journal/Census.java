package io.delos.journal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A count of what exactly lives in some of the journal's segments at one moment. Made by {@link Journal#census}; everybody who keeps records
 * alive is given a {@link Tally} of his own and says in it what he keeps, as it was at that moment in the order of all facts. Any thread.
 */
public final class Census {
    /** What a record takes beside the message in it, roughly; only for choosing. */
    private static final int ENVELOPE = 80;

    private final long position;
    private final List<Segment> segments;
    private final boolean all;
    private final long[] from;
    private final long[] to;
    private final List<Tally> tallies = new ArrayList<>();

    /**
     * @param segments what is counted, in order of position
     * @param all whether all of it is to be rewritten, worth it or not
     */
    Census(long position, List<Segment> segments, boolean all) {
        this.all = all;
        this.position = position;
        this.segments = segments;
        this.from = segments.stream().mapToLong(Segment::base).toArray();
        this.to = segments.stream().mapToLong(Segment::limit).toArray();
    }

    /**
     * What came of it.
     *
     * @param positions all that lives, each once, ascending
     * @param bytes what that takes in each segment, roughly
     * @param references how many references there are in each segment
     */
    record Outcome(long[] positions, long[] bytes, long[] references) {
    }

    /** What one owner keeps alive. One thread at a time. */
    public final class Tally {
        private final long[] sizes = new long[from.length];
        private final long[] counts = new long[from.length];
        private long[] found = new long[16];
        private int count;
        private volatile boolean done;

        private Tally() {
        }

        /** Whether anything from {@code first} to {@code last} is counted: whoever can leave out the rest cheaply may do so. */
        public boolean wants(long first, long last) {
            int i = range(first);
            return i >= 0 && first < to[i] || i + 1 < from.length && from[i + 1] <= last;
        }

        /** A record is kept alive; ignored if it lies where nothing is counted. {@code size}: about how many bytes it has. */
        public void living(long recordPosition, int size) {
            int i = range(recordPosition);
            if (i < 0 || recordPosition >= to[i]) {
                return;
            }
            if (count == found.length) {
                found = Arrays.copyOf(found, count + (count >> 1));
            }
            found[count++] = recordPosition;
            counts[i]++;
            sizes[i] += Layout.recordBytes(ENVELOPE + (long) size);
        }

        /** Everything has been said. A census with a tally that is not done changes nothing. */
        public void done() {
            done = true;
        }
    }

    /** The last counted range that begins at or before a position; -1 if none does. */
    private int range(long at) {
        int i = Arrays.binarySearch(from, at);
        return i >= 0 ? i : -i - 2;
    }

    /** One for each who is asked. All are made before the first is done. */
    public synchronized Tally tally() {
        Tally tally = new Tally();
        tallies.add(tally);
        return tally;
    }

    /** Where the journal stood. */
    long position() {
        return position;
    }

    List<Segment> segments() {
        return segments;
    }

    boolean all() {
        return all;
    }

    /** What everybody said together; empty if somebody did not answer, or nobody was asked. */
    synchronized Optional<Outcome> outcome() {
        if (tallies.isEmpty() || tallies.stream().anyMatch(tally -> !tally.done)) {
            return Optional.empty();
        }
        long[] all = new long[tallies.stream().mapToInt(tally -> tally.count).sum()];
        long[] sizes = new long[from.length];
        long[] references = new long[from.length];
        int at = 0;
        for (Tally tally : tallies) {
            System.arraycopy(tally.found, 0, all, at, tally.count);
            at += tally.count;
            for (int i = 0; i < from.length; i++) {
                sizes[i] += tally.sizes[i];
                references[i] += tally.counts[i];
            }
        }
        tallies.clear();
        Arrays.sort(all);
        long[] living = unique(all);
        return Optional.of(new Outcome(living, bytes(living, sizes, references), references));
    }

    private static long[] unique(long[] sorted) {
        int count = 0;
        for (int i = 0; i < sorted.length; i++) {
            if (i == 0 || sorted[i] != sorted[i - 1]) {
                sorted[count++] = sorted[i];
            }
        }
        return Arrays.copyOf(sorted, count);
    }

    /** A record that many keep alive takes its bytes once; a sparse segment knows how large its records are. */
    private long[] bytes(long[] positions, long[] sizes, long[] references) {
        long[] bytes = new long[from.length];
        for (int i = 0; i < from.length; i++) {
            long records = (long) place(positions, to[i]) - place(positions, from[i]);
            Segment segment = segments.get(i);
            if (records == 0) {
                bytes[i] = 0;
            } else if (segment.isSparse()) {
                bytes[i] = (long) ((double) segment.bytes() * records / Math.max(records, segment.index().header().records()));
            } else {
                bytes[i] = (long) ((double) sizes[i] * records / references[i]);
            }
        }
        return bytes;
    }

    /** The index of the first of these positions that is not less than another. */
    static int place(long[] positions, long at) {
        int i = Arrays.binarySearch(positions, at);
        return i >= 0 ? i : -i - 1;
    }
}
