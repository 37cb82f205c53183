package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.message.Content;
import io.delos.message.Destination;
import io.delos.message.Message;
import io.delos.message.NeutralMessage;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

class CoreFormatTest {
    private static final CoreFormat FORMAT = new CoreFormat();

    /** Every message a real client was recorded to send survives the way to the neutral form and back. */
    @Test
    void recordedMessagesSurviveTranslation() throws MalformedPacketException {
        int seen = 0;
        for (Capture.Frame frame : Capture.all()) {
            Packet packet = CoreCodec.decode(Unpooled.wrappedBuffer(frame.bytes()).skipBytes(4), frame.version());
            if (packet instanceof MessagePacket.Send send && send.message().address().isPresent()
                    && !Boolean.TRUE.equals(send.message().property("_AMQ_LARGE_COMPRESSED"))) {
                CoreMessage core = send.message();
                Message message = CoreFormat.envelope(core, core.address().get());
                CoreMessage back = CoreMessage.of(FORMAT.write(FORMAT.read(message)));
                assertThat(back.userId()).isEqualTo(core.userId());
                assertThat(back.durable()).isEqualTo(core.durable());
                assertThat(back.priority()).isEqualTo(core.priority());
                assertThat(back.timestamp()).isEqualTo(core.timestamp());
                assertThat(back.expiration()).isEqualTo(core.expiration());
                assertThat(back.properties()).as(frame.toString()).usingRecursiveComparison().ignoringCollectionOrder()
                        .isEqualTo(core.properties());
                assertThat(FORMAT.read(CoreFormat.envelope(back, core.address().get())).content()).as(frame.toString())
                        .usingRecursiveComparison().isEqualTo(FORMAT.read(message).content());
                seen++;
            }
        }
        assertThat(seen).isGreaterThan(100);
    }

    @Test
    void everyHeaderHasItsPlace() throws MalformedPacketException {
        Map<String, Object> properties = new LinkedHashMap<>(Map.of("a", 1, "nested", List.of(1, 2)));
        NeutralMessage neutral = new NeutralMessage(new NeutralMessage.Header("q", Message.ROUTE_ANYCAST, true, 7, 100, 50, 70, "ID:foreign",
                new byte[] {1}, new Destination("r", Destination.Kind.TOPIC), "type", "group", 3, "text/plain", "user"), properties,
                new Content.Text("héllo"));
        byte[] bytes = FORMAT.write(neutral);
        CoreMessage core = CoreMessage.of(bytes);
        assertThat(core.properties()).containsEntry("_AMQ_ROUTING_TYPE", (byte) 1).containsEntry("_AMQ_SCHED_DELIVERY", 70L)
                .containsEntry("_AMQ_GROUP_ID", "group").containsEntry("_AMQ_GROUP_SEQUENCE", 3).containsEntry("JMSType", "type")
                .containsEntry("JMSReplyTo", "topic://r").containsEntry("NATIVE_MESSAGE_ID", "ID:foreign").containsEntry("a", 1)
                .containsEntry("nested", "[1,2]");
        NeutralMessage back = FORMAT.read(CoreFormat.envelope(core, "q"));
        assertThat(back.header()).usingRecursiveComparison().isEqualTo(neutral.header());
        assertThat(back.content()).isEqualTo(neutral.content());
        assertThat(back.properties()).containsOnlyKeys("a", "nested");
    }

    @Test
    void contentsOfEveryKind() {
        List<Content> contents = List.of(new Content.Empty(), new Content.Text(""), new Content.Text("x".repeat(5000)),
                new Content.Bytes(new byte[] {1, 2}), new Content.Mapping(new LinkedHashMap<>(Map.of("k", "v", "b", true))),
                new Content.Sequence(List.of("text", 1L, (byte) 2, 'c', 1.5)), new Content.Serialized(new byte[] {3}));
        for (Content content : contents) {
            assertThat(translated(content)).usingRecursiveComparison().isEqualTo(content);
        }
    }

