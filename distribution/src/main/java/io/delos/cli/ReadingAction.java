package io.delos.cli;

import picocli.CommandLine.Option;

/** A command that only reads a stopped broker's data; on demand a running one's too, which are then not all there. */
abstract class ReadingAction extends DataAction {

    @Option(names = "--f", description = "Do not care whether a broker is running.")
    boolean ignoreLock;

    @Override
    final boolean evenInUse() {
        return ignoreLock;
    }
}
