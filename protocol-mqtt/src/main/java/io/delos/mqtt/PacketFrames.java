package io.delos.mqtt;

import io.delos.broker.Unfinished;
import io.delos.spi.FrameCutter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.List;
import java.util.Optional;

/**
 * Owned by the channel's loop: cuts the bytes into packets, so that Netty's decoder sees one whole packet at a time. By itself it would wait
 * for more where a packet claims to be longer inside than outside, and go on with bytes of the next. A length is judged before anything is
 * kept for it.
 */
final class PacketFrames extends FrameCutter {

    private static final int PINGREQ = 0xC0;

    private final MqttHandler handler;
    private int limit = MqttOptions.LARGEST_PACKET;
    private boolean broken;

    PacketFrames(MqttHandler handler, Unfinished account) {
        super(Optional.of(account));
        this.handler = handler;
    }

    /** Packets may have so many bytes from now on, header included. */
    void limit(int bytes) {
        limit = bytes;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (broken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        int start = in.readerIndex();
        int available = in.readableBytes();
        int length = 0;
        for (int digits = 1; digits <= 4; digits++) {
            if (available <= digits) {
                return;
            }
            int digit = in.getByte(start + digits);
            length |= (digit & 0x7F) << 7 * (digits - 1);
            if (digit >= 0) {
                whole(ctx, in, 1 + digits, length);
                return;
            }
        }
        refuse(MqttErrors.MALFORMED, "the length of a packet has more than four bytes");
    }

    private void whole(ChannelHandlerContext ctx, ByteBuf in, int head, int length) {
        int size = head + length;
        if (size > limit) {
            refuse(MqttErrors.TOO_LARGE, "a packet of " + size + " bytes; at most " + limit + " are taken");
        } else if (in.readableBytes() >= size) {
            ByteBuf packet = in.readRetainedSlice(size);
            Optional<PacketRules.Fault> fault = handler.judge(packet, head);
            if (fault.isPresent()) {
                packet.release();
                refuse(fault.get().code(), fault.get().sentence());
                return;
            }
            handler.received(size);
            boolean overfull = length > 0 && (packet.getByte(packet.readerIndex()) & 0xF0) == PINGREQ;
            int before = handler.packets();
            ctx.fireChannelRead(packet);
            if (handler.packets() != before + 1 || overfull) {
                refuse(MqttErrors.MALFORMED, "a packet is not as long as it says");
            }
        }
    }

    private void refuse(int code, String sentence) {
        broken = true;
        handler.broken(code, sentence);
    }
}
