package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.BytesMessage;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.InvalidSelectorException;
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
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The unmodified JMS client: every kind of message, selectors, temporary destinations, browsing. */
class JmsBasicsIT {

    private static final long WAIT = 60_000;

    @RegisterExtension
    static final AmqpServer SERVER = new AmqpServer();

    private Connection connection;
    private Session session;
    private Queue queue;

    @BeforeEach
    void connect() throws JMSException {
        connection = SERVER.connect();
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        queue = session.createQueue(SERVER.unique("basics."));
    }

    @AfterEach
    void disconnect() throws JMSException {
        connection.close();
    }

    private Message roundTrip(Message message) throws JMSException {
        try (MessageProducer producer = session.createProducer(queue); MessageConsumer consumer = session.createConsumer(queue)) {
            producer.send(message);
            Message received = consumer.receive(WAIT);
            assertThat(received).isNotNull();
            assertThat(received.getJMSMessageID()).isEqualTo(message.getJMSMessageID());
            assertThat(received.getJMSDestination()).isEqualTo(queue);
            return received;
        }
    }

    @Test
    void everyKindOfMessage() throws JMSException {
        for (String text : List.of("", "hello", "h\u00e9llo \u20ac \ud83d\ude00", "x".repeat(300_000))) {
            assertThat(((TextMessage) roundTrip(session.createTextMessage(text))).getText()).isEqualTo(text);
        }
        assertThat(roundTrip(session.createMessage())).isNotInstanceOf(TextMessage.class);
        BytesMessage bytes = session.createBytesMessage();
        bytes.writeBytes(new byte[1000]);
        assertThat(((BytesMessage) roundTrip(bytes)).getBodyLength()).isEqualTo(1000);
        MapMessage map = session.createMapMessage();
        map.setInt("i", 5);
        map.setBytes("b", new byte[] {1});
        MapMessage mapBack = (MapMessage) roundTrip(map);
        assertThat(mapBack.getInt("i")).isEqualTo(5);
        assertThat(mapBack.getBytes("b")).containsExactly(1);
        StreamMessage stream = session.createStreamMessage();
        stream.writeString("one");
        stream.writeLong(2);
        StreamMessage streamBack = (StreamMessage) roundTrip(stream);
        assertThat(streamBack.readString()).isEqualTo("one");
        assertThat(streamBack.readLong()).isEqualTo(2);
        ObjectMessage object = session.createObjectMessage("serialised");
        assertThat(((ObjectMessage) roundTrip(object)).getObject()).isEqualTo("serialised");
    }

    @Test
    void headersAndPropertiesOfEveryType() throws JMSException {
        Message message = session.createTextMessage("x");
        message.setJMSCorrelationID("c");
        message.setJMSType("t");
        message.setJMSReplyTo(session.createTopic("answers"));
        message.setStringProperty("s", "text");
        message.setIntProperty("i", -42);
        message.setLongProperty("l", 1L << 50);
        message.setBooleanProperty("b", true);
        message.setByteProperty("by", (byte) 7);
        message.setShortProperty("sh", (short) 700);
        message.setFloatProperty("f", 1.5f);
        message.setDoubleProperty("d", 2.5);
        message.setStringProperty("JMSXGroupID", "g");
        Message back = roundTrip(message);
        assertThat(back.getJMSCorrelationID()).isEqualTo("c");
        assertThat(back.getJMSType()).isEqualTo("t");
        assertThat(back.getJMSReplyTo()).isEqualTo(session.createTopic("answers"));
        assertThat(back.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
        assertThat(back.getJMSPriority()).isEqualTo(4);
        assertThat(back.getJMSRedelivered()).isFalse();
        assertThat(back.getStringProperty("s")).isEqualTo("text");
        assertThat(back.getObjectProperty("i")).isEqualTo(-42);
        assertThat(back.getObjectProperty("l")).isEqualTo(1L << 50);
        assertThat(back.getObjectProperty("b")).isEqualTo(true);
        assertThat(back.getObjectProperty("by")).isEqualTo((byte) 7);
        assertThat(back.getObjectProperty("sh")).isEqualTo((short) 700);
        assertThat(back.getObjectProperty("f")).isEqualTo(1.5f);
        assertThat(back.getObjectProperty("d")).isEqualTo(2.5);
        assertThat(back.getStringProperty("JMSXGroupID")).isEqualTo("g");
        assertThat(back.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
    }

    @Test
    void priorityPutsAMessageInFront() throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        producer.send(session.createTextMessage("low"), DeliveryMode.NON_PERSISTENT, 1, 0);
        producer.send(session.createTextMessage("high"), DeliveryMode.NON_PERSISTENT, 8, 0);
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(((TextMessage) consumer.receive(WAIT)).getText()).isEqualTo("high");
        Message low = consumer.receive(WAIT);
        assertThat(low.getJMSPriority()).isEqualTo(1);
        assertThat(low.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
    }

    @Test
    void selectorsKnowHeadersAndProperties() throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 6; i++) {
            Message message = session.createTextMessage("m" + i);
            message.setIntProperty("n", i);
            message.setStringProperty("colour", i % 2 == 0 ? "red" : "blue");
            message.setJMSType("type" + i);
            producer.send(message, i < 3 ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT, i, 0);
        }
        assertThat(selected("colour = 'red' AND n > 3")).isEqualTo("m4");
        assertThat(selected("JMSPriority = 5")).isEqualTo("m5");
        assertThat(selected("JMSType = 'type1'")).isEqualTo("m1");
        assertThat(selected("JMSDeliveryMode = 'PERSISTENT' AND colour <> 'x' AND n = 2")).isEqualTo("m2");
        assertThat(selected("JMSDeliveryMode = 'NON_PERSISTENT' AND JMSTimestamp > 0")).isEqualTo("m3");
        assertThatThrownBy(() -> session.createConsumer(queue, "this is no selector")).isInstanceOf(InvalidSelectorException.class);
    }

