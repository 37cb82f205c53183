package io.delos.cli;

import java.io.IOException;

/** A command that asks a running broker to do something; a refusal is told, not punished: the exit code stays 0. */
abstract class ManagementAction extends ConnectedAction {

    @Override
    final int perform() throws Exception {
        prepare();
        try (Messaging messaging = connect(); Management management = messaging.management()) {
            return manage(management);
        } catch (ManagementException e) {
            terminal().complain(failure() + ". Reason: " + e.getMessage());
            return DONE;
        }
    }

    /** Asks for what is missing, before connecting. */
    void prepare() throws CliException {
    }

    /** Does it, prints the result. */
    abstract int manage(Management management) throws IOException, ManagementException, CliException;

    /** What failed: "Failed to …". */
    abstract String failure();
}
