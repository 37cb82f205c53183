package io.delos.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code artemis lock …}: the lock coordinators of a broker, which decide between brokers who may act. */
final class LockCommands {

    private LockCommands() {
    }

    static CommandLine group() {
        return CommandGroup.of("lock", "Lock coordinators of a running broker: list, start, stop.", new ListLocks(), new Start(), new Stop());
    }

    private abstract static class LockAction extends ConnectedAction {

        @Override
        final int perform() throws Exception {
            try (Messaging messaging = connect(); Management management = messaging.management()) {
                ask(management);
                return DONE;
            } catch (ManagementException e) {
                throw new CliException("Failed " + e.getMessage(), e);
            }
        }

        abstract void ask(Management management) throws IOException, ManagementException, CliException;
    }

    @Command(name = "list", description = "List the lock coordinators of a running broker.")
    static final class ListLocks extends LockAction {

        private static final List<String> COLUMNS = List.of("name", "lockId", "simpleName", "locked", "started", "status");

        @Override
        void ask(Management management) throws IOException, ManagementException, CliException {
            out(new Date() + ">> Lock list results for " + surroundings().requireInstance());
            JsonNode locks = Json.parse(management.call("broker", "listLockCoordinatorsAsJSON").asText());
            if (locks.isEmpty()) {
                out(terminal().yellow("No Lock Coordinators configured"));
                out("");
                return;
            }
            List<List<String>> rows = new ArrayList<>();
            locks.forEach(lock -> rows.add(COLUMNS.stream().map(column -> lock.path(column).asText()).toList()));
            out(String.join(" | ", COLUMNS));
            rows.forEach(row -> out(String.join(" | ", row)));
        }
    }

    private abstract static class NamedAction extends LockAction {

        @Parameters(paramLabel = "<lockName>", description = "The lock coordinator.")
        String name;
    }

    @Command(name = "start", description = "Start a lock coordinator.")
    static final class Start extends NamedAction {

        @Override
        void ask(Management management) throws IOException, ManagementException {
            management.call("broker", "startLockCoordinator", name);
        }
    }

    @Command(name = "stop", description = "Stop a lock coordinator.")
    static final class Stop extends NamedAction {

        @Override
        void ask(Management management) throws IOException, ManagementException {
            management.call("broker", "stopLockCoordinator", name);
        }
    }
}
