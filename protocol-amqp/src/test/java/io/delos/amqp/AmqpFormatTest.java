package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.message.Content;
import io.delos.message.Destination;
import io.delos.message.MalformedMessageException;
import io.delos.message.MessageFormat;
import io.delos.message.NeutralMessage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Decimal32;
import org.apache.qpid.proton.amqp.Decimal64;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;
import org.apache.qpid.proton.amqp.messaging.AmqpSequence;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.DeliveryAnnotations;
import org.apache.qpid.proton.amqp.messaging.Footer;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.amqp.messaging.Section;
import org.apache.qpid.proton.message.Message;
import org.junit.jupiter.api.Test;

class AmqpFormatTest {

    private static final long NOW = 1_000_000;
    private final MessageFormat format = new AmqpFormat();

    private static Message full() {
        Message message = Proton.message();
        message.setDurable(true);
        message.setPriority((short) 7);
        message.setTtl(5000);
        message.setMessageId("ID:one");
        message.setUserId("bob".getBytes(StandardCharsets.UTF_8));
        message.setAddress("orders");
        message.setSubject("kind");
        message.setReplyTo("answers");
        message.setCorrelationId(UUID.fromString("00000000-0000-0001-0000-000000000002"));
        message.setCreationTime(777);
        message.setGroupId("g");
        message.setGroupSequence(3);
        message.setReplyToGroupId("rg");
        message.setContentEncoding("gzip");
        Map<Symbol, Object> annotations = new LinkedHashMap<>();
        annotations.put(Symbol.valueOf("x-opt-jms-reply-to"), (byte) 3);
        annotations.put(Symbol.valueOf("x-opt-delivery-delay"), 250L);
        annotations.put(Symbol.valueOf("x-opt-jms-dest"), (byte) 1);
        annotations.put(Symbol.valueOf("x-list"), List.of(1, "two"));
        message.setMessageAnnotations(new MessageAnnotations(annotations));
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("s", "text");
        properties.put("i", 42);
        properties.put("l", 1L << 40);
        properties.put("b", true);
        properties.put("by", (byte) -3);
        properties.put("sh", (short) -300);
        properties.put("f", 1.5f);
        properties.put("d", 2.5d);
        properties.put("c", 'x');
        properties.put("n", null);
        properties.put("bin", new Binary(new byte[] {1, 2}));
        properties.put("ub", UnsignedByte.valueOf((byte) 200));
        properties.put("us", UnsignedShort.valueOf((short) 60000));
        properties.put("ui", UnsignedInteger.valueOf(4_000_000_000L));
        properties.put("ul", UnsignedLong.valueOf(7));
        properties.put("sy", Symbol.valueOf("symbol"));
        properties.put("ts", new Date(99));
        properties.put("_AMQ_DUPL_ID", "once");
        message.setApplicationProperties(new ApplicationProperties(properties));
        message.setFooter(new Footer(new LinkedHashMap<>(Map.of(Symbol.valueOf("sum"), 9))));
        message.setBody(new AmqpValue("body"));
        return message;
    }

    private static io.delos.message.Message stored(Message message) {
        return new Envelope(Encoded.of(message)).message("orders", (byte) -1, "", true, NOW);
    }

    private static io.delos.message.Message withBody(Section body) {
        Message message = Proton.message();
        message.setBody(body);
        return stored(message);
    }

    @Test
    void theEnvelopeHoldsWhatTheBrokerLooksAt() {
        byte[] encoded = Encoded.of(full());
        Envelope envelope = new Envelope(encoded);
        io.delos.message.Message message = envelope.message("orders", (byte) 1, "", true, NOW);

        assertThat(message.durable()).isTrue();
        assertThat(message.priority()).isEqualTo(7);
        assertThat(message.expiration()).isEqualTo(NOW + 5000);
        assertThat(message.timestamp()).isEqualTo(777);
        assertThat(message.deliverAt()).isEqualTo(NOW + 250);
        assertThat(message.group()).isEqualTo("g");
        assertThat(message.duplicateId()).isEqualTo("once");
        assertThat(message.bytes()).isSameAs(encoded);
        assertThat(envelope.to()).isEqualTo("orders");
        assertThat(envelope.annotatedRouting()).isEqualTo(io.delos.message.Message.ROUTE_MULTICAST);
    }

