package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.core.AnswerPacket.Confirmed;
import io.delos.core.AnswerPacket.Done;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept for a client that may come back, and what it costs. */
class SentPacketsTest {
    private static final int FRAME = 4 + 1 + 8 + 8;

    private static long write(SentPackets sent, Packet packet, boolean plenty) {
        ByteBuf out = Unpooled.buffer().writeLong(0);
        int size = CoreCodec.encode(out, 10, packet, Version.CURRENT);
        return sent.wrote(out, 8, size, plenty);
    }

    private static List<Long> kept(SentPackets sent) throws MalformedPacketException {
        List<Long> correlations = new ArrayList<>();
        for (byte[] frame : sent.all()) {
            correlations.add(((Done) CoreCodec.decode(Unpooled.wrappedBuffer(frame).skipBytes(4), Version.CURRENT)).correlation());
        }
        return correlations;
    }

    @Test
    void whatIsConfirmedIsForgotten() throws Exception {
        SentPackets sent = new SentPackets(1 << 20);
        for (int i = 0; i < 5; i++) {
            assertThat(write(sent, new Done(i), true)).isEqualTo(FRAME);
        }
        assertThat(write(sent, new Confirmed(7), true)).as("confirmations don't count").isZero();
        assertThat(sent.followsOn(-1)).isTrue();
        assertThat(sent.confirmed(1)).isEqualTo(2 * FRAME);
        assertThat(kept(sent)).containsExactly(2L, 3L, 4L);
        assertThat(sent.followsOn(0)).isFalse();
        assertThat(sent.followsOn(1)).isTrue();
        assertThat(sent.followsOn(4)).isTrue();
        assertThat(sent.followsOn(5)).as("it was never sent").isFalse();
        assertThat(sent.confirmed(4)).isEqualTo(3 * FRAME);
        assertThat(sent.bytes()).isZero();
        write(sent, new Done(5), true);
        assertThat(sent.followsOn(4)).isTrue();
        assertThat(kept(sent)).containsExactly(5L);
    }

    @Test
    void nobodyKeepsMoreThanHeMay() throws Exception {
        SentPackets sent = new SentPackets(3 * FRAME);
        for (int i = 0; i < 5; i++) {
            write(sent, new Done(i), true);
        }
        assertThat(kept(sent)).containsExactly(2L, 3L, 4L);
        assertThat(sent.followsOn(0)).isFalse();
        assertThat(sent.followsOn(1)).isTrue();
        SentPackets many = new SentPackets(1 << 20);
        for (int i = 0; i < 4000; i++) {
            write(many, new Done(i), true);
        }
        assertThat(many.bytes()).isEqualTo(4000 * FRAME);
        assertThat(write(many, new Done(4000), false)).as("when memory is short all keep little").isNegative();
        assertThat(many.bytes()).isLessThanOrEqualTo(32 << 10);
    }
}
