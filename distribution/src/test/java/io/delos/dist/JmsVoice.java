package io.delos.dist;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;

/** CORE and OpenWire, by clients of Jakarta Messaging. */
final class JmsVoice implements Voice {

    private static final int BYTES = 1;
    private static final int TOPIC = 2;

    private final boolean core;
    private final Connection connection;
    private final Session session;
    private final MessageProducer producer;
    private MessageConsumer consumer;
    private MessageConsumer answers;

    JmsVoice(Speech speech, int port) throws JMSException {
        core = speech == Speech.CORE;
        ConnectionFactory factory = speech.factory(port, null, null);
        if (factory instanceof org.apache.activemq.ActiveMQConnectionFactory openWire) {
            openWire.setTrustAllPackages(true);
            openWire.getRedeliveryPolicy().setInitialRedeliveryDelay(0);
        }
        connection = factory.createConnection();
        connection.start();
        session = connection.createSession();
        producer = session.createProducer(null);
    }

    private Destination destination(Place place) throws JMSException {
        return place.topic() ? session.createTopic(place.name()) : session.createQueue(place.name());
    }

    @Override
    public int samples() {
        return 7;
    }

    @Override
    public List<Said> say(Place place, int sample) throws JMSException {
        List<Said> said = new ArrayList<>();
        Message message = switch (sample) {
            case 0 -> everything(said);
            case BYTES -> bytes(said);
            case TOPIC -> map(said);
            case 3 -> list(said);
            case 4 -> object(said);
            case 5 -> nothing(said);
            default -> session.createTextMessage("later");
        };
        send(place, message, sample);
        if (sample == 0) {
            said.add(Said.of("message id", message.getJMSMessageID()));
            said.add(new Said("timestamp", "timestamp", "now"));
            said.add(new Said("durable: yes", "durable", "true"));
            said.add(new Said("priority 7", "priority", "7"));
            said.add(new Said("expiry", "expiry", "in 10 min"));
        } else if (sample == BYTES) {
            said.add(new Said("durable: no", "durable", "false"));
        } else if (sample == 6) {
            said.add(new Said("delay", "arrival", Long.toString(System.currentTimeMillis())));
        }
        return said;
    }

    private void send(Place place, Message message, int sample) throws JMSException {
        if (sample == 6 && core) {
            producer.setDeliveryDelay(DELAY_MILLIS);
        } else if (sample == 6) {
            message.setLongProperty("AMQ_SCHEDULED_DELAY", DELAY_MILLIS);
        }
        producer.send(destination(place), message, sample == BYTES ? DeliveryMode.NON_PERSISTENT : DeliveryMode.PERSISTENT,
                sample == 0 ? 7 : 4, sample == 0 ? TEN_MINUTES : 0);
        if (core) {
            producer.setDeliveryDelay(0);
        }
    }

    private Message everything(List<Said> said) throws JMSException {
        TextMessage message = session.createTextMessage("héllo €");
        said.add(Said.body("text", "héllo €"));
        property(message, said, "boolean", "yes", true);
        property(message, said, "byte", "tiny", (byte) -8);
        property(message, said, "short", "small", (short) -300);
        property(message, said, "int", "number", 42);
        property(message, said, "long", "far", 1L << 40);
        property(message, said, "float", "half", 0.5f);
        property(message, said, "double", "tenth", 0.1);
        property(message, said, "text with `:`", "word", "wörld: 𝄞");
        property(message, said, "text with a line end", "lines", "one\ntwo");
        property(message, said, "null", "none", null);
        if (core) {
            property(message, said, "bytes", "raw", new byte[] {1, (byte) 0xff});
        }
        property(message, said, "text with U+0000", "zero", "a\0b");
        property(message, said, "name of letters", "größe", "XL");
        if (!core) {
            property(message, said, "name with `:`, `.` and a space", "a:b. c", "x");
        }
        property(message, said, "name of a STOMP header", "destination", "Rome");
        message.setJMSCorrelationID("question-7");
        said.add(new Said("correlation id: text", "correlation id", "\"question-7\""));
        message.setJMSReplyTo(session.createQueue("answers.here"));
        said.add(new Said("reply-to: a queue", "reply-to", "queue answers.here"));
        message.setJMSType("kind");
        said.add(Said.of("type", "kind"));
        message.setStringProperty("JMSXGroupID", "crowd");
        said.add(Said.of("group", "crowd"));
        message.setIntProperty("JMSXGroupSeq", 3);
        said.add(new Said("group sequence", "group sequence", "3"));
        return message;
    }