    private static Content translated(Content content) {
        NeutralMessage neutral = new NeutralMessage(new NeutralMessage.Header("q", Message.ROUTE_BOTH, false, 4, 0, 0, 0, "", "",
                Destination.NONE, "", "", 0, "", ""), Map.of(), content);
        return FORMAT.read(Message.of(FORMAT.id(), FORMAT.write(neutral)).address("q").build()).content();
    }

    @Test
    void compressedBodiesAreInflatedForOthers() throws MalformedPacketException {
        byte[] plain = new byte[3000];
        Deflater deflater = new Deflater();
        deflater.setInput(plain);
        deflater.finish();
        byte[] packed = new byte[200];
        int length = deflater.deflate(packed);
        deflater.end();
        CoreMessage core = CoreMessage.create(head(Map.of("_AMQ_LARGE_COMPRESSED", true, "_AMQ_LARGE_SIZE", 3000L)),
                Unpooled.wrappedBuffer(packed, 0, length));
        NeutralMessage neutral = FORMAT.read(CoreFormat.envelope(core, "q"));
        assertThat(((Content.Bytes) neutral.content()).bytes()).isEqualTo(plain);
        assertThat(neutral.properties()).isEmpty();
    }

    @Test
    void selectorsSeeHeadersAndProperties() {
        CoreMessage core = CoreMessage.create(head(Map.of("color", "red", "AMQx", 5)), Unpooled.buffer());
        Message message = CoreFormat.envelope(core, "q");
        assertThat(FORMAT.property(message, "color")).isEqualTo("red");
        assertThat(FORMAT.property(message, "colour")).isNull();
        assertThat(FORMAT.property(message, "AMQx")).isEqualTo(5);
        assertThat(FORMAT.property(message, "AMQPriority")).isEqualTo(4);
        assertThat(FORMAT.property(message, "AMQDurable")).isEqualTo("DURABLE");
        assertThat(FORMAT.property(message, "AMQUserID")).isEqualTo("ID:00000000-0000-0001-0000-000000000002");
        assertThat(FORMAT.property(message, "AMQAddress")).isEqualTo("q");
    }

    @Test
    void annotationsAndTheNewAddressAreWritten() throws MalformedPacketException {
        CoreMessage core = CoreMessage.create(head(Map.of("color", "red")), Unpooled.wrappedBuffer(new byte[] {9}));
        Message moved = CoreFormat.envelope(core, "q").toBuilder().address("DLQ").build();
        assertThat(CoreMessage.sentTo(moved.bytes(), "q")).isTrue();
        assertThat(CoreMessage.sentTo(moved.bytes(), "DLQ")).isFalse();
        CoreMessage annotated = CoreMessage.of(FORMAT.annotate(moved, Map.of("_AMQ_ORIG_ADDRESS", "q"), 77));
        assertThat(annotated.address()).contains("DLQ");
        assertThat(annotated.expiration()).isEqualTo(77);
        assertThat(annotated.properties()).isEqualTo(Map.of("color", "red", "_AMQ_ORIG_ADDRESS", "q"));
        assertThat(annotated.body()).isEqualTo(core.body());
        assertThat(CoreMessage.sentTo(annotated.bytes(), "DLQ")).isTrue();
    }

    @Test
    void duplicateIdsAsTextAndBytesAreTheSame() {
        CoreMessage text = CoreMessage.create(head(Map.of("_AMQ_DUPL_ID", "ab")), Unpooled.buffer());
        CoreMessage bytes = CoreMessage.create(head(Map.of("_AMQ_DUPL_ID", new byte[] {'a', 0, 'b', 0})), Unpooled.buffer());
        CoreMessage odd = CoreMessage.create(head(Map.of("_AMQ_DUPL_ID", new byte[] {'a', 0, 'b'})), Unpooled.buffer());
        assertThat(text.hints().duplicateId()).isEqualTo("ab").isEqualTo(bytes.hints().duplicateId());
        assertThat(odd.hints().duplicateId()).isNotEqualTo("ab").isNotEmpty();
    }

    private static CoreMessage.Head head(Map<String, Object> properties) {
        return new CoreMessage.Head(0, Optional.of("q"), Optional.of(new UUID(1, 2)), CoreMessage.BYTES_KIND, true, 0, 0, (byte) 4,
                properties);
    }
}
