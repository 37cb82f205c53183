package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages too large for memory, by the real client; when each test ends no file is left. */
class LargeMessageIT {
    private static final long WAIT = 60_000;
    private static final int LENGTH = 3_000_000;

    @RegisterExtension
    static final CoreServer SERVER = new CoreServer("", config -> config.withAddressSettings("dying.#",
            Map.of("dead-letter-address", "DLQ", "expiry-address", "ExpiryQueue", "max-delivery-attempts", "2")));

    @AfterEach
    void noFileIsLeft() {
        await().untilAsserted(() -> assertThat(SERVER.bodies()).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "consumerWindowSize=0", "consumerWindowSize=-1", "consumerWindowSize=1", "consumerWindowSize=50000",
        "producerWindowSize=1000", "confirmationWindowSize=20000", "compressLargeMessage=true", "minLargeMessageSize=1000",
        "minLargeMessageSize=2500000"})
    void throughAnyWindowInOrder(String parameters) throws Exception {
        try (Connection connection = SERVER.connect(parameters)) {
            connection.start();
            Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
            Queue queue = session.createQueue("large." + SERVER.unique());
            MessageConsumer consumer = session.createConsumer(queue);
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < 3; i++) {
                producer.send(bytes(session, i));
                producer.send(session.createTextMessage("small " + i));
            }
            // nobody waits for what is sent in a transaction before its commit
            await().until(() -> SERVER.bodies().size() == 3);
            session.commit();
            for (int i = 0; i < 3; i++) {
                assertBytes(consumer.receive(WAIT), i);
                assertThat(((TextMessage) consumer.receive(WAIT)).getText()).isEqualTo("small " + i);
            }
            assertThat(consumer.receiveNoWait()).isNull();
            session.commit();
        }
    }

    @Test
    void everyKindOfMessage() throws Exception {
        String text = "ä€".repeat(LENGTH / 4);
        try (Connection connection = SERVER.connect("")) {
            connection.start();
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue("kinds." + SERVER.unique());
            MessageProducer producer = session.createProducer(queue);
            producer.send(session.createTextMessage(text));
            ObjectMessage object = session.createObjectMessage(noise(2));
            producer.send(object);
            MapMessage map = session.createMapMessage();
            map.setBytes("bytes", noise(3));
            map.setString("text", "more");
            producer.send(map);
            StreamMessage stream = session.createStreamMessage();
            stream.writeBytes(noise(4));
            stream.writeInt(17);
            producer.send(stream);
            assertThat(SERVER.bodies()).hasSize(4);
            MessageConsumer consumer = session.createConsumer(queue);
            assertThat(((TextMessage) consumer.receive(WAIT)).getText()).isEqualTo(text);
            assertThat((byte[]) ((ObjectMessage) consumer.receive(WAIT)).getObject()).isEqualTo(noise(2));
            MapMessage mapped = (MapMessage) consumer.receive(WAIT);
            assertThat(mapped.getBytes("bytes")).isEqualTo(noise(3));
            assertThat(mapped.getString("text")).isEqualTo("more");
            StreamMessage streamed = (StreamMessage) consumer.receive(WAIT);
            byte[] read = new byte[LENGTH + 4];
            assertThat(streamed.readBytes(read)).isEqualTo(read.length);
            assertThat(read).isEqualTo(noise(4));
            assertThat(streamed.readBytes(read)).isEqualTo(-1);
            assertThat(streamed.readInt()).isEqualTo(17);
        }
    }

    @Test
    void streamsWithoutEitherSideHoldingIt() throws Exception {
        try (Connection connection = SERVER.connect("")) {
            connection.start();
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue("streamed." + SERVER.unique());
            BytesMessage message = session.createBytesMessage();
            message.setObjectProperty("JMS_AMQ_InputStream", new ByteArrayInputStream(noise(1)));
            session.createProducer(queue).send(message);
            Message received = session.createConsumer(queue).receive(WAIT);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            received.setObjectProperty("JMS_AMQ_SaveStream", out);
            assertThat(out.toByteArray()).isEqualTo(noise(1));
        }
    }

    @Test
    void rolledBackItComesAgainAndUnsentItIsGone() throws Exception {
        try (Connection connection = SERVER.connect("")) {
            connection.start();
            Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
            Queue queue = session.createQueue("again." + SERVER.unique());
            MessageProducer producer = session.createProducer(queue);
            producer.send(bytes(session, 0));
            session.rollback();
            await().untilAsserted(() -> assertThat(SERVER.bodies()).isEmpty());
            producer.send(bytes(session, 1));
            producer.send(bytes(session, 2));
            session.commit();
            MessageConsumer consumer = session.createConsumer(queue);
            for (int round = 1; round <= 3; round++) {
                for (int i = 1; i <= 2; i++) {
                    Message message = consumer.receive(WAIT);
                    if (round < 3 && i == 2) {
                        // left unread, in the middle of its way
                        assertThat(message).isNotNull();
                    } else {
                        assertBytes(message, i);
                    }
                    assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(round);
                }
                if (round < 3) {
                    session.rollback();
                }
            }
            session.commit();
        }
    }

    @Test
    void whoLeavesInTheMiddleLeavesItToTheNext() throws Exception {
        try (Connection connection = SERVER.connect("consumerWindowSize=1000"); Connection other = SERVER.connect("")) {
            connection.start();
            other.start();
            Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            Queue queue = session.createQueue("left." + SERVER.unique());
            session.createProducer(queue).send(bytes(session, 1));
            MessageConsumer leaving = session.createConsumer(queue);
            assertThat(leaving.receive(WAIT)).isNotNull();
            leaving.close();
            session.recover();
            Session broken = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            assertThat(broken.createConsumer(queue).receive(WAIT)).isNotNull();
            connection.close();
            assertBytes(other.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue).receive(WAIT), 1);
        }
    }

    @Test
    void browsersSeeItAndItStays() throws Exception {
        try (Connection connection = SERVER.connect("consumerWindowSize=20000")) {
            connection.start();
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue("browsed." + SERVER.unique());
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < 3; i++) {
                producer.send(bytes(session, i));
            }
            QueueBrowser browser = session.createBrowser(queue);
            List<?> seen = Collections.list(browser.getEnumeration());
            assertThat(seen).hasSize(3);
            MessageConsumer consumer = session.createConsumer(queue);
            for (int i = 0; i < 3; i++) {
                assertBytes(consumer.receive(WAIT), i);
            }
        }
    }

    @Test
    void eachSubscriberGetsIt() throws Exception {
        try (Connection connection = SERVER.factory("").createConnection("guest", "guest")) {
            connection.setClientID("client" + SERVER.unique());
            connection.start();
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Topic topic = session.createTopic("topic." + SERVER.unique());
            MessageConsumer first = session.createConsumer(topic);
            MessageConsumer choosy = session.createConsumer(topic, "i = 2");
            MessageConsumer durable = session.createDurableSubscriber(topic, "s");
            MessageProducer producer = session.createProducer(topic);
            for (int mode : new int[] {DeliveryMode.PERSISTENT, DeliveryMode.NON_PERSISTENT}) {
                producer.setDeliveryMode(mode);
                producer.send(bytes(session, 1));
                producer.send(bytes(session, 2));
                assertThat(SERVER.bodies()).hasSizeBetween(2, 4);
                for (MessageConsumer consumer : List.of(first, durable)) {
                    assertBytes(consumer.receive(WAIT), 1);
                    assertBytes(consumer.receive(WAIT), 2);
                }
                assertBytes(choosy.receive(WAIT), 2);
            }
            durable.close();
            session.unsubscribe("s");
        }
    }

    @Test
    void deadOrExpiredItMovesWithItsBody() throws Exception {
        try (Connection connection = SERVER.connect("")) {
            connection.start();
            Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
            Queue queue = session.createQueue("dying." + SERVER.unique());
            MessageProducer producer = session.createProducer(queue);
            producer.send(bytes(session, 1));
            session.commit();
            MessageConsumer consumer = session.createConsumer(queue);
            for (int i = 0; i < 2; i++) {
                assertThat(consumer.receive(WAIT)).isNotNull();
                session.rollback();
            }
            Message dead = session.createConsumer(session.createQueue("DLQ")).receive(WAIT);
            assertBytes(dead, 1);
            assertThat(dead.getStringProperty("_AMQ_ORIG_ADDRESS")).isEqualTo(queue.getQueueName());
            producer.send(bytes(session, 2), DeliveryMode.PERSISTENT, 4, 1);
            session.commit();
            assertThat(consumer.receive(300)).isNull();
            assertBytes(session.createConsumer(session.createQueue("ExpiryQueue")).receive(WAIT), 2);
            session.commit();
        }
    }

    @Test
    void aRestartKeepsWhatIsDurable() throws Exception {
        Queue queue;
        try (Connection connection = SERVER.connect("")) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            queue = session.createQueue("kept." + SERVER.unique());
            MessageProducer producer = session.createProducer(queue);
            producer.send(bytes(session, 1));
            producer.send(bytes(session, 2), DeliveryMode.NON_PERSISTENT, 4, 0);
            producer.send(bytes(session, 3));
        }
        SERVER.server().restart();
        assertThat(SERVER.bodies()).hasSize(2);
        try (Connection connection = SERVER.connect("")) {
            connection.start();
            MessageConsumer consumer = connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
            assertBytes(consumer.receive(WAIT), 1);
            assertBytes(consumer.receive(WAIT), 3);
        }
    }

    @Test
    void manyAtOnceAreFair() throws Exception {
        try (Connection connection = SERVER.connect("")) {
            connection.start();
            Session[] sessions = new Session[8];
            Queue queue = null;
            for (int i = 0; i < sessions.length; i++) {
                sessions[i] = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                queue = sessions[i].createQueue("many." + i);
                sessions[i].createProducer(queue).send(bytes(sessions[i], i));
            }
            MessageConsumer[] consumers = new MessageConsumer[sessions.length];
            for (int i = 0; i < sessions.length; i++) {
                consumers[i] = sessions[i].createConsumer(sessions[i].createQueue("many." + i));
            }
            for (int i = 0; i < sessions.length; i++) {
                assertBytes(consumers[i].receive(WAIT), i);
            }
            assertThat(queue).isNotNull();
        }
    }

    private static BytesMessage bytes(Session session, int i) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(noise(i));
        message.setIntProperty("i", i);
        return message;
    }

    private static void assertBytes(Message message, int i) throws JMSException {
        assertThat(message).as("message %d", i).isNotNull();
        assertThat(message.getIntProperty("i")).isEqualTo(i);
        assertThat(message.getLongProperty("_AMQ_LARGE_SIZE")).isEqualTo(LENGTH + i);
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
