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
 * kept for it. Of a PUBLISH with a long payload only what stands before that is decoded; the payload is passed on as it comes.
 */
final class PacketFrames extends FrameCutter {

    private static final int PUBLISH = 3;
    private static final int PINGREQ = 0xC0;
    private static final int RETAIN = 1;
    private static final int QOS = 6;

    private final MqttHandler handler;
    private Limits limits = new Limits(MqttOptions.LARGEST_PACKET, MqttOptions.LARGEST_PACKET, Integer.MAX_VALUE);
    /** Bytes of a payload that are still to be passed on. */
    private int left;
    private boolean broken;

    /**
     * How long a packet may be, in bytes with its header.
     *
     * @param whole   one that is taken into memory
     * @param publish a PUBLISH
     * @param large   payloads that are longer than this are passed on as they come
     */
    record Limits(int whole, int publish, int large) { }

    PacketFrames(MqttHandler handler, Unfinished account) {
        super(Optional.of(account));
        this.handler = handler;
    }

    /** What counts from now on. */
    void limit(Limits agreed) {
        limits = agreed;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (broken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (left > 0) {
            pass(in);
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
                packet(ctx, in, 1 + digits, length);
                return;
            }
        }
        refuse(MqttErrors.MALFORMED, "the length of a packet has more than four bytes");
    }

    private void packet(ChannelHandlerContext ctx, ByteBuf in, int head, int length) {
        int size = head + length;
        int first = in.getUnsignedByte(in.readerIndex());
        boolean publish = first >> 4 == PUBLISH;
        int limit = publish ? limits.publish : limits.whole;
        if (size > limit) {
            refuseSize(size, limit);
        } else if (!publish || size <= limits.large || (first & RETAIN) != 0 && size <= limits.whole) {
            whole(ctx, in, head, length);
        } else {
            publish(ctx, in, head, size);
        }
    }

    private void publish(ChannelHandlerContext ctx, ByteBuf in, int head, int size) {
        long at = payloadAt(in, head);
        if (at > size) {
            refuse(MqttErrors.MALFORMED, "the properties are longer than their packet");
        } else if (at > limits.whole) {
            refuseSize(size, limits.whole);
        } else if (at > 0 && size - at <= limits.large) {
            wholeWithLongHead(ctx, in, head, size);
        } else if (at > 0 && in.readableBytes() >= at) {
            begin(ctx, in, head, (int) at, size);
        }
    }

    private void wholeWithLongHead(ChannelHandlerContext ctx, ByteBuf in, int head, int size) {
        if (size > limits.whole) {
            refuseSize(size, limits.whole);
        } else {
            whole(ctx, in, head, size - head);
        }
    }

    /** Where the payload of a PUBLISH begins; -1 as long as what says so has not come. */
    private long payloadAt(ByteBuf in, int head) {
        int start = in.readerIndex();
        int available = in.readableBytes();
        if (available < head + 2) {
            return -1;
        }
        long at = head + 2L + in.getUnsignedShort(start + head) + ((in.getByte(start) & QOS) == 0 ? 0 : 2);
        if (!handler.speaksFive()) {
            return at;
        }
        long properties = 0;
        for (int digits = 0; digits < 4; digits++) {
            if (available <= at + digits) {
                return -1;
            }
            int digit = in.getByte(start + (int) at + digits);
            properties |= (digit & 0x7FL) << 7 * digits;
            if (digit >= 0) {
                return at + digits + 1 + properties;
            }
        }
        return Long.MAX_VALUE;
    }

    /** The decoder is given a PUBLISH without a payload; that begins at {@code payloadAt}. */
    private void begin(ChannelHandlerContext ctx, ByteBuf in, int head, int payloadAt, int size) {
        int start = in.readerIndex();
        Optional<PacketRules.Fault> fault = handler.judge(in.slice(start, payloadAt), head);
        if (fault.isPresent()) {
            refuse(fault.get().code(), fault.get().sentence());
            return;
        }
        ByteBuf alone = ctx.alloc().buffer(payloadAt).writeByte(in.getByte(start));
        PacketWriter.writeInt(alone, payloadAt - head);
        alone.writeBytes(in, start + head, payloadAt - head);
        in.skipBytes(payloadAt);
        left = size - payloadAt;
        handler.received(size);
        handler.announce(left);
        int before = handler.packets();
        ctx.fireChannelRead(alone);
        if (handler.packets() != before + 1) {
            refuse(MqttErrors.MALFORMED, "a packet is not as long as it says");
        }
    }

    private void pass(ByteBuf in) {
        int here = Math.min(left, in.readableBytes());
        if (here > 0) {
            left -= here;
            handler.payload(new LargePublish.Piece(in.readRetainedSlice(here), left == 0));
        }
    }

    private void whole(ChannelHandlerContext ctx, ByteBuf in, int head, int length) {
        int size = head + length;
        if (in.readableBytes() >= size) {
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

    private void refuseSize(int size, int limit) {
        refuse(MqttErrors.TOO_LARGE, "a packet of " + size + " bytes; at most " + limit + " are taken");
    }

    private void refuse(int code, String sentence) {
        broken = true;
        handler.broken(code, sentence);
    }
}
