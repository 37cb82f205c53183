package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.DivertConfig;
import io.delos.config.DivertConfig.Transformer;
import io.delos.config.DivertRouting;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of large messages where queues, diverts and transactions decide on them: the file goes with the last who refers to it. */
class LargeFatesIT {
    private static final long WAIT = 60_000;
    private static final int LENGTH = 1_500_000;

    @RegisterExtension
    static final CoreServer SERVER = new CoreServer("", config -> config
            .withDiverts(List.of(
                    new DivertConfig("copy", "copy", "forked", "forked.copy", false, "", DivertRouting.ANYCAST, Transformer.NONE),
                    new DivertConfig("away", "away", "turned", "turned.away", true, "", DivertRouting.ANYCAST, Transformer.NONE)))
            .withAddressSettings("dying.#", Map.of("dead-letter-address", "DLQ", "expiry-address", "ExpiryQueue", "max-delivery-attempts", "1"))
            .withAddressSettings("unwanted.#", Map.of("dead-letter-address", "", "expiry-address", "", "max-delivery-attempts", "1")));

    @AfterEach
    void noFileIsLeft() {
        await().untilAsserted(() -> assertThat(SERVER.bodies()).isEmpty());
    }

    private static void files(int count) {
        await().untilAsserted(() -> assertThat(SERVER.bodies()).hasSize(count));
    }

    // ---- kinds of queues

