package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.core.AnswerPacket.Failed;
import io.delos.core.ConnectionPacket.Topology;
import io.delos.core.ConsumerPacket.Acknowledge;
import io.delos.core.MessagePacket.Receive;
import io.delos.core.MessagePacket.ReceiveLarge;
import io.delos.server.TestServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Says to our broker what real clients were recorded to say to Artemis, and expects the recorded answers: the same packets with the same
 * content, except for what is a broker's own (ids, texts of errors).
 */
class ReplayIT {
    @TempDir
    private Path directory;

    private final List<String> differences = new ArrayList<>();
    private final Map<Long, Long> ids = new HashMap<>();
    private final Map<Long, Integer> refusals = new HashMap<>();
    private final Map<Long, AnswerPacket.Confirmed> recorded = new TreeMap<>();
    private final Map<Long, AnswerPacket.Confirmed> confirmed = new TreeMap<>();

    @ParameterizedTest
    @ValueSource(strings = {"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "15", "17", "18", "21", "22", "26", "30", "31",
        "33", "34", "46", "49", "53", "54", "55", "57", "58", "59", "60", "61", "62", "63", "65", "66", "67", "68", "69"})
    void answersAreTheRecordedOnes(String scenario) throws Exception {
        Map<Integer, RawConnection> connections = new TreeMap<>();
        try (TestServer server = TestServer.start(directory, config -> config.withAddressSettings("#",
                Map.of("auto-delete-queues", "false", "auto-delete-addresses", "true", "dead-letter-address", "DLQ", "expiry-address",
                        "ExpiryQueue")))) {
            for (Capture.Frame frame : Capture.all()) {
                if (!frame.file().startsWith(scenario + "-")) {
                    continue;
                }
                int number = Integer.parseInt(frame.comment().replaceAll("^.*?conn=(\\d+) .*$", "$1"));
                RawConnection connection = connections.get(number);
                if (connection == null) {
                    if (frame.comment().contains(" CHECK_FOR_FAILOVER")) {
                        cut(connections.get(number - 1), server, scenario);
                    }
                    connection = new RawConnection(server.port());
                    connection.onConfirmation(confirmed::put);
                    connections.put(number, connection);
                }
                connection.speak(frame.version());
                play(connection, frame);
            }
            // the last command has no answer, and its confirmation may be on its way
            connections.get(Collections.max(connections.keySet())).hearUntil(() -> confirmed.equals(recorded));
            assertThat(confirmed).as("the last confirmation on each channel").isEqualTo(recorded);
            connections.forEach((number, connection) -> connection.unclaimed().forEach(
                    arrival -> differences.add("connection " + number + " also got " + arrival)));
        } finally {
            for (RawConnection connection : connections.values()) {
                connection.close();
            }
        }
        assertThat(differences).isEmpty();
    }

    /** The client's connection broke; in one scenario so long ago that nobody waits for it any more. */
    private void cut(RawConnection connection, TestServer server, String scenario) throws Exception {
        connection.hangUp();
        confirmed.clear();
        recorded.clear();
        if (scenario.equals("68")) {
            await().until(() -> server.broker().clients().all().isEmpty());
        }
    }

    private void play(RawConnection connection, Capture.Frame frame) throws Exception {
        var bytes = io.netty.buffer.Unpooled.wrappedBuffer(frame.bytes()).skipBytes(4);
        long channel = CoreCodec.channel(bytes);
        Packet packet = CoreCodec.decode(bytes, frame.version());
        if (frame.fromClient()) {
            connection.send(channel, withOurId(packet));
            return;
        }
        if (packet instanceof AnswerPacket.Confirmed confirmation) {
            // when that is said in between, is a broker's own; in the end it is said of everything
            // and Artemis doesn't count what it refused, though its client does
            int refused = refusals.getOrDefault(channel, 0);
            recorded.put(channel, new AnswerPacket.Confirmed(confirmation.command() + refused));
            return;
        }
        Packet ours = connection.claim(arrival -> arrival.channel() == channel && similar(arrival.packet(), packet),
                frame + " = " + packet).packet();
        if (ours instanceof Receive receive) {
            ids.put(((Receive) packet).id(), receive.id());
        } else if (ours instanceof ReceiveLarge large) {
            ids.put(((ReceiveLarge) packet).id(), large.id());
        }
        if (packet instanceof Failed) {
            refusals.merge(channel, 1, Integer::sum);
        }
        Object expected = comparable(packet, frame.version());
        Object actual = comparable(ours, frame.version());
        if (!expected.equals(actual)) {
            differences.add(frame + ": " + difference(expected.toString(), actual.toString()));
        }
    }

    /** The parts of two texts that differ. */
    private static String difference(String expected, String actual) {
        List<String> missing = new ArrayList<>(List.of(expected.split(", ")));
        List<String> surplus = new ArrayList<>(List.of(actual.split(", ")));
        List<String> theirs = List.copyOf(missing);
        missing.removeAll(surplus);
        surplus.removeAll(theirs);
        return "expected " + missing + " but got " + surplus + " in " + actual;
    }

