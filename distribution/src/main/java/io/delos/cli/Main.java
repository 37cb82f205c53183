package io.delos.cli;


/** The program behind {@code bin/artemis}: parses the arguments, runs one command, ends with its exit code. */
public final class Main {

    private Main() {
    }

    /**
     * Runs one command in this process and ends the process.
     *
     * @param args the words after {@code artemis}
     */
    public static void main(String[] args) {
        System.exit(run(Terminal.system(), Surroundings.ofProcess(), args));
    }

    /** Runs one command and returns its exit code; the tests' way in. */
    static int run(Terminal terminal, Surroundings surroundings, String... args) {
        try {
            if (args.length == 1 && args[0].equals("run") && surroundings.instance().isPresent()) {
                return Artemis.run(terminal, surroundings);
            }
            return Artemis.commandLine(terminal, surroundings).execute(args);
        } finally {
            terminal.flush();
        }
    }
}
