package io.delos.bench;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The command line.
 *
 * @param rows    parts of row names; empty for all rows
 * @param delos   an archive or an unpacked distribution to measure instead of the built one
 * @param artemis the same for the broker to compare with
 * @param only    a side's name, to run just that one
 */
record Options(boolean quick, int rounds, double warmUp, double seconds, int backlog, List<String> rows,
               Optional<Path> delos, Optional<Path> artemis, Optional<String> only) {

    static final String USAGE = """
            Runs the same load on Delos and on Apache Artemis, row by row in turn, and prints a table of both and their ratios.

              --quick            one short round: about five minutes
              --rows A,B         only rows with one of these in their names (--list shows the names); "instance" for start and memory
              --rounds N         rounds; the table shows medians (default 5)
              --seconds S        measured per row, broker and round (default 4)
              --warmup S         load before that (default 1.5)
              --backlog N        messages in the backlog row (default 1000000)
              --delos PATH       a Delos archive or unpacked distribution (default: the one built)
              --artemis PATH     the same for Artemis (default: fetched by Maven)
              --only SIDE        delos or artemis
              --list             shows the rows
            """;

    static Options parse(List<String> arguments) {
        Options options = new Options(false, 5, 1.5, 4, 1_000_000, List.of(), Optional.empty(), Optional.empty(), Optional.empty());
        if (arguments.contains("--quick")) {
            options = new Options(true, 1, 0.7, 1.3, 100_000, List.of(), Optional.empty(), Optional.empty(), Optional.empty());
        }
        Iterator<String> words = arguments.iterator();
        while (words.hasNext()) {
            String word = words.next();
            if (!word.equals("--quick")) {
                if (!words.hasNext()) {
                    throw new IllegalArgumentException(word);
                }
                options = options.with(word, words.next());
            }
        }
        return options;
    }

    private Options with(String option, String value) {
        return switch (option) {
            case "--rows" -> new Options(quick, rounds, warmUp, seconds, backlog, List.of(value.split(",")), delos, artemis, only);
            case "--rounds" -> new Options(quick, Integer.parseInt(value), warmUp, seconds, backlog, rows, delos, artemis, only);
            case "--seconds" -> new Options(quick, rounds, warmUp, Double.parseDouble(value), backlog, rows, delos, artemis, only);
            case "--warmup" -> new Options(quick, rounds, Double.parseDouble(value), seconds, backlog, rows, delos, artemis, only);
            case "--backlog" -> new Options(quick, rounds, warmUp, seconds, Integer.parseInt(value), rows, delos, artemis, only);
            case "--delos" -> new Options(quick, rounds, warmUp, seconds, backlog, rows, Optional.of(Path.of(value)), artemis, only);
            case "--artemis" -> new Options(quick, rounds, warmUp, seconds, backlog, rows, delos, Optional.of(Path.of(value)), only);
            case "--only" -> new Options(quick, rounds, warmUp, seconds, backlog, rows, delos, artemis, Optional.of(value));
            default -> throw new IllegalArgumentException(option);
        };
    }

    boolean wants(String row) {
        return rows.isEmpty() || rows.stream().anyMatch(row::contains);
    }

    boolean wantsSide(String side) {
        return only.isEmpty() || only.get().equals(side);
    }
}
