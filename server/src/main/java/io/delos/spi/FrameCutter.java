package io.delos.spi;

import io.delos.broker.Unfinished;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.Optional;

/**
 * Owned by the channel's loop: cuts a stream into frames, and has what waits for the rest of its frame counted. What is counted is what the
 * buffer takes, not what is in it; so a buffer that became large for one frame, or any when memory is short, is made to fit what is left.
 * Unlike its parent it asks for no more bytes than the channel reads by itself: whoever stopped the reading wants it stopped.
 */
public abstract class FrameCutter extends ByteToMessageDecoder {

    /** A buffer larger than this, and half empty, is made to fit; in bytes. */
    private static final int SPACIOUS = 128 << 10;

    private final Optional<Unfinished> account;
    private long counted;
    private boolean fitting;

    /** Counts on this account; on none for a stream that is the broker's own. */
    protected FrameCutter(Optional<Unfinished> account) {
        this.account = account;
        setCumulator(this::gather);
    }

    private ByteBuf gather(ByteBufAllocator allocator, ByteBuf gathered, ByteBuf in) {
        if (!fitting) {
            if (reuse(gathered, in)) {
                moved();
            }
            return MERGE_CUMULATOR.cumulate(allocator, gathered, in);
        }
        ByteBuf fit = allocator.buffer(gathered.readableBytes()).writeBytes(gathered);
        gathered.release();
        return fit;
    }

    /**
     * Uses the room of what was read again where the buffer would have to grow to take {@code in}, since large buffers are not pooled, and dear.
     * Answers whether what is left lies elsewhere now.
     */
    public static boolean reuse(ByteBuf gathered, ByteBuf in) {
        if (gathered.readerIndex() == 0 || gathered.writableBytes() >= in.readableBytes() || gathered.refCnt() > 1 || gathered.isReadOnly()) {
            return false;
        }
        gathered.discardReadBytes();
        return true;
    }

    /** Bytes kept for an unfinished frame elsewhere than in the buffer. */
    protected int apart() {
        return 0;
    }

    /** What is in the buffer lies elsewhere now: where it was is of no use any more. */
    protected void moved() {
        // most remember nothing
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
        try {
            super.channelRead(ctx, bytes);
            if (spacious(internalBuffer())) {
                fit(ctx);
            }
        } finally {
            count();
        }
    }

    private boolean spacious(ByteBuf buffer) {
        int size = buffer.capacity();
        return size > 0 && size >= 2 * buffer.readableBytes() && (size > SPACIOUS || account.isPresent() && account.get().tight(size));
    }

    private void fit(ChannelHandlerContext ctx) throws Exception {
        fitting = true;
        moved();
        try {
            super.channelRead(ctx, Unpooled.EMPTY_BUFFER);
        } finally {
            fitting = false;
        }
    }

    private void count() {
        long now = internalBuffer().capacity() + apart();
        if (now != counted) {
            account.ifPresent(unfinished -> unfinished.add(now - counted));
            counted = now;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        discardSomeReadBytes();
        ctx.fireChannelReadComplete();
    }
}
