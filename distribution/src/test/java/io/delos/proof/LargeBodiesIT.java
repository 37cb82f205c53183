package io.delos.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Messages larger than the broker's heap of 128 MiB, through a process that is watched and killed. {@code -Ddelos.large.mib=2048} says how large
 * (160), {@code -Ddelos.large.count=10} how many after another (2).
 */
class LargeBodiesIT {

    private static final long MIB = 1 << 20;
    private static final long LENGTH = Long.getLong("delos.large.mib", 160) * MIB + 17;
    private static final int COUNT = Integer.getInteger("delos.large.count", 2);
    private static final long MOST_RESIDENT = 256 * MIB;
    private static final long SMALLER = 24 * MIB;

    @TempDir
    Path directory;

    private BrokerProcess broker;

    private void start(String memory) throws IOException {
        broker = BrokerProcess.create(Distribution.home(), directory.resolve("large"), "--no-autotune");
        broker.environment("JAVA_ARGS", "-XX:+UseG1GC -XX:+ExitOnOutOfMemoryError -Xmx" + memory + " -Dlog4j2.disableJmx=true");
        broker.start();
    }

    @AfterEach
    void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void streamThroughASmallHeapAndLeaveNothing() throws Exception {
        start("128m");
        long began = System.nanoTime();
        Resident resident = new Resident(broker);
        try (resident; Connection connection = connect()) {
            Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            for (int i = 0; i < COUNT; i++) {
                send(session, "q", LENGTH, i);
            }
            MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
            for (int i = 0; i < COUNT; i++) {
                receive(consumer, LENGTH, i).acknowledge();
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf("%d messages of %d bytes in and out: %.1f MB/s each way; at most %d MiB resident%n", COUNT, LENGTH,
                2 * COUNT * LENGTH / seconds / 1e6, resident.most() / MIB);
        assertThat(resident.most()).isPositive().isLessThan(MOST_RESIDENT);
        await().untilAsserted(() -> assertThat(files()).isZero());
        assertThat(broker.logLines()).noneMatch(line -> line.contains("OutOfMemory") || line.contains(" ERROR "));
    }

    @Test
    void streamThroughASmallHeapOverAmqpToo() throws Exception {
        start("128m");
        long began = System.nanoTime();
        Resident resident = new Resident(broker);
        try (resident; Connection connection = connect();
                AmqpStream amqp = new AmqpStream(broker.port(), BrokerProcess.USER, BrokerProcess.PASSWORD, "q")) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            amqp.send(new Pattern(LENGTH, 0), LENGTH);
            amqp.send(new Pattern(LENGTH, 1), LENGTH);
            send(session, "q", LENGTH, 2);
            assertThat(files()).isEqualTo(3);
            Comparing first = new Comparing(new Pattern(LENGTH, 0));
            amqp.receive(first);
            assertThat(first.length).as("over AMQP").isEqualTo(LENGTH);
            MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
            receive(consumer, LENGTH, 1);
            consumer.close();
            Comparing third = new Comparing(new Pattern(LENGTH, 2));
            amqp.receive(third);
            assertThat(third.length).as("from CORE to AMQP").isEqualTo(LENGTH);
            await().untilAsserted(() -> assertThat(files()).isZero());
        }
        System.out.printf("3 messages of %d bytes in and out over AMQP and CORE: %.1f s; at most %d MiB resident%n", LENGTH,
                (System.nanoTime() - began) / 1e9, resident.most() / MIB);
        assertThat(resident.most()).isPositive().isLessThan(MOST_RESIDENT);
        assertThat(broker.logLines()).noneMatch(line -> line.contains("OutOfMemory") || line.contains(" ERROR "));
    }

    @Test
    void streamThroughASmallHeapOverMqttToo() throws Exception {
        start("128m");
        long began = System.nanoTime();
        long length = 100 * MIB;
        Resident resident = new Resident(broker);
        try (resident; Connection connection = connect(); MqttStream four = new MqttStream(broker.port(), 4, 2);
                MqttStream five = new MqttStream(broker.port(), 5, 0); MqttStream publisher = new MqttStream(broker.port(), 5, 2)) {
            four.subscribe("t");
            five.subscribe("t");
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageConsumer core = session.createConsumer(session.createTopic("t"));
            publisher.publish("t", new Pattern(length, 1), length);
            for (MqttStream subscriber : List.of(four, five)) {
                Comparing same = new Comparing(new Pattern(length, 1));
                assertThat(subscriber.receive(same)).isEqualTo(length);
                assertThat(same.length).isEqualTo(length);
            }
            receive(core, length, 1);
            send(session.createProducer(session.createTopic("t")), session, new Pattern(SMALLER, 2));
            Comparing fromCore = new Comparing(new Pattern(SMALLER, 2));
            five.receive(fromCore);
            assertThat(fromCore.length).as("from CORE to MQTT").isEqualTo(SMALLER);
            four.receive(OutputStream.nullOutputStream());
            receive(core, SMALLER, 2);
            await().untilAsserted(() -> assertThat(files()).isZero());
        }
        System.out.printf("a payload of %d bytes to two subscribers of MQTT and one of CORE: %.1f s; at most %d MiB resident%n", length,
                (System.nanoTime() - began) / 1e9, resident.most() / MIB);
        assertThat(resident.most()).isPositive().isLessThan(MOST_RESIDENT);
        assertThat(broker.logLines()).noneMatch(line -> line.contains("OutOfMemory") || line.contains(" ERROR "));
    }

    /** Kills the broker when half of it was read. */
    private Pattern killing(long length, int seed) {
        return new Pattern(length, seed) {
            @Override
            void passed(long position) {
                if (position > length / 2) {
                    broker.kill();
                }
            }
        };
    }

    @Test
    void aPreparedBranchKeepsItsOwnThroughAKill() throws Exception {
        start("128m");
        Xid committed = new Branch(1);
        Xid rolledBack = new Branch(2);
        try (XAConnection connection = xa()) {
            XASession session = connection.createXASession();
            for (Xid xid : List.of(committed, rolledBack)) {
                session.getXAResource().start(xid, XAResource.TMNOFLAGS);
                send(session, "xa", SMALLER, 1);
                session.getXAResource().end(xid, XAResource.TMSUCCESS);
                session.getXAResource().prepare(xid);
            }
            killUnder(connection);
        }
        broker.start();
        assertThat(files()).isEqualTo(2);
        try (XAConnection connection = xa()) {
            XAResource resource = connection.createXASession().getXAResource();
            assertThat(resource.recover(XAResource.TMSTARTRSCAN)).hasSize(2);
            resource.rollback(rolledBack);
            resource.commit(committed, false);
            await().untilAsserted(() -> assertThat(files()).isEqualTo(1));
            killUnder(connection);
        }
        broker.start();
        try (Connection connection = connect()) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            receive(session.createConsumer(session.createQueue("xa")), SMALLER, 1);
            await().untilAsserted(() -> assertThat(files()).isZero());
        }
    }

