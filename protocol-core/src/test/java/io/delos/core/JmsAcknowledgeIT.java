package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Acknowledgement in every mode, transactions, and what comes again. */
class JmsAcknowledgeIT {
    private static final long WAIT = 60_000;
    private static final int PRE_ACKNOWLEDGE = 100;
    private static final int INDIVIDUAL_ACKNOWLEDGE = 101;

    @RegisterExtension
    static final CoreServer SERVER = new CoreServer();

    private Connection connection;
    private Queue queue;

    @BeforeEach
    void connect() throws JMSException {
        connection = SERVER.connect("");
        connection.start();
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            queue = session.createQueue("ack." + SERVER.unique());
        }
    }

    @AfterEach
    void disconnect() throws JMSException {
        connection.close();
    }

    private void send(int count) throws JMSException {
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < count; i++) {
                producer.send(session.createTextMessage("m" + i));
            }
        }
    }

    /** The texts left in the queue, each with its delivery count, in order. */
    private List<String> left() throws JMSException {
        List<String> texts = new ArrayList<>();
        try (Session session = connection.createSession(true, Session.SESSION_TRANSACTED); MessageConsumer consumer = session.createConsumer(queue)) {
            for (Message message = consumer.receiveNoWait(); message != null; message = consumer.receiveNoWait()) {
                texts.add(((TextMessage) message).getText() + "/" + message.getIntProperty("JMSXDeliveryCount"));
            }
            session.commit();
        }
        return texts;
    }

    @ParameterizedTest
    @ValueSource(ints = {Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE, PRE_ACKNOWLEDGE})
    void acknowledgedByThemselves(int mode) throws JMSException {
        send(3);
        try (Session session = connection.createSession(false, mode); MessageConsumer consumer = session.createConsumer(queue)) {
            for (int i = 0; i < 3; i++) {
                assertThat(((TextMessage) consumer.receive(WAIT)).getText()).isEqualTo("m" + i);
            }
        }
        assertThat(left()).isEmpty();
    }

    @Test
    void clientAcknowledgeTakesAllSoFar() throws JMSException {
        send(4);
        try (Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE); MessageConsumer consumer = session.createConsumer(queue)) {
            consumer.receive(WAIT);
            consumer.receive(WAIT).acknowledge();
            consumer.receive(WAIT);
        }
        assertThat(left()).hasSize(2).first().asString().startsWith("m2");
    }

    @Test
    void individualAcknowledgeTakesOne() throws JMSException {
        send(3);
        try (Session session = connection.createSession(false, INDIVIDUAL_ACKNOWLEDGE); MessageConsumer consumer = session.createConsumer(queue)) {
            consumer.receive(WAIT);
            consumer.receive(WAIT).acknowledge();
            consumer.receive(WAIT);
        }
        assertThat(left()).extracting(text -> text.substring(0, 2)).containsExactly("m0", "m2");
    }

    @Test
    void recoverBringsThemAgain() throws JMSException {
        send(2);
        try (Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE); MessageConsumer consumer = session.createConsumer(queue)) {
            consumer.receive(WAIT);
            session.recover();
            Message again = consumer.receive(WAIT);
            assertThat(((TextMessage) again).getText()).isEqualTo("m0");
            assertThat(again.getJMSRedelivered()).isTrue();
            assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
            consumer.receive(WAIT).acknowledge();
        }
        assertThat(left()).isEmpty();
    }

    @Test
    void committedSendsAppearTogether() throws JMSException {
        try (Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            MessageProducer producer = session.createProducer(queue);
            producer.send(session.createTextMessage("a"));
            producer.send(session.createTextMessage("b"));
            assertThat(left()).isEmpty();
            session.commit();
            assertThat(left()).containsExactly("a/1", "b/1");
            producer.send(session.createTextMessage("c"));
            session.rollback();
            assertThat(left()).isEmpty();
        }
    }

    @Test
    void rolledBackMessagesComeAgainInOrderAndCounted() throws JMSException {
        send(3);
        try (Session session = connection.createSession(true, Session.SESSION_TRANSACTED); MessageConsumer consumer = session.createConsumer(queue)) {
            consumer.receive(WAIT);
            consumer.receive(WAIT);
            session.rollback();
            for (int i = 0; i < 3; i++) {
                Message message = consumer.receive(WAIT);
                assertThat(((TextMessage) message).getText()).isEqualTo("m" + i);
                assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(i < 2 ? 2 : 1);
            }
            session.commit();
        }
        assertThat(left()).isEmpty();
    }

    @Test
    void closingCountsOnlyWhatTheApplicationSaw() throws JMSException {
        send(2);
        try (Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE); MessageConsumer consumer = session.createConsumer(queue)) {
            consumer.receive(WAIT);
        }
        assertThat(left()).containsExactly("m0/2", "m1/1");
    }

    @Test
    void aFailingListenerGetsItsMessageAgain() throws JMSException {
        send(2);
        List<String> seen = new ArrayList<>();
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE); MessageConsumer consumer = session.createConsumer(queue)) {
            java.util.concurrent.CountDownLatch three = new java.util.concurrent.CountDownLatch(3);
            consumer.setMessageListener(message -> {
                try {
                    String text = ((TextMessage) message).getText() + "/" + message.getIntProperty("JMSXDeliveryCount");
                    synchronized (seen) {
                        seen.add(text);
                    }
                    three.countDown();
                    if (text.equals("m0/1")) {
                        throw new IllegalStateException("not this time");
                    }
                } catch (JMSException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(await(three)).isTrue();
        }
        synchronized (seen) {
            assertThat(seen).containsExactly("m0/1", "m0/2", "m1/1");
        }
    }

    private static boolean await(java.util.concurrent.CountDownLatch latch) {
        try {
            return latch.await(WAIT, java.util.concurrent.TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void stoppedConnectionsDeliverNothing() throws JMSException {
        send(1);
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE); MessageConsumer consumer = session.createConsumer(queue)) {
            connection.stop();
            connection.start();
            assertThat(consumer.receive(WAIT)).isNotNull();
        }
    }
}