    @Test
    void anAbsoluteExpiryBeatsTheTimeToLive() {
        Message message = full();
        message.setExpiryTime(NOW + 7);
        assertThat(stored(message).expiration()).isEqualTo(NOW + 7);
    }

    @Test
    void selectorsFindHeadersAnnotationsAndProperties() {
        io.delos.message.Message message = stored(full());

        assertThat(format.property(message, "AMQPriority")).isEqualTo(7);
        assertThat(format.property(message, "AMQDurable")).isEqualTo("DURABLE");
        assertThat(format.property(message, "AMQUserID")).isEqualTo("ID:one");
        assertThat(format.property(message, "JMSType")).isEqualTo("kind");
        assertThat(format.property(message, "JMSCorrelationID")).isEqualTo("ID:AMQP_UUID:00000000-0000-0001-0000-000000000002");
        assertThat(format.property(message, "JMSXGroupID")).isEqualTo("g");
        assertThat(format.property(message, "JMSXGroupSeq")).isEqualTo(3L);
        assertThat(format.property(message, "m.x-opt-delivery-delay")).isEqualTo(250L);
        assertThat(format.property(message, "s")).isEqualTo("text");
        assertThat(format.property(message, "i")).isEqualTo(42);
        assertThat(format.property(message, "l")).isEqualTo(1L << 40);
        assertThat(format.property(message, "b")).isEqualTo(true);
        assertThat(format.property(message, "d")).isEqualTo(2.5);
        assertThat(format.property(message, "ui")).isEqualTo(4_000_000_000L);
        assertThat(format.property(message, "n")).isNull();
        assertThat(format.property(message, "nowhere")).isNull();
        assertThat(format.property(message, "m.nowhere")).isNull();
    }

    @Test
    void everyPropertyHasItsValueInTheNeutralForm() {
        NeutralMessage neutral = format.read(stored(full()));
        NeutralMessage.Header header = neutral.header();

        assertThat(header.messageId()).isEqualTo("ID:one");
        assertThat(header.userId()).isEqualTo("bob");
        assertThat(header.type()).isEqualTo("kind");
        assertThat(header.replyTo()).isEqualTo(new Destination("answers", Destination.Kind.TEMPORARY_TOPIC));
        assertThat(header.correlationId()).isEqualTo("ID:AMQP_UUID:00000000-0000-0001-0000-000000000002");
        assertThat(header.group()).isEqualTo("g");
        assertThat(header.groupSequence()).isEqualTo(3);
        assertThat(neutral.properties()).containsEntry("by", (byte) -3).containsEntry("sh", (short) -300).containsEntry("f", 1.5f)
                .containsEntry("c", 'x').containsEntry("n", null).containsEntry("ub", (short) 200).containsEntry("us", 60000)
                .containsEntry("ul", 7L).containsEntry("sy", "symbol").containsEntry("ts", 99L).containsEntry("JMS_AMQP_FT_sum", 9)
                .containsEntry("JMS_AMQP_ContentEncoding", "gzip").containsEntry("NATIVE_MESSAGE_ID", "ID:one")
                .containsKey("JMS_AMQP_ENCODED_MA_x-list");
        assertThat((byte[]) neutral.properties().get("bin")).containsExactly(1, 2);
        assertThat(neutral.content()).isEqualTo(new Content.Text("body"));
    }

