package io.delos.cli;

import io.delos.message.NeutralMessage;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The receiving side of a load test: its options, and the work of one consumer. */
final class PerfReceiving {

    private static final int PATIENCE_MILLIS = 200;

    @Option(names = "--consumers", paramLabel = "<n>", defaultValue = "1", description = "Consumers for each destination. Default: ${DEFAULT-VALUE}.")
    int consumers;

    @Option(names = "--durable", description = "Use durable subscriptions (topics; needs --clientID).")
    boolean durable;

    @Option(names = "--shared", paramLabel = "<n>", defaultValue = "0", description = "Share each of so many subscriptions (topics). Default: none.")
    int shared;

    @Option(names = "--tx", description = "Accepted for compatibility: each message is acknowledged by itself unless --commit-interval says otherwise.")
    boolean transacted;

    Messaging.Wish wish(Place place, int number) {
        if (!place.topic() || !durable && shared == 0) {
            return Messaging.Wish.of(Optional.empty());
        }
        String name = "perf-" + (shared > 0 ? number % shared : number);
        return new Messaging.Wish(Optional.empty(), Optional.of(name), durable, shared > 0, false);
    }

    /** Receives until the test ends. */
    void run(Messaging messaging, Place place, int number, PerfRun run, int commitInterval) throws IOException {
        long received = 0;
        boolean commits = commitInterval > 0;
        try (Messaging.Line line = messaging.open(commits); Messaging.Inbox inbox = line.inbox(place, wish(place, number))) {
            run.ready();
            while (run.goesOn()) {
                Optional<NeutralMessage> letter = inbox.receive(PATIENCE_MILLIS);
                if (letter.isEmpty()) {
                    continue;
                }
                run.received(PerfSending.nowMicros() - PerfSending.stampOf(letter.get().content()));
                inbox.acknowledge();
                received++;
                if (commits && received % commitInterval == 0) {
                    line.commit();
                }
            }
            if (commits) {
                line.commit();
            }
        }
    }
}
