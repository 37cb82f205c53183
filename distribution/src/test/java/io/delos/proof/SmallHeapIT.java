package io.delos.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker with a heap of 64 MiB under clients that each try to take more than that. It lives, says who holds what, loses nothing, and serves
 * the one that behaves. {@code -Dsoak.rounds=50} makes it take minutes.
 */
class SmallHeapIT {

    private static final int ROUNDS = Integer.getInteger("soak.rounds", 1);
    private static final int KIBI = 1024;
    private static final int HELD = 12_000;
    private static final int IN_TRANSACTION = 10_000;

    @TempDir
    Path directory;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private BrokerProcess broker;

    @Test
    void livesWithClientsThatWouldFillIt() throws Exception {
        broker = BrokerProcess.create(Distribution.home(), directory.resolve("small"));
        broker.environment("JAVA_ARGS", "-XX:+UseG1GC -XX:+ExitOnOutOfMemoryError -Xms64m -Xmx64m -Dlog4j2.disableJmx=true");
        try (BrokerProcess running = broker) {
            running.start();
            CompletableFuture<Integer> good = CompletableFuture.supplyAsync(this::behave);
            AtomicInteger held = holdAll();
            stopReading();
            connectIdly(100);
            int committed = 0;
            for (int round = 0; round < ROUNDS && running.alive(); round++) {
                deepen("held", HELD, KIBI);
                deepen("unread", 3_000, KIBI);
                fanOut();
                manyQueues(100, round);
                bigMessages();
                committed += commitLarge();
            }
            assertThat(held.get()).as("delivered before the holder was stopped").isGreaterThan(1000);
            assertThat(drain("deep", committed)).isEqualTo(committed);
            stopping.set(true);
            assertThat(good.get()).as("round trips of the one that behaves").isGreaterThan(10);
            assertThat(running.alive()).isTrue();
            assertThat(running.logLines()).noneMatch(line -> line.contains("OutOfMemory") || line.contains(" ERROR "));
            // references to what it holds fit into the memory; in a long soak they don't, and then it is told so
            await().until(() -> held.get() == HELD * ROUNDS
                    || running.logLines().stream().anyMatch(line -> line.contains("Queue held: ")));
            closeAll();
            running.stop();
            running.start();
            assertThat(drain("held", HELD * ROUNDS)).isEqualTo(HELD * ROUNDS);
        }
    }

    /** Sends one and gets it back, over and over; answers how often. Fails if one is lost or late by more than half a minute. */
    private int behave() {
        int trips = 0;
        try (Connection connection = connect(64 * KIBI); Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
            MessageProducer producer = session.createProducer(session.createQueue("good"));
            MessageConsumer consumer = session.createConsumer(session.createQueue("good"));
            while (!stopping.get()) {
                producer.send(session.createTextMessage("trip " + trips));
                Message back = consumer.receive(30_000);
                assertThat(back).as("trip %d", trips).isNotNull();
                assertThat(back.getBody(String.class)).isEqualTo("trip " + trips++);
            }
            return trips;
        } catch (JMSException failure) {
            throw new IllegalStateException("after " + trips + " round trips", failure);
        }
    }

    /** Takes all there is and acknowledges nothing. */
    private AtomicInteger holdAll() throws JMSException {
        AtomicInteger held = new AtomicInteger();
        Connection connection = connect(-1);
        open.add(connection);
        Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        session.createConsumer(session.createQueue("held")).setMessageListener(message -> held.incrementAndGet());
        return held;
    }

    /** Subscribes and never reads again. */
    private void stopReading() throws IOException {
        Socket socket = stomp();
        socket.getOutputStream().write("SUBSCRIBE\nid:1\ndestination:unread\nsubscription-type:ANYCAST\nack:client\n\n\0"
                .getBytes(StandardCharsets.UTF_8));
    }

    private void connectIdly(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            stomp();
        }
    }

    private Socket stomp() throws IOException {
        Socket socket = new Socket("127.0.0.1", broker.port());
        open.add(socket);
        socket.setReceiveBufferSize(4096);
        socket.getOutputStream().write(("CONNECT\naccept-version:1.2\nhost:x\nlogin:" + BrokerProcess.USER + "\npasscode:"
                + BrokerProcess.PASSWORD + "\n\n\0").getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    private void deepen(String queue, int count, int size) throws JMSException {
        try (Connection connection = connect(KIBI); Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            MessageProducer producer = session.createProducer(session.createQueue(queue));
            for (int i = 1; i <= count; i++) {
                producer.send(bytes(session, size));
                if (i % 2000 == 0) {
                    session.commit();
                }
            }
            session.commit();
        }
    }

    /** One subscriber that keeps up and one that does nothing. */
    private void fanOut() throws JMSException {
        Connection connection = connect(64 * KIBI);
        open.add(connection);
        Session lazy = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        lazy.createConsumer(lazy.createTopic("news"));
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        AtomicInteger got = new AtomicInteger();
        session.createConsumer(session.createTopic("news")).setMessageListener(message -> got.incrementAndGet());
        try (Connection sending = connect(KIBI); Session sender = sending.createSession(Session.AUTO_ACKNOWLEDGE)) {
            MessageProducer producer = sender.createProducer(sender.createTopic("news"));
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            for (int i = 0; i < 3000; i++) {
                producer.send(bytes(sender, KIBI));
            }
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> got.get() == 3000);
    }

    private void manyQueues(int count, int round) throws JMSException {
        try (Connection connection = connect(KIBI); Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            for (int i = 0; i < count; i++) {
                try (MessageProducer producer = session.createProducer(session.createQueue("tiny." + round + "." + i))) {
                    producer.send(bytes(session, 100));
                }
            }
            session.commit();
        }
    }

    /** A MiB is handled; ten are handled or refused, and either way everybody else goes on. */
    private void bigMessages() throws JMSException {
        try (Connection connection = connect(KIBI); Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
            connection.start();
            MessageProducer producer = session.createProducer(session.createQueue("big"));
            for (int i = 0; i < 10; i++) {
                producer.send(bytes(session, KIBI * KIBI));
            }
            MessageConsumer consumer = session.createConsumer(session.createQueue("big"));
            for (int i = 0; i < 10; i++) {
                assertThat(consumer.receive(30_000)).isNotNull();
            }
        }
        try (Connection connection = connect(KIBI); Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
            session.createProducer(session.createQueue("huge")).send(bytes(session, 10 * KIBI * KIBI));
        } catch (JMSException refused) {
            assertThat(refused).hasMessageNotContaining("OutOfMemory");
        }
    }

    private int commitLarge() throws JMSException {
        try (Connection connection = connect(KIBI); Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            MessageProducer producer = session.createProducer(session.createQueue("deep"));
            for (int i = 0; i < IN_TRANSACTION; i++) {
                producer.send(bytes(session, KIBI));
            }
            session.commit();
            return IN_TRANSACTION;
        }
    }

    private int drain(String queue, int expected) throws JMSException {
        try (Connection connection = connect(256 * KIBI); Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
            int count = 0;
            while (count < expected && consumer.receive(30_000) != null) {
                if (++count % 1000 == 0) {
                    session.commit();
                }
            }
            session.commit();
            return count;
        }
    }

    private static BytesMessage bytes(Session session, int size) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(new byte[size]);
        return message;
    }

    private Connection connect(int window) throws JMSException {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + broker.port() + "?consumerWindowSize=" + window
                + "&callTimeout=60000", BrokerProcess.USER, BrokerProcess.PASSWORD);
        Connection connection = factory.createConnection();
        connection.start();
        return connection;
    }

    private void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }
}
