package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.message.Content;
import io.delos.message.Destination;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.NeutralMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.activemq.command.ActiveMQBytesMessage;
import org.apache.activemq.command.ActiveMQMapMessage;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQObjectMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQStreamMessage;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stored messages against the clients' library. */
class OpenWireFormatTest {

    private static final Wire WIRE = new Wire(12, true, true);
    private static final OpenWireFormat FORMAT = new OpenWireFormat();

    /** What the broker would store of a message its client sends. */
    static Message stored(Wire wire, ActiveMQMessage message) throws MalformedFrameException {
        byte[] clientId = ModifiedUtf.encode("me");
        byte[] room = StoredMessage.room(Unpooled.wrappedBuffer(new Library(wire).write(message)), clientId);
        WireMessage.Sent sent = StoredMessage.parse(room, clientId.length, wire);
        StoredMessage.seal(room, clientId.length, wire, sent);
        WireMessage.Terms terms = sent.message().terms();
        return Message.of(OpenWireFormat.OPENWIRE, room).address(message.getDestination().getPhysicalName()).routing(Message.ROUTE_ANYCAST)
                .durable(terms.persistent()).priority(terms.priority()).expiration(terms.expiration()).timestamp(terms.timestamp())
                .group(sent.message().labels().group()).build();
    }

    /** What a client would see of stored bytes. */
    @SuppressWarnings("unchecked")
    private static <T extends ActiveMQMessage> T seen(byte[] bytes, long sequence) {
        StoredMessage stored = new StoredMessage(bytes);
        ByteBuf frame = Unpooled.buffer();
        int length = stored.frameEnd() - stored.frameStart();
        frame.writeInt(length).writeBytes(bytes, stored.frameStart(), length);
        frame.setLong(4 + stored.brokerSequence() - stored.frameStart(), sequence);
        ActiveMQMessage message = new Library(new Wire(bytes[1], (bytes[2] & 1) != 0, true)).read(frame);
        message.setReadOnlyBody(true);
        return (T) message;
    }

    @ParameterizedTest
    @MethodSource("io.delos.openwire.WireCompatibilityTest#wires")
    void aStoredFrameTakesANumberInItsPlace(Wire wire) throws Exception {
        ActiveMQTextMessage sent = WireCompatibilityTest.message("hällo");
        for (long before : new long[] {0, 5, 70_000, 1L << 40}) {
            sent.getMessageId().setBrokerSequenceId(before);
            ActiveMQTextMessage got = seen(stored(wire, sent).bytes(), Long.MAX_VALUE - 7);
            assertThat(got.getMessageId().getBrokerSequenceId()).isEqualTo(Long.MAX_VALUE - 7);
            assertThat(got.getMessageId()).isEqualTo(sent.getMessageId());
            assertThat(got.getText()).isEqualTo("hällo");
            assertThat(got.getDestination()).isEqualTo(sent.getDestination());
            assertThat(got.getGroupID()).isEqualTo("group");
            assertThat(got.getExpiration()).isEqualTo(sent.getExpiration());
            assertThat(got.getProperty("i")).isEqualTo(42);
        }
    }

