package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {

    private final FrameDecoder decoder = new FrameDecoder(Optional.empty());
    private final EmbeddedChannel channel = new EmbeddedChannel(decoder);

    private static ByteBuf frame(int length) {
        return Unpooled.buffer().writeInt(length).writeBytes(new byte[length]);
    }

    @Test
    void findsCommandsHoweverTheBytesArrive() {
        ByteBuf all = Unpooled.wrappedBuffer(frame(1), frame(300), frame(20));
        while (all.isReadable()) {
            channel.writeInbound(all.readRetainedSlice(Math.min(7, all.readableBytes())));
        }
        for (int length : new int[] {1, 300, 20}) {
            ByteBuf found = channel.readInbound();
            assertThat(ByteBufUtil.getBytes(found)).hasSize(length);
            found.release();
        }
        assertThat((Object) channel.readInbound()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, FrameDecoder.UNTIL_LOGIN + 1})
    void lengthsNobodyMaySendEndTheStream(int length) {
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.buffer().writeInt(length))).isInstanceOf(DecoderException.class)
                .hasCauseInstanceOf(MalformedFrameException.class);
        channel.writeInbound(frame(5));
        assertThat((Object) channel.readInbound()).isNull();
    }

    @Test
    void theLimitGrowsWithTheLogin() {
        decoder.limit(FrameDecoder.UNTIL_LOGIN * 2);
        channel.writeInbound(frame(FrameDecoder.UNTIL_LOGIN + 1));
        ByteBuf found = channel.readInbound();
        assertThat(found.readableBytes()).isEqualTo(FrameDecoder.UNTIL_LOGIN + 1);
        found.release();
    }
}