    @Test
    void theNeutralFormComesBackWithEverythingInItsPlace() {
        NeutralMessage neutral = format.read(stored(full()));
        Message back = Encoded.decode(format.write(neutral));

        assertThat(back.isDurable()).isTrue();
        assertThat(back.getPriority()).isEqualTo((short) 7);
        assertThat(back.getTtl()).isEqualTo(1);
        assertThat(back.getExpiryTime()).isEqualTo(NOW + 5000);
        assertThat(back.getMessageId()).isEqualTo("ID:one");
        assertThat(back.getUserId()).isEqualTo("bob".getBytes(StandardCharsets.UTF_8));
        assertThat(back.getAddress()).isEqualTo("orders");
        assertThat(back.getSubject()).isEqualTo("kind");
        assertThat(back.getReplyTo()).isEqualTo("answers");
        assertThat(back.getCorrelationId()).isEqualTo(UUID.fromString("00000000-0000-0001-0000-000000000002"));
        assertThat(back.getCreationTime()).isEqualTo(777);
        assertThat(back.getGroupId()).isEqualTo("g");
        assertThat(back.getGroupSequence()).isEqualTo(3);
        assertThat(back.getReplyToGroupId()).isEqualTo("rg");
        assertThat(back.getContentEncoding()).isEqualTo("gzip");
        assertThat(back.getMessageAnnotations().getValue()).containsEntry(Symbol.valueOf("x-opt-jms-reply-to"), (byte) 3)
                .containsEntry(Symbol.valueOf("x-opt-delivery-time"), NOW + 250).containsEntry(Symbol.valueOf("x-list"), List.of(1, "two"))
                .containsEntry(Symbol.valueOf("x-opt-jms-msg-type"), (byte) 5);
        Map<String, Object> properties = new LinkedHashMap<>(back.getApplicationProperties().getValue());
        assertThat(properties).containsEntry("i", 42).containsEntry("by", (byte) -3).containsEntry("sh", (short) -300)
                .containsEntry("f", 1.5f).containsEntry("d", 2.5).containsEntry("b", true).containsEntry("c", 'x')
                .containsEntry("bin", new Binary(new byte[] {1, 2})).doesNotContainKey("NATIVE_MESSAGE_ID");
        assertThat(back.getFooter().getValue()).isEqualTo(Map.of(Symbol.valueOf("sum"), 9));
        assertThat(back.getBody()).isEqualToComparingFieldByField(new AmqpValue("body"));
    }

    @Test
    void everyKindOfBodyHasItsContent() {
        assertThat(content(new AmqpValue("t"))).isEqualTo(new Content.Text("t"));
        assertThat(content(new AmqpValue(null))).isEqualTo(new Content.Text(""));
        assertThat(bytes(content(new AmqpValue(new Binary(new byte[] {5}))))).containsExactly(5);
        assertThat(bytes(content(new Data(new Binary(new byte[] {6, 7}))))).containsExactly(6, 7);
        assertThat(bytes(content(null))).isEmpty();
        assertThat(content(new AmqpSequence(List.of(1, "x", true)))).isEqualTo(new Content.Sequence(List.of(1, "x", true)));
        assertThat(content(new AmqpValue(List.of(UnsignedInteger.valueOf(5), List.of(1L)))))
                .isEqualTo(new Content.Sequence(List.of(5L, List.of(1L))));
        assertThat(content(new AmqpValue(Map.of("k", Map.of("n", 1))))).isEqualTo(new Content.Mapping(Map.of("k", Map.of("n", 1))));
        assertThat(content(new AmqpValue(UnsignedInteger.valueOf(5)))).isEqualTo(new Content.Text("5"));
        assertThat(content(new AmqpValue(new Object[] {1, 2}))).isEqualTo(new Content.Sequence(List.of(1, 2)));
    }

    private Content content(Section body) {
        return format.read(withBody(body)).content();
    }

    private static byte[] bytes(Content content) {
        return ((Content.Bytes) content).bytes();
    }

    @Test
    void dataIsTextOnlyWhenItsTypeAndItsBytesSaySo() {
        assertThat(typed("text/plain", "hé")).isEqualTo(new Content.Text("hé"));
        assertThat(typed("application/vnd.x+json; charset=UTF-8", "{}")).isEqualTo(new Content.Text("{}"));
        assertThat(typed("text/plain; charset=ISO-8859-1", "x")).isInstanceOf(Content.Bytes.class);
        assertThat(typed("application/octet-stream", "x")).isInstanceOf(Content.Bytes.class);
        assertThat(typed("application/x-java-serialized-object", "x")).isInstanceOf(Content.Serialized.class);
        Message broken = Proton.message();
        broken.setContentType("text/plain");
        broken.setBody(new Data(new Binary(new byte[] {(byte) 0xff})));
        assertThat(format.read(stored(broken)).content()).isInstanceOf(Content.Bytes.class);
    }