    private static Content content(ActiveMQMessage message, boolean compressed) throws Exception {
        message.setDestination(new ActiveMQQueue("q"));
        message.setMessageId(WireCompatibilityTest.message("").getMessageId());
        if (compressed) {
            message.compress();
        }
        return FORMAT.read(stored(WIRE, message)).content();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bodiesOfAllKinds(boolean compressed) throws Exception {
        ActiveMQTextMessage text = new ActiveMQTextMessage();
        text.setText("grüß \u20ac \ud83d\ude00".repeat(20_000));
        assertThat(content(text, compressed)).isEqualTo(new Content.Text(text.getText()));
        ActiveMQBytesMessage bytes = new ActiveMQBytesMessage();
        byte[] raw = new byte[100_000];
        raw[99_999] = 1;
        bytes.writeBytes(raw);
        bytes.storeContent();
        assertThat(((Content.Bytes) content(bytes, compressed)).bytes()).isEqualTo(raw);
        ActiveMQMapMessage map = new ActiveMQMapMessage();
        map.setString("s", "x".repeat(9000));
        map.setObject("n", null);
        map.setChar("c", 'ß');
        map.setObject("list", List.of(1, "two", List.of(3L)));
        map.storeContent();
        Map<String, Object> entries = ((Content.Mapping) content(map, compressed)).entries();
        assertThat(entries).containsEntry("s", "x".repeat(9000)).containsEntry("n", null).containsEntry("c", 'ß')
                .containsEntry("list", List.of(1, "two", List.of(3L)));
        ActiveMQStreamMessage stream = new ActiveMQStreamMessage();
        stream.writeInt(1);
        stream.writeObject(null);
        stream.writeString("a");
        stream.writeBytes(new byte[] {7});
        stream.storeContent();
        List<Object> values = ((Content.Sequence) content(stream, compressed)).values();
        assertThat(values).hasSize(4).startsWith(1, null, "a");
        ActiveMQObjectMessage object = new ActiveMQObjectMessage();
        object.setObject(new ArrayList<>(List.of(1)));
        object.storeContent();
        assertThat(((Content.Serialized) content(object, compressed)).bytes()).startsWith(0xAC, 0xED);
        assertThat(content(new ActiveMQMessage(), false)).isEqualTo(new Content.Empty());
    }

    @Test
    void headersInTheNeutralForm() throws Exception {
        ActiveMQTextMessage sent = WireCompatibilityTest.message("x");
        NeutralMessage neutral = FORMAT.read(stored(WIRE, sent));
        NeutralMessage.Header header = neutral.header();
        assertThat(header.messageId()).isEqualTo(sent.getJMSMessageID());
        assertThat(header.correlationId()).isEqualTo("corr");
        assertThat(header.replyTo()).isEqualTo(new Destination("ID:reply", Destination.Kind.TEMPORARY_QUEUE));
        assertThat(header.type()).isEqualTo("typ");
        assertThat(header.group()).isEqualTo("group");
        assertThat(header.groupSequence()).isEqualTo(3);
        assertThat(header.userId()).isEqualTo("user");
        assertThat(header.durable()).isTrue();
        assertThat(header.priority()).isEqualTo(7);
        assertThat(neutral.properties()).containsEntry("i", 42).containsEntry("s", "ß").containsEntry("__AMQ_CID", "me")
                .containsEntry("__HDR_MESSAGE_ID", sent.getJMSMessageID());
    }

    private static NeutralMessage.Builder foreign() {
        return NeutralMessage.from(Message.of((byte) 1, new byte[0]).address("addr").routing(Message.ROUTE_MULTICAST).durable(true)
                .priority(6).expiration(99).timestamp(77).group("g").build());
    }

    @Test
    void messagesOfOtherDialects() throws Exception {
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put("k", "v");
        entries.put("nothing", null);
        NeutralMessage neutral = foreign().messageId("ID:AMQP_ULONG:5").correlationId("c".getBytes()).type("t").group("g", 4)
                .replyTo(new Destination("r", Destination.Kind.TOPIC)).property("i", 1).property("b", new byte[] {0x0A, (byte) 0xFF})
                .property("_AMQ_X", 1).property("__HDR_Y", 2).content(new Content.Mapping(entries)).build();
        byte[] bytes = FORMAT.write(neutral);
        assertThat(new StoredMessage(bytes).hasId()).isFalse();
        Message message = Message.of(OpenWireFormat.OPENWIRE, bytes).address("addr").routing(Message.ROUTE_MULTICAST).build();
        WireMessage wire = new StoredMessage(bytes).read();
        assertThat(wire.labels().destination()).isEqualTo(WireDestination.topic("addr"));
        assertThat(wire.labels().correlation()).isEqualTo("c");
        assertThat(wire.labels().replyTo()).isEqualTo(WireDestination.topic("r"));
        assertThat(wire.terms()).isEqualTo(new WireMessage.Terms(true, 99, 6, 77));
        assertThat(wire.properties()).containsOnly(Map.entry("i", 1), Map.entry("b", "0aff"), Map.entry("NATIVE_MESSAGE_ID", "ID:AMQP_ULONG:5"));
        assertThat(FORMAT.read(message).content()).isEqualTo(new Content.Mapping(entries));
        assertThat(FORMAT.read(message).properties()).doesNotContainKey("__AMQ_CID");
    }

    @Test
    void contentsOfOtherDialectsAreReadByTheLibrary() throws Exception {
        String id = "ID:host-1:2:3:4:5";
        ActiveMQTextMessage text = seen(FORMAT.write(foreign().messageId(id).content(new Content.Text("ü".repeat(70_000))).build()), 1);
        assertThat(text.getText()).isEqualTo("ü".repeat(70_000));
        assertThat(text.getJMSMessageID()).isEqualTo(id);
        ActiveMQBytesMessage bytes = seen(FORMAT.write(foreign().messageId(id).content(new Content.Bytes(new byte[] {1, 2})).build()), 1);
        assertThat(bytes.getBodyLength()).isEqualTo(2);
        ActiveMQMapMessage map = seen(FORMAT.write(foreign().messageId(id).content(new Content.Mapping(
                Map.of("list", List.of(1, Map.of("x", "y")), "long", 5L, "char", 'c', "big", "z".repeat(20_000)))).build()), 1);
        assertThat(map.getObject("list")).hasToString("[1, {x=y}]");
        assertThat(map.getLong("long")).isEqualTo(5);
        assertThat(map.getChar("char")).isEqualTo('c');
        assertThat(map.getString("big")).hasSize(20_000);
        ActiveMQStreamMessage stream = seen(FORMAT.write(foreign().messageId(id).content(new Content.Sequence(
                List.of(1, "s", true, new byte[] {4}, 2.5))).build()), 1);
        assertThat(stream.readInt()).isEqualTo(1);
        assertThat(stream.readString()).isEqualTo("s");
        assertThat(stream.readBoolean()).isTrue();
        byte[] four = new byte[1];
        assertThat(stream.readBytes(four)).isEqualTo(1);
        assertThat(stream.readBytes(four)).isEqualTo(-1);
        assertThat(stream.readDouble()).isEqualTo(2.5);
        ActiveMQMessage empty = seen(FORMAT.write(foreign().messageId(id).correlationId("x".repeat(100_000))
                .property("long", "y".repeat(100_000)).build()), 1);
        assertThat(empty).isExactlyInstanceOf(ActiveMQMessage.class);
        assertThat(empty.getCorrelationId()).hasSize(Short.MAX_VALUE - 1);
        assertThat(empty.getStringProperty("long")).hasSize(100_000);
        assertThat(empty.getDestination()).isEqualTo(new ActiveMQTopic("addr"));
    }

    @Test
    void whatSelectorsAskFor() throws Exception {
        ActiveMQTextMessage sent = WireCompatibilityTest.message("x");
        Message message = stored(WIRE, sent);
        assertThat(FORMAT.property(message, "AMQPriority")).isEqualTo(7);
        assertThat(FORMAT.property(message, "AMQDurable")).isEqualTo("DURABLE");
        assertThat(FORMAT.property(message, "AMQTimestamp")).isEqualTo(sent.getTimestamp());
        assertThat(FORMAT.property(message, "AMQGroupID")).isEqualTo("group");
        assertThat(FORMAT.property(message, "AMQUserID")).isEqualTo(sent.getJMSMessageID());
        assertThat(FORMAT.property(message, "JMSType")).isEqualTo("typ");
        assertThat(FORMAT.property(message, "JMSCorrelationID")).isEqualTo("corr");
        assertThat(FORMAT.property(message, "JMSReplyTo")).isEqualTo("temp-queue://ID:reply");
        assertThat(FORMAT.property(message, "__AMQ_CID")).isEqualTo("me");
        assertThat(FORMAT.property(message, "i")).isEqualTo(42);
        assertThat(FORMAT.property(message, "nope")).isNull();
        assertThat(FORMAT.property(message, "JMSNope")).isNull();
    }

    @Test
    void whatABrokerWritesOnAMessage() throws Exception {
        ActiveMQTextMessage sent = WireCompatibilityTest.message("x");
        sent.setOriginalDestination(null);
        Message message = stored(WIRE, sent);
        byte[] bytes = FORMAT.annotate(message, Map.of("_AMQ_ORIG_ADDRESS", "q", "_AMQ_ORIG_MESSAGE_ID", 5L), 0);
        Message annotated = message.toBuilder().encoded(OpenWireFormat.OPENWIRE, bytes).expiration(0).build();
        assertThat(FORMAT.property(annotated, "_AMQ_ORIG_ADDRESS")).isEqualTo("q");
        assertThat(FORMAT.property(annotated, "i")).isEqualTo(42);
        assertThat(FORMAT.property(annotated, "__AMQ_CID")).isEqualTo("me");
        ActiveMQTextMessage got = seen(bytes, 3);
        assertThat(got.getExpiration()).isZero();
        assertThat(got.getText()).isEqualTo("x");
        assertThat(got.getOriginalDestination()).isEqualTo(sent.getDestination());
        assertThat(got.getMessageId()).isEqualTo(sent.getMessageId());
    }

    @Test
    void damageIsReported() throws Exception {
        Message message = stored(WIRE, WireCompatibilityTest.message("x"));
        for (int i = 0; i < message.bytes().length; i++) {
            byte[] bytes = message.bytes().clone();
            bytes[i] ^= (byte) 0xFF;
            Message damaged = message.toBuilder().encoded(OpenWireFormat.OPENWIRE, bytes).build();
            try {
                FORMAT.property(damaged, "i");
                FORMAT.property(damaged, "JMSType");
                FORMAT.read(damaged);
            } catch (MalformedMessageException reported) {
                assertThat(reported).hasMessageContaining("OpenWire");
            }
        }
        assertThatThrownBy(() -> new StoredMessage(new byte[0])).isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> new StoredMessage(new byte[100])).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void aBombIsNotInflated() throws Exception {
        ActiveMQBytesMessage bomb = new ActiveMQBytesMessage();
        bomb.setDestination(new ActiveMQQueue("q"));
        java.io.ByteArrayOutputStream deflated = new java.io.ByteArrayOutputStream();
        deflated.writeBytes(new byte[] {0, 0, 0, 1});
        try (java.util.zip.DeflaterOutputStream out = new java.util.zip.DeflaterOutputStream(deflated)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 110; i++) {
                out.write(zeros);
            }
        }
        bomb.setContent(new org.apache.activemq.util.ByteSequence(deflated.toByteArray()));
        bomb.setCompressed(true);
        Message message = stored(WIRE, bomb);
        assertThatThrownBy(() -> FORMAT.read(message)).isInstanceOf(MalformedMessageException.class).hasMessageContaining("compressed");
    }
}
