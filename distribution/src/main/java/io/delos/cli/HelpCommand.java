package io.delos.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "help", description = "Show the usage of a command.")
final class HelpCommand extends Action {

    @Parameters(paramLabel = "<args>", arity = "0..*", description = "The command, and its sub command.")
    List<String> words = List.of();

    @Override
    int perform() throws CliException {
        CommandLine command = spec.root().commandLine();
        for (int i = 0; i < words.size(); i++) {
            CommandLine next = command.getSubcommands().get(words.get(i));
            if (next == null) {
                throw new CliException("Unmatched argument at index " + i + ": '" + words.get(i) + "'");
            }
            command = next;
        }
        command.usage(terminal().out());
        return DONE;
    }
}
