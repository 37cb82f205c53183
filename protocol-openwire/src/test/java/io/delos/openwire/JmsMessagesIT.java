package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.util.List;
import org.apache.activemq.ActiveMQConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of all types through the broker and back, in every way a client may speak. */
class JmsMessagesIT {

    @RegisterExtension
    static final OpenWireServer SERVER = new OpenWireServer();

    private interface Work {
        void run(Session session, MessageProducer producer, MessageConsumer consumer) throws Exception;
    }

    private void with(String parameters, Work work) throws Exception {
        try (ActiveMQConnection connection = SERVER.connect(parameters);
             Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            Queue queue = session.createQueue(SERVER.unique("messages"));
            work.run(session, session.createProducer(queue), session.createConsumer(queue));
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Message> T through(MessageProducer producer, MessageConsumer consumer, T message) throws Exception {
        producer.send(message);
        T received = (T) consumer.receive(5000);
        assertThat(received).isNotNull();
        assertThat(received.getJMSMessageID()).isEqualTo(message.getJMSMessageID());
        return received;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wireFormat.tightEncodingEnabled=false", "wireFormat.version=1", "wireFormat.version=9",
        "wireFormat.version=10&wireFormat.tightEncodingEnabled=false", "wireFormat.version=11", "wireFormat.cacheEnabled=false",
        "wireFormat.stackTraceEnabled=false", "jms.useCompression=true", "jms.alwaysSyncSend=true", "jms.useAsyncSend=true"})
    void allBodies(String parameters) throws Exception {
        with(parameters, (session, producer, consumer) -> {
            String longText = "ä".repeat(40_000);
            for (String text : List.of("", "hello", "grüß \u20ac \ud83d\ude00 \u0000", longText)) {
                assertThat(through(producer, consumer, session.createTextMessage(text)).getText()).isEqualTo(text);
            }
            assertThat(through(producer, consumer, session.createTextMessage()).getText()).isNull();
            BytesMessage bytes = session.createBytesMessage();
            bytes.writeBytes(new byte[] {0, 1, 2, -1});
            BytesMessage gotBytes = through(producer, consumer, bytes);
            assertThat(gotBytes.getBodyLength()).isEqualTo(4);
            assertThat(gotBytes.readInt()).isEqualTo(0x000102FF);
            MapMessage map = session.createMapMessage();
            map.setString("s", "ß");
            map.setInt("i", 42);
            map.setBytes("b", new byte[] {1, 2});
            map.setBoolean("t", true);
            MapMessage gotMap = through(producer, consumer, map);
            assertThat(gotMap.getString("s")).isEqualTo("ß");
            assertThat(gotMap.getInt("i")).isEqualTo(42);
            assertThat(gotMap.getBytes("b")).containsExactly(1, 2);
            assertThat(gotMap.getBoolean("t")).isTrue();
            StreamMessage stream = session.createStreamMessage();
            stream.writeLong(1L << 40);
            stream.writeString("x");
            stream.writeDouble(0.5);
            StreamMessage gotStream = through(producer, consumer, stream);
            assertThat(gotStream.readLong()).isEqualTo(1L << 40);
            assertThat(gotStream.readString()).isEqualTo("x");
            assertThat(gotStream.readDouble()).isEqualTo(0.5);
            ObjectMessage object = session.createObjectMessage(new java.util.ArrayList<>(List.of("a", 1)));
            assertThat(through(producer, consumer, object).getObject()).isEqualTo(List.of("a", 1));
            assertThat(through(producer, consumer, session.createMessage())).isNotInstanceOf(TextMessage.class);
        });
    }

    @Test
    void headersAndPropertiesOfAllTypes() throws Exception {
        with("", (session, producer, consumer) -> {
            TextMessage message = session.createTextMessage("x");
            message.setJMSCorrelationID("corr");
            message.setJMSType("typ");
            message.setJMSReplyTo(session.createTopic("answers.here"));
            message.setStringProperty("s", "str");
            message.setBooleanProperty("b", true);
            message.setByteProperty("by", (byte) 1);
            message.setShortProperty("sh", (short) 2);
            message.setIntProperty("i", 3);
            message.setLongProperty("l", 4L);
            message.setFloatProperty("f", 5.5f);
            message.setDoubleProperty("d", 6.5);
            message.setStringProperty("JMSXGroupID", "group");
            message.setIntProperty("JMSXGroupSeq", 7);
            producer.setPriority(8);
            producer.setTimeToLive(60_000);
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);

            TextMessage got = through(producer, consumer, message);

            assertThat(got.getJMSCorrelationID()).isEqualTo("corr");
            assertThat(got.getJMSType()).isEqualTo("typ");
            assertThat(got.getJMSReplyTo()).isEqualTo(session.createTopic("answers.here"));
            assertThat(got.getJMSDestination()).isEqualTo(producer.getDestination());
            assertThat(got.getObjectProperty("s")).isEqualTo("str");
            assertThat(got.getObjectProperty("b")).isEqualTo(true);
            assertThat(got.getObjectProperty("by")).isEqualTo((byte) 1);
            assertThat(got.getObjectProperty("sh")).isEqualTo((short) 2);
            assertThat(got.getObjectProperty("i")).isEqualTo(3);
            assertThat(got.getObjectProperty("l")).isEqualTo(4L);
            assertThat(got.getObjectProperty("f")).isEqualTo(5.5f);
            assertThat(got.getObjectProperty("d")).isEqualTo(6.5);
            assertThat(got.getStringProperty("JMSXGroupID")).isEqualTo("group");
            assertThat(got.getIntProperty("JMSXGroupSeq")).isEqualTo(7);
            assertThat(got.getJMSPriority()).isEqualTo(8);
            assertThat(got.getJMSExpiration()).isEqualTo(message.getJMSExpiration()).isPositive();
            assertThat(got.getJMSTimestamp()).isEqualTo(message.getJMSTimestamp()).isPositive();
            assertThat(got.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
            assertThat(got.getJMSRedelivered()).isFalse();
            assertThat(got.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
        });
    }

    @Test
    void aClientOfAnotherVersionGetsTheSame() throws Exception {
        String name = SERVER.unique("versions");
        try (ActiveMQConnection sender = SERVER.connect("wireFormat.version=9"); ActiveMQConnection receiver = SERVER.connect("");
             Session sending = sender.createSession(false, Session.AUTO_ACKNOWLEDGE);
             Session receiving = receiver.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            TextMessage message = sending.createTextMessage("old");
            message.setIntProperty("n", 9);
            message.setJMSReplyTo(sending.createQueue("back"));
            sending.createProducer(sending.createQueue(name)).send(message);
            TextMessage got = (TextMessage) receiving.createConsumer(receiving.createQueue(name)).receive(5000);
            assertThat(got.getText()).isEqualTo("old");
            assertThat(got.getIntProperty("n")).isEqualTo(9);
            assertThat(got.getJMSMessageID()).isEqualTo(message.getJMSMessageID());
            assertThat(got.getJMSReplyTo()).isEqualTo(sending.createQueue("back"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wireFormat.tightEncodingEnabled=false", "wireFormat.version=9"})
    void blobMessagesSayWhereTheirContentIs(String parameters) throws Exception {
        with(parameters, (session, producer, consumer) -> {
            org.apache.activemq.command.ActiveMQBlobMessage blob = (org.apache.activemq.command.ActiveMQBlobMessage)
                    ((org.apache.activemq.ActiveMQSession) session).createBlobMessage(java.net.URI.create("http://127.0.0.1/blob").toURL(), false);
            blob.setMimeType("text/plain");
            producer.send(blob);
            // as it is, and as another version has it
            producer.send(blob);
            org.apache.activemq.command.ActiveMQBlobMessage got = (org.apache.activemq.command.ActiveMQBlobMessage) consumer.receive(5000);
            assertThat(got.getRemoteBlobUrl()).isEqualTo("http://127.0.0.1/blob");
            assertThat(got.getMimeType()).isEqualTo("text/plain");
            consumer.close();
            try (ActiveMQConnection other = SERVER.connect("wireFormat.version=11&wireFormat.tightEncodingEnabled=false")) {
                Session second = other.createSession(false, Session.AUTO_ACKNOWLEDGE);
                got = (org.apache.activemq.command.ActiveMQBlobMessage) second.createConsumer(producer.getDestination()).receive(5000);
                assertThat(got.getRemoteBlobUrl()).isEqualTo("http://127.0.0.1/blob");
                assertThat(got.isDeletedByBroker()).isFalse();
            }
        });
    }

    @Test
    void largeMessages() throws Exception {
        with("", (session, producer, consumer) -> {
            byte[] body = new byte[5 << 20];
            new java.util.Random(1).nextBytes(body);
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(body);
            BytesMessage got = through(producer, consumer, message);
            byte[] read = new byte[body.length];
            got.readBytes(read);
            assertThat(read).isEqualTo(body);
        });
    }

    @Test
    void whatIsReceivedMayBeSentOn() throws Exception {
        with("", (session, producer, consumer) -> {
            TextMessage got = through(producer, consumer, session.createTextMessage("again"));
            Queue other = session.createQueue(SERVER.unique("forward"));
            session.createProducer(other).send(got);
            TextMessage second = (TextMessage) session.createConsumer(other).receive(5000);
            assertThat(second.getText()).isEqualTo("again");
            assertThat(second.getJMSDestination()).isEqualTo(other);
        });
    }

    @Test
    void orderAndManyMessages() throws Exception {
        with("", (session, producer, consumer) -> {
            for (int i = 0; i < 3000; i++) {
                producer.setDeliveryMode(i % 10 == 0 ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT);
                producer.send(session.createTextMessage("m" + i));
            }
            for (int i = 0; i < 3000; i++) {
                assertThat(((TextMessage) consumer.receive(5000)).getText()).isEqualTo("m" + i);
            }
        });
    }
}
