package io.delos.cli;

import io.delos.cli.Messaging.Wish;
import io.delos.message.NeutralMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "consumer", description = "Receive messages.")
final class ConsumerCommand extends ConnectedAction {

    @Mixin
    TrafficOptions traffic = new TrafficOptions();

    @Option(names = "--durable", description = "Use a durable subscription (topics; needs --clientID).")
    boolean durable;

    @Option(names = "--subscriptionName", paramLabel = "<name>", description = "The durable subscription's name.")
    String subscriptionName;

    @Option(names = "--filter", paramLabel = "<selector>", description = "Receive only what matches.")
    String filter;

    @Option(names = "--receive-timeout", paramLabel = "<ms>", defaultValue = "3000",
            description = "How long to wait for each message; -1 = for ever. Default: ${DEFAULT-VALUE}.")
    int receiveTimeout;

    @Option(names = "--break-on-null", description = "End when no message came in time.")
    boolean breakOnNull;

    @Option(names = "--data", paramLabel = "<file>", description = "Write the messages to this file as XML.")
    Path data;

    @Override
    int perform() throws Exception {
        Place place = Place.parse(traffic.destination);
        if (durable && place.topic() && connection.clientId == null) {
            throw new CliException("A durable subscription needs --clientID");
        }
        out("Consumer:: filter = " + filter);
        try (Messaging messaging = connect();
                MessageFile.Writer file = data == null ? MessageFile.Writer.nowhere() : MessageFile.write(data);
                Progress progress = Progress.watch(terminal(), "received", (long) traffic.messageCount * traffic.threads)) {
            Traffic.run(traffic.threads, thread -> {
                String who = "Consumer " + messaging.label(place) + ", thread=" + thread;
                return consume(messaging, place, who, file, progress);
            });
        }
        return DONE;
    }

    private Wish wish(String who) {
        Optional<String> name = durable
                ? Optional.of(subscriptionName == null ? who.replaceAll("[^A-Za-z0-9]+", "-") : subscriptionName) : Optional.empty();
        return new Wish(Optional.ofNullable(filter), name, name.isPresent(), false, false);
    }

    private long consume(Messaging messaging, Place place, String who, MessageFile.Writer file, Progress progress)
            throws IOException, InterruptedException {
        boolean transacted = traffic.commitInterval > 0;
        try (Messaging.Line line = messaging.open(transacted); Messaging.Inbox inbox = line.inbox(place, wish(who))) {
            out(who + " wait " + (receiveTimeout < 0 ? "" : receiveTimeout + "ms ") + "until " + traffic.messageCount + " messages are consumed");
            long start = System.nanoTime();
            long received = 0;
            while (received < traffic.messageCount) {
                Optional<NeutralMessage> letter = inbox.receive(receiveTimeout);
                if (letter.isEmpty()) {
                    if (breakOnNull) {
                        break;
                    }
                    continue;
                }
                received++;
                progress.count();
                file.add(letter.get());
                show(who, letter.get());
                inbox.acknowledge();
                if (transacted && received % traffic.commitInterval == 0) {
                    line.commit();
                }
                Traffic.pace(traffic.sleep);
            }
            if (transacted) {
                line.commit();
            }
            out(who + " Consumed: " + traffic.messageCount + " messages");
            Traffic.tellElapsed(terminal(), who, start);
            out(who + " Consumed: " + received + " messages");
            out(who + " Consumer thread finished");
            return received;
        }
    }

    private void show(String who, NeutralMessage letter) {
        if (verbose) {
            out(who + " Received " + Letters.preview(letter));
            out("JMS Message ID:" + letter.header().messageId());
            if (Letters.size(letter.content()) > 0) {
                out("Received " + Letters.kind(letter.content()) + " sized at " + Letters.size(letter.content()));
            }
        }
    }
}
