package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.delos.config.AcceptorConfig;
import io.delos.config.AddressConfig;
import io.delos.config.BrokerConfig;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.queue.AddressUsage;
import io.delos.server.TestServer;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A full address, as each protocol's own client meets it. */
@Timeout(120)
class LimitsIT {

    private static final int LIMIT = 3;
    /** What the window of a CORE client, or the credit of an AMQP link, may bring beyond the limit. */
    private static final int ON_CREDIT = 5;
    private static final int BODY = 20_000;

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, LimitsIT::configured);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static BrokerConfig configured(BrokerConfig config) {
        List<AddressConfig> addresses = new ArrayList<>(config.addresses());
        for (String kind : List.of("fail", "drop", "block", "pages", "free")) {
            for (Speech speech : Speech.values()) {
                String name = place(kind, speech).name();
                addresses.add(new AddressConfig(name, Set.of(RoutingType.ANYCAST), List.of(QueueRequest.of(name, name, RoutingType.ANYCAST))));
            }
        }
        String limit = Integer.toString(LIMIT);
        return config.withAddresses(addresses)
                .withAcceptors(List.of(AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?amqpCredits=2;amqpLowCredits=1")))
                .withAddressSettings("fail.#", Map.of("max-size-messages", limit, "address-full-policy", "FAIL"))
                .withAddressSettings("drop.#", Map.of("max-size-messages", limit, "address-full-policy", "DROP"))
                .withAddressSettings("block.#", Map.of("max-size-messages", limit, "address-full-policy", "BLOCK"))
                .withAddressSettings("pages.#", Map.of("max-size-messages", "1", "page-limit-messages", "2"));
    }

    private static Place place(String kind, Speech speech) {
        return new Place(kind + "." + speech.name().toLowerCase(Locale.ROOT), false);
    }

    private static Letter letter(int number) {
        byte[] body = new byte[BODY];
        body[0] = (byte) number;
        return new Letter(body, Map.of(), "", "", true, 4, 0);
    }

    private static Peer connect(Speech speech) throws Exception {
        return speech.connect(server.port(), "limits", Optional.empty());
    }

    private static AddressUsage usage(Place place) {
        return server.broker().routes().find(place.name()).orElseThrow().usage();
    }

    private static List<Integer> drain(Place place, int count) throws Exception {
        List<Integer> numbers = new ArrayList<>();
        try (Peer reader = Speech.CORE.connect(server.port(), "reader", Optional.empty())) {
            reader.listen(place);
            for (int i = 0; i < count; i++) {
                numbers.add((int) ((byte[]) reader.receive().body())[0]);
            }
        }
        return numbers;
    }

    @ParameterizedTest
    @EnumSource(Speech.class)
    void failSaysThatTheAddressIsFull(Speech speech) throws Exception {
        refuses(speech, place("fail", speech));
    }

    @ParameterizedTest
    @EnumSource(Speech.class)
    void aPageLimitSaysSoToo(Speech speech) throws Exception {
        refuses(speech, place("pages", speech));
    }

    private static void refuses(Speech speech, Place place) throws Exception {
        try (Peer peer = connect(speech)) {
            for (int i = 0; i < LIMIT; i++) {
                peer.send(place, letter(i));
            }
            assertThatThrownBy(() -> peer.send(place, letter(LIMIT))).satisfies(refusal -> {
                if (speech == Speech.MQTT) {
                    assertThat(((MqttException) refusal).getReasonCode()).as("quota exceeded").isEqualTo(0x97);
                } else {
                    assertThat(refusal).hasMessageContaining("full");
                }
            });
        }
        assertThat(drain(place, LIMIT)).containsExactly(0, 1, 2);
        await().until(() -> usage(place).messages() == 0);
        try (Peer peer = connect(speech)) {
            peer.send(place, letter(4));
        }
        assertThat(drain(place, 1)).containsExactly(4);
    }

    @ParameterizedTest
    @EnumSource(Speech.class)
    void dropConfirmsAndForgets(Speech speech) throws Exception {
        Place place = place("drop", speech);
        try (Peer peer = connect(speech)) {
            for (int i = 0; i < 2 * LIMIT; i++) {
                peer.send(place, letter(i));
            }
        }
        assertThat(drain(place, LIMIT)).containsExactly(0, 1, 2);
        await().until(() -> usage(place).messages() == 0);
    }

    @ParameterizedTest
    @EnumSource(Speech.class)
    void blockMakesTheProducerWaitAndLosesNothing(Speech speech) throws Exception {
        Place place = place("block", speech);
        int count = 25;
        AtomicInteger sent = new AtomicInteger();
        try (Peer peer = connect(speech); Peer reader = Speech.CORE.connect(server.port(), "reader", Optional.empty())) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < count; i++) {
                        peer.send(place, letter(i));
                        sent.incrementAndGet();
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> usage(place).full());
            reader.listen(place);
            for (int i = 0; i < count; i++) {
                assertThat(sent.get()).as("sent when %d have been received", i).isLessThanOrEqualTo(i + 1 + LIMIT + ON_CREDIT);
                assertThat(((byte[]) reader.receive().body())[0]).isEqualTo((byte) i);
            }
            sending.get(10, TimeUnit.SECONDS);
        }
        await().until(() -> usage(place).messages() == 0);
    }

    @ParameterizedTest
    @EnumSource(value = Speech.class, names = {"CORE", "AMQP", "OPENWIRE"})
    void whoWaitsDoesNotHoldUpOthersOnTheSameConnection(Speech speech) throws Exception {
        Place full = place("block", speech);
        Place free = place("free", speech);
        try (Connection connection = speech.factory(server.port(), null, null).createConnection()) {
            connection.start();
            Session waiting = connection.createSession();
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < 20; i++) {
                        waiting.createProducer(waiting.createQueue(full.name())).send(bytes(waiting));
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> usage(full).full());
            Session other = connection.createSession();
            MessageConsumer consumer = other.createConsumer(other.createQueue(free.name()));
            for (int i = 0; i < 5; i++) {
                other.createProducer(other.createQueue(free.name())).send(bytes(other));
                assertThat(consumer.receive(Peer.PATIENCE_MILLIS)).isNotNull();
            }
            assertThat(sending).isNotDone();
            MessageConsumer relief = other.createConsumer(other.createQueue(full.name()));
            for (int i = 0; i < 20; i++) {
                assertThat(relief.receive(Peer.PATIENCE_MILLIS)).isNotNull();
            }
            sending.get(10, TimeUnit.SECONDS);
        }
        await().until(() -> usage(full).messages() == 0);
    }

    private static BytesMessage bytes(Session session) throws Exception {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(new byte[BODY]);
        return message;
    }
}
