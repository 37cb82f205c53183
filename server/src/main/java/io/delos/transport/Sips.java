package io.delos.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.function.LongSupplier;

/**
 * How much is read from a socket at once: as much as it brought of late, and no more than memory has room for. Made once for all sockets of
 * an acceptor; each socket's loop asks its own handle.
 */
final class Sips extends AdaptiveRecvByteBufAllocator {

    private final LongSupplier room;

    /** {@code room}: bytes that a read may take; any thread. */
    Sips(LongSupplier room) {
        this.room = room;
    }

    @Override
    @SuppressWarnings("deprecation")
    public RecvByteBufAllocator.Handle newHandle() {
        return new Sip((RecvByteBufAllocator.ExtendedHandle) super.newHandle(), room);
    }

    private static final class Sip implements RecvByteBufAllocator.ExtendedHandle {
        private final RecvByteBufAllocator.ExtendedHandle adaptive;
        private final LongSupplier room;

        Sip(RecvByteBufAllocator.ExtendedHandle adaptive, LongSupplier room) {
            this.adaptive = adaptive;
            this.room = room;
        }

        @Override
        public int guess() {
            return (int) Math.min(adaptive.guess(), room.getAsLong());
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return allocator.ioBuffer(guess());
        }

        @Override
        public void reset(ChannelConfig config) {
            adaptive.reset(config);
        }

        @Override
        public void incMessagesRead(int messages) {
            adaptive.incMessagesRead(messages);
        }

        @Override
        public void lastBytesRead(int bytes) {
            adaptive.lastBytesRead(bytes);
        }

        @Override
        public int lastBytesRead() {
            return adaptive.lastBytesRead();
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            adaptive.attemptedBytesRead(bytes);
        }

        @Override
        public int attemptedBytesRead() {
            return adaptive.attemptedBytesRead();
        }

        @Override
        public boolean continueReading() {
            return adaptive.continueReading();
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return adaptive.continueReading(maybeMore);
        }

        @Override
        public void readComplete() {
            adaptive.readComplete();
        }
    }
}