    private Content typed(String type, String data) {
        Message message = Proton.message();
        message.setContentType(type);
        message.setBody(new Data(new Binary(data.getBytes(StandardCharsets.UTF_8))));
        return format.read(stored(message)).content();
    }

    @Test
    void everyContentIsWrittenAsTheBodyJmsClientsExpect() {
        assertThat(((AmqpValue) body(new Content.Text("t"))).getValue()).isEqualTo("t");
        assertThat(((Data) body(new Content.Bytes(new byte[] {1}))).getValue().getArray()).containsExactly(1);
        assertThat(((AmqpValue) body(new Content.Mapping(Map.of("a", new byte[] {2})))).getValue())
                .isEqualTo(Map.of("a", new Binary(new byte[] {2})));
        assertThat(((AmqpSequence) body(new Content.Sequence(Arrays.asList(1L, null, "x")))).getValue())
                .isEqualTo(Arrays.asList(1L, null, "x"));
        assertThat(((Data) body(new Content.Serialized(new byte[] {3}))).getValue().getArray()).containsExactly(3);
        assertThat(((AmqpValue) body(new Content.Empty())).getValue()).isNull();
    }

    private Section body(Content content) {
        return Encoded.decode(format.write(new NeutralMessage.Builder().content(content).build())).getBody();
    }

    @Test
    void idsOfAnyTypeSurviveTheirWayThroughText() {
        for (Object id : List.of("ID:x", "plain", "ID:AMQP_ULONG:5", UnsignedLong.valueOf(5), UnsignedLong.valueOf(-1L),
                UUID.randomUUID(), new Binary(new byte[] {(byte) 0xab, 1}))) {
            Message message = Proton.message();
            message.setMessageId(id);
            message.setCorrelationId(id);
            message.setBody(new AmqpValue("x"));
            Message back = Encoded.decode(format.write(format.read(stored(message))));
            assertThat(back.getMessageId()).isEqualTo(id);
            assertThat(back.getCorrelationId()).isEqualTo(id);
        }
    }

    @Test
    void decimalsBecomeTheNearestDouble() {
        Message message = Proton.message();
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("d32", new Decimal32(0x32800000 | 15));
        properties.put("d64", new Decimal64(0xb1c0000000000000L | 25));
        message.setApplicationProperties(new ApplicationProperties(properties));
        io.delos.message.Message stored = stored(message);
        assertThat(format.property(stored, "d32")).isEqualTo(15.0);
        assertThat(format.property(stored, "d64")).isEqualTo(-25.0);
    }

    @Test
    void annotatingAddsReplacesAndForgetsTheExpiry() {
        Message message = full();
        message.setExpiryTime(NOW + 9);
        message.setDeliveryCount(4);
        io.delos.message.Message stored = stored(message);
        byte[] once = format.annotate(stored, Map.of("_AMQ_ORIG_ADDRESS", "orders", "_AMQ_ORIG_MESSAGE_ID", 5L), 0);
        io.delos.message.Message again = stored.toBuilder().address("DLQ").encoded(MessageFormat.AMQP, once).build();
        byte[] twice = format.annotate(again, Map.of("_AMQ_ORIG_ADDRESS", "DLQ", "extra", "x"), 0);
        Message back = Encoded.decode(twice);

        assertThat(back.getMessageAnnotations().getValue()).containsEntry(Symbol.valueOf("x-opt-ORIG-ADDRESS"), "DLQ")
                .containsEntry(Symbol.valueOf("x-opt-ORIG-MESSAGE-ID"), 5L).containsEntry(Symbol.valueOf("x-opt-jms-reply-to"), (byte) 3);
        assertThat(back.getTtl()).isZero();
        assertThat(back.getExpiryTime()).isZero();
        assertThat(back.getDeliveryCount()).isZero();
        assertThat(back.isDurable()).isTrue();
        assertThat(back.getPriority()).isEqualTo((short) 7);
        assertThat(back.getAddress()).isEqualTo("DLQ");
        assertThat(back.getMessageId()).isEqualTo("ID:one");
        assertThat(back.getSubject()).isEqualTo("kind");
        assertThat(back.getGroupId()).isEqualTo("g");
        assertThat(back.getApplicationProperties().getValue()).containsEntry("extra", "x").containsEntry("i", 42);
        assertThat(((AmqpValue) back.getBody()).getValue()).isEqualTo("body");
        io.delos.message.Message annotated = stored.toBuilder().encoded(MessageFormat.AMQP, twice).build();
        assertThat(format.property(annotated, "_AMQ_ORIG_ADDRESS")).isEqualTo("DLQ");
        assertThat(format.property(annotated, "_AMQ_ORIG_MESSAGE_ID")).isEqualTo(5L);
    }