    @Test
    void whatALastValueOrARingReplacesGoesWithItsFile() throws Exception {
        try (Connection connection = connect("")) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            for (String kind : List.of("last-value-key=k", "ring-size=1")) {
                Queue queue = session.createQueue("replaced." + SERVER.unique() + "?" + kind);
                for (int i = 0; i < 3; i++) {
                    send(session, queue, i);
                    files(1);
                }
                takes(session, queue, 2);
                files(0);
            }
        }
    }

    @Test
    void whatIsInAReadersHandsMayBeReplacedMeanwhile() throws Exception {
        try (Connection connection = connect("consumerWindowSize=1000")) {
            Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            Queue queue = session.createQueue("held." + SERVER.unique() + "?last-value-key=k");
            send(session, queue, 1);
            MessageConsumer consumer = session.createConsumer(queue);
            Message held = consumer.receive(WAIT);
            send(session, queue, 2);
            files(2);
            assertBody(held, 1);
            held.acknowledge();
            assertBody(consumer.receive(WAIT), 2);
            session.close();
            Session other = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            takes(other, queue, 2);
        }
    }

    @Test
    void aCopyMadeByADivertHasTheSameFile() throws Exception {
        try (Connection connection = connect("")) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue("forked");
            Queue copy = session.createQueue("forked.copy");
            Queue away = session.createQueue("turned.away");
            session.createConsumer(copy).close();
            session.createConsumer(away).close();
            send(session, queue, 1);
            files(1);
            takes(session, queue, 1);
            assertThat(SERVER.bodies()).hasSize(1);
            takes(session, copy, 1);
            files(0);
            send(session, session.createQueue("turned"), 2);
            files(1);
            takes(session, away, 2);
        }
    }

    @Test
    void whatDiesGoesWithItsFileWhereNobodyWantsIt() throws Exception {
        try (Connection connection = connect("")) {
            Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
            Queue queue = session.createQueue("unwanted." + SERVER.unique());
            send(session, queue, 1);
            session.commit();
            MessageConsumer consumer = session.createConsumer(queue);
            assertBody(consumer.receive(WAIT), 1);
            session.rollback();
            files(0);
            MessageProducer producer = session.createProducer(queue);
            producer.send(bytes(session, 2), DeliveryMode.PERSISTENT, 4, 1);
            session.commit();
            assertThat(consumer.receive(200)).isNull();
            files(0);
        }
    }

    @Test
    void whatIsDeadInOneQueueStaysAliveInTheOther() throws Exception {
        try (Connection connection = connect("")) {
            Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
            String topic = "dying." + SERVER.unique();
            MessageConsumer one = session.createConsumer(session.createTopic(topic));
            MessageConsumer two = connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(session.createTopic(topic));
            MessageProducer producer = session.createProducer(session.createTopic(topic));
            producer.send(bytes(session, 1));
            session.commit();
            assertBody(one.receive(WAIT), 1);
            session.rollback();
            assertBody(two.receive(WAIT), 1);
            files(1);
            takes(connection.createSession(false, Session.AUTO_ACKNOWLEDGE), session.createQueue("DLQ"), 1);
        }
    }

    // ---- distributed transactions

    @Test
    void aPreparedBranchKeepsTheFileThroughARestart() throws Exception {
        Xid committed = new TestXid("large" + SERVER.unique(), "c");
        Xid rolledBack = new TestXid("large" + SERVER.unique(), "r");
        String name = "xa." + SERVER.unique();
        try (XAConnection connection = xa()) {
            XASession session = connection.createXASession();
            prepare(session, name, committed, 1);
            prepare(session, name, rolledBack, 2);
            Xid unprepared = new TestXid("large" + SERVER.unique(), "u");
            session.getXAResource().start(unprepared, XAResource.TMNOFLAGS);
            send(session, session.createQueue(name), 3);
            files(3);
        }
        assertThat(SERVER.bodies()).as("what is neither prepared nor rolled back waits for its timeout").hasSize(3);
        SERVER.server().restart();
        files(2);
        try (XAConnection connection = xa()) {
            XAResource resource = connection.createXASession().getXAResource();
            assertThat(resource.recover(XAResource.TMSTARTRSCAN)).hasSize(2);
            resource.rollback(rolledBack);
            files(1);
            resource.commit(committed, false);
        }
        Xid taking = new TestXid("large" + SERVER.unique(), "t");
        try (XAConnection connection = xa()) {
            XASession session = connection.createXASession();
            XAResource resource = session.getXAResource();
            MessageConsumer consumer = session.createConsumer(session.createQueue(name));
            resource.start(taking, XAResource.TMNOFLAGS);
            assertBody(consumer.receive(WAIT), 1);
            resource.end(taking, XAResource.TMSUCCESS);
            resource.prepare(taking);
        }
        SERVER.server().restart();
        files(1);
        try (XAConnection connection = xa()) {
            connection.createXASession().getXAResource().commit(taking, false);
        }
    }

    private static void prepare(XASession session, String queue, Xid xid, int i) throws Exception {
        XAResource resource = session.getXAResource();
        resource.start(xid, XAResource.TMNOFLAGS);
        send(session, session.createQueue(queue), i);
        resource.end(xid, XAResource.TMSUCCESS);
        resource.prepare(xid);
    }

    private static XAConnection xa() throws JMSException {
        XAConnection connection = new ActiveMQXAConnectionFactory("tcp://127.0.0.1:" + SERVER.port() + "?callTimeout=10000").createXAConnection();
        connection.start();
        return connection;
    }

    // ---- cut wires

    /** Cuts a wire when half of something has passed. */
    private static final class Cutter {
        private final Wiretap wire;
        private long left = LENGTH / 2;

        Cutter(Wiretap wire) {
            this.wire = wire;
        }

        void passed(int bytes) {
            left -= bytes;
            if (left <= 0 && left + bytes > 0) {
                try {
                    wire.cut();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @Test
    void aSessionThatGoesOnGoesOnInTheMiddleOfAStream() throws Exception {
        try (Wiretap wire = new Wiretap(SERVER.port()); Connection connection = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + wire.port()
                + "?callTimeout=10000&useTopologyForLoadBalancing=false&reconnectAttempts=500&retryInterval=20&confirmationWindowSize=200000"
                + "&consumerWindowSize=100000&minLargeMessageSize=10000").createConnection()) {
            connection.start();
            Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            Queue queue = session.createQueue("cut." + SERVER.unique());
            Cutter up = new Cutter(wire);
            BytesMessage message = session.createBytesMessage();
            message.setObjectProperty("JMS_AMQ_InputStream", new ByteArrayInputStream(noise(1)) {
                @Override
                public synchronized int read(byte[] into, int from, int most) {
                    int count = super.read(into, from, most);
                    up.passed(Math.max(0, count));
                    return count;
                }
            });
            MessageProducer producer = session.createProducer(queue);
            try {
                producer.send(message);
            } catch (JMSException givenUp) {
                // this client may give up what it was streaming, and goes on with the next
                producer.send(bytes(session, 1));
            }
            files(1);
            Cutter down = new Cutter(wire);
            ByteArrayOutputStream out = new ByteArrayOutputStream() {
                @Override
                public synchronized void write(byte[] bytes, int from, int count) {
                    super.write(bytes, from, count);
                    down.passed(count);
                }
            };
            Message received = session.createConsumer(queue).receive(WAIT);
            received.setObjectProperty("JMS_AMQ_SaveStream", out);
            assertThat(up.left).isLessThanOrEqualTo(0);
            assertThat(down.left).isLessThanOrEqualTo(0);
            assertThat(Arrays.equals(out.toByteArray(), noise(1))).isTrue();
            assertThat(received.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
            received.acknowledge();
        }
        await("nothing of the first connection is left").until(() -> SERVER.server().broker().clients().all().isEmpty());
    }

    // ---- helpers

    private static Connection connect(String parameters) throws JMSException {
        Connection connection = SERVER.connect(parameters);
        connection.start();
        return connection;
    }

    private static void send(Session session, Queue queue, int i) throws JMSException {
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.send(bytes(session, i));
        }
    }

    private static BytesMessage bytes(Session session, int i) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(noise(i));
        message.setStringProperty("k", "one");
        return message;
    }

    private static void takes(Session session, Queue queue, int i) throws JMSException {
        try (MessageConsumer consumer = session.createConsumer(queue)) {
            assertBody(consumer.receive(WAIT), i);
        }
    }

    private static void assertBody(Message message, int i) throws JMSException {
        assertThat(message).as("message %d", i).isNotNull();
        byte[] body = new byte[LENGTH + i];
        assertThat(((BytesMessage) message).readBytes(body)).isEqualTo(body.length);
        assertThat(Arrays.equals(body, noise(i))).as("the body of message %d", i).isTrue();
    }

    private static byte[] noise(int seed) {
        byte[] noise = new byte[LENGTH + seed];
        new Random(seed).nextBytes(noise);
        return noise;
    }
}
