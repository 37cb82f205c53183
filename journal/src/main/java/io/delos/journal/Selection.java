package io.delos.journal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which segments are worth rewriting; no state. A segment is, if less than half of it lives and that gives back enough; so what is rewritten
 * is never more than what is given back. Small sparse segments are, if four or more stand side by side: they become one, so the number of
 * files depends on what lives and not on how much has passed. A merged file that grows is written again only with the third newcomer, which
 * costs at most a twelfth of what has passed meanwhile.
 */
final class Selection {
    /** References counted at once at most: 8 bytes of memory each. */
    private static final long MOST_REFERENCES = 512 << 10;
    private static final int MERGED = 4;

    private final int segmentBytes;

    Selection(int segmentBytes) {
        this.segmentBytes = segmentBytes;
    }

    /** What should be counted, oldest first: eligible ones that may turn out to be worth it. */
    List<Segment> candidates(List<Segment> table, long replayFrom) {
        Predicate<Segment> eligible = segment -> segment.limit() <= replayFrom && segment.living() > 0 && !segment.estimate().unreadable();
        Set<Segment> promising = new HashSet<>(table.stream().filter(eligible).filter(this::worth).toList());
        runs(table, segment -> eligible.test(segment) && small(segment)).stream().filter(run -> run.size() >= MERGED)
                .forEach(promising::addAll);
        List<Segment> chosen = new ArrayList<>();
        long references = 0;
        for (Segment segment : promising.stream().sorted(Comparator.comparingLong(Segment::living)).toList()) {
            references += segment.living();
            if (references <= MOST_REFERENCES) {
                chosen.add(segment);
            }
        }
        chosen.sort(Comparator.comparingLong(Segment::base));
        return chosen;
    }

    /** All that was written before an epoch, as much of it as may be counted at once, oldest first. */
    static List<Segment> all(List<Segment> table, long replayFrom, int epoch) {
        List<Segment> chosen = new ArrayList<>();
        long references = 0;
        for (Segment segment : table) {
            boolean done = segment.isSparse() && segment.index().header().epoch() == epoch;
            references += done ? 0 : segment.living();
            if (!done && segment.limit() <= replayFrom && segment.living() > 0 && !segment.estimate().unreadable()
                    && (chosen.isEmpty() || references <= MOST_REFERENCES)) {
                chosen.add(segment);
            }
        }
        return chosen;
    }

    /** What should be rewritten, each list into one file, the least work first; all together about one segment's bytes. */
    List<List<Segment>> groups(List<Segment> table, Set<Segment> counted) {
        List<List<Segment>> groups = new ArrayList<>();
        Set<Segment> merged = new HashSet<>();
        for (List<Segment> run : runs(table, segment -> counted.contains(segment) && small(segment))) {
            if (run.size() >= MERGED) {
                merged.addAll(run);
                groups.addAll(pieces(run));
            }
        }
        for (List<Segment> run : runs(table, segment -> counted.contains(segment) && worth(segment) && !merged.contains(segment))) {
            groups.addAll(pieces(run));
        }
        groups.removeIf(group -> group.size() == 1 && !worth(group.get(0)));
        groups.sort(Comparator.comparingLong(Selection::bytes));
        long sum = 0;
        List<List<Segment>> chosen = new ArrayList<>();
        for (List<Segment> group : groups) {
            sum += bytes(group);
            if (chosen.isEmpty() || sum <= segmentBytes) {
                chosen.add(group);
            }
        }
        return chosen;
    }

    /** Whether rewriting it alone gives back more than it costs, as far as is known. */
    private boolean worth(Segment segment) {
        long lives = lives(segment);
        return lives * 2 < segment.bytes() && segment.bytes() - lives >= segmentBytes / 32;
    }

    /** Whether it is, or would be, a file that better shared one with its neighbours. */
    private boolean small(Segment segment) {
        long bytes = segment.isSparse() && !segment.estimate().counted() ? segment.bytes() : lives(segment);
        return bytes < segmentBytes / 4 && (segment.isSparse() || worth(segment));
    }

    private static long lives(Segment segment) {
        return segment.estimate().bytesAt(segment.living());
    }

    private static long bytes(List<Segment> group) {
        return group.stream().mapToLong(Selection::lives).sum();
    }

    /** The longest stretches of neighbours that are all so. */
    private static List<List<Segment>> runs(List<Segment> table, Predicate<Segment> so) {
        List<List<Segment>> runs = new ArrayList<>();
        List<Segment> run = new ArrayList<>();
        for (Segment segment : table) {
            if (so.test(segment)) {
                run.add(segment);
            } else if (!run.isEmpty()) {
                runs.add(run);
                run = new ArrayList<>();
            }
        }
        if (!run.isEmpty()) {
            runs.add(run);
        }
        return runs;
    }

    /** Cuts a run where the file would become larger than a segment. */
    private List<List<Segment>> pieces(List<Segment> run) {
        List<List<Segment>> pieces = new ArrayList<>();
        List<Segment> piece = new ArrayList<>();
        for (Segment segment : run) {
            if (!piece.isEmpty() && bytes(piece) + lives(segment) > segmentBytes) {
                pieces.add(piece);
                piece = new ArrayList<>();
            }
            piece.add(segment);
        }
        pieces.add(piece);
        return pieces;
    }
}
