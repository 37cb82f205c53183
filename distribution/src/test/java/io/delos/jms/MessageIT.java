package io.delos.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.proof.BrokerProcess;
import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotReadableException;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Chapter 3: the message model. */
class MessageIT extends Contract {

    /** 3.4.1, 3.4.2, 3.4.4, 3.4.9 to 3.4.11: what the send sets is the same at both ends. */
    @Test
    void theSendSetsTheHeaders() throws JMSException {
        Queue queue = queue();
        TextMessage sent = session.createTextMessage("headers");
        long before = System.currentTimeMillis();
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.send(sent, DeliveryMode.NON_PERSISTENT, 7, 60_000);
        }
        long after = System.currentTimeMillis();
        assertThat(sent.getJMSDestination()).isEqualTo(queue);
        assertThat(sent.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
        assertThat(sent.getJMSTimestamp()).isBetween(before, after);
        assertThat(sent.getJMSPriority()).isEqualTo(7);
        assertThat(sent.getJMSExpiration()).isBetween(before + 60_000, after + 60_000);
        Message received = session.createConsumer(queue).receive(WAIT);
        assertThat(received.getJMSDestination()).isEqualTo(queue);
        assertThat(received.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
        assertThat(received.getJMSTimestamp()).isEqualTo(sent.getJMSTimestamp());
        assertThat(received.getJMSPriority()).isEqualTo(7);
        assertThat(received.getJMSExpiration()).isEqualTo(sent.getJMSExpiration());
        assertThat(received.getJMSMessageID()).isEqualTo(sent.getJMSMessageID());
        assertThat(received.getJMSRedelivered()).isFalse();
    }

    /** 3.4.11: what an application sets of these itself is overwritten. */
    @Test
    void headersOfTheProviderAreNotTheApplications() throws JMSException {
        TextMessage message = session.createTextMessage("mine");
        message.setJMSDeliveryMode(DeliveryMode.NON_PERSISTENT);
        message.setJMSPriority(9);
        message.setJMSExpiration(12345);
        message.setJMSMessageID("ID:mine");
        message.setJMSTimestamp(1);
        Message received = roundTrip(message);
        assertThat(received.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
        assertThat(received.getJMSPriority()).isEqualTo(Message.DEFAULT_PRIORITY);
        assertThat(received.getJMSExpiration()).isZero();
        assertThat(received.getJMSMessageID()).startsWith("ID:").isNotEqualTo("ID:mine");
        assertThat(received.getJMSTimestamp()).isGreaterThan(1);
    }

    /** 3.4.3: unique, and with the prefix; null or as usual when the producer can do without. */
    @Test
    void messageIdsAreUnique() throws JMSException {
        Queue queue = queue();
        List<String> ids = new ArrayList<>();
        try (MessageProducer producer = session.createProducer(queue)) {
            Message message = session.createMessage();
            for (int i = 0; i < 20; i++) {
                producer.send(message);
                assertThat(message.getJMSMessageID()).startsWith("ID:");
                ids.add(message.getJMSMessageID());
            }
            producer.setDisableMessageID(true);
            producer.setDisableMessageTimestamp(true);
            producer.send(message);
        }
        assertThat(ids).doesNotHaveDuplicates();
        MessageConsumer consumer = session.createConsumer(queue);
        for (String id : ids) {
            assertThat(consumer.receive(WAIT).getJMSMessageID()).isEqualTo(id);
        }
        assertThat(consumer.receive(WAIT).getJMSTimestamp()).isGreaterThanOrEqualTo(0);
    }

    /** 3.4.5: an application's text, a message's id, bytes. */
    @Test
    void correlationIds() throws JMSException {
        for (String id : List.of("order-77", "ID:1234", "\u00fcber", "")) {
            TextMessage message = session.createTextMessage();
            message.setJMSCorrelationID(id);
            assertThat(roundTrip(message).getJMSCorrelationID()).isEqualTo(id);
        }
        Message bytes = session.createMessage();
        try {
            bytes.setJMSCorrelationIDAsBytes(new byte[] {1, 2, -3});
        } catch (UnsupportedOperationException allowed) {
            return;
        }
        if (wire != Wire.OPENWIRE) {
            // that client has made text of them
            assertThat(roundTrip(bytes).getJMSCorrelationIDAsBytes()).containsExactly(1, 2, -3);
        }
    }

    /** 3.4.6, 3.4.8. */
    @Test
    void replyToAndType() throws JMSException {
        Message message = session.createMessage();
        message.setJMSReplyTo(session.createTopic("answers"));
        message.setJMSType("a type");
        Message received = roundTrip(message);
        assertThat(received.getJMSReplyTo()).isEqualTo(session.createTopic("answers"));
        assertThat(received.getJMSType()).isEqualTo("a type");
        message.setJMSReplyTo(session.createQueue("answers"));
        assertThat(roundTrip(message).getJMSReplyTo()).isEqualTo(session.createQueue("answers"));
        received = roundTrip(session.createMessage());
        assertThat(received.getJMSReplyTo()).isNull();
        assertThat(received.getJMSType()).isNull();
    }

    /** 3.4.13. */
    @Test
    void deliveryTimes() throws JMSException {
        Queue queue = queue();
        Message message = session.createMessage();
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.setDeliveryDelay(300);
            long before = System.currentTimeMillis();
            producer.send(message);
            assertThat(message.getJMSDeliveryTime()).isBetween(before + 300, System.currentTimeMillis() + 300);
        }
        Message received = session.createConsumer(queue).receive(WAIT);
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(message.getJMSDeliveryTime());
        assertThat(received.getJMSDeliveryTime()).isEqualTo(message.getJMSDeliveryTime());
    }

    /** 3.5.2, 3.5.5, 3.5.6: properties of every type arrive as they are. */
    @Test
    void propertiesKeepTheirTypes() throws JMSException {
        Message message = session.createMessage();
        // what OpenWire's client makes of a surrogate pair in a property it can't read itself
        String text = wire == Wire.OPENWIRE ? "text \u20ac" : "text \u20ac \ud83d\ude00";
        List<Object> values = List.of(true, (byte) -7, (short) 300, 70_000, 1L << 40, 1.5f, -2.25d, text, "");
        for (int i = 0; i < values.size(); i++) {
            message.setObjectProperty("p" + i, values.get(i));
        }
        message.setStringProperty("none", null);
        Message received = roundTrip(message);
        for (int i = 0; i < values.size(); i++) {
            assertThat(received.getObjectProperty("p" + i)).isEqualTo(values.get(i));
        }
        assertThat(received.getStringProperty("none")).isNull();
        List<String> names = new ArrayList<>();
        Collections.list((java.util.Enumeration<?>) received.getPropertyNames()).forEach(name -> names.add((String) name));
        assertThat(names).contains("p0", "p8").doesNotContain("JMSPriority", "JMSMessageID");
    }

    /** 3.5.3, 3.5.7, 3.10: read-only until cleared; the body stays. */
    @Test
    void receivedPropertiesAreReadOnlyUntilCleared() throws JMSException {
        TextMessage message = session.createTextMessage("body");
        message.setIntProperty("n", 1);
        TextMessage received = roundTrip(message);
        assertThatThrownBy(() -> received.setIntProperty("n", 2)).isInstanceOf(MessageNotWriteableException.class);
        received.clearProperties();
        assertThat(received.propertyExists("n")).isFalse();
        received.setIntProperty("n", 3);
        assertThat(received.getIntProperty("n")).isEqualTo(3);
        assertThat(received.getText()).isEqualTo("body");
    }

    /** 3.5.4, 3.5.8: conversions of properties that must work, and those that must not. */
    @Test
    void propertyConversions() throws JMSException {
        Message message = session.createMessage();
        message.setByteProperty("byte", (byte) 5);
        message.setBooleanProperty("boolean", true);
        message.setDoubleProperty("double", 1.5);
        message.setStringProperty("text", "12");
        message.setStringProperty("word", "x");
        Message received = roundTrip(message);
        assertThat(received.getLongProperty("byte")).isEqualTo(5);
        assertThat(received.getStringProperty("byte")).isEqualTo("5");
        assertThat(received.getStringProperty("boolean")).isEqualTo("true");
        assertThat(received.getStringProperty("double")).isEqualTo("1.5");
        assertThat(received.getIntProperty("text")).isEqualTo(12);
        assertThat(received.getDoubleProperty("text")).isEqualTo(12.0);
        assertThatThrownBy(() -> received.getIntProperty("word")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> received.getIntProperty("double")).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> received.getByteProperty("boolean")).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> session.createMessage().setObjectProperty("list", List.of())).isInstanceOf(MessageFormatException.class);
        // what is not there is null
        assertThat(received.getObjectProperty("missing")).isNull();
        assertThat(received.getStringProperty("missing")).isNull();
        assertThat(received.getBooleanProperty("missing")).isFalse();
        assertThatThrownBy(() -> received.getIntProperty("missing")).isInstanceOf(NumberFormatException.class);
    }

    /** 3.5.1: a name that is no identifier. */
    @Test
    void badPropertyNames() throws JMSException {
        Message message = session.createMessage();
        assertThatThrownBy(() -> message.setStringProperty("", "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> message.setStringProperty(null, "x")).isInstanceOf(IllegalArgumentException.class);
    }

    /** 3.5.9, 3.5.11: group and delivery count. */
    @Test
    void definedProperties() throws JMSException {
        Message message = session.createMessage();
        message.setStringProperty("JMSXGroupID", "g");
        message.setIntProperty("JMSXGroupSeq", 3);
        Message received = roundTrip(message);
        assertThat(received.getStringProperty("JMSXGroupID")).isEqualTo("g");
        assertThat(received.getIntProperty("JMSXGroupSeq")).isEqualTo(3);
        assertThat(received.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
    }

    /** 3.9: one object sent three times makes three messages, and changing it changes none. */
    @Test
    void sentMessagesAreCopies() throws JMSException {
        Queue queue = queue();
        try (MessageProducer producer = session.createProducer(queue)) {
            TextMessage message = session.createTextMessage();
            for (String text : List.of("one", "two", "three")) {
                message.setText(text);
                message.setStringProperty("copy", text);
                producer.send(message);
            }
            message.setText("later");
        }
        MessageConsumer consumer = session.createConsumer(queue);
        for (String text : List.of("one", "two", "three")) {
            Message received = consumer.receive(WAIT);
            assertThat(text(received)).isEqualTo(text);
            assertThat(received.getStringProperty("copy")).isEqualTo(text);
        }
    }

    /** 3.11: texts. */
    @Test
    void texts() throws JMSException {
        for (String text : List.of("", "hello", "h\u00e9llo \u20ac \ud83d\ude00", "x".repeat(50_000), "\u0000\u0001")) {
            assertThat(roundTrip(session.createTextMessage(text)).getText()).isEqualTo(text);
        }
        assertThat(roundTrip(session.createTextMessage()).getText()).isNull();
    }

    /** 3.11: bytes, with all that a BytesMessage writes. */
    @Test
    void bytes() throws JMSException {
        BytesMessage message = session.createBytesMessage();
        message.writeBoolean(true);
        message.writeByte((byte) -1);
        message.writeShort((short) 300);
        message.writeChar('\u20ac');
        message.writeInt(-5);
        message.writeLong(1L << 50);
        message.writeFloat(1.5f);
        message.writeDouble(-2.5);
        message.writeUTF("utf \u20ac");
        message.writeBytes(new byte[] {1, 2, 3}, 1, 2);
        assertThatThrownBy(() -> message.writeObject(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(message::readByte).isInstanceOf(MessageNotReadableException.class);
        BytesMessage received = roundTrip(message);
        assertThat(received.getBodyLength()).isEqualTo(1 + 1 + 2 + 2 + 4 + 8 + 4 + 8 + 2 + 7 + 2);
        assertThat(received.readBoolean()).isTrue();
        assertThat(received.readUnsignedByte()).isEqualTo(255);
        assertThat(received.readUnsignedShort()).isEqualTo(300);
        assertThat(received.readChar()).isEqualTo('\u20ac');
        assertThat(received.readInt()).isEqualTo(-5);
        assertThat(received.readLong()).isEqualTo(1L << 50);
        assertThat(received.readFloat()).isEqualTo(1.5f);
        assertThat(received.readDouble()).isEqualTo(-2.5);
        assertThat(received.readUTF()).isEqualTo("utf \u20ac");
        byte[] rest = new byte[10];
        assertThat(received.readBytes(rest)).isEqualTo(2);
        assertThat(rest).startsWith(2, 3);
        assertThat(received.readBytes(rest)).isEqualTo(-1);
        assertThatThrownBy(received::readByte).isInstanceOf(MessageEOFException.class);
        assertThatThrownBy(() -> received.writeByte((byte) 1)).isInstanceOf(MessageNotWriteableException.class);
        received.reset();
        assertThat(received.readBoolean()).isTrue();
    }

    /** 3.11.3: maps. */
    @Test
    void maps() throws JMSException {
        MapMessage message = session.createMapMessage();
        message.setBoolean("boolean", true);
        message.setByte("byte", (byte) 1);
        message.setShort("short", (short) 2);
        message.setChar("char", 'c');
        message.setInt("int", 3);
        message.setLong("long", 4);
        message.setFloat("float", 5.5f);
        message.setDouble("double", 6.5);
        message.setString("string", "7");
        message.setBytes("bytes", new byte[] {8, 9});
        message.setString("null", null);
        MapMessage received = roundTrip(message);
        assertThat(received.getObject("boolean")).isEqualTo(true);
        assertThat(received.getObject("byte")).isEqualTo((byte) 1);
        assertThat(received.getObject("short")).isEqualTo((short) 2);
        assertThat(received.getObject("char")).isEqualTo('c');
        assertThat(received.getObject("int")).isEqualTo(3);
        assertThat(received.getObject("long")).isEqualTo(4L);
        assertThat(received.getObject("float")).isEqualTo(5.5f);
        assertThat(received.getObject("double")).isEqualTo(6.5);
        assertThat(received.getBytes("bytes")).containsExactly(8, 9);
        assertThat(received.getString("null")).isNull();
        assertThat(received.itemExists("null")).isTrue();
        assertThat(received.getLong("byte")).isEqualTo(1);
        assertThat(received.getInt("string")).isEqualTo(7);
        assertThat(received.getString("double")).isEqualTo("6.5");
        assertThatThrownBy(() -> received.getChar("int")).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> received.getInt("long")).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> received.getChar("missing")).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> received.setInt("x", 1)).isInstanceOf(MessageNotWriteableException.class);
    }

    /** 3.11.3: streams; a failed read may be done again as another type. */
    @Test
    void streams() throws JMSException {
        StreamMessage message = session.createStreamMessage();
        message.writeString("12");
        message.writeByte((byte) 5);
        message.writeBytes(new byte[] {1, 2, 3});
        message.writeObject(null);
        message.writeChar('z');
        StreamMessage received = roundTrip(message);
        assertThat(received.readInt()).isEqualTo(12);
        assertThat(received.readLong()).isEqualTo(5);
        byte[] bytes = new byte[2];
        assertThat(received.readBytes(bytes)).isEqualTo(2);
        assertThat(received.readBytes(bytes)).isEqualTo(1);
        assertThat(received.readObject()).isNull();
        assertThat(received.readString()).isEqualTo("z");
        assertThatThrownBy(received::readString).isInstanceOf(MessageEOFException.class);
    }

    /** 3.11: objects pass through unopened. */
    @Test
    void objects() throws JMSException {
        ObjectMessage message = session.createObjectMessage(new ArrayList<>(List.of("a", 1, 2L)));
        ObjectMessage received = roundTrip(message);
        if (received instanceof org.apache.activemq.command.ActiveMQObjectMessage openwire) {
            openwire.setTrustAllPackages(true);
        }
        assertThat(received.getObject()).isEqualTo(List.of("a", 1, 2L));
        assertThat(roundTrip(session.createObjectMessage()).getObject()).isNull();
    }

    /** 3.11.1, 3.11.2: cleared, a body is as new; properties stay. */
    @Test
    void clearedBodiesAreAsNew() throws JMSException {
        TextMessage message = session.createTextMessage("text");
        message.setIntProperty("n", 1);
        TextMessage received = roundTrip(message);
        assertThatThrownBy(() -> received.setText("x")).isInstanceOf(MessageNotWriteableException.class);
        received.clearBody();
        assertThat(received.getText()).isNull();
        received.setText("mine");
        assertThat(received.getText()).isEqualTo("mine");
        assertThat(received.getIntProperty("n")).isEqualTo(1);
        assertThat(roundTrip(received).getText()).isEqualTo("mine");
    }

    /** 3.11: what a body can be had as. */
    @Test
    void bodiesByType() throws JMSException {
        TextMessage text = roundTrip(session.createTextMessage("x"));
        assertThat(text.isBodyAssignableTo(String.class)).isTrue();
        assertThat(text.getBody(String.class)).isEqualTo("x");
        assertThat(text.isBodyAssignableTo(byte[].class)).isFalse();
        assertThatThrownBy(() -> text.getBody(byte[].class)).isInstanceOf(MessageFormatException.class);
        BytesMessage bytes = session.createBytesMessage();
        bytes.writeInt(7);
        assertThat(roundTrip(bytes).getBody(byte[].class)).containsExactly(0, 0, 0, 7);
        MapMessage map = session.createMapMessage();
        map.setInt("k", 1);
        assertThat(roundTrip(map).getBody(java.util.Map.class)).isEqualTo(java.util.Map.of("k", 1));
    }

    /** 3.12: a message that another client made. */
    @Test
    void foreignMessages() throws Exception {
        TextMessage foreign = wire != Wire.OPENWIRE ? new org.apache.activemq.command.ActiveMQTextMessage()
                : kept(Wire.AMQP.factory(Target.port(), "").createConnection(BrokerProcess.USER, BrokerProcess.PASSWORD)).createSession().createTextMessage();
        foreign.setText("strange");
        foreign.setStringProperty("p", "v");
        TextMessage received = roundTrip(foreign);
        assertThat(received.getText()).isEqualTo("strange");
        assertThat(received.getStringProperty("p")).isEqualTo("v");
    }
}
