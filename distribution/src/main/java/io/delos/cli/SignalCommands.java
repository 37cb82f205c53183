package io.delos.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stop} and {@code kill}: a file in the instance's {@code etc} that the running broker looks for. */
final class SignalCommands {

    /** Asks for an orderly stop. */
    static final String STOP_FILE = "STOP_ME";
    /** Asks for a sudden end. */
    static final String KILL_FILE = "KILL_ME";

    private SignalCommands() {
    }

    private abstract static class SignalAction extends Action {

        @Option(names = "--broker", paramLabel = "<path>", description = "Another broker.xml; its broker is signalled the same way.")
        Path broker;

        @Parameters(paramLabel = "<configuration>", arity = "0..1", description = "Another bootstrap.xml.")
        String configuration;

        private final String file;

        SignalAction(String file) {
            this.file = file;
        }

        @Override
        final int perform() throws CliException {
            Path signal = surroundings().requireEtc().resolve(file);
            try {
                Files.writeString(signal, "");
            } catch (IOException e) {
                throw new CliException("Cannot write " + signal + ": " + e.getMessage(), e);
            }
            return DONE;
        }
    }

    @Command(name = "stop", description = "Ask the running broker of this instance to stop.")
    static final class Stop extends SignalAction {
        Stop() {
            super(STOP_FILE);
        }
    }

    @Command(name = "kill", description = "End the running broker of this instance at once (only after run --allow-kill).")
    static final class Kill extends SignalAction {
        Kill() {
            super(KILL_FILE);
        }
    }
}
