package io.delos.cli;

import io.delos.security.UserFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code artemis user …}: the users of this instance. */
final class UserCommands {

    private static final int KNOCK_MILLIS = 1000;
    /** How the broker says that it does not manage users itself. */
    private static final String NO_SUCH_OPERATION = "AMQ229069";

    private UserCommands() {
    }

    static CommandLine group() {
        return CommandGroup.of("user", "Users and their roles: add, rm, list, reset.", new Add(), new Remove(), new ListUsers(), new Reset());
    }

    private abstract static class UserAction extends ConnectedAction {

        @Option(names = "--user-command-user", paramLabel = "<user>", description = "The user this is about.")
        String name;

        /** Asks for what is missing. */
        abstract void prepare() throws CliException;

        abstract void work(UserDirectory users) throws IOException, ManagementException;

        abstract String failure();

        @Override
        final int perform() throws Exception {
            prepare();
            try {
                if (connection.url == null && !somebodyListens()) {
                    work(files());
                } else {
                    askBroker();
                }
            } catch (ManagementException e) {
                terminal().complain(failure() + ". Reason: " + e.getMessage());
            }
            return DONE;
        }

        private void askBroker() throws IOException, ManagementException, CliException {
            try (Messaging messaging = connect(); Management management = messaging.management()) {
                work(new UserDirectory.OfBroker(management));
            } catch (ManagementException e) {
                if (connection.url != null || !e.getMessage().contains(NO_SUCH_OPERATION)) {
                    throw e;
                }
                work(files());
            }
        }

        private boolean somebodyListens() throws CliException {
            BrokerUrl.Server server = BrokerUrl.parse(LocalBroker.url(surroundings(), connection.acceptor)).servers().get(0);
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(server.host(), server.port()), KNOCK_MILLIS);
                return true;
            } catch (IOException nobody) {
                return false;
            }
        }

        private UserDirectory files() throws CliException {
            Path etc = surroundings().requireEtc();
            UserFiles files = Logins.files(Bootstrap.read(surroundings(), null), etc)
                    .orElseThrow(() -> new CliException("This instance keeps its users elsewhere than in files; start the broker first"));
            return new UserDirectory.OfFiles(files);
        }
    }

    /** What is about one user. */
    private abstract static class NamedAction extends UserAction {
        @Override
        void prepare() throws CliException {
            name = require(name, "--user-command-user", "The user this is about");
        }
    }

    /** Adding and resetting. */
    private abstract static class AccountAction extends NamedAction {

        @Option(names = "--user-command-password", paramLabel = "<password>", description = "The user's password.")
        String password;

        @Option(names = "--role", paramLabel = "<roles>", description = "The user's roles: a,b.")
        String roles;

        @Option(names = "--plaintext", description = "Store the password as it is.")
        boolean plaintext;

        final List<String> roleList() {
            return roles == null ? List.of() : Arrays.stream(roles.split(",")).map(String::trim).filter(role -> !role.isEmpty()).toList();
        }
    }

    @Command(name = "add", description = "Add a user.")
    static final class Add extends AccountAction {

        @Override
        void prepare() throws CliException {
            super.prepare();
            password = requireSecret(password, "--user-command-password", "The user's password");
            roles = require(roles, "--role", "The user's roles: a,b");
        }

        @Override
        void work(UserDirectory users) throws IOException, ManagementException {
            users.add(name, password, roleList(), plaintext);
            out(name + " added successfully.");
        }

        @Override
        String failure() {
            return "Failed to add user " + name;
        }
    }

    @Command(name = "reset", description = "Change a user's password or roles.")
    static final class Reset extends AccountAction {

        @Override
        void prepare() throws CliException {
            super.prepare();
            password = requireSecret(password, "--user-command-password", "The user's new password");
        }

        @Override
        void work(UserDirectory users) throws IOException, ManagementException {
            users.reset(name, password, roleList(), plaintext);
            out(name + " updated successfully.");
        }

        @Override
        String failure() {
            return "Failed to reset user " + name;
        }
    }

    @Command(name = "rm", description = "Remove a user.")
    static final class Remove extends NamedAction {

        @Override
        void work(UserDirectory users) throws IOException, ManagementException {
            users.remove(name);
            out(name + " removed successfully.");
        }

        @Override
        String failure() {
            return "Failed to remove user " + name;
        }
    }

    @Command(name = "list", description = "List users and their roles.")
    static final class ListUsers extends UserAction {

        @Override
        void prepare() {
            // without a name all are listed
        }

        @Override
        void work(UserDirectory users) throws IOException, ManagementException {
            Map<String, Set<String>> all = users.list(Optional.ofNullable(name).orElse(""));
            out("--- \"user\"(roles) ---");
            out("");
            all.forEach((user, roles) -> out("\"" + user + "\"(" + String.join(",", roles) + ")"));
            out("");
            out(" Total: " + all.size());
        }

        @Override
        String failure() {
            return "Failed to list users";
        }
    }
}
