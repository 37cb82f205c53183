package io.delos.cli;

import picocli.CommandLine.Option;

/** What producer, consumer and browser have in common. */
final class TrafficOptions {

    @Option(names = "--destination", paramLabel = "<destination>", defaultValue = "queue://TEST",
            description = "queue://<name> or topic://<name>; the name may be <address>::<queue>. Default: ${DEFAULT-VALUE}.")
    String destination;

    @Option(names = "--message-count", paramLabel = "<n>", defaultValue = "1000",
            description = "How many messages. Default: ${DEFAULT-VALUE}.")
    int messageCount;

    @Option(names = "--sleep", paramLabel = "<ms>", defaultValue = "0",
            description = "Milliseconds to rest after each message. Default: ${DEFAULT-VALUE}.")
    int sleep;

    @Option(names = "--commit-interval", paramLabel = "<n>", defaultValue = "0",
            description = "Work in transactions of so many messages. Default: no transactions.")
    int commitInterval;

    @Option(names = "--threads", paramLabel = "<n>", defaultValue = "1",
            description = "How many threads, each with its own session. Default: ${DEFAULT-VALUE}.")
    int threads;
}
