package io.delos.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker with a heap of 64 MiB and hundreds of clients, of every protocol, that each send most of a big message and stop: five times
 * the heap. It lives, the others go on, and when the clients are gone nothing is held for them.
 */
class HalfMessagesIT {

    private static final int EACH = 50;
    private static final int STREAMS = 20;
    private static final int MIB = 1 << 20;
    /** The share of a heap of 64 MiB, a turn, and a piece for each connection; in bytes. */
    private static final long MOST = 12L * MIB;
    /** What the question itself takes while it arrives. */
    private static final long QUESTION = 4096;

    @TempDir
    Path directory;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CountDownLatch end = new CountDownLatch(1);
    private BrokerProcess broker;

    @Test
    void livesWithHundredsOfMessagesThatStopInTheMiddle() throws Exception {
        broker = BrokerProcess.create(Distribution.home(), directory.resolve("half"));
        broker.environment("JAVA_ARGS", "-XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError -Xms64m -Xmx64m -Dlog4j2.disableJmx=true");
        try (BrokerProcess running = broker) {
            running.start();
            CompletableFuture<Integer> good = CompletableFuture.supplyAsync(this::behave);
            long most = sendHalves();
            assertThat(most).isBetween((long) MIB, MOST);
            assertThat(resident()).isLessThan(320L * MIB);
            stopping.set(true);
            assertThat(good.get()).as("round trips of the one that behaves").isGreaterThan(10);
            for (AutoCloseable each : open) {
                each.close();
            }
            end.countDown();
            await().atMost(Duration.ofSeconds(20)).until(() -> held() <= QUESTION);
            bigMessages();
            assertThat(held()).isLessThanOrEqualTo(QUESTION);
            assertThat(running.alive()).isTrue();
            assertThat(running.logLines()).noneMatch(line -> line.contains("OutOfMemory") || line.contains(" ERROR "));
            assertThat(running.logLines()).anyMatch(line -> line.contains("Messages that are still arriving take"));
        }
    }

    /** Begins them all, and pushes until the broker takes no more of any; answers how much it held at most. */
    private long sendHalves() throws Exception {
        List<HalfMessage> halves = new ArrayList<>();
        for (HalfMessage.Beginning beginning : List.<HalfMessage.Beginning>of(HalfMessage::mqtt, HalfMessage::stomp, HalfMessage::openWire,
                HalfMessage::amqp)) {
            for (int i = 0; i < EACH; i++) {
                HalfMessage half = beginning.on(broker.port());
                halves.add(half);
                open.add(half);
                half.push();
            }
        }
        for (int i = 0; i < STREAMS; i++) {
            stream();
        }
        long most = 0;
        for (int look = 0; look < 20; look++) {
            halves.forEach(HalfMessage::push);
            most = Math.max(most, held());
        }
        return most;
    }

    /** A large CORE message comes in chunks; this one's never end. */
    private void stream() throws JMSException {
        Connection connection = connect();
        Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        BytesMessage message = session.createBytesMessage();
        message.setObjectProperty("JMS_AMQ_InputStream", new Endless());
        MessageProducer producer = session.createProducer(session.createQueue("streamed"));
        Thread sending = new Thread(() -> {
            try {
                producer.send(message);
            } catch (JMSException ended) {
                // as it must, when the test does
            }
        }, "sends half a large message");
        sending.setDaemon(true);
        sending.start();
        open.add(((org.apache.activemq.artemis.jms.client.ActiveMQConnection) connection).getSessionFactory()::cleanup);
    }

    private final class Endless extends InputStream {
        private int left = HalfMessage.SENT;

        @Override
        public int read() {
            return 0;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            if (left == 0) {
                try {
                    end.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
                throw new IOException("the test is over");
            }
            int some = Math.min(left, length);
            left -= some;
            return some;
        }
    }

    /** Sends one and gets it back, over and over; answers how often. Fails if one is lost or late by more than half a minute. */
    private int behave() {
        int trips = 0;
        try (Connection connection = connect(); Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
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

    private void bigMessages() throws JMSException {
        try (Connection connection = connect(); Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
            MessageProducer producer = session.createProducer(session.createQueue("big"));
            MessageConsumer consumer = session.createConsumer(session.createQueue("big"));
            for (int i = 0; i < 5; i++) {
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(new byte[HalfMessage.WHOLE]);
                producer.send(message);
                assertThat(((BytesMessage) consumer.receive(30_000)).getBodyLength()).isEqualTo(HalfMessage.WHOLE);
            }
        }
    }

    /** What the broker says it holds of unfinished messages, in bytes. */
    private long held() throws Exception {
        try (Connection connection = connect(); Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
            Queue answers = session.createTemporaryQueue();
            Message question = session.createMessage();
            JMSManagementHelper.putAttribute(question, "broker", "UnfinishedMessageBytes");
            question.setJMSReplyTo(answers);
            MessageConsumer consumer = session.createConsumer(answers);
            session.createProducer(ActiveMQDestination.createDestination("queue://activemq.management", ActiveMQDestination.TYPE.QUEUE)).send(question);
            return ((Number) JMSManagementHelper.getResult(consumer.receive(30_000))).longValue();
        }
    }

    /** Resident memory of the broker, in bytes. */
    private long resident() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(broker.pid()), "status")).stream().filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).findFirst().orElseThrow();
    }

    private Connection connect() throws JMSException {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + broker.port() + "?callTimeout=60000",
                BrokerProcess.USER, BrokerProcess.PASSWORD);
        Connection connection = factory.createConnection();
        connection.start();
        return connection;
    }
}