    private String selected(String selector) throws JMSException {
        try (MessageConsumer consumer = session.createConsumer(queue, selector)) {
            TextMessage message = (TextMessage) consumer.receive(WAIT);
            return message == null ? "nothing" : message.getText();
        }
    }

    @Test
    void aRequestFindsItsAnswerOnATemporaryQueue() throws JMSException {
        TemporaryQueue answers = session.createTemporaryQueue();
        MessageConsumer service = session.createConsumer(queue);
        service.setMessageListener(request -> {
            try {
                session.createProducer(null).send(request.getJMSReplyTo(), session.createTextMessage("pong"));
            } catch (JMSException e) {
                throw new IllegalStateException(e);
            }
        });
        Session asking = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Message request = asking.createTextMessage("ping");
        request.setJMSReplyTo(answers);
        asking.createProducer(queue).send(request);
        MessageConsumer answer = asking.createConsumer(answers);
        assertThat(((TextMessage) answer.receive(WAIT)).getText()).isEqualTo("pong");
        answer.close();
        answers.delete();
    }

    @Test
    void aTemporaryTopicReachesItsSubscribers() throws JMSException {
        TemporaryTopic topic = session.createTemporaryTopic();
        MessageConsumer one = session.createConsumer(topic);
        MessageConsumer two = session.createConsumer(topic);
        session.createProducer(topic).send(session.createTextMessage("news"));
        assertThat(((TextMessage) one.receive(WAIT)).getText()).isEqualTo("news");
        assertThat(((TextMessage) two.receive(WAIT)).getText()).isEqualTo("news");
    }

