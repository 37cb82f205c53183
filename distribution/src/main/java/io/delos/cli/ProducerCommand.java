package io.delos.cli;

import io.delos.message.Content;
import io.delos.message.NeutralMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "producer", description = "Send messages.")
final class ProducerCommand extends ConnectedAction {

    @Mixin
    TrafficOptions traffic = new TrafficOptions();

    @Mixin
    Composer composer = new Composer();

    @Option(names = "--data", paramLabel = "<file>", description = "Send the messages of this XML file instead of made-up ones.")
    Path data;

    @Override
    int perform() throws Exception {
        Place place = Place.parse(traffic.destination);
        composer.check();
        List<NeutralMessage> stored = data == null ? List.of() : MessageFile.read(data);
        int count = data == null ? traffic.messageCount : stored.size();
        try (Messaging messaging = connect();
                Progress progress = Progress.watch(terminal(), "sent", (long) count * traffic.threads)) {
            Traffic.run(traffic.threads, thread -> {
                String who = "Producer " + messaging.label(place) + ", thread=" + thread;
                Iterator<NeutralMessage> letters = data == null
                        ? IntStream.range(0, count).mapToObj(n -> composer.compose(n, who)).iterator() : stored.iterator();
                return produce(messaging, place, who, letters, progress);
            });
        }
        return DONE;
    }

    private long produce(Messaging messaging, Place place, String who, Iterator<NeutralMessage> letters, Progress progress)
            throws IOException, InterruptedException {
        boolean transacted = traffic.commitInterval > 0;
        long sent = 0;
        try (Messaging.Line line = messaging.open(transacted); Messaging.Outbox outbox = line.outbox(place)) {
            out(who + " Started to calculate elapsed time ...");
            out("");
            long start = System.nanoTime();
            while (letters.hasNext()) {
                NeutralMessage letter = letters.next();
                outbox.send(letter);
                sent++;
                progress.count();
                if (verbose) {
                    out(who + " Sent: " + Letters.preview(letter));
                }
                if (transacted && sent % traffic.commitInterval == 0) {
                    line.commit();
                }
                Traffic.pace(traffic.sleep);
            }
            if (transacted) {
                line.commit();
            }
            out(who + " Produced: " + sent + " messages");
            Traffic.tellElapsed(terminal(), who, start);
        }
        return sent;
    }

    /** The options that say what a made-up message looks like, and the making. */
    static final class Composer {

        @Option(names = "--message", paramLabel = "<text>", description = "The text of every message.")
        String message;

        @Option(names = "--message-size", paramLabel = "<n>", defaultValue = "0", description = "Send n bytes.")
        int messageSize;

        @Option(names = "--text-size", paramLabel = "<n>", defaultValue = "0", description = "Send a text of n characters.")
        int textSize;

        @Option(names = "--object-size", paramLabel = "<n>", defaultValue = "0", description = "Send a serialised string of n characters.")
        int objectSize;

        @Option(names = "--non-persistent", description = "Send messages that do not survive a restart.")
        boolean nonPersistent;

        @Option(names = "--msgttl", paramLabel = "<ms>", defaultValue = "0", description = "Milliseconds after which a message expires. Default: never.")
        long timeToLive;

        @Option(names = "--group", paramLabel = "<id>", description = "The message group all messages belong to.")
        String group;

        @Option(names = "--properties", paramLabel = "<json>",
                description = "Properties: [{\"type\":\"string\",\"key\":\"k\",\"value\":\"v\"}]; types boolean byte short int long float double string.")
        String properties;

        private Map<String, Object> extra = Map.of();

        void check() throws CliException {
            extra = properties == null ? Map.of() : TypedValues.ofJson(properties);
        }

        NeutralMessage compose(int number, String who) {
            Map<String, Object> all = new LinkedHashMap<>(extra);
            all.put("count", number);
            all.put("ThreadSent", who);
            long expiration = timeToLive > 0 ? System.currentTimeMillis() + timeToLive : 0;
            return Letters.of(body(number), all, group == null ? "" : group, !nonPersistent, expiration);
        }

        private Content body(int number) {
            if (messageSize > 0) {
                return new Content.Bytes(new byte[messageSize]);
            }
            if (objectSize > 0) {
                return new Content.Serialized(TypedValues.serialisedText("a".repeat(objectSize)));
            }
            if (textSize > 0) {
                return new Content.Text("a".repeat(textSize));
            }
            return new Content.Text(message == null ? "test message: " + number : message);
        }
    }
}
