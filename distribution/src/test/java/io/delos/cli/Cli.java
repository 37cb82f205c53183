package io.delos.cli;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Runs commands in this process, with or without somebody who answers. */
final class Cli {

    private final Surroundings surroundings;
    private final Optional<String> answers;

    /** What a command did. */
    record Result(int exit, String out, String err) {
    }

    private Cli(Surroundings surroundings, Optional<String> answers) {
        this.surroundings = surroundings;
        this.answers = answers;
    }

    static Cli atHome(Path home) {
        return new Cli(new Surroundings(home, Optional.empty(), Optional.empty()), Optional.empty());
    }

    static Cli inInstance(Path home, Path instance) {
        return new Cli(new Surroundings(home, Optional.of(instance), Optional.of(instance.resolve("etc"))), Optional.empty());
    }

    /** Somebody types these lines. */
    Cli answering(String... lines) {
        return new Cli(surroundings, Optional.of(String.join("\n", lines) + "\n"));
    }

    Result run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8),
                new BufferedReader(new StringReader(answers.orElse(""))), answers.isPresent(), false);
        int exit = Main.run(terminal, surroundings, args);
        return new Result(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
