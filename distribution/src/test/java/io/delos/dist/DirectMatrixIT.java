package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.delos.direct.DirectCounters;
import io.delos.server.TestServer;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each protocol sends to a direct address, and each takes from one. */
class DirectMatrixIT {

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config.withAddressSettings("direct.#", Map.of("direct", "true", "direct-wait", "2000"))
                .withAddressSettings("direct.now.#", Map.of("direct", "true", "direct-wait", "0")));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    private static Peer connect(Speech speech, String name) throws Exception {
        return speech.connect(server.port(), name, Optional.empty());
    }

    private static DirectCounters counters(Place place) {
        return server.broker().routes().find(place.name()).orElseThrow().direct().orElseThrow().counters();
    }

    static Stream<Arguments> cells() {
        return Stream.of(Speech.values()).flatMap(from -> Stream.of(Speech.values()).map(to -> Arguments.of(from, to)));
    }

    @ParameterizedTest(name = "{0} to {1}")
    @MethodSource("cells")
    void whatIsSentIsAnsweredWhenItWasTaken(Speech from, Speech to) throws Exception {
        Place place = new Place("direct." + from.name().toLowerCase() + "." + to.name().toLowerCase(), to == Speech.MQTT);
        try (Peer writer = connect(from, "writer"); Peer reader = connect(to, "reader")) {
            reader.listen(place);
            for (int i = 0; i < 3; i++) {
                byte[] body = ("message " + i).getBytes(StandardCharsets.UTF_8);
                CompletableFuture<Object> taken = CompletableFuture.supplyAsync(() -> receive(reader));
                Letter letter = new Letter(body, Map.of(), "", "", true, 4, 0);
                if (from == Speech.AMQP && i == 0) {
                    // over an anonymous link nothing waits, and the reader's credit may be on its way yet: what is released is sent again
                    await().atMost(Duration.ofMinutes(1)).pollDelay(Duration.ZERO).ignoreExceptions().until(() -> writer.send(place, letter) >= 0);
                } else {
                    writer.send(place, letter);
                }
                assertThat(taken.get(1, TimeUnit.MINUTES)).isEqualTo(body);
            }
            assertThat(counters(place).accepted()).isEqualTo(3);
            assertThat(counters(place).returned() == 0 || from == Speech.AMQP).isTrue();
        }
    }

    private static Object receive(Peer reader) {
        try {
            return reader.receive().body();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** AMQP is not asked: a producer without credit sends nothing. */
    @ParameterizedTest
    @EnumSource(names = {"CORE", "OPENWIRE", "MQTT", "STOMP"})
    void whoSendsToNobodyIsTold(Speech from) throws Exception {
        Place place = new Place("direct.now." + from.name().toLowerCase(), false);
        Letter letter = new Letter(new byte[1], Map.of(), "", "", true, 4, 0);
        Peer writer = connect(from, "writer");
        try {
            assertThatThrownBy(() -> writer.send(place, letter));
        } finally {
            closeQuietly(writer);
        }
        assertThat(counters(place).returned()).isEqualTo(1);
    }

    private static void closeQuietly(Peer peer) {
        try {
            peer.close();
        } catch (Exception gone) {
            // an error ends the connections of some
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CORE", "AMQP", "OPENWIRE"})
    void requestsAreAnswered(Speech speech) throws Exception {
        ConnectionFactory factory = speech.factory(server.port(), null, null);
        String address = "direct.ask." + speech.name().toLowerCase();
        try (Connection one = factory.createConnection(); Connection other = factory.createConnection()) {
            one.start();
            other.start();
            Session server = one.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer answers = server.createProducer(null);
            server.createConsumer(server.createQueue(address)).setMessageListener(question -> answer(server, answers, question));
            Session client = other.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer asker = client.createProducer(client.createQueue(address));
            asker.setDeliveryMode(jakarta.jms.DeliveryMode.NON_PERSISTENT);
            jakarta.jms.TemporaryQueue back = client.createTemporaryQueue();
            MessageConsumer heard = client.createConsumer(back);
            for (int i = 0; i < 20; i++) {
                Message question = client.createTextMessage("question " + i);
                question.setJMSReplyTo(back);
                asker.send(question);
                Message answer = heard.receive(10_000);
                assertThat(answer.getBody(String.class)).isEqualTo("answer to question " + i);
            }
        }
    }

    private static void answer(Session session, MessageProducer answers, Message question) {
        try {
            answers.send(question.getJMSReplyTo(), session.createTextMessage("answer to " + question.getBody(String.class)));
        } catch (JMSException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void anAmqpProducerIsGivenTheCreditOfACoreConsumerAndWaitsWithoutIt() throws Exception {
        Place place = new Place("direct.wait", false);
        try (Connection connection = Speech.AMQP.factory(server.port(), null, null).createConnection()) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue(place.name()));
            Message message = session.createTextMessage("m");
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(producer, message));
            await().until(() -> counters(place).producers() == 1);
            assertThat(sent).isNotDone();
            try (Peer reader = connect(Speech.CORE, "reader")) {
                reader.listen(place);
                assertThat(reader.receive().body()).isEqualTo("m");
                sent.get(10, TimeUnit.SECONDS);
            }
        }
    }

    private static void send(MessageProducer producer, Message message) {
        try {
            producer.send(message);
        } catch (JMSException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CORE", "AMQP", "OPENWIRE"})
    void transactionsThatSendThereDoNotCommit(Speech speech) throws Exception {
        try (Connection connection = speech.factory(server.port(), null, null).createConnection(); Peer reader = connect(Speech.CORE, "reader")) {
            Place place = new Place("direct.tx." + speech.name().toLowerCase(), false);
            reader.listen(place);
            Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
            MessageProducer producer = session.createProducer(session.createQueue(place.name()));
            assertThatThrownBy(() -> {
                producer.send(session.createTextMessage("m"));
                session.commit();
            }).isInstanceOf(JMSException.class);
            assertThat(counters(place).accepted() + counters(place).returned()).isZero();
        }
    }
}
