package io.delos.cli;

import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One command that does something, with the two options every command has. */
abstract class Action implements Callable<Integer> {

    static final int DONE = 0;
    static final int FAILED = 1;

    @Spec
    CommandSpec spec;

    @Option(names = "--silent", description = "Never ask for anything; a missing value is an error.")
    boolean silent;

    @Option(names = "--verbose", description = "Tell more, including stack traces.")
    boolean verbose;

    @Option(names = "--help", usageHelp = true, description = "Show this text.")
    boolean help;

    private Artemis plainRoot;

    /** Runs it as if it had been given without options, which needs no parser. */
    final int perform(Artemis root) throws Exception {
        plainRoot = root;
        return perform();
    }

    @Override
    public final Integer call() throws Exception {
        if (verbose) {
            out("Executing " + getClass().getName() + " " + String.join(" ", Secrets.hidden(spec.commandLine().getParseResult())));
            out("Home::" + surroundings().home() + ", Instance::" + instanceOrNull());
        }
        return perform();
    }

    /** Does the work and returns the exit code. */
    abstract int perform() throws Exception;

    final Artemis root() {
        return plainRoot != null ? plainRoot : (Artemis) spec.root().userObject();
    }

    final Terminal terminal() {
        return root().terminal();
    }

    final Surroundings surroundings() {
        return root().surroundings();
    }

    final String instanceOrNull() {
        return surroundings().instance().map(Object::toString).orElse("null");
    }

    final void out(String line) {
        terminal().out().println(line);
    }

    /** The value given, or the answer of the user; a mandatory value that nobody can give is an error. */
    final String require(String given, String option, String question) throws CliException {
        if (given != null) {
            return given;
        }
        return answer(option, terminalMayAsk(option) ? terminal().ask(option + ": " + question) : Optional.empty());
    }

    /** As {@link #require}, not shown while typed. */
    final String requireSecret(String given, String option, String question) throws CliException {
        if (given != null) {
            return given;
        }
        return answer(option, terminalMayAsk(option) ? terminal().askSecret(option + ": " + question) : Optional.empty());
    }

    /** Asks for Y or N until one comes. */
    final boolean askYesNo(String option, String question) throws CliException {
        while (true) {
            String answer = answer(option, terminal().ask(option + ": " + question + " (Y/N)"))
                    .toLowerCase(Locale.ROOT);
            if (answer.equals("y") || answer.equals("yes")) {
                return true;
            }
            if (answer.equals("n") || answer.equals("no")) {
                return false;
            }
        }
    }

    final boolean mayAsk() {
        return !silent && terminal().interactive();
    }

    private boolean terminalMayAsk(String option) throws CliException {
        if (silent) {
            throw new CliException("Must specify " + option + " when using --silent option");
        }
        if (!terminal().interactive()) {
            throw new CliException("Must specify " + option + ": there is no console to ask on");
        }
        return true;
    }

    private static String answer(String option, Optional<String> typed) throws CliException {
        return typed.map(String::trim).filter(text -> !text.isEmpty())
                .orElseThrow(() -> new CliException("Must specify " + option));
    }
}
