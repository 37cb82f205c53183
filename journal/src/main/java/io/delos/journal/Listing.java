package io.delos.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Function;

/** What is in a journal's directory, by the names of {@link Layout}; other names are left out. */
record Listing(NavigableSet<Long> segments, NavigableSet<Long> free, NavigableSet<Long> checkpoints, List<String> temporary) {

    static Listing of(Disk disk, Path directory) throws IOException {
        List<String> names = disk.list(directory);
        return new Listing(numbers(names, Layout::segmentBase), numbers(names, Layout::freeNumber),
                numbers(names, Layout::checkpointPosition), names.stream().filter(Layout::temporary).sorted().toList());
    }

    private static NavigableSet<Long> numbers(List<String> names, Function<String, OptionalLong> parser) {
        NavigableSet<Long> found = new TreeSet<>();
        names.forEach(name -> parser.apply(name).ifPresent(found::add));
        return found;
    }
}