    @Test
    void annotatingAMessageWithoutThoseSectionsMakesThem() {
        io.delos.message.Message stored = withBody(new AmqpValue("x"));
        Message back = Encoded.decode(format.annotate(stored, Map.of("_AMQ_ORIG_QUEUE", "q", "p", 1), 0));
        assertThat(back.getMessageAnnotations().getValue()).isEqualTo(Map.of(Symbol.valueOf("x-opt-ORIG-QUEUE"), "q"));
        assertThat(back.getApplicationProperties().getValue()).isEqualTo(Map.of("p", 1));
        assertThat(back.getAddress()).isEqualTo("orders");
        assertThat(((AmqpValue) back.getBody()).getValue()).isEqualTo("x");
    }

    @Test
    void aFirstDeliveryIsTheStoredBytesAndALaterOneCounts() {
        io.delos.message.Message stored = stored(full());
        assertThat(WireForm.of(stored, 1).array()).isSameAs(stored.bytes());

        Message second = Encoded.decode(WireForm.of(stored, 3).array());
        assertThat(second.getDeliveryCount()).isEqualTo(2);
        assertThat(second.isDurable()).isTrue();
        assertThat(second.getPriority()).isEqualTo((short) 7);
        assertThat(second.getTtl()).isEqualTo(5000);
        assertThat(second.getMessageId()).isEqualTo("ID:one");

        Message bare = Encoded.decode(WireForm.of(withBody(new AmqpValue("x")), 2).array());
        assertThat(bare.getDeliveryCount()).isEqualTo(1);
        assertThat(((AmqpValue) bare.getBody()).getValue()).isEqualTo("x");
    }

    @Test
    void deliveryAnnotationsStayInTheBroker() {
        Message message = full();
        message.setDeliveryAnnotations(new DeliveryAnnotations(new LinkedHashMap<>(Map.of(Symbol.valueOf("x-secret"), 1))));
        io.delos.message.Message plain = stored(message);
        assertThat(plain.bytes()).isEqualTo(Encoded.of(full()));

        io.delos.message.Message noted = new Envelope(Encoded.of(message)).message("orders", (byte) 0, "me", true, NOW);
        assertThat(format.property(noted, "__AMQ_CID")).isEqualTo("me");
        Message sent = Encoded.decode(WireForm.of(noted, 1).array());
        assertThat(sent.getDeliveryAnnotations()).isNull();
        assertThat(sent.getPriority()).isEqualTo((short) 7);
        assertThat(sent.getMessageId()).isEqualTo("ID:one");
        assertThat(format.read(noted).properties()).doesNotContainKey("__AMQ_CID");
    }

    @Test
    void bytesThatAreNoMessageAreRefused() {
        byte[] good = Encoded.of(full());
        assertThatThrownBy(() -> new Envelope(new byte[] {1, 2, 3})).isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> new Envelope(Arrays.copyOf(good, 40))).isInstanceOf(MalformedMessageException.class);
        byte[] swapped = {0, 0x53, 0x73, 0x45, 0, 0x53, 0x70, 0x45};
        assertThatThrownBy(() -> new Envelope(swapped)).isInstanceOf(MalformedMessageException.class);
    }
}
