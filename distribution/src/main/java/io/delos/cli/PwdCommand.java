package io.delos.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;

@Command(name = "pwd", description = "Print the directories this command works with.")
final class PwdCommand extends Action {

    @Override
    int perform() {
        out(Stars.LINE);
        out("* Artemis instance:: " + instanceOrNull());
        out("* Home:: " + surroundings().home());
        out("* etc:: " + surroundings().etc().map(Path::toString).orElse("null"));
        out("* Current dir:" + Path.of("").toAbsolutePath());
        out(Stars.LINE);
        return DONE;
    }
}
