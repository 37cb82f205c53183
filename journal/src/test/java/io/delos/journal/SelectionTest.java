package io.delos.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.Test;

class SelectionTest {
    private static final int BYTES = 1 << 20;

    private final Selection selection = new Selection(BYTES);
    private final List<Segment> table = new ArrayList<>();
    private long written;

    private static Segment plain(long number, long living, long bytes) {
        Segment segment = new Segment(Path.of("plain"), number * BYTES, BYTES);
        segment.retain(living);
        segment.estimate(new Estimate(living, bytes, false));
        return segment;
    }

    private Segment merged(List<Segment> group) {
        long bytes = group.stream().mapToLong(segment -> segment.estimate().bytesAt(segment.living())).sum();
        long base = group.get(0).base();
        long limit = group.get(group.size() - 1).limit();
        SparseHeader header = new SparseHeader(1, new UUID(1, 2), base, limit, limit, bytes, 0, 0);
        Segment fresh = Segment.sparse(Path.of("sparse"), new SparseIndex(header, new long[0]));
        group.forEach(fresh::inherit);
        fresh.estimate(new Estimate(fresh.living(), bytes, false));
        written += bytes;
        return fresh;
    }

    private void round(Segment newcomer) {
        table.add(newcomer);
        List<Segment> candidates = selection.candidates(table, newcomer.limit());
        for (List<Segment> group : selection.groups(table, new HashSet<>(candidates))) {
            int at = table.indexOf(group.get(0));
            assertThat(table.subList(at, at + group.size())).as("neighbours").isEqualTo(group);
            Segment fresh = merged(group);
            table.removeAll(group);
            table.add(at, fresh);
        }
    }

    /** In each of a thousand segments one kilobyte stays: a few files, and little work. */
    @Test
    void aLittleOfEachSegmentStays() {
        for (int i = 0; i < 1000; i++) {
            round(plain(i, 1, 1000));
            assertThat(table).hasSizeLessThan(5 + 4 * i / 250);
        }
        assertThat(written).isLessThan(1000L * BYTES / 20);
        assertThat(table.stream().mapToLong(Segment::living).sum()).isEqualTo(1000);
    }

    @Test
    void aTenthOfEachSegmentStays() {
        for (int i = 0; i < 1000; i++) {
            round(plain(i, 100, BYTES / 10));
        }
        assertThat(table).hasSizeLessThan(400);
        assertThat(written).isLessThan(1000L * BYTES / 4);
    }

    @Test
    void whatLivesMoreThanHalfStaysAsItIs() {
        for (int i = 0; i < 100; i++) {
            round(plain(i, 100, BYTES * 6 / 10));
        }
        assertThat(table).hasSize(100);
        assertThat(written).isZero();
    }

    @Test
    void theLeastLivingComesFirstAndOneRoundIsBounded() {
        List<Segment> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(plain(2 * i, 100, BYTES / 3 + i));
        }
        List<List<Segment>> groups = selection.groups(all, new HashSet<>(all));
        assertThat(groups).allMatch(group -> group.get(0).base() < 4L * BYTES);
        assertThat(groups.stream().mapToInt(List::size).sum()).isLessThan(4);
        assertThat(selection.candidates(all, 10L * BYTES)).as("eligible").allMatch(segment -> segment.limit() <= 10L * BYTES).hasSize(5);
        Segment crowded = new Segment(Path.of("plain"), 0, BYTES);
        crowded.retain(1 << 20);
        assertThat(selection.candidates(List.of(crowded), BYTES)).as("too much to count").isEmpty();
    }
}
