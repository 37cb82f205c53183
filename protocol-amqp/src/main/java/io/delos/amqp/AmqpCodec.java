package io.delos.amqp;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.framing.TransportFrame;

/** Frames (AMQP 1.0 part 2 §2.3), cut straight from what the socket gave. Stateless; the decoder behind it is each thread's own. */
final class AmqpCodec {

    static final int HEAD = 8;
    private static final int SIZE_FIELD = 4;
    /** A data offset of two words, and the type of AMQP's frames. */
    private static final int USUAL_FRAME = 0x0200;
    private static final int TRANSFER = 0x005314;
    private static final int LIST8 = 0xc0;
    private static final int LIST32 = 0xd0;
    /** Up to where the size of its list may lie. */
    private static final int SHORTEST_TRANSFER = HEAD + 8;

    private AmqpCodec() { }

    /** The size of the frame that begins at the reader index, -1 if it isn't all there; larger than {@code limit} or no size at all is a {@link FrameException}. */
    static int frameSize(ByteBuf in, int limit) {
        if (in.readableBytes() < SIZE_FIELD) {
            return -1;
        }
        int size = in.getInt(in.readerIndex());
        if (size < HEAD) {
            throw FrameException.framing("specified frame size " + size + " smaller than minimum frame header size " + HEAD);
        }
        if (size > limit) {
            throw FrameException.framing("specified frame size " + size + " greater than maximum valid frame size " + limit);
        }
        return in.readableBytes() < size ? -1 : size;
    }

    /** Reads the frame of {@code size} bytes at the reader index and steps over it; empty for a heartbeat. */
    static Optional<TransportFrame> read(ByteBuf in, int size) {
        int start = in.readerIndex();
        in.skipBytes(size);
        int offset = in.getUnsignedByte(start + 4) * 4;
        int type = in.getUnsignedByte(start + 5);
        int channel = in.getUnsignedShort(start + 6);
        if (offset < HEAD || offset > size) {
            throw FrameException.framing("specified frame data offset " + offset + " does not fit a frame of " + size + " bytes");
        }
        if (type != 0) {
            throw FrameException.framing("unknown frame type: " + type);
        }
        if (offset == size) {
            return Optional.empty();
        }
        return Optional.of(decode(in.nioBuffer(start + offset, size - offset), channel));
    }

    /**
     * How long what comes in front of the payload is in the frame that begins at the reader index, of which not everything need be there; -1 if
     * not all of that is, or it is no transfer of the usual form.
     */
    static int transferHead(ByteBuf in) {
        int start = in.readerIndex();
        int there = in.readableBytes();
        boolean transfer = there >= SHORTEST_TRANSFER && in.getUnsignedShort(start + SIZE_FIELD) == USUAL_FRAME
                && in.getUnsignedMedium(start + HEAD) == TRANSFER;
        if (!transfer) {
            return -1;
        }
        long end;
        switch (in.getUnsignedByte(start + HEAD + 3)) {
            case LIST8: end = HEAD + 5 + in.getUnsignedByte(start + HEAD + 4); break;
            case LIST32: end = HEAD + 8 + in.getUnsignedInt(start + HEAD + 4); break;
            default: return -1;
        }
        return end <= Math.min(there, in.getInt(start)) ? (int) end : -1;
    }

    /** Reads what comes in front of a frame's payload, and steps over nothing. */
    static TransportFrame readHead(ByteBuf in, int length) {
        return decode(in.nioBuffer(in.readerIndex() + HEAD, length - HEAD), in.getUnsignedShort(in.readerIndex() + 6));
    }

    private static TransportFrame decode(ByteBuffer body, int channel) {
        if (Nesting.tooDeep(body)) {
            throw FrameException.decoding("a frame holds values that are nested too deeply");
        }
        DecoderImpl decoder = LoopCodec.get().decoder();
        Object performative;
        try {
            decoder.setByteBuffer(body);
            performative = decoder.readObject();
        } catch (RuntimeException damaged) {
            throw FrameException.decoding("a frame does not decode: " + damaged);
        } finally {
            decoder.setByteBuffer(null);
        }
        if (!(performative instanceof FrameBody)) {
            throw FrameException.decoding("a frame holds something else than a performative");
        }
        Binary payload = null;
        if (body.hasRemaining()) {
            byte[] bytes = new byte[body.remaining()];
            body.get(bytes);
            payload = new Binary(bytes);
        }
        return new TransportFrame(channel, (FrameBody) performative, payload);
    }
}
