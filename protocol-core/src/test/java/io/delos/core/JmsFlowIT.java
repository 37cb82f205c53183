package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows of all sizes, confirmations, large bodies, many messages at once. */
class JmsFlowIT {
    private static final long WAIT = 60_000;

    @RegisterExtension
    static final CoreServer SERVER = new CoreServer("coreMaxMessageSize=2000000");

    @ParameterizedTest
    @ValueSource(strings = {"consumerWindowSize=0", "consumerWindowSize=-1", "consumerWindowSize=1", "consumerWindowSize=2000",
        "producerWindowSize=1000", "producerWindowSize=-1", "confirmationWindowSize=0", "confirmationWindowSize=4000",
        "blockOnAcknowledge=true", "blockOnDurableSend=false", "blockOnNonDurableSend=true"})
    void manyMessagesThroughAnyWindow(String parameters) throws JMSException {
        try (Connection connection = SERVER.connect(parameters)) {
            connection.start();
            Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            Queue queue = session.createQueue("window." + SERVER.unique());
            MessageConsumer consumer = session.createConsumer(queue);
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < 200; i++) {
                producer.send(session.createTextMessage("m" + i), i % 3 == 0 ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT, 4, 0);
            }
            for (int i = 0; i < 200; i++) {
                Message message = consumer.receive(WAIT);
                assertThat(message).as("message %d with %s", i, parameters).isNotNull();
                assertThat(((TextMessage) message).getText()).isEqualTo("m" + i);
                if (i % 50 == 49) {
                    message.acknowledge();
                }
            }
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @Test
    void aSlowConsumerLeavesTheRestToOthers() throws JMSException {
        try (Connection slow = SERVER.connect("consumerWindowSize=0"); Connection fast = SERVER.connect("")) {
            slow.start();
            fast.start();
            Session session = slow.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue("slow." + SERVER.unique());
            MessageConsumer consumer = session.createConsumer(queue);
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < 3; i++) {
                producer.send(session.createTextMessage("m" + i));
            }
            assertThat(((TextMessage) consumer.receive(WAIT)).getText()).isEqualTo("m0");
            MessageConsumer other = fast.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
            assertThat(((TextMessage) other.receive(WAIT)).getText()).isEqualTo("m1");
            assertThat(((TextMessage) other.receive(WAIT)).getText()).isEqualTo("m2");
            assertThat(consumer.receiveNoWait()).isNull();
            producer.send(session.createTextMessage("m3"));
            other.close();
        }
    }

    /** The client asks for more, and is answered, before the credit for what it has read is there. */
    @Test
    void aBrowserSeesAllThoughItsWindowIsSmall() throws JMSException {
        try (Connection connection = SERVER.connect("consumerWindowSize=20000")) {
            connection.start();
            Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
            Queue queue = session.createQueue("browsed." + SERVER.unique());
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < 3000; i++) {
                producer.send(session.createTextMessage("m" + i));
            }
            session.commit();
            Session looking = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            for (int round = 0; round < 3; round++) {
                Enumeration<?> messages = looking.createBrowser(queue).getEnumeration();
                for (int i = 0; i < 3000; i++) {
                    assertThat(messages.hasMoreElements()).as("message %d", i).isTrue();
                    assertThat(((TextMessage) messages.nextElement()).getText()).isEqualTo("m" + i);
                }
                assertThat(messages.hasMoreElements()).isFalse();
            }
        }
    }

    /** A client awaits the answer to its question while answers to what it sent without waiting come: those come first. */
    @Test
    void whatIsAskedBehindSendsUnderWayIsAnswered() throws Exception {
        try (Connection connection = SERVER.connect("confirmationWindowSize=1000000&callTimeout=5000")) {
            connection.start();
            for (int round = 0; round < 20; round++) {
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                Queue queue = session.createQueue("behind." + SERVER.unique());
                Heard heard = new Heard(new CountDownLatch(100), new CopyOnWriteArrayList<>());
                MessageProducer producer = session.createProducer(queue);
                for (int i = 0; i < 100; i++) {
                    producer.send(session.createTextMessage("m" + i), heard);
                }
                MessageConsumer consumer = session.createConsumer(queue);
                for (int i = 0; i < 100; i++) {
                    assertThat(((TextMessage) consumer.receive(WAIT)).getText()).isEqualTo("m" + i);
                }
                heard.ofAll();
                session.close();
            }
        }
    }

    @Test
    void completionListenersHearOfEachMessage() throws Exception {
        try (Connection connection = SERVER.connect("confirmationWindowSize=10000")) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue("async." + SERVER.unique()));
            Heard heard = new Heard(new CountDownLatch(50), new CopyOnWriteArrayList<>());
            for (int i = 0; i < 50; i++) {
                producer.send(session.createTextMessage("m" + i), heard);
            }
            heard.ofAll();
        }
    }

    /** What the client's thread is told of messages sent without waiting. */
    private record Heard(CountDownLatch completed, List<Exception> failures) implements CompletionListener {
        @Override
        public void onCompletion(Message message) {
            completed.countDown();
        }

        @Override
        public void onException(Message message, Exception exception) {
            failures.add(exception);
        }

        void ofAll() throws InterruptedException {
            assertThat(completed.await(WAIT, TimeUnit.MILLISECONDS)).as("all completed; failures: %s", failures).isTrue();
            assertThat(failures).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "compressLargeMessage=true", "minLargeMessageSize=1000", "confirmationWindowSize=1000", "consumerWindowSize=1000",
        "compressLargeMessage=true&minLargeMessageSize=1000"})
    void largeBodies(String parameters) throws JMSException {
        byte[] noise = new byte[300_000];
        new Random(1).nextBytes(noise);
        try (Connection connection = SERVER.connect(parameters)) {
            connection.start();
            Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
            Queue queue = session.createQueue("large." + SERVER.unique());
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < 3; i++) {
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(noise);
                message.setIntProperty("i", i);
                producer.send(message);
                producer.send(session.createTextMessage("t".repeat(200_000) + i));
            }
            session.commit();
            MessageConsumer consumer = session.createConsumer(queue);
            for (int i = 0; i < 3; i++) {
                BytesMessage bytes = (BytesMessage) consumer.receive(WAIT);
                assertThat(bytes.getBodyLength()).isEqualTo(noise.length);
                byte[] body = new byte[noise.length];
                assertThat(bytes.readBytes(body)).isEqualTo(noise.length);
                assertThat(body).isEqualTo(noise);
                assertThat(bytes.getIntProperty("i")).isEqualTo(i);
                assertThat(((TextMessage) consumer.receive(WAIT)).getText()).isEqualTo("t".repeat(200_000) + i);
            }
            session.commit();
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @Test
    void aMalformedFrameEndsItsConnectionAlone() throws Exception {
        try (Connection connection = SERVER.connect(""); java.net.Socket socket = new java.net.Socket("localhost", SERVER.port())) {
            connection.start();
            socket.getOutputStream().write("ARTEMIS".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            socket.getOutputStream().write(new byte[] {0, 0, 0, 9, 99, 0, 0, 0, 0, 0, 0, 0, 0});
            socket.setSoTimeout((int) WAIT);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue("alive." + SERVER.unique());
            session.createProducer(queue).send(session.createTextMessage("alive"));
            assertThat(session.createConsumer(queue).receive(WAIT)).isNotNull();
        }
    }
}
