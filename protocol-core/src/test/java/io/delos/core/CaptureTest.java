package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every recorded frame decodes completely and encodes to the same bytes. */
class CaptureTest {
    private static final List<Capture.Frame> FRAMES = Capture.all();

    @Test
    void everyFrameIsWrittenAsItWasRead() {
        assertThat(FRAMES).hasSizeGreaterThan(3000);
        for (Capture.Frame frame : FRAMES) {
            ByteBuf in = Unpooled.wrappedBuffer(frame.bytes()).skipBytes(Integer.BYTES);
            try {
                long channel = CoreCodec.channel(in);
                Packet packet = CoreCodec.decode(in, frame.version());
                assertThat(in.readableBytes()).as("bytes left over in %s", frame).isZero();
                ByteBuf out = Unpooled.buffer();
                int size = CoreCodec.encode(out, channel, packet, frame.version());
                byte[] written = new byte[size];
                out.readBytes(written);
                assertSame(frame, packet, written);
            } catch (MalformedPacketException e) {
                fail(frame + ": " + e.getMessage());
            }
        }
    }

    /** Clients of the early releases leave out the queue attributes they don't know; we write them all, as absent. */
    private static void assertSame(Capture.Frame frame, Packet packet, byte[] written) {
        byte[] expected = frame.bytes();
        if (packet instanceof QueuePacket.CreateQueue && written.length > expected.length) {
            assertThat(Arrays.copyOfRange(written, 4, expected.length)).isEqualTo(Arrays.copyOfRange(expected, 4, expected.length));
            assertThat(Arrays.copyOfRange(written, expected.length, written.length)).containsOnly(0);
            return;
        }
        assertThat(HexFormat.of().formatHex(written)).as("%s as %s", frame, packet).isEqualTo(HexFormat.of().formatHex(expected));
    }

    /** So whoever says something else is mistaken, and may be told. */
    @Test
    void clientsAnnounceTheSizesOfTheirLargeMessages() throws MalformedPacketException {
        int seen = 0;
        CoreMessage head = null;
        long length = 0;
        for (Capture.Frame frame : FRAMES) {
            Packet packet = CoreCodec.decode(Unpooled.wrappedBuffer(frame.bytes()).skipBytes(4), frame.version());
            if (packet instanceof MessagePacket.SendLarge large) {
                head = large.message();
                length = 0;
            } else if (packet instanceof MessagePacket.SendChunk chunk) {
                length += chunk.chunk().remaining();
                if (!chunk.continues() && head != null && head.property(Names.LARGE_COMPRESSED) == null) {
                    assertThat(chunk.bodySize()).as("%s", frame).isIn(-1L, length);
                    seen++;
                }
            }
        }
        assertThat(seen).isGreaterThan(5);
    }

    @Test
    void messagesReadAsTheRecorderSawThem() throws MalformedPacketException {
        int seen = 0;
        for (Capture.Frame frame : FRAMES) {
            if (CoreCodec.decode(Unpooled.wrappedBuffer(frame.bytes()).skipBytes(4), frame.version()) instanceof MessagePacket.Send send) {
                CoreMessage message = send.message();
                assertThat(frame.comment())
                        .contains(" bodyLen=" + message.bodyLength() + " ")
                        .contains(" address=" + message.address().orElse("None") + " ")
                        .contains(" userID=" + message.userId().map(id -> id.toString().replace("-", "")).orElse("None") + " ")
                        .contains(" type=" + message.kind() + " ")
                        .contains(" durable=" + (message.durable() ? "True" : "False") + " ")
                        .contains(" expiration=" + message.expiration() + " ")
                        .contains(" timestamp=" + message.timestamp() + " ")
                        .contains(" priority=" + message.priority() + " ")
                        .contains(" requiresResponse=" + (send.tail().answer() ? "True" : "False"));
                message.properties().forEach((name, value) -> {
                    assertThat(frame.comment()).contains("'" + name + "': ");
                    assertThat(message.property(name)).isEqualTo(value);
                });
                seen++;
            }
        }
        assertThat(seen).isGreaterThan(100);
    }
}
