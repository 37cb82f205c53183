package io.delos.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that only holds others ({@code artemis queue}): on its own it prints what there is. */
@Command
final class CommandGroup implements Callable<Integer> {

    @Spec
    CommandSpec spec;

    @Option(names = "--help", usageHelp = true, description = "Show this text.")
    boolean help;

    static CommandLine of(String name, String description, Action... actions) {
        CommandLine group = new CommandLine(new CommandGroup());
        group.getCommandSpec().name(name).usageMessage().description(description);
        for (Action action : actions) {
            group.addSubcommand(action);
        }
        return group;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(((Artemis) spec.root().userObject()).terminal().out());
        return Action.DONE;
    }
}