    /** What the client says of messages by their ids, it says of ours; what expired long ago, expires later. */
    private Packet withOurId(Packet packet) {
        if (packet instanceof MessagePacket.Send send && send.message().expiration() != 0) {
            CoreMessage m = send.message();
            long later = m.expiration() - m.timestamp() + System.currentTimeMillis();
            return new MessagePacket.Send(CoreMessage.create(new CoreMessage.Head(0, m.address(), m.userId(), m.kind(), m.durable(), later,
                    m.timestamp(), m.priority(), m.properties()), m.body()), send.tail());
        }
        return packet instanceof Acknowledge acknowledge
                ? new Acknowledge(acknowledge.individual(), acknowledge.consumer(),
                        ids.getOrDefault(acknowledge.message(), acknowledge.message()), acknowledge.answer())
                : packet;
    }

    /** Deliveries to different consumers and answers may come in another order among themselves. */
    private static boolean similar(Packet ours, Packet recorded) {
        if (ours instanceof Receive mine && recorded instanceof Receive theirs) {
            return mine.consumer() == theirs.consumer();
        }
        if (ours instanceof MessagePacket.ProducerCredits mine && recorded instanceof MessagePacket.ProducerCredits theirs) {
            return mine.address().equals(theirs.address());
        }
        return ours.getClass() == recorded.getClass();
    }

    /** A packet as something with equals and a readable text, without what is a broker's own. */
    private static Object comparable(Packet packet, int version) {
        if (packet instanceof Receive receive) {
            return List.of("message", comparable(receive.message()), receive.consumer(), receive.deliveryCount());
        } else if (packet instanceof ReceiveLarge large) {
            return List.of("large", comparable(large.message()), large.consumer(), large.deliveryCount(), large.bodySize());
        } else if (packet instanceof MessagePacket.ReceiveChunk chunk) {
            return List.of("chunk", java.util.Arrays.hashCode(chunk.chunk()), chunk.chunk().length, chunk.continues(), chunk.consumer());
        } else if (packet instanceof Topology topology) {
            return new Topology(topology.exit(), "node", 0, Optional.empty(), topology.backup(), topology.last(), topology.backupGroup(),
                    topology.scaleDownGroup(), topology.serverVersion());
        } else if (packet instanceof QueuePacket.QueueAnswer answer) {
            return comparable(answer);
        } else if (packet instanceof QueuePacket.AddressAnswer answer) {
            // an address that made itself stays a little after its last queue
            return answer.queues().isEmpty() ? List.of("address", answer.defaults()) : List.of("address", answer.queues().stream().sorted().toList(), answer.exists(), answer.autoCreateQueues(),
                    answer.autoCreateAddresses(), answer.purgeOnNoConsumers(), answer.maxConsumers(), answer.defaults(),
                    answer.multicast(), answer.anycast());
        } else if (packet instanceof MessagePacket.ProducerCredits credits) {
            return new MessagePacket.ProducerCredits(credits.granted(), credits.credits() % CoreSends.ADVANCE, credits.address());
        } else if (packet instanceof SessionPacket.XaAnswer answer) {
            return new SessionPacket.XaAnswer(answer.error(), answer.code(), Optional.empty());
        } else if (packet instanceof Failed failed) {
            return new Failed(failed.code(), Optional.empty(), version < Version.CORRELATION ? OptionalLong.empty() : failed.correlation());
        }
        return packet;
    }

    /** An acknowledged message may be counted a little longer; a subscription shared for a while deletes itself by other means. */
    private static Object comparable(QueuePacket.QueueAnswer answer) {
        boolean sharedForAWhile = answer.exists() && !answer.durable() && answer.routingType() == QueuePacket.MULTICAST;
        return List.of("queue", answer.exists(), answer.durable(), sharedForAWhile || answer.temporary(), answer.consumerCount(), answer.filter(),
                answer.address(), answer.name(), answer.autoCreateQueues(), answer.autoCreated(), answer.purgeOnNoConsumers(),
                answer.routingType(), answer.maxConsumers(), answer.consumerWindow(),
                sharedForAWhile ? "" : answer.attributes(), answer.configurationManaged());
    }

    private static Object comparable(CoreMessage message) {
        Map<String, Object> properties = new TreeMap<>();
        message.properties().forEach((name, value) -> properties.put(name, value instanceof byte[] bytes ? List.of(bytes.length) : value));
        properties.remove("_AMQ_VALIDATED_USER");
        return List.of(message.address(), message.userId(), message.kind(), message.durable(), message.expiration() != 0, message.timestamp(),
                message.priority(), properties, io.netty.buffer.ByteBufUtil.hashCode(message.body()));
    }
}
