package io.delos.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code artemis activation …}: the number that says which of a pair's two copies is the newer one. Only pairs have it. */
final class ActivationCommands {

    private ActivationCommands() {
    }

    static CommandLine group() {
        return CommandGroup.of("activation", "Activation sequences of a pair: list, set.", new ListSequences(), new SetSequence());
    }

    private abstract static class ActivationAction extends Action {

        @Option(names = "--node-id", paramLabel = "<id>", description = "The node, with --remote.")
        String nodeId;

        @Option(names = "--local", description = "The number that the broker's own directory has.")
        boolean local;

        @Option(names = "--remote", description = "The one that the pair has agreed on.")
        boolean remote;

        @Override
        final int perform() throws CliException {
            surroundings().requireInstance();
            terminal().complain("This command support just <primary> or <backup> replication configuration");
            return FAILED;
        }
    }

    @Command(name = "list", description = "List local and/or agreed activation sequences.")
    static final class ListSequences extends ActivationAction {
    }

    @Command(name = "set", description = "Set local and/or agreed activation sequences.")
    static final class SetSequence extends ActivationAction {

        @Option(names = "--to", paramLabel = "<n>", required = true, description = "The new number.")
        long to;
    }
}
