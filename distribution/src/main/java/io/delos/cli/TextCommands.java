package io.delos.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code data encode} and {@code decode}: a journal as lines of text, which this journal is never written as. */
final class TextCommands {

    private TextCommands() {
    }

    private abstract static class TextAction extends Action {

        @Option(names = "--directory", paramLabel = "<path>", description = "The journal's directory.")
        Path directory;

        @Option(names = "--prefix", paramLabel = "<text>", description = "How its files' names begin.")
        String prefix;

        @Option(names = "--suffix", paramLabel = "<text>", description = "How they end.")
        String suffix;

        @Option(names = "--file-size", paramLabel = "<bytes>", description = "How large they are.")
        long fileSize;

        @Option(names = {"--broker", "--bindings", "--journal", "--paging", "--large-messages"}, paramLabel = "<path>", description = "Left alone.")
        Path elsewhere;

        @Parameters(paramLabel = "<configuration>", arity = "0..1", description = "Another bootstrap.xml.")
        String configuration;
    }

    @Command(name = "encode", description = "Not for this journal: print, verify, exp and copying the directory are.")
    static final class Encode extends TextAction {

        @Override
        int perform() {
            terminal().complain("This journal has no form as text. To see what is in it use data print, to move messages data exp, to keep a"
                    + " copy of all of it copy the directory while no broker runs on it");
            return FAILED;
        }
    }

    @Command(name = "decode", description = "Not for this journal: imp and recover are.")
    static final class Decode extends TextAction {

        @Option(names = "--input", paramLabel = "<file>", description = "The text.")
        Path input;

        @Override
        int perform() {
            terminal().complain("This journal has no form as text. To bring in messages use data imp, to put a damaged journal in order data recover;"
                    + " what Artemis has encoded, Artemis can decode, and its data exp writes what data imp reads");
            return FAILED;
        }
    }
}