    @Test
    void aBrowserSeesAllAndTakesNothing() throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 5; i++) {
            producer.send(session.createTextMessage("b" + i));
        }
        try (QueueBrowser browser = session.createBrowser(queue)) {
            assertThat(Collections.list(browser.getEnumeration())).hasSize(5);
        }
        try (QueueBrowser browser = session.createBrowser(queue, "JMSPriority > 8")) {
            assertThat(browser.getEnumeration().hasMoreElements()).isFalse();
        }
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 5; i++) {
            assertThat(((TextMessage) consumer.receive(WAIT)).getText()).isEqualTo("b" + i);
        }
    }

    @Test
    void anAnonymousProducerNamesItsDestinationEachTime() throws JMSException {
        MessageProducer producer = session.createProducer(null);
        Queue other = session.createQueue(SERVER.unique("other."));
        producer.send(queue, session.createTextMessage("here"));
        producer.send(other, session.createTextMessage("there"));
        assertThat(((TextMessage) session.createConsumer(queue).receive(WAIT)).getText()).isEqualTo("here");
        assertThat(((TextMessage) session.createConsumer(other).receive(WAIT)).getText()).isEqualTo("there");
    }

    @Test
    void anExpiredMessageGoesToTheExpiryAddress() throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        producer.setTimeToLive(1);
        producer.send(session.createTextMessage("late"));
        assertThat(session.createConsumer(queue).receive(50)).isNull();
        MessageConsumer expired = session.createConsumer(session.createQueue("ExpiryQueue"), "_AMQ_ORIG_QUEUE = '" + queue.getQueueName() + "'");
        Message message = expired.receive(WAIT);
        assertThat(((TextMessage) message).getText()).isEqualTo("late");
        assertThat(message.getJMSExpiration()).isZero();
    }

    @Test
    void aDelayedMessageComesLater() throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        producer.setDeliveryDelay(300);
        long sent = System.currentTimeMillis();
        producer.send(session.createTextMessage("delayed"));
        producer.setDeliveryDelay(0);
        producer.send(session.createTextMessage("at once"));
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(((TextMessage) consumer.receive(WAIT)).getText()).isEqualTo("at once");
        Message delayed = consumer.receive(WAIT);
        assertThat(((TextMessage) delayed).getText()).isEqualTo("delayed");
        assertThat(delayed.getJMSDeliveryTime()).isGreaterThanOrEqualTo(sent + 300);
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(sent + 300);
    }

    @Test
    void asynchronousSendsAreConfirmed() throws Exception {
        MessageProducer producer = session.createProducer(queue);
        int count = 500;
        CountDownLatch confirmed = new CountDownLatch(count);
        AtomicInteger failures = new AtomicInteger();
        CompletionListener listener = new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                confirmed.countDown();
            }

            @Override
            public void onException(Message message, Exception exception) {
                failures.incrementAndGet();
            }
        };
        for (int i = 0; i < count; i++) {
            producer.send(session.createTextMessage("a" + i), listener);
        }
        assertThat(confirmed.await(WAIT, TimeUnit.MILLISECONDS)).isTrue();
        assertThat(failures).hasValue(0);
        Session reading = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = reading.createConsumer(queue);
        for (int i = 0; i < count; i++) {
            assertThat(((TextMessage) consumer.receive(WAIT)).getText()).isEqualTo("a" + i);
        }
    }

    @Test
    void presettledLinksDeliverToo() throws JMSException {
        try (Connection careless = SERVER.connect("", "jms.presettlePolicy.presettleAll=true")) {
            Session quick = careless.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = quick.createProducer(queue);
            for (int i = 0; i < 100; i++) {
                producer.send(quick.createTextMessage("p" + i));
            }
            MessageConsumer consumer = quick.createConsumer(queue);
            for (int i = 0; i < 100; i++) {
                assertThat(((TextMessage) consumer.receive(WAIT)).getText()).isEqualTo("p" + i);
            }
        }
        assertThat(session.createConsumer(queue).receiveNoWait()).isNull();
    }

    @Test
    void aPullingConsumerGetsOneAtATime() throws JMSException {
        try (Connection pulling = SERVER.connect("", "jms.prefetchPolicy.all=0")) {
            Session one = pulling.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageConsumer consumer = one.createConsumer(queue);
            assertThat(consumer.receiveNoWait()).isNull();
            session.createProducer(queue).send(session.createTextMessage("1"));
            session.createProducer(queue).send(session.createTextMessage("2"));
            assertThat(((TextMessage) consumer.receive(WAIT)).getText()).isEqualTo("1");
            assertThat(((TextMessage) session.createConsumer(queue).receive(WAIT)).getText()).isEqualTo("2");
            assertThat(consumer.receive(20)).isNull();
        }
    }

    @Test
    void webSocketsCarryItToo() throws JMSException {
        try (Connection web = new JmsConnectionFactory("amqpws://127.0.0.1:" + SERVER.port()).createConnection("user", "password")) {
            web.start();
            Session own = web.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = own.createProducer(queue);
            for (int i = 0; i < 5; i++) {
                producer.send(own.createTextMessage("x".repeat(40_000)));
            }
            MessageConsumer consumer = own.createConsumer(queue);
            for (int i = 0; i < 5; i++) {
                assertThat(((TextMessage) consumer.receive(WAIT)).getText()).hasSize(40_000);
            }
        }
    }

    @Test
    void aQualifiedNameReadsOneQueue() throws JMSException {
        Queue qualified = session.createQueue(queue.getQueueName() + "::part");
        session.createProducer(qualified).send(session.createTextMessage("exactly"));
        assertThat(((TextMessage) session.createConsumer(qualified).receive(WAIT)).getText()).isEqualTo("exactly");
    }

    @Test
    void aTopicIsNoQueue() throws JMSException {
        String name = SERVER.unique("news.");
        session.createConsumer(session.createTopic(name));
        assertThatThrownBy(() -> session.createConsumer(session.createQueue(name))).isInstanceOf(JMSException.class)
                .hasMessageContaining("not configured for queue support");
    }

    @Test
    void aDeletedQueueEndsItsConsumers() throws Exception {
        MessageConsumer consumer = session.createConsumer(queue);
        SERVER.deleteQueue(queue.getQueueName());
        Awaitility.await().untilAsserted(() -> assertThatThrownBy(consumer::receiveNoWait).hasMessageContaining("closed")
                .hasRootCauseMessage("Queue deleted: " + queue.getQueueName() + " [condition = amqp:resource-deleted]"));
    }
}
