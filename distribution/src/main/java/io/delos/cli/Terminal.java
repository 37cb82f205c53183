package io.delos.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where a command prints and whom it may ask.
 *
 * @param out results
 * @param err what went wrong, and progress
 * @param in answers; read only when {@code interactive}
 * @param interactive whether somebody sits there who can answer
 * @param colours whether ANSI colours may be used
 */
record Terminal(PrintStream out, PrintStream err, BufferedReader in, boolean interactive, boolean colours) {

    private static final String RED = "\u001b[31m";
    private static final String YELLOW = "\u001b[33m";
    private static final String PLAIN = "\u001b[0m";

    /** The process's own streams, always in UTF-8 so that piped JSON and names survive a POSIX locale. */
    static Terminal system() {
        boolean interactive = isPerson(System.console());
        boolean colours = interactive && System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
        return new Terminal(
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                interactive, colours);
    }

    /** From Java 22 on {@code System.console()} answers for pipes too, and only {@code isTerminal} (unknown to 17) tells. */
    private static boolean isPerson(Console console) {
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException before22) {
            return true;
        }
    }

    /** Asks for a line; empty when the input ended. */
    Optional<String> ask(String question) {
        out.println(question);
        out.flush();
        try {
            return Optional.ofNullable(in.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks for something that must not be shown while it is typed. */
    Optional<String> askSecret(String question) {
        Console console = System.console();
        if (!interactive || console == null) {
            return ask(question);
        }
        char[] typed = console.readPassword("%s%n", question);
        return Optional.ofNullable(typed).map(String::new);
    }

    void warn(String text) {
        err.println(colours ? YELLOW + text + PLAIN : text);
    }

    void complain(String text) {
        err.println(colours ? RED + text + PLAIN : text);
    }

    String yellow(String text) {
        return colours ? YELLOW + text + PLAIN : text;
    }

    void flush() {
        out.flush();
        err.flush();
    }
}
