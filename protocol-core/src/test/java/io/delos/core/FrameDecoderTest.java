package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {
    private final EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(Optional.empty(), 100, true));

    @Test
    void framesArriveInAnyPieces() throws MalformedPacketException {
        ByteBuf stream = Unpooled.buffer();
        stream.writeCharSequence("ARTEMIS", StandardCharsets.US_ASCII);
        CoreCodec.encode(stream, 0, new ConnectionPacket.Ping(5), 136);
        CoreCodec.encode(stream, 12, new ConnectionPacket.Ping(6), 136);
        while (stream.isReadable()) {
            channel.writeInbound(stream.readBytes(1));
        }
        ByteBuf first = channel.readInbound();
        ByteBuf second = channel.readInbound();
        assertThat(CoreCodec.channel(second)).isEqualTo(12);
        assertThat(CoreCodec.decode(first, 136)).isEqualTo(new ConnectionPacket.Ping(5));
        assertThat(CoreCodec.decode(second, 136)).isEqualTo(new ConnectionPacket.Ping(6));
        first.release();
        second.release();
        assertThat((Object) channel.readInbound()).isNull();
        stream.release();
    }

    @Test
    void thePreambleMayBeMissing() {
        ByteBuf stream = Unpooled.buffer();
        CoreCodec.encode(stream, 0, new ConnectionPacket.Ping(5), 136);
        channel.writeInbound(stream);
        ByteBuf frame = channel.readInbound();
        assertThat(frame.readableBytes()).isEqualTo(17);
        frame.release();
    }

    @Test
    void tooLongATaleIsRefusedAtItsBeginning() {
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.buffer().writeInt(101).writeInt(0))).hasMessageContaining("101 bytes");
        channel.writeInbound(Unpooled.buffer().writeLong(0));
        assertThat((Object) channel.readInbound()).isNull();
    }

    @Test
    void soIsOneWithoutAHeader() {
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.buffer().writeInt(8).writeLong(0))).hasMessageContaining("8 bytes");
    }

    @Test
    void soIsANegativeLength() {
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.buffer().writeInt(-1).writeLong(0))).hasMessageContaining("-1 bytes");
    }
}
