package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.config.WildcardSyntax;
import io.delos.message.Content;
import io.delos.message.Dropped;
import io.delos.message.Destination;
import io.delos.message.LargeBody;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.message.NeutralMessage;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MqttFormatTest {

    private static final MqttFormat FORMAT = new MqttFormat(WildcardSyntax.DEFAULT);
    private static final PublishProperties ALL = new PublishProperties(1, Optional.of("text/plain"), Optional.of("re/ply"),
            Optional.of(new byte[] {1, 2}), List.of(new PublishProperties.User("k", "1"), new PublishProperties.User("k", "2")));

    private static Message message(byte[] bytes) {
        return Message.of(MessageFormat.MQTT, bytes).address("a.b").durable(true).priority(0).timestamp(5).expiration(99).build();
    }

    private static Message full() {
        return message(new Publication.Draft(1, true).origin("cli".getBytes()).properties(ALL.write()).with(new byte[] {9, 8}));
    }

    private static NeutralMessage foreign(Content content, Map<String, Object> properties) {
        NeutralMessage.Builder builder = NeutralMessage.from(message(new byte[] {0}));
        properties.forEach(builder::property);
        return builder.content(content).build();
    }

    private static String payload(Content content) {
        return HexFormat.of().formatHex(Publication.of(FORMAT.write(foreign(content, Map.of()))).payload());
    }

    @Test
    void looksToOthersLikeBytesWithProperties() {
        NeutralMessage neutral = FORMAT.read(full());
        assertThat(((Content.Bytes) neutral.content()).bytes()).containsExactly(9, 8);
        assertThat(neutral.header().priority()).isZero();
        assertThat(neutral.header().expiration()).isEqualTo(99);
        assertThat(neutral.properties()).containsEntry("mqtt.qos.level", 1).containsEntry("mqtt.message.retain", true)
                .containsEntry("mqtt.payload.format.indicator", 1).containsEntry("mqtt.content.type", "text/plain")
                .containsEntry("mqtt.response.topic", "re/ply").containsEntry("mqtt.correlation.data", new byte[] {1, 2})
                .containsEntry("mqtt.user.property.exists", 2).containsEntry("mqtt.ordered.user.property.0.k", "1")
                .containsEntry("mqtt.ordered.user.property.1.k", "2").containsEntry("k", "1").hasSize(10);
        assertThat(neutral.header().replyTo()).isEqualTo(new Destination("re.ply", Destination.Kind.TOPIC));
        assertThat(neutral.header().correlationId()).isEqualTo(new byte[] {1, 2});
        assertThat(neutral.header().contentType()).isEqualTo("text/plain");
    }

    @Test
    void aPayloadInAFileIsBytesAsItLies() {
        byte[] head = new Publication.Draft(1, true).origin("cli".getBytes()).properties(ALL.write()).with(new byte[0]);
        Message large = message(head).toBuilder().body(new LargeBody(7, 3)).build();
        assertThat(FORMAT.bodyIsBytes(large)).isTrue();
        assertThat(FORMAT.property(large, "AMQSize")).isEqualTo(head.length + 3);
        assertThat(Publication.of(large).payloadLength()).isEqualTo(3);
        assertThat(FORMAT.whole(large, new byte[] {9, 8})).isEqualTo(full().bytes());
        byte[] again = FORMAT.writeHead(FORMAT.read(large), 3, new Dropped());
        assertThat(Publication.of(again).payloadLength()).isZero();
        assertThat(Publication.of(again).properties().user()).isEqualTo(ALL.user());
        assertThat(Publication.of(FORMAT.annotate(large, Map.of("k", 1), 0)).payloadLength()).isZero();
    }

    @Test
    void comesBackFromOthersAsItWas() {
        NeutralMessage neutral = FORMAT.read(full());
        Map<String, Object> shuffled = new LinkedHashMap<>();
        neutral.properties().entrySet().stream().sorted(Map.Entry.<String, Object>comparingByKey().reversed())
                .forEach(entry -> shuffled.put(entry.getKey(), entry.getValue()));
        Publication back = Publication.of(FORMAT.write(foreign(neutral.content(), shuffled)));
        assertThat(back.qos()).isEqualTo(1);
        assertThat(back.retain()).isTrue();
        assertThat(back.properties()).usingRecursiveComparison().isEqualTo(ALL);
        assertThat(back.payload()).containsExactly(9, 8);
    }

    @Test
    void foreignBodiesBecomePayloads() {
        assertThat(payload(new Content.Text("h\u00e9"))).isEqualTo("68c3a9");
        assertThat(payload(new Content.Bytes(new byte[] {0, 1, -1}))).isEqualTo("0001ff");
        assertThat(payload(new Content.Empty())).isEmpty();
        assertThat(payload(new Content.Serialized(new byte[] {5}))).isEqualTo("05");
        assertThat(payload(new Content.Mapping(Map.of("k", new byte[] {1})))).isEqualTo(HexFormat.of().formatHex("{\"k\":\"AQ==\"}".getBytes()));
        assertThat(payload(new Content.Sequence(List.of("s", true, 1L)))).isEqualTo(HexFormat.of().formatHex("[\"s\",true,1]".getBytes()));
    }

    @Test
    void foreignMessagesCountAsQos2AndHaveTheirPropertiesAsUserProperties() {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("color", "red");
        properties.put("bytes", new byte[] {1});
        properties.put("mqtt.qos.level", 9);
        properties.put("_AMQ_INGRESS_TIMESTAMP", 5L);
        Publication publication = Publication.of(FORMAT.write(foreign(new Content.Text("x"), properties)));
        assertThat(publication.qos()).isEqualTo(2);
        assertThat(publication.retain()).isFalse();
        assertThat(publication.properties()).isEqualTo(new PublishProperties(1, Optional.empty(), Optional.empty(), Optional.empty(),
                List.of(new PublishProperties.User("color", "red"), new PublishProperties.User("bytes", "AQ=="))));
    }

    @Test
    void whatMqttCantWriteIsDroppedAndTold() {
        NeutralMessage.Builder foreign = NeutralMessage.from(Message.of(MessageFormat.CORE, new byte[0]).address("a").priority(7).build())
                .replyTo(new Destination("an/swer", Destination.Kind.QUEUE)).type("a\0b").correlationId("x".repeat(70_000))
                .property("none", null).property("nul", "\0").property("long", "x".repeat(70_000)).property("a\0b", "v").property("good", "v");
        Dropped dropped = new Dropped();
        PublishProperties written = Publication.of(FORMAT.write(foreign.build(), dropped)).properties();
        assertThat(written.user()).containsExactly(new PublishProperties.User("good", "v"));
        assertThat(written.responseTopic()).isEmpty();
        assertThat(written.correlation()).isEmpty();
        assertThat(dropped).hasToString("priority, reply-to 'an/swer', correlation id, type, property 'none', property 'nul', property 'long', "
                + "property 'a\0b'");
    }

    @Test
    void selectorsSeeHeadersAndProperties() {
        Message message = full();
        assertThat(FORMAT.property(message, "AMQAddress")).isEqualTo("a.b");
        assertThat(FORMAT.property(message, "AMQPriority")).isEqualTo(0);
        assertThat(FORMAT.property(message, "AMQDurable")).isEqualTo("DURABLE");
        assertThat(FORMAT.property(message, "AMQTimestamp")).isEqualTo(5L);
        assertThat(FORMAT.property(message, "AMQExpiration")).isEqualTo(99L);
        assertThat(FORMAT.property(message, "AMQSize")).isEqualTo(message.bytes().length);
        assertThat(FORMAT.property(message, "AMQUserID")).isNull();
        assertThat(FORMAT.property(message, "__AMQ_CID")).isEqualTo("cli");
        assertThat(FORMAT.property(message, "mqtt.qos.level")).isEqualTo(1);
        assertThat(FORMAT.property(message, "mqtt.ordered.user.property.1.k")).isEqualTo("2");
        assertThat(FORMAT.property(message, "mqtt.ordered.user.property.1.x")).isNull();
        assertThat(FORMAT.property(message, "mqtt.ordered.user.property.99999999999.k")).isNull();
        assertThat(FORMAT.property(message, "color")).isNull();
        assertThat(FORMAT.property(message, "k")).isEqualTo("1");
        assertThat(FORMAT.property(message, "JMSReplyTo")).isEqualTo("topic://re.ply");
        assertThat(FORMAT.property(message, "JMSCorrelationID")).isEqualTo(new byte[] {1, 2});
    }

    @Test
    void notesOfTheBrokerStayWithIt() {
        Message once = message(FORMAT.annotate(full(), Map.of("_AMQ_ORIG_ADDRESS", "a.b", "n", 5L), 0));
        Message twice = message(FORMAT.annotate(once, Map.of("_AMQ_ORIG_ADDRESS", "c", "bytes", new byte[] {3}), 0));
        assertThat(FORMAT.property(twice, "_AMQ_ORIG_ADDRESS")).isEqualTo("c");
        assertThat(FORMAT.property(twice, "n")).isEqualTo(5L);
        assertThat(FORMAT.property(twice, "bytes")).isEqualTo(new byte[] {3});
        assertThat(FORMAT.property(twice, "__AMQ_CID")).isEqualTo("cli");
        assertThat(FORMAT.read(twice).properties()).containsEntry("n", 5L).containsEntry("mqtt.content.type", "text/plain");
        assertThat(Publication.of(twice.bytes()).payload()).containsExactly(9, 8);
    }

    @Test
    void copiesOfRetainedMessagesSayTheirTopic() {
        Publication copy = Publication.of(Publication.of(full().bytes()).copyFor("a/b"));
        assertThat(copy.copy()).isTrue();
        assertThat(new String(copy.topicBytes())).isEqualTo("a/b");
        assertThat(copy.properties()).usingRecursiveComparison().isEqualTo(ALL);
        assertThat(copy.payload()).containsExactly(9, 8);
        assertThat(Publication.of(copy.annotated(Notes.NONE)).hasTopic()).isFalse();
    }

    @Test
    void damagedBytesAreReported() {
        for (String hex : List.of("", "03", "08", "0800", "080005", "20ffffffff", "200000000a01", "407fffffff", "10ffff00")) {
            assertThatThrownBy(() -> Publication.of(HexFormat.of().parseHex(hex))).as(hex).isInstanceOf(MalformedMessageException.class);
        }
        assertThatThrownBy(() -> Publication.of(HexFormat.of().parseHex("200000000203ff")).properties())
                .isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> Publication.of(HexFormat.of().parseHex("40000000020001")).notes())
                .isInstanceOf(MalformedMessageException.class);
    }
}
