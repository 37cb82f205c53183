package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

/** What holds for all values, and for no values at all: bytes that mean nothing. */
class CoreCodecProperties {
    private static final List<Capture.Frame> FRAMES = Capture.all();
    private static final int[] VERSIONS = {0, 121, 123, 125, 126, 127, 128, 129, 130, 131, 133, 134, 135, 136};

    @Property(tries = 300)
    void stringsOfAnyLength(@ForAll @StringLength(max = 40) String stem, @ForAll @IntRange(min = 1, max = 200) int times) throws Exception {
        String string = stem.repeat(times);
        ByteBuf buffer = Unpooled.buffer();
        Wire.writeString(buffer, string);
        Wire.writeText(buffer, string);
        Wire.writeOptionalString(buffer, Optional.of(string));
        assertThat(Wire.readString(buffer)).isEqualTo(string);
        assertThat(Wire.readText(buffer)).isEqualTo(string);
        assertThat(Wire.readOptionalString(buffer)).contains(string);
        assertThat(buffer.isReadable()).isFalse();
    }

    @Property(tries = 300)
    void propertiesOfAnyType(@ForAll("properties") Map<String, Object> properties) throws Exception {
        ByteBuf buffer = Unpooled.buffer();
        TypedProperties.write(buffer, properties);
        assertThat(TypedProperties.read(buffer.duplicate())).usingRecursiveComparison().isEqualTo(properties);
        for (Map.Entry<String, Object> entry : properties.entrySet()) {
            assertThat(TypedProperties.find(buffer.duplicate(), entry.getKey())).isEqualTo(entry.getValue());
        }
        assertThat(TypedProperties.find(buffer.duplicate(), "not there")).isNull();
        Hints.read(buffer);
        assertThat(buffer.isReadable()).isFalse();
    }

    @Property(tries = 200)
    void messagesForAnyVersion(@ForAll("properties") Map<String, Object> properties, @ForAll @Size(max = 50) byte[] body,
                               @ForAll @IntRange(max = 13) int version, @ForAll long id) throws Exception {
        CoreMessage message = CoreMessage.create(new CoreMessage.Head(0, Optional.of("a.b"), Optional.of(new UUID(1, id)),
                CoreMessage.BYTES_KIND, true, 5, 6, (byte) 7, properties), Unpooled.wrappedBuffer(body));
        ByteBuf out = Unpooled.buffer();
        CoreCodec.encode(out, 11, new MessagePacket.Receive(message, id, 3, 4), VERSIONS[version]);
        out.skipBytes(4);
        MessagePacket.Receive read = (MessagePacket.Receive) CoreCodec.decode(out, VERSIONS[version]);
        assertThat(read.id()).isEqualTo(id);
        assertThat(read.consumer()).isEqualTo(3);
        assertThat(read.deliveryCount()).isEqualTo(4);
        assertThat(read.message().address()).contains("a.b");
        assertThat(read.message().userId()).contains(new UUID(1, id));
        assertThat(read.message().properties()).usingRecursiveComparison().isEqualTo(properties);
        assertThat(read.message().body()).isEqualTo(Unpooled.wrappedBuffer(body));
        assertThat(read.message().withBody(new byte[9]).properties()).usingRecursiveComparison().isEqualTo(properties);
    }

    /** A frame cut short is malformed or, where tails may be absent, another packet; it is never anything else. */
    @Property(tries = 100)
    void framesCutShort(@ForAll Random random) {
        for (int i = 0; i < 100; i++) {
            Capture.Frame frame = FRAMES.get(random.nextInt(FRAMES.size()));
            decodeOrFail(frame.bytes(), random.nextInt(Math.min(frame.bytes().length, 400)), frame.version());
        }
    }

    @Property(tries = 200)
    void framesWithWrongBytes(@ForAll Random random) {
        for (int i = 0; i < 100; i++) {
            Capture.Frame frame = FRAMES.get(random.nextInt(FRAMES.size()));
            byte[] bytes = frame.bytes().clone();
            for (int change = random.nextInt(5); change >= 0; change--) {
                bytes[4 + random.nextInt(Math.min(bytes.length - 4, 400))] = wrong(random);
            }
            decodeOrFail(bytes, bytes.length, VERSIONS[random.nextInt(VERSIONS.length)]);
        }
    }

    @Property(tries = 200)
    void noise(@ForAll Random random) {
        for (int i = 0; i < 100; i++) {
            byte[] bytes = new byte[random.nextInt(120)];
            random.nextBytes(bytes);
            decodeOrFail(bytes, bytes.length, VERSIONS[random.nextInt(VERSIONS.length)]);
        }
    }

    /** Whatever length is claimed anywhere in a frame, decoding takes little more memory than the frame itself. */
    @Property(tries = 5)
    void claimedLengthsTakeNoMemory(@ForAll Random random) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 1000; i++) {
            Capture.Frame frame = FRAMES.get(random.nextInt(FRAMES.size()));
            byte[] bytes = frame.bytes().clone();
            if (bytes.length > 4000 || bytes.length < 20) {
                continue;
            }
            int at = 13 + random.nextInt(bytes.length - 16);
            Unpooled.wrappedBuffer(bytes).setInt(at, 0x7FFFFFFF >> random.nextInt(12) & ~1);
            long before = threads.getCurrentThreadAllocatedBytes();
            decodeOrFail(bytes, bytes.length, frame.version());
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).as("%s changed at %d", frame, at).isLessThan(400_000);
        }
    }

    private static void decodeOrFail(byte[] bytes, int length, int version) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes, 0, length);
        in.skipBytes(Math.min(4, length));
        try {
            Packet packet = CoreCodec.decode(in, version);
            CoreCodec.encode(Unpooled.buffer(), 1, packet, version);
        } catch (MalformedPacketException expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }

    private static byte wrong(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> (byte) 0xFF;
            case 1 -> 0x7F;
            case 2 -> 0;
            default -> (byte) random.nextInt();
        };
    }

    @Provide
    Arbitrary<Map<String, Object>> properties() {
        Arbitrary<Object> values = Arbitraries.oneOf(
                Arbitraries.of(true, false).map(v -> v), Arbitraries.bytes().map(v -> v), Arbitraries.shorts().map(v -> v),
                Arbitraries.integers().map(v -> v), Arbitraries.longs().map(v -> v), Arbitraries.floats().map(v -> v),
                Arbitraries.doubles().map(v -> v), Arbitraries.chars().map(v -> v), Arbitraries.strings().ofMaxLength(20).map(v -> v),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(20).map(v -> v), Arbitraries.just(null));
        return Arbitraries.maps(Arbitraries.strings().alpha().ofMaxLength(12), values).ofMaxSize(8).map(LinkedHashMap::new);
    }
}
