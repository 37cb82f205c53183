package io.delos.cli;

import picocli.CommandLine.Command;

@Command(name = "version", description = "Print which version this is and where it is installed.")
final class VersionCommand extends Action {

    @Override
    int perform() {
        out(Version.COMPATIBLE);
        out("Apache Artemis home: " + surroundings().home());
        out("Apache Artemis instance: " + instanceOrNull());
        out(Version.own());
        return DONE;
    }
}
