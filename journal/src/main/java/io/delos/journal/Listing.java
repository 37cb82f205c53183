package io.delos.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Function;

/** What is in a journal's directory, by the names of {@link Layout}; other names are left out. */
record Listing(NavigableSet<Long> segments, NavigableSet<Long> free, NavigableSet<Long> checkpoints, List<SparseName> sparse,
        List<String> temporary) {

    /** A sparse segment's name: its base, and the position at which its records were living. */
    record SparseName(long base, long counted, String file) {
    }

    static Listing of(Disk disk, Path directory) throws IOException {
        List<String> names = disk.list(directory);
        return new Listing(numbers(names, Layout::segmentBase), numbers(names, Layout::freeNumber),
                numbers(names, Layout::checkpointPosition), sparse(names), names.stream().filter(Layout::temporary).sorted().toList());
    }

    /** The first position behind another that is another segment's; or, behind them all, {@code last}. */
    long limit(long position, long last) {
        Long plain = segments.higher(position);
        long sparse = this.sparse.stream().mapToLong(SparseName::base).filter(base -> base > position).min().orElse(Long.MAX_VALUE);
        long next = Math.min(plain == null ? Long.MAX_VALUE : plain, sparse);
        return next == Long.MAX_VALUE ? Math.max(last, position + 8) : next;
    }

    /** By base, and of those with the same base the one counted last first. */
    private static List<SparseName> sparse(List<String> names) {
        return names.stream().filter(name -> Layout.sparseBase(name).isPresent())
                .map(name -> new SparseName(Layout.sparseBase(name).getAsLong(), Layout.sparseCounted(name).getAsLong(), name))
                .sorted(Comparator.comparingLong(SparseName::base).thenComparing(Comparator.comparingLong(SparseName::counted).reversed()))
                .toList();
    }

    private static NavigableSet<Long> numbers(List<String> names, Function<String, OptionalLong> parser) {
        NavigableSet<Long> found = new TreeSet<>();
        names.forEach(name -> parser.apply(name).ifPresent(found::add));
        return found;
    }
}
