package io.delos.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code artemis address …}. */
final class AddressCommands {

    private AddressCommands() {
    }

    static CommandLine group() {
        return CommandGroup.of("address", "Addresses: create, show, update, delete.", new Create(), new Show(), new Update(), new Delete());
    }

    private abstract static class AddressAction extends ManagementAction {

        @Option(names = "--name", paramLabel = "<name>", description = "The address.")
        String name;

        @Override
        void prepare() throws CliException {
            name = require(name, "--name", "The name of the address");
        }
    }

    private abstract static class RoutedAction extends AddressAction {

        @Mixin
        RoutingOptions routing = new RoutingOptions();

        private String types;

        @Override
        final void prepare() throws CliException {
            super.prepare();
            types = types();
        }

        /** What is neither given nor refused is asked for, and counts as wanted where nobody can be asked. */
        private String types() throws CliException {
            boolean anycast = wanted(routing.anycast, routing.noAnycast, "--anycast", "Shall it be anycast?");
            boolean multicast = wanted(routing.multicast, routing.noMulticast, "--multicast", "Shall it be multicast?");
            List<String> list = new ArrayList<>();
            if (multicast) {
                list.add("MULTICAST");
            }
            if (anycast) {
                list.add("ANYCAST");
            }
            if (list.isEmpty()) {
                throw new CliException("An address needs --anycast or --multicast");
            }
            return String.join(",", list);
        }

        private boolean wanted(boolean given, boolean refused, String option, String question) throws CliException {
            return given || !refused && (!mayAsk() || askYesNo(option, question));
        }

        final String routingTypes() {
            return types;
        }
    }

    @Command(name = "create", description = "Create an address.")
    static final class Create extends RoutedAction {
        @Override
        int manage(Management management) throws IOException, ManagementException {
            out(management.call("broker", "createAddress", name, routingTypes()).asText() + " created successfully.");
            return DONE;
        }

        @Override
        String failure() {
            return "Failed to create address " + name;
        }
    }

    @Command(name = "update", description = "Change the routing types of an address.")
    static final class Update extends RoutedAction {
        @Override
        int manage(Management management) throws IOException, ManagementException {
            out(management.call("broker", "updateAddress", name, routingTypes()).asText() + " updated successfully.");
            return DONE;
        }

        @Override
        String failure() {
            return "Failed to update address " + name;
        }
    }

    @Command(name = "delete", description = "Delete an address.")
    static final class Delete extends AddressAction {

        @Option(names = "--force", description = "Delete its queues and their messages, too.")
        boolean force;

        @Override
        int manage(Management management) throws IOException, ManagementException {
            management.call("broker", "deleteAddress", name, force);
            out("Address " + name + " deleted successfully.");
            return DONE;
        }

        @Override
        String failure() {
            return "Failed to delete address " + name;
        }
    }

    @Command(name = "show", description = "List addresses, or show one.")
    static final class Show extends ManagementAction {

        @Option(names = "--name", paramLabel = "<name>", description = "Only this address.")
        String name;

        @Option(names = "--bindings", description = "Show its bindings.")
        boolean bindings;

        @Override
        int manage(Management management) throws IOException, ManagementException {
            if (name == null) {
                List<String> names = new ArrayList<>();
                for (JsonNode address : management.read("broker", "AddressNames")) {
                    if (!management.isOwn(address.asText())) {
                        names.add(address.asText());
                    }
                }
                names.stream().sorted(String.CASE_INSENSITIVE_ORDER).forEach(this::out);
            } else {
                out(management.call("broker", bindings ? "listBindingsForAddress" : "getAddressInfo", name).asText().stripTrailing());
            }
            return DONE;
        }

        @Override
        String failure() {
            return "Failed to show address " + name;
        }
    }
}
