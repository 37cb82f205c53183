package io.delos.openwire;

import io.delos.broker.Unfinished;
import io.delos.spi.FrameCutter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.List;
import java.util.Optional;

/**
 * Cuts the stream into commands without their lengths; runs on the channel's loop. One that is longer than allowed, or empty, ends the
 * stream. The limit is checked before its bytes are waited for, so memory grows only with what has arrived.
 */
final class FrameDecoder extends FrameCutter {

    /** The longest command of a peer that has not shown who it is, in bytes. */
    static final int UNTIL_LOGIN = 64 * 1024;

    private int limit = UNTIL_LOGIN;
    private boolean lost;

    /** Counts what waits for the rest of its command. */
    FrameDecoder(Optional<Unfinished> account) {
        super(account);
    }

    /** Accepts commands up to {@code bytes} from the next one on. */
    void limit(int bytes) {
        limit = bytes;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws MalformedFrameException {
        if (lost) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (in.readableBytes() < Integer.BYTES) {
            return;
        }
        int length = in.getInt(in.readerIndex());
        if (length < 1 || length > limit) {
            lost = true;
            in.skipBytes(in.readableBytes());
            throw new MalformedFrameException("a command of " + length + " bytes; between 1 and " + limit + " are allowed");
        }
        if (in.readableBytes() - Integer.BYTES >= length) {
            in.skipBytes(Integer.BYTES);
            out.add(in.readRetainedSlice(length));
        }
    }
}