    /** Kills the broker. Returns when the client knows: before, it would wait for long for an answer to its farewell. */
    private void killUnder(Connection connection) throws JMSException {
        AtomicBoolean known = new AtomicBoolean();
        connection.setExceptionListener(broken -> known.set(true));
        broker.kill();
        await().atMost(Duration.ofMinutes(1)).untilTrue(known);
    }

    private XAConnection xa() throws JMSException {
        XAConnection connection = new ActiveMQXAConnectionFactory("tcp://127.0.0.1:" + broker.port()
                + "?reconnectAttempts=0&callTimeout=60000").createXAConnection(BrokerProcess.USER, BrokerProcess.PASSWORD);
        connection.start();
        return connection;
    }

    /** The name of a branch. */
    private record Branch(int number) implements Xid {
        @Override
        public int getFormatId() {
            return 4661;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return new byte[] {(byte) number};
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {1};
        }
    }

    @Test
    void killedInTheMiddleOfAnythingItLosesNothingAndLeavesNothing() throws Exception {
        start("128m");
        try (Connection connection = connect(); MqttStream mqtt = new MqttStream(broker.port(), 4, 1)) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            send(session, "q", SMALLER, 0);
            mqtt.send("q", new Pattern(SMALLER / 2, 5), SMALLER);
            Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
            send(transacted, "q", SMALLER, 1);
            send(transacted, "q", SMALLER, 2);
            transacted.rollback();
            send(transacted, "q", SMALLER, 3);
            assertThatThrownBy(() -> send(session, "q", killing(SMALLER, 4))).isInstanceOf(JMSException.class);
        }
        broker.start();
        assertThat(files()).as("the one that was sent whole").isEqualTo(1);
        try (Connection connection = connect()) {
            Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
            MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
            receive(consumer, SMALLER, 0);
            killUnder(connection);
        }
        broker.start();
        assertThat(files()).isEqualTo(1);
        try (Connection connection = connect()) {
            Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
            Message message = receive(consumer, SMALLER, 0);
            assertThat(consumer.receive(200)).isNull();
            message.acknowledge();
            killUnder(connection);
        }
        broker.start();
        assertThat(files()).isZero();
    }

    private Connection connect() throws JMSException {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + broker.port()
                + "?reconnectAttempts=0&blockOnAcknowledge=true&callTimeout=60000", BrokerProcess.USER, BrokerProcess.PASSWORD);
        Connection connection = factory.createConnection();
        connection.start();
        return connection;
    }

    private static void send(Session session, String queue, long length, int seed) throws JMSException {
        send(session, queue, new Pattern(length, seed));
    }

    private static void send(Session session, String queue, InputStream body) throws JMSException {
        send(session.createProducer(session.createQueue(queue)), session, body);
    }

    private static void send(MessageProducer toClose, Session session, InputStream body) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.setObjectProperty("JMS_AMQ_InputStream", body);
        try (MessageProducer producer = toClose) {
            producer.send(message);
        }
    }

    private static Message receive(MessageConsumer consumer, long length, int seed) throws JMSException {
        Message message = consumer.receive(60_000);
        assertThat(message).as("message %d", seed).isNotNull();
        Comparing same = new Comparing(new Pattern(length, seed));
        message.setObjectProperty("JMS_AMQ_SaveStream", same);
        assertThat(same.length).as("bytes of message %d that are what was sent", seed).isEqualTo(length);
        return message;
    }

    private long files() throws IOException {
        Path bodies = broker.instance().resolve("data/large-messages");
        if (!Files.isDirectory(bodies)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(bodies)) {
            return files.count();
        }
    }

    /** So many bytes that follow from a seed. */
    private static class Pattern extends InputStream {
        private static final int PERIOD = 65_521;
        private final byte[] noise = new byte[PERIOD];
        private final long length;
        private long position;

        Pattern(long length, int seed) {
            this.length = length;
            new Random(seed).nextBytes(noise);
        }

        /** So many have been read. */
        void passed(long now) { }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int most) {
            if (position == length) {
                return -1;
            }
            int at = (int) (position % PERIOD);
            int count = (int) Math.min(Math.min(most, PERIOD - at), length - position);
            System.arraycopy(noise, at, into, from, count);
            position += count;
            passed(position);
            return count;
        }
    }

    /** Counts the bytes that are those of a pattern, up to the first that is not. */
    private static final class Comparing extends OutputStream {
        private final Pattern expected;
        private long length;

        Comparing(Pattern expected) {
            this.expected = expected;
        }

        @Override
        public void write(int b) {
            length += expected.read() == (b & 0xff) ? 1 : 0;
        }

        @Override
        public void write(byte[] bytes, int from, int count) {
            byte[] same = new byte[count];
            int had = 0;
            int got;
            while (had < count && (got = expected.read(same, had, count - had)) > 0) {
                had += got;
            }
            boolean equal = had == count && Arrays.equals(same, 0, count, bytes, from, from + count);
            length += equal ? count : 0;
        }
    }
}
