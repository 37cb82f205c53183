package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.message.Content;
import io.delos.message.Dropped;
import io.delos.message.Destination;
import io.delos.message.LargeBody;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.message.NeutralMessage;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StompFormatTest {

    private final StompFormat format = new StompFormat();

    private static Message sent(boolean bytes, String body, String... headers) {
        Headers run = new Headers();
        for (String header : headers) {
            int colon = header.indexOf(':');
            run.set(header.substring(0, colon), header.substring(colon + 1));
        }
        return Message.of(MessageFormat.STOMP, StompFormat.encode(run, bytes, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8)))
                .address("q").routing(Message.ROUTE_ANYCAST).durable(true).priority(7).expiration(5).timestamp(6).group("g").build();
    }

    @Test
    void aTextBecomesNeutral() {
        NeutralMessage neutral = format.read(sent(false, "héllo", "destination:q", "receipt:r", "correlation-id:c", "type:t",
                "reply-to:queue://back", "content-type:text/plain", "_AMQ_VALIDATED_USER:me", "colour:blue"));
        NeutralMessage.Header header = neutral.header();
        assertThat(neutral.content()).isEqualTo(new Content.Text("héllo"));
        assertThat(neutral.properties()).containsExactly(Map.entry("destination", "q"), Map.entry("receipt", "r"), Map.entry("colour", "blue"));
        assertThat(header.correlationId()).isEqualTo("c");
        assertThat(header.type()).isEqualTo("t");
        assertThat(header.replyTo()).isEqualTo(new Destination("back", Destination.Kind.QUEUE));
        assertThat(header.contentType()).isEqualTo("text/plain");
        assertThat(header.userId()).isEqualTo("me");
        assertThat(header.group()).isEqualTo("g");
        assertThat(header.priority()).isEqualTo(7);
        assertThat(header.durable()).isTrue();
    }

    @Test
    void bytesStayBytes() {
        Content content = format.read(sent(true, "\0\1\2", "content-length:3")).content();
        assertThat(content).isInstanceOfSatisfying(Content.Bytes.class, bytes -> assertThat(bytes.bytes()).containsExactly(0, 1, 2));
    }

    @Test
    void otherDialectsAreWrittenForAReader() {
        NeutralMessage neutral = NeutralMessage.from(sent(false, "")).messageId("ID:1").correlationId(new byte[] {1, 2}).type("t")
                .replyTo(new Destination("back", Destination.Kind.TOPIC)).group("g", 3)
                .property("i", 42).property("b", true).property("raw", new byte[] {1}).property("none", null)
                .content(new Content.Text("text")).build();
        Message written = Message.of(MessageFormat.STOMP, format.write(neutral)).address("q").build();
        assertThat(format.property(written, "i")).isEqualTo("42");
        assertThat(format.property(written, "b")).isEqualTo("true");
        assertThat(format.property(written, "raw")).isEqualTo("AQ==");
        assertThat(format.property(written, "none")).isNull();
        assertThat(format.property(written, "NATIVE_MESSAGE_ID")).isEqualTo("ID:1");
        assertThat(format.property(written, "JMSCorrelationID")).isEqualTo("ID:AMQP_BINARY:0102");
        assertThat(format.property(written, "JMSReplyTo")).isEqualTo("topic://back");
        assertThat(format.property(written, "_AMQ_GROUP_SEQUENCE")).isEqualTo("3");
    }

    @Test
    void everyKindOfBodyHasAForm() {
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put("k", 1);
        entries.put("n", null);
        assertThat(body(new Content.Mapping(entries))).isEqualTo("{\"k\":1,\"n\":null}");
        assertThat(body(new Content.Sequence(Arrays.asList(1, "b", null)))).isEqualTo("[1,\"b\",null]");
        assertThat(body(new Content.Serialized(new byte[] {65}))).isEqualTo("A");
        assertThat(body(new Content.Bytes(new byte[] {66}))).isEqualTo("B");
        assertThat(body(new Content.Empty())).isEmpty();
    }

    private String body(Content content) {
        byte[] encoded = format.write(NeutralMessage.from(sent(false, "")).content(content).build());
        int at = StompFormat.open(encoded, new Headers());
        return new String(encoded, at, encoded.length - at, StandardCharsets.UTF_8);
    }

    @Test
    void selectorsFindHeadersByTheirBrokerNames() {
        Message message = sent(false, "x", "type:t", "correlation-id:c", "content-type:m", "reply-to:r", "héader:é", "hea:1");
        assertThat(format.property(message, "AMQPriority")).isEqualTo(7);
        assertThat(format.property(message, "AMQDurable")).isEqualTo("DURABLE");
        assertThat(format.property(message, "AMQTimestamp")).isEqualTo(6L);
        assertThat(format.property(message, "AMQExpiration")).isEqualTo(5L);
        assertThat(format.property(message, "AMQAddress")).isEqualTo("q");
        assertThat(format.property(message, "AMQSize")).isEqualTo(message.bytes().length);
        assertThat(format.property(message, "_AMQ_GROUP_ID")).isEqualTo("g");
        assertThat(format.property(message, "JMSType")).isEqualTo("t");
        assertThat(format.property(message, "JMSCorrelationID")).isEqualTo("c");
        assertThat(format.property(message, "JMSReplyTo")).isEqualTo("r");
        assertThat(format.property(message, "_AMQ_CONTENT_TYPE")).isEqualTo("m");
        assertThat(format.property(message, "héader")).isEqualTo("é");
        assertThat(format.property(message, "JMSPriority")).isNull();
        assertThat(format.property(message, "missing")).isNull();
    }

    @Test
    void annotationsKeepTheirTypesAndReplaceEachOther() {
        Message message = sent(true, "body", "k:v");
        for (long id : List.of(1L, 2L)) {
            byte[] annotated = format.annotate(message, Map.of("_AMQ_ORIG_MESSAGE_ID", id, "_AMQ_ORIG_ADDRESS", "a" + id,
                    "_AMQ_ORIG_ROUTING_TYPE", (byte) 1), 0);
            message = message.toBuilder().encoded(MessageFormat.STOMP, annotated).build();
        }
        assertThat(format.property(message, "_AMQ_ORIG_MESSAGE_ID")).isEqualTo(2L);
        assertThat(format.property(message, "_AMQ_ORIG_ADDRESS")).isEqualTo("a2");
        assertThat(format.property(message, "_AMQ_ORIG_ROUTING_TYPE")).isEqualTo((byte) 1);
        assertThat(format.property(message, "k")).isEqualTo("v");
        NeutralMessage neutral = format.read(message);
        assertThat(neutral.properties()).containsEntry("_AMQ_ORIG_MESSAGE_ID", 2L).hasSize(4);
        assertThat(neutral.content()).isInstanceOfSatisfying(Content.Bytes.class, bytes -> assertThat(bytes.bytes()).hasSize(4));
    }

    @Test
    void aBodyInAFileIsBytesIfItsLengthWasSaid() {
        Message bytes = sent(true, "", "k:v").toBuilder().body(new LargeBody(1, 3)).build();
        Message text = sent(false, "", "k:v").toBuilder().body(new LargeBody(2, 3)).build();
        assertThat(format.bodyIsBytes(bytes)).isTrue();
        assertThat(format.bodyIsBytes(text)).isFalse();
        byte[] whole = format.whole(text, "abc".getBytes(StandardCharsets.UTF_8));
        NeutralMessage read = format.read(text.toBuilder().body(LargeBody.NONE).encoded(MessageFormat.STOMP, whole).build());
        assertThat(read.content()).isEqualTo(new Content.Text("abc"));
        assertThat(read.properties()).containsEntry("k", "v");
        assertThat(format.property(text, "AMQSize")).isEqualTo(text.bytes().length + 3);
        Message head = text.toBuilder().encoded(MessageFormat.STOMP, format.writeHead(format.read(bytes), 3, new Dropped())).build();
        assertThat(format.bodyIsBytes(head)).isTrue();
    }

    @Test
    void bytesOfAnotherKindAreNotBelieved() {
        for (byte[] bytes : List.of(new byte[0], new byte[] {1, 0}, new byte[] {2, 0, 0, 0}, new byte[] {1, 0, 100, 1})) {
            Message message = Message.of(MessageFormat.STOMP, bytes).address("q").build();
            assertThatThrownBy(() -> format.read(message)).isInstanceOf(MalformedMessageException.class);
        }
    }
}
