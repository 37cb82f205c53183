package io.delos.core;

import io.delos.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a connection writes; owned by its loop. Packets gather in one buffer that goes to the socket at the end of the loop's turn, or
 * before when it has grown. What belongs to a session that may go on over another connection is copied for that, and goes nowhere else while
 * the session has none.
 */
final class Outbox {
    private static final int USUAL = 1024;
    private static final int SMALL = 64;
    private static final int ENOUGH = 64 * 1024;

    private final Loop loop;
    private final Runnable flush = this::flush;
    private final Map<Long, Copier> copied = new HashMap<>(0);
    private Optional<Channel> channel;
    private ByteBuf gathered;
    /** Up to where frames have been copied. */
    private int looked;
    private boolean scheduled;
    private boolean unflushed;

    /** Is shown each frame of a channel as it is written. */
    interface Copier {
        /** Whether the frame is to go out; if not, neither do those that were written with it. */
        boolean wrote(ByteBuf out, int start, int size);
    }

    Outbox(Channel channel, Loop loop) {
        this.channel = Optional.of(channel);
        this.loop = loop;
    }

    /** From now on the frames of a channel are shown. */
    void copy(long channelId, Copier to) {
        copied.put(channelId, to);
    }

    void forget(long channelId) {
        copied.remove(channelId);
    }

    /** Goes on writing to another channel, which may have another loop, or to none. */
    void redirect(Optional<Channel> to) {
        discard();
        channel = to;
    }

    /** Writes a packet and returns the size of its frame. */
    int write(long channelId, Packet packet, int version) {
        int size = CoreCodec.encode(room(USUAL), channelId, packet, version);
        written();
        return size;
    }

    /** Writes what was written before. */
    void write(byte[] frame) {
        room(frame.length).writeBytes(frame);
        looked = gathered.writerIndex();
        written();
    }

    /**
     * Writes a frame, which begins and ends with a few bytes of its own, around {@code middle}; that is not copied where it can be helped.
     * {@code sent} runs, perhaps on another thread, when {@code middle} is not needed any more.
     */
    void write(Consumer<ByteBuf> head, List<ByteBuffer> middle, Consumer<ByteBuf> tail, Runnable sent) {
        if (channel.isEmpty() || !copied.isEmpty() || middle.isEmpty()) {
            int size = middle.stream().mapToInt(ByteBuffer::remaining).sum();
            ByteBuf out = room(size + USUAL);
            head.accept(out);
            middle.forEach(out::writeBytes);
            tail.accept(out);
            written();
            sent.run();
            return;
        }
        head.accept(room(SMALL));
        passOn();
        Channel socket = channel.get();
        socket.write(Unpooled.wrappedBuffer(middle.size(), middle.toArray(ByteBuffer[]::new))).addListener(done -> sent.run());
        tail.accept(room(SMALL));
        // whoever is shown frames begins behind this one
        looked = gathered.writerIndex();
        written();
    }

    /** Where about {@code size} bytes may be written, whole frames; followed by {@link #written()}. */
    ByteBuf room(int size) {
        if (gathered != null && size > gathered.writableBytes() && gathered.readableBytes() + size > ENOUGH) {
            passOn();
        }
        if (gathered == null) {
            int capacity = Math.max(USUAL, size);
            gathered = channel.isPresent() ? channel.get().alloc().ioBuffer(capacity) : Unpooled.buffer(capacity);
            looked = 0;
        }
        return gathered;
    }

    void written() {
        if (!copied.isEmpty()) {
            look();
        }
        if (gathered.readableBytes() >= ENOUGH || channel.isEmpty()) {
            passOn();
        }
        if (!scheduled && channel.isPresent()) {
            scheduled = true;
            loop.post(flush);
        }
    }

    private void look() {
        int from = looked;
        boolean goes = true;
        while (looked < gathered.writerIndex()) {
            int size = gathered.getInt(looked) + Integer.BYTES;
            Copier to = copied.get(gathered.getLong(looked + Integer.BYTES + 1));
            goes &= to == null || to.wrote(gathered, looked, size);
            looked += size;
        }
        if (!goes) {
            gathered.writerIndex(from);
            looked = from;
        }
    }

    private void passOn() {
        ByteBuf full = gathered;
        gathered = null;
        if (channel.isPresent()) {
            unflushed = true;
            channel.get().write(full, channel.get().voidPromise());
        } else {
            full.release();
        }
    }

    /** Hands everything to the socket now. */
    void flush() {
        scheduled = false;
        if (gathered != null) {
            passOn();
        }
        if (unflushed) {
            unflushed = false;
            channel.ifPresent(Channel::flush);
        }
    }

    /** Forgets what was not handed over: the channel is gone. */
    void discard() {
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
        unflushed = false;
    }
}
