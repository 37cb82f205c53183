package io.delos.core;

import io.delos.broker.Unfinished;
import io.delos.spi.FrameCutter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Cuts the stream into frames without their lengths; runs on the channel's loop. A frame longer than the limit, or too short to have a
 * type and a channel, ends the stream: nothing after it can be found. The limit is checked before the frame's bytes are waited for.
 */
final class FrameDecoder extends FrameCutter {
    /** The longest frame of a peer that has not shown who it is. */
    static final int UNTIL_LOGIN = 64 * 1024;

    private int limit;
    private boolean atStart;
    private boolean lost;

    /**
     * @param account  where what waits for the rest of its frame is counted
     * @param limit    the longest frame accepted, in bytes, without its length field
     * @param preamble whether the stream may begin with the preamble, to be dropped
     */
    FrameDecoder(Optional<Unfinished> account, int limit, boolean preamble) {
        super(account);
        this.limit = limit;
        this.atStart = preamble;
    }

    /** Accepts frames up to {@code bytes} from the next one on. */
    void limit(int bytes) {
        limit = bytes;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws MalformedPacketException {
        if (lost) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (atStart && !dropPreamble(in)) {
            return;
        }
        if (in.readableBytes() < Integer.BYTES) {
            return;
        }
        int length = in.getInt(in.readerIndex());
        if (length < CoreCodec.HEADER || length > limit) {
            lost = true;
            in.skipBytes(in.readableBytes());
            throw new MalformedPacketException("a frame of " + length + " bytes; between " + CoreCodec.HEADER + " and " + limit + " are allowed");
        }
        if (in.readableBytes() - Integer.BYTES >= length) {
            in.skipBytes(Integer.BYTES);
            out.add(in.readRetainedSlice(length));
        }
    }

    /** Whether the start of the stream is dealt with. */
    private boolean dropPreamble(ByteBuf in) {
        int length = CoreCodec.PREAMBLE.length();
        if (in.readableBytes() < length) {
            return false;
        }
        if (in.toString(in.readerIndex(), length, StandardCharsets.US_ASCII).equals(CoreCodec.PREAMBLE)) {
            in.skipBytes(length);
        }
        atStart = false;
        return true;
    }
}
