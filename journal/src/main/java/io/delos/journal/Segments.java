package io.delos.journal;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Any thread. All segments that exist, by position. The table is replaced as a whole when one comes or goes; searching takes no lock. */
final class Segments {
    private volatile Segment[] table;

    Segments(Collection<Segment> existing) {
        table = sorted(existing.stream());
    }

    private static Segment[] sorted(Stream<Segment> segments) {
        return segments.sorted(Comparator.comparingLong(Segment::base)).toArray(Segment[]::new);
    }

    /** The segment that holds a position, or {@link Segment#NONE}. */
    Segment find(long position) {
        Segment[] all = table;
        int low = 0;
        int high = all.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Segment segment = all[middle];
            if (segment.holds(position)) {
                return segment;
            }
            if (segment.base() > position) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return Segment.NONE;
    }

    /** Counts lives in a position's segment; false if there is none. */
    boolean retain(long position, int delta) {
        while (true) {
            Segment segment = find(position);
            if (segment == Segment.NONE) {
                return false;
            }
            if (segment.retain(delta)) {
                return true;
            }
        }
    }

    /** The segments at this moment, oldest first. */
    List<Segment> all() {
        return List.of(table);
    }

    /** Adds the newest segment. */
    synchronized void add(Segment newest) {
        Segment[] more = Arrays.copyOf(table, table.length + 1);
        more[table.length] = newest;
        table = more;
    }

    synchronized void remove(Collection<Segment> gone) {
        table = Arrays.stream(table).filter(segment -> !gone.contains(segment)).toArray(Segment[]::new);
    }

    /** Puts one in the place of others, whose lives it inherits. */
    synchronized void replace(Collection<Segment> old, Segment fresh) {
        table = sorted(Stream.concat(Arrays.stream(table).filter(segment -> !old.contains(segment)), Stream.of(fresh)));
        old.forEach(fresh::inherit);
    }

    void close() throws IOException {
        for (Segment segment : table) {
            segment.close();
        }
    }
}
