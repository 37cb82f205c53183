package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.message.BodyPiece;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transport.End;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.framing.TransportFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What connections of a loop share. */
class LoopCodecTest {

    private static Open said(Outbox by, Object described) {
        Open open = new Open();
        open.setContainerId("c");
        open.setProperties(Map.of(Symbol.valueOf("p"), described));
        boolean[] once = new boolean[1];
        by.encode(() -> {
            if (!once[0]) {
                once[0] = true;
                by.writeFrame(0, open, null, null);
            }
        });
        ByteBuf bytes = written(by);
        TransportFrame frame = AmqpCodec.read(bytes, AmqpCodec.frameSize(bytes, 10_000)).orElseThrow();
        assertThat(bytes.isReadable()).isFalse();
        bytes.release();
        return (Open) frame.getBody();
    }

    private static ByteBuf written(Outbox outbox) {
        EmbeddedChannel channel = new EmbeddedChannel();
        int size = outbox.writeTo(channel);
        channel.flush();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            all.writeBytes(next);
            next.release();
        }
        assertThat(size).isEqualTo(all.readableBytes());
        return all;
    }

    private static DescribedType invented(int number) {
        return new DescribedType() {
            @Override
            public Object getDescriptor() {
                return Symbol.valueOf("invented:" + number);
            }

            @Override
            public Object getDescribed() {
                return "value " + number;
            }
        };
    }

    @Test
    void transportsWriteEachTheirOwnWithTheSameCodec() {
        Outbox one = new Outbox(new Books());
        Outbox other = new Outbox(new Books());
        for (int i = 0; i < 100; i++) {
            DescribedType back = (DescribedType) said(i % 2 == 0 ? one : other, invented(i)).getProperties().get(Symbol.valueOf("p"));
            assertThat(back.getDescriptor()).isEqualTo(Symbol.valueOf("invented:" + i));
            assertThat(back.getDescribed()).isEqualTo("value " + i);
        }
    }

    @Test
    void aTypeThatAPeerInventsIsNotKept() {
        said(new Outbox(new Books()), invented(1));
        DecoderImpl decoder = LoopCodec.get().decoder();
        // a described string under the same symbol, and what the decoder would have kept of it
        byte[] again = {0, (byte) 0xa3, 10, 'i', 'n', 'v', 'e', 'n', 't', 'e', 'd', ':', '1', (byte) 0xa1, 1, 'v'};
        decoder.setByteBuffer(ByteBuffer.wrap(again));
        Object first = decoder.peekConstructor();
        Object second = decoder.peekConstructor();
        decoder.setByteBuffer(null);
        assertThat(first).extracting("_describedTypeConstructor").satisfies(known -> assertThat(second).extracting("_describedTypeConstructor").isNotSameAs(known));
    }

    @Test
    void aFrameAtTheWrongTimeIsNotSaid() {
        Outbox outbox = new Outbox(new Books());
        assertThatThrownBy(() -> outbox.writeFrame(0, new End(), null, null)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatCouldNotBeSaidWholeIsNotSaidByAnother() {
        Outbox outbox = new Outbox(new Books());
        assertThatThrownBy(() -> outbox.encode(() -> {
            outbox.writeFrame(0, new End(), null, null);
            throw new IllegalArgumentException("no");
        })).hasMessage("no");
        assertThat(new Outbox(new Books()).writeTo(new EmbeddedChannel())).isZero();
    }

    /** A piece that lies in two buffers, in frames that are copied and in some that aren't. */
    @ParameterizedTest
    @ValueSource(ints = {512, 10_000})
    void aPieceOfABodyGoesAroundProton(int frameSize) {
        byte[] content = new byte[frameSize * 5 / 2];
        new Random(1).nextBytes(content);
        List<ByteBuffer> back = new ArrayList<>();
        PiecePayload payload = new PiecePayload(new BodyPiece(List.of(ByteBuffer.wrap(content, 0, frameSize), ByteBuffer.wrap(content, frameSize, content.length - frameSize)), back::add));
        Outbox outbox = new Outbox(new Books());
        outbox.setInitialRemoteMaxFrameSize(frameSize);
        outbox.setOutboundFrameSizeLimit(frameSize);
        Transfer transfer = new Transfer();
        transfer.setHandle(UnsignedInteger.ZERO);
        ByteBuf received = Unpooled.buffer();
        List<Boolean> more = new ArrayList<>();
        while (payload.hasRemaining()) {
            assertThat(back).isEmpty();
            transfer.setMore(false);
            boolean[] once = new boolean[1];
            outbox.encode(() -> {
                if (!once[0]) {
                    once[0] = true;
                    outbox.writeFrame(0, transfer, payload, () -> transfer.setMore(true));
                }
            });
            ByteBuf bytes = written(outbox);
            TransportFrame frame = AmqpCodec.read(bytes, AmqpCodec.frameSize(bytes, frameSize)).orElseThrow();
            assertThat(bytes.isReadable()).isFalse();
            more.add(((Transfer) frame.getBody()).getMore());
            received.writeBytes(frame.getPayload().getArray());
        }
        assertThat(received).isEqualTo(Unpooled.wrappedBuffer(content));
        assertThat(more).containsExactly(true, true, false);
        assertThat(back).hasSize(2);
    }

    @Test
    void theHeadOfATransferIsKnownAsSoonAsItIsThere() {
        Outbox outbox = new Outbox(new Books());
        Transfer transfer = new Transfer();
        transfer.setHandle(UnsignedInteger.valueOf(7));
        transfer.setMore(true);
        boolean[] once = new boolean[1];
        byte[] payload = {0, 0x53, 0x14, 1, 2, 3};
        outbox.encode(() -> {
            if (!once[0]) {
                once[0] = true;
                outbox.writeFrame(0, transfer, ReadableBuffer.ByteBufferReader.wrap(payload), null);
            }
        });
        ByteBuf frame = written(outbox);
        int head = frame.readableBytes() - payload.length;
        for (int there = 0; there <= frame.readableBytes(); there++) {
            assertThat(AmqpCodec.transferHead(frame.slice(0, there))).as("with %s bytes", there).isEqualTo(there < Math.max(head, 16) ? -1 : head);
        }
        assertThat(((Transfer) AmqpCodec.readHead(frame, head).getBody()).getHandle()).isEqualTo(UnsignedInteger.valueOf(7));
        assertThat(AmqpCodec.transferHead(frame.setByte(10, 0x15))).as("something else").isEqualTo(-1);
    }
}