    private static void property(Message message, List<Said> said, String kind, String name, Object value) throws JMSException {
        message.setObjectProperty(name, value);
        said.add(Said.property(kind, name, value));
    }

    private Message bytes(List<Said> said) throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBytes(new byte[] {0, 1, (byte) 0xff});
        said.add(Said.body("bytes", new byte[] {0, 1, (byte) 0xff}));
        if (core) {
            message.setJMSCorrelationIDAsBytes(new byte[] {1, 2, (byte) 0xff});
            said.add(new Said("correlation id: bytes", "correlation id", "bytes 0102ff"));
        }
        return message;
    }

    private Message map(List<Said> said) throws JMSException {
        MapMessage message = session.createMapMessage();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("number", 42);
        map.put("word", "wörld");
        map.put("raw", new byte[] {1, (byte) 0xff});
        map.put("none", null);
        for (Map.Entry<String, Object> each : map.entrySet()) {
            message.setObject(each.getKey(), each.getValue());
        }
        said.add(Said.body("map", map));
        message.setJMSReplyTo(session.createTopic("answers.here"));
        said.add(new Said("reply-to: a topic", "reply-to", "topic answers.here"));
        return message;
    }

    private Message list(List<Said> said) throws JMSException {
        StreamMessage message = session.createStreamMessage();
        List<Object> values = List.of(42, "wörld", true, new byte[] {1, (byte) 0xff});
        for (Object value : values) {
            message.writeObject(value);
        }
        said.add(Said.body("stream", values));
        return message;
    }

    private Message object(List<Said> said) throws JMSException {
        said.add(new Said("body: object", "body", "object \"o\""));
        return session.createObjectMessage("o");
    }

    private Message nothing(List<Said> said) throws JMSException {
        said.add(Said.body("none", Form.NOTHING));
        return session.createMessage();
    }

    @Override
    public void listen(Place place) throws JMSException {
        if (consumer != null) {
            consumer.close();
        }
        consumer = session.createConsumer(destination(place));
    }

    @Override
    public Map<String, String> hear() throws JMSException {
        Message message = receive(consumer);
        Map<String, String> heard = new HashMap<>();
        heard.put("arrival", Long.toString(System.currentTimeMillis()));
        heard.put("body", body(message));
        put(heard, "message id", message.getJMSMessageID());
        heard.put("correlation id", Form.of(correlation(message)));
        heard.put("timestamp", Form.moment(message.getJMSTimestamp()));
        heard.put("reply-to", destination(message.getJMSReplyTo()));
        heard.put("durable", Boolean.toString(message.getJMSDeliveryMode() == DeliveryMode.PERSISTENT));
        heard.put("priority", Integer.toString(message.getJMSPriority()));
        heard.put("expiry", Form.expiry(message.getJMSExpiration()));
        put(heard, "type", message.getJMSType());
        put(heard, "group", message.getStringProperty("JMSXGroupID"));
        put(heard, "user id", message.getStringProperty("JMSXUserID"));
        if (message.propertyExists("JMSXGroupSeq")) {
            heard.put("group sequence", message.getStringProperty("JMSXGroupSeq"));
        }
        @SuppressWarnings("unchecked")
        List<String> names = Collections.list(message.getPropertyNames());
        for (String name : names) {
            heard.put("p." + name, Form.of(message.getObjectProperty(name)));
        }
        return heard;
    }

    private static Message receive(MessageConsumer consumer) throws JMSException {
        Message message = consumer.receive(PATIENCE_MILLIS);
        if (message == null) {
            throw new AssertionError("nothing arrived");
        }
        return message;
    }

    @Override
    public String hearTwice(Place place, Callable<?> saying) throws Exception {
        try (Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageConsumer twice = transacted.createConsumer(destination(place))) {
            saying.call();
            String first = receive(twice).getStringProperty("JMSXDeliveryCount");
            transacted.rollback();
            String second = receive(twice).getStringProperty("JMSXDeliveryCount");
            transacted.commit();
            return first + ", then " + second;
        }
    }

    /** A text, or bytes where the client has such; null without one. */
    private Object correlation(Message message) throws JMSException {
        String text = message.getJMSCorrelationID();
        return text == null && core ? message.getJMSCorrelationIDAsBytes() : text;
    }

    private static void put(Map<String, String> heard, String key, String value) {
        if (value != null) {
            heard.put(key, Form.of(value));
        }
    }

    private static String destination(Destination destination) throws JMSException {
        if (destination instanceof Queue queue) {
            return "queue " + queue.getQueueName();
        } else if (destination instanceof Topic topic) {
            return "topic " + topic.getTopicName();
        }
        // a name without a kind is neither a queue nor a topic to the CORE client
        return destination == null ? null : Form.of(((ActiveMQDestination) destination).getName());
    }

    private static String body(Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            return Form.body(text.getText());
        } else if (message instanceof BytesMessage bytes) {
            byte[] body = new byte[(int) bytes.getBodyLength()];
            bytes.readBytes(body);
            return Form.body(body);
        } else if (message instanceof MapMessage map) {
            Map<String, Object> entries = new HashMap<>();
            @SuppressWarnings("unchecked")
            List<String> names = Collections.list(map.getMapNames());
            for (String name : names) {
                entries.put(name, map.getObject(name));
            }
            return Form.body(entries);
        } else if (message instanceof StreamMessage stream) {
            return Form.body(values(stream));
        }
        return message instanceof ObjectMessage object ? "object " + Form.of(object.getObject()) : Form.body(Form.NOTHING);
    }

    private static List<Object> values(StreamMessage stream) throws JMSException {
        List<Object> values = new ArrayList<>();
        while (true) {
            try {
                values.add(stream.readObject());
            } catch (jakarta.jms.MessageEOFException end) {
                return values;
            }
        }
    }

    @Override
    public List<Object> correlations() {
        return core ? List.of("question-7", new byte[] {1, 2, (byte) 0xff}) : List.of("question-7");
    }

    @Override
    public void ask(Place place, Object correlation) throws JMSException {
        Queue back = session.createTemporaryQueue();
        answers = session.createConsumer(back);
        Message question = session.createTextMessage("?");
        correlate(question, correlation);
        question.setJMSReplyTo(back);
        producer.send(destination(place), question);
    }

    private static void correlate(Message message, Object id) throws JMSException {
        if (id instanceof byte[] bytes) {
            message.setJMSCorrelationIDAsBytes(bytes);
        } else {
            message.setJMSCorrelationID((String) id);
        }
    }

    @Override
    public void answer(String text) throws JMSException {
        Message question = receive(consumer);
        Message answer = session.createTextMessage(text);
        correlate(answer, correlation(question));
        producer.send(question.getJMSReplyTo(), answer);
    }

    @Override
    public String hearAnswer() throws JMSException {
        Message answer = receive(answers);
        answers.close();
        String text = answer instanceof TextMessage said ? said.getText() : new String(answer.getBody(byte[].class), java.nio.charset.StandardCharsets.UTF_8);
        return Form.of(correlation(answer)) + " " + text;
    }

    @Override
    public void close() throws JMSException {
        connection.close();
    }
}
