package io.delos.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Data that another broker has left where ours are to be; they are told by their names. Any thread. */
final class ForeignData {

    private static final Pattern OURS = Pattern.compile("[0-9a-f]{16}(\\.[0-9a-f]{16})?\\.(log|sparse)|ckpt\\.[0-9a-f]{16}");

    private static final List<Kind> KINDS = List.of(
            new Kind("an Artemis broker", Pattern.compile("activemq-data-\\d+\\.amq|activemq-bindings-\\d+\\.bindings"),
                    "There, 'artemis data exp' writes what it holds to a file, and here 'artemis data imp' brings it in"),
            new Kind("an ActiveMQ Classic broker", Pattern.compile("db-\\d+\\.log|db\\.data|db\\.redo"),
                    "Let that broker run until it is empty, or send its messages here through a bridge"));

    private ForeignData() {
    }

    /** Whether a journal has files of this name. */
    static boolean ours(String name) {
        return OURS.matcher(name).matches();
    }

    /**
     * Whose data these are.
     *
     * @param names what to do about it, in a sentence
     */
    private record Kind(String owner, Pattern names, String advice) { }

    /** A line that says what lies in one of these directories, the journal's first, and what to do; empty if all is well. */
    static Optional<String> in(Path journal, Path... others) throws IOException {
        if (names(journal).stream().anyMatch(ForeignData::ours)) {
            return Optional.empty();
        }
        for (Path directory : Stream.concat(Stream.of(journal), Stream.of(others)).distinct().toList()) {
            for (String name : names(directory)) {
                for (Kind kind : KINDS) {
                    if (kind.names().matcher(name).matches()) {
                        return Optional.of("the directory " + directory + " has the data of " + kind.owner() + " (" + name
                                + "), which can't be used as they are. " + kind.advice() + "; give this broker a directory of its own");
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> names(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
