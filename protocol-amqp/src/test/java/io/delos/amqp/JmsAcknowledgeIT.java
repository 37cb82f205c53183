package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.config.AcceptorConfig;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The unmodified JMS client: acknowledging, transactions, redelivery, dead letters, full addresses. */
class JmsAcknowledgeIT {

    private static final long WAIT = 60_000;

    @RegisterExtension
    static final AmqpServer SERVER = new AmqpServer(config -> config
            .withAcceptors(List.of(AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?amqpCredits=10&amqpLowCredits=3&amqpLinkQuiesceTimeout=2000")))
            .withAddressSettings("twice.#", Map.of("max-delivery-attempts", "2"))
            .withAddressSettings("full.#", Map.of("max-size-bytes", "5000", "address-full-policy", "FAIL"))
            .withAddressSettings("block.#", Map.of("max-size-bytes", "5000", "address-full-policy", "BLOCK"))
            .withAddressSettings("threshold.#", Map.of("max-size-bytes", "5000", "address-full-policy", "BLOCK",
                    "max-size-bytes-reject-threshold", "12000")));

    private Connection connection;
    private Session session;
    private Queue queue;

    @BeforeEach
    void connect() throws JMSException {
        connection = SERVER.connect();
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        queue = session.createQueue(SERVER.unique("ack."));
    }

    @AfterEach
    void disconnect() throws JMSException {
        connection.close();
    }

    private void send(String... texts) throws JMSException {
        try (MessageProducer producer = session.createProducer(queue)) {
            for (String text : texts) {
                producer.send(session.createTextMessage(text));
            }
        }
    }

    private static String text(MessageConsumer consumer) throws JMSException {
        TextMessage message = (TextMessage) consumer.receive(WAIT);
        return message == null ? "nothing" : message.getText();
    }

    @Test
    void whatAClientHasNotAcknowledgedComesBack() throws JMSException {
        send("1", "2", "3");
        try (Connection other = SERVER.connect()) {
            Session client = other.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            MessageConsumer consumer = client.createConsumer(queue);
            Message first = consumer.receive(WAIT);
            first.acknowledge();
            assertThat(text(consumer)).isEqualTo("2");
            client.recover();
            Message again = consumer.receive(WAIT);
            assertThat(((TextMessage) again).getText()).isEqualTo("2");
            assertThat(again.getJMSRedelivered()).isTrue();
            assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
        }
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(text(consumer)).isEqualTo("2");
        assertThat(text(consumer)).isEqualTo("3");
        assertThat(consumer.receiveNoWait()).isNull();
    }

    @Test
    void aTransactionIsAllOrNothing() throws JMSException {
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageProducer producer = transacted.createProducer(queue);
        MessageConsumer consumer = session.createConsumer(queue);
        producer.send(transacted.createTextMessage("lost"));
        transacted.rollback();
        for (int i = 0; i < 25; i++) {
            producer.send(transacted.createTextMessage("kept" + i));
        }
        assertThat(consumer.receive(50)).isNull();
        transacted.commit();
        for (int i = 0; i < 25; i++) {
            assertThat(text(consumer)).isEqualTo("kept" + i);
        }
    }

    @Test
    void whatWasConsumedInARolledBackTransactionIsRedelivered() throws JMSException {
        send("1", "2");
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = transacted.createConsumer(queue);
        assertThat(text(consumer)).isEqualTo("1");
        assertThat(text(consumer)).isEqualTo("2");
        transacted.rollback();
        Message again = consumer.receive(WAIT);
        assertThat(((TextMessage) again).getText()).isEqualTo("1");
        assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
        assertThat(text(consumer)).isEqualTo("2");
        transacted.commit();
        transacted.close();
        assertThat(session.createConsumer(queue).receiveNoWait()).isNull();
    }

    @Test
    void aTransactionMovesAMessage() throws JMSException {
        send("m");
        Queue other = session.createQueue(queue.getQueueName() + ".other");
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = transacted.createConsumer(queue);
        MessageProducer producer = transacted.createProducer(other);
        producer.send(consumer.receive(WAIT));
        transacted.commit();
        assertThat(text(session.createConsumer(other))).isEqualTo("m");
    }

    @Test
    void aLostConnectionRollsBack() throws JMSException {
        send("1");
        Connection other = SERVER.connect();
        Session transacted = other.createSession(true, Session.SESSION_TRANSACTED);
        assertThat(text(transacted.createConsumer(queue))).isEqualTo("1");
        transacted.createProducer(queue).send(transacted.createTextMessage("never"));
        other.close();
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(text(consumer)).isEqualTo("1");
        assertThat(consumer.receiveNoWait()).isNull();
    }

    @Test
    void tooManyAttemptsMakeADeadLetter() throws JMSException {
        queue = session.createQueue(SERVER.unique("twice."));
        send("poison");
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = transacted.createConsumer(queue);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThat(text(consumer)).isEqualTo("poison");
            transacted.rollback();
        }
        MessageConsumer dead = session.createConsumer(session.createQueue("DLQ"), "_AMQ_ORIG_ADDRESS = '" + queue.getQueueName() + "'");
        Message letter = dead.receive(WAIT);
        assertThat(((TextMessage) letter).getText()).isEqualTo("poison");
        assertThat(letter.getJMSRedelivered()).isFalse();
        assertThat(letter.getJMSDestination()).isEqualTo(session.createQueue("DLQ"));
    }

    @Test
    void individualAcknowledgementInAnyOrder() throws JMSException {
        send("1", "2", "3");
        try (Connection other = SERVER.connect()) {
            Session single = other.createSession(false, 101);
            MessageConsumer consumer = single.createConsumer(queue);
            consumer.receive(WAIT);
            consumer.receive(WAIT).acknowledge();
            consumer.receive(WAIT);
        }
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(text(consumer)).isEqualTo("1");
        assertThat(text(consumer)).isEqualTo("3");
    }

    @Test
    void aFullAddressRefusesAndRecovers() throws JMSException {
        queue = session.createQueue(SERVER.unique("full."));
        try (MessageProducer producer = session.createProducer(queue)) {
            assertThatThrownBy(() -> {
                for (int i = 0; i < 50; i++) {
                    producer.send(session.createTextMessage("x".repeat(500)));
                }
            }).isInstanceOf(ResourceAllocationException.class).hasMessageContaining("is full");
        }
        MessageConsumer consumer = session.createConsumer(queue);
        while (consumer.receive(200) != null) {
            // until it is empty
        }
        send("again");
        assertThat(text(consumer)).isEqualTo("again");
    }

    @Test
    void whatComesOnCreditIsTakenUpToTheThreshold() throws JMSException {
        queue = session.createQueue(SERVER.unique("threshold."));
        int[] taken = new int[1];
        try (MessageProducer producer = session.createProducer(queue)) {
            assertThatThrownBy(() -> {
                for (int i = 0; i < 10; i++) {
                    producer.send(session.createTextMessage("x".repeat(3000)));
                    taken[0]++;
                }
            }).isInstanceOf(ResourceAllocationException.class).hasMessageContaining("is full");
        }
        assertThat(taken[0]).as("messages of 3000 bytes below 12000").isEqualTo(4);
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 4; i++) {
            assertThat(text(consumer)).hasSize(3000);
        }
    }

    @Test
    void aBlockedAddressHoldsItsProducerBack() throws Exception {
        queue = session.createQueue(SERVER.unique("block."));
        int count = 60;
        Connection sending = SERVER.connect();
        Session own = sending.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Thread producer = new Thread(() -> {
            try {
                MessageProducer to = own.createProducer(queue);
                for (int i = 0; i < count; i++) {
                    to.send(own.createTextMessage(i + "x".repeat(500)));
                }
            } catch (JMSException failed) {
                throw new IllegalStateException(failed);
            }
        });
        producer.start();
        Awaitility.await().until(() -> producer.getState() == Thread.State.WAITING || producer.getState() == Thread.State.TIMED_WAITING);
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < count; i++) {
            assertThat(text(consumer)).startsWith(i + "x");
        }
        producer.join(WAIT);
        assertThat(producer.isAlive()).isFalse();
        sending.close();
    }
}
