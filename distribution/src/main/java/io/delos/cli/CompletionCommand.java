package io.delos.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "completion", description = "Print a script that lets bash and zsh complete this command.")
final class CompletionCommand extends Action {

    @Option(names = "--start-script", paramLabel = "<path>", defaultValue = "./artemis",
            description = "How the command is called. Default: ${DEFAULT-VALUE}.")
    String startScript;

    @Override
    int perform() {
        terminal().out().print(AutoComplete.bash(startScript, spec.root().commandLine()));
        return DONE;
    }
}
