package io.delos.cli;

import io.delos.message.NeutralMessage;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "browser", description = "Look at the messages of a queue without taking them.")
final class BrowserCommand extends ConnectedAction {

    @Mixin
    TrafficOptions traffic = new TrafficOptions();

    @Option(names = "--filter", paramLabel = "<selector>", description = "Show only what matches.")
    String filter;

    @Override
    int perform() throws Exception {
        Place place = Place.parse(traffic.destination);
        if (place.topic()) {
            throw new CliException("Only a queue can be browsed; for a subscription use queue://<address>::<queue>");
        }
        out("Consumer:: filter = " + filter);
        try (Messaging messaging = connect()) {
            Traffic.run(traffic.threads, thread -> browse(messaging, place, "Consumer " + messaging.label(place) + ", thread=" + thread));
        }
        return DONE;
    }

    private long browse(Messaging messaging, Place place, String who) throws IOException, InterruptedException {
        try (Messaging.Line line = messaging.open(false); Messaging.Inbox inbox = line.browse(place, Optional.ofNullable(filter))) {
            out(who + " trying to browse " + traffic.messageCount + " messages");
            long seen = 0;
            while (seen < traffic.messageCount) {
                Optional<NeutralMessage> letter = inbox.receive(0);
                if (letter.isEmpty()) {
                    break;
                }
                seen++;
                out(who + " browsing " + Letters.preview(letter.get()));
                Traffic.pace(traffic.sleep);
            }
            out(who + " browsed: " + seen + " messages");
            out(who + " Browser thread finished");
            return seen;
        }
    }
}
