package io.delos.core;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Messages on their way, and the credit to send them (sections 7 and 12). */
sealed interface MessagePacket extends Packet {
    /** How its sender wants to hear of it. */
    default SendTail tail() {
        return SendTail.NO_ANSWER;
    }

    /**
     * What follows a message, or the chunk of one, that a client sends.
     *
     * @param correlation to be echoed in the answer
     * @param sender      the producer's id, which need not have been announced
     */
    record SendTail(boolean answer, long correlation, int sender) {
        static final SendTail NO_ANSWER = new SendTail(false, 0, 0);

        static int length(int version) {
            return version < Version.CORRELATION ? 1 : version < Version.PRODUCER_IDS ? 9 : 13;
        }

        static SendTail read(ByteBuf in, int version) {
            return new SendTail(Wire.readBoolean(in), version < Version.CORRELATION ? AnswerPacket.UNCORRELATED : in.readLong(),
                    version < Version.PRODUCER_IDS ? 0 : in.readInt());
        }

        void write(ByteBuf out, int version) {
            Wire.writeBoolean(out, answer);
            if (version >= Version.CORRELATION) {
                out.writeLong(correlation);
            }
            if (version >= Version.PRODUCER_IDS) {
                out.writeInt(sender);
            }
        }
    }

    /** SESS_SEND. */
    record Send(CoreMessage message, SendTail tail) implements MessagePacket {
        static Send read(ByteBuf in, int version) throws MalformedPacketException {
            CoreMessage message = CoreMessage.read(in, in.readableBytes() - SendTail.length(version), version);
            return new Send(message, SendTail.read(in, version));
        }

        @Override
        public byte type(int version) {
            return 71;
        }

        @Override
        public void write(ByteBuf out, int version) {
            CoreMessage.write(out, message.bytes(), message.id(), version);
            tail.write(out, version);
        }
    }

    /** SESS_SEND_LARGE: everything but the body, which follows in chunks. */
    record SendLarge(CoreMessage message) implements MessagePacket {
        static SendLarge read(ByteBuf in, int version) throws MalformedPacketException {
            return new SendLarge(CoreMessage.readHead(in));
        }

        @Override
        public byte type(int version) {
            return 72;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeBytes(message.head());
        }
    }

    /** SESS_SEND_CONTINUATION. The body's size (uncompressed, -1 if unknown) comes with the last chunk only. */
    record SendChunk(ByteBuffer chunk, boolean continues, long bodySize, SendTail tail) implements MessagePacket {
        static SendChunk read(ByteBuf in, int version) throws MalformedPacketException {
            ByteBuffer chunk = Wire.viewBytes(in);
            boolean continues = Wire.readBoolean(in);
            return new SendChunk(chunk, continues, continues ? -1 : in.readLong(), SendTail.read(in, version));
        }

        @Override
        public byte type(int version) {
            return 73;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeInt(chunk.remaining()).writeBytes(chunk.duplicate());
            Wire.writeBoolean(out, continues);
            if (!continues) {
                out.writeLong(bodySize);
            }
            tail.write(out, version);
        }

        @Override
        public Packet kept() {
            ByteBuffer own = ByteBuffer.allocate(chunk.remaining()).put(chunk.duplicate()).flip();
            return new SendChunk(own, continues, bodySize, tail);
        }
    }

    /** SESS_RECEIVE_MSG. The id replaces the one inside the message. */
    record Receive(CoreMessage message, long id, long consumer, int deliveryCount) implements MessagePacket {
        static final byte TYPE = 75;
        private static final int TAIL = Long.BYTES + Integer.BYTES;
        /** What a frame has beyond the message. */
        static final int OVERHEAD = Integer.BYTES + CoreCodec.HEADER + TAIL;

        static Receive read(ByteBuf in, int version) throws MalformedPacketException {
            CoreMessage message = CoreMessage.read(in, in.readableBytes() - TAIL, version);
            return new Receive(message, message.id(), in.readLong(), in.readInt());
        }

        @Override
        public byte type(int version) {
            return TYPE;
        }

        @Override
        public void write(ByteBuf out, int version) {
            write(out, message.bytes(), id, consumer, deliveryCount, version);
        }

        /** The same for a message nobody parsed. */
        static void write(ByteBuf out, byte[] block, long id, long consumer, int deliveryCount, int version) {
            CoreMessage.write(out, block, id, version);
            out.writeLong(consumer).writeInt(deliveryCount);
        }
    }

    /** SESS_RECEIVE_LARGE_MSG: everything but the body, of which {@code bodySize} bytes follow in chunks. */
    record ReceiveLarge(CoreMessage message, long id, long consumer, int deliveryCount, long bodySize) implements MessagePacket {
        static ReceiveLarge read(ByteBuf in, int version) throws MalformedPacketException {
            long consumer = in.readLong();
            int deliveryCount = in.readInt();
            long bodySize = in.readLong();
            CoreMessage message = CoreMessage.readHead(in);
            return new ReceiveLarge(message, message.id(), consumer, deliveryCount, bodySize);
        }

        @Override
        public byte type(int version) {
            return 76;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeLong(consumer).writeInt(deliveryCount).writeLong(bodySize);
            int idAt = out.writerIndex();
            out.writeBytes(message.head());
            out.setLong(idAt, id);
        }
    }

    /** SESS_RECEIVE_CONTINUATION. */
    record ReceiveChunk(byte[] chunk, boolean continues, long consumer) implements MessagePacket {
        static final byte TYPE = 77;
        /** What a frame has beyond the chunk. */
        static final int OVERHEAD = Integer.BYTES + CoreCodec.HEADER + Integer.BYTES + 1 + Long.BYTES;

        /** Writes what a frame has before a chunk of {@code length} bytes. */
        static void writeBefore(ByteBuf out, long channel, int length) {
            out.writeInt(OVERHEAD - Integer.BYTES + length).writeByte(TYPE).writeLong(channel).writeInt(length);
        }

        /** Writes what a frame has behind the chunk. */
        static void writeBehind(ByteBuf out, boolean continues, long consumer) {
            Wire.writeBoolean(out, continues);
            out.writeLong(consumer);
        }

        static ReceiveChunk read(ByteBuf in, int version) throws MalformedPacketException {
            return new ReceiveChunk(Wire.readBytes(in), Wire.readBoolean(in), in.readLong());
        }

        @Override
        public byte type(int version) {
            return TYPE;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeBytes(out, chunk);
            Wire.writeBoolean(out, continues);
            out.writeLong(consumer);
        }
    }

    /** SESS_PRODUCER_REQUEST_CREDITS, in bytes. */
    record RequestCredits(int credits, String address) implements MessagePacket {
        static RequestCredits read(ByteBuf in, int version) throws MalformedPacketException {
            return new RequestCredits(in.readInt(), Wire.readText(in));
        }

        @Override
        public byte type(int version) {
            return 79;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeText(out.writeInt(credits), address);
        }
    }

    /** SESS_PRODUCER_CREDITS, or SESS_PRODUCER_FAIL_CREDITS when the address is full and says so. */
    record ProducerCredits(boolean granted, int credits, String address) implements MessagePacket {
        static final byte GRANTED = 80;
        static final byte REFUSED = 82;

        static ProducerCredits readGranted(ByteBuf in, int version) throws MalformedPacketException {
            return new ProducerCredits(true, in.readInt(), Wire.readText(in));
        }

        static ProducerCredits readRefused(ByteBuf in, int version) throws MalformedPacketException {
            return new ProducerCredits(false, in.readInt(), Wire.readText(in));
        }

        @Override
        public byte type(int version) {
            return granted ? GRANTED : REFUSED;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeText(out.writeInt(credits), address);
        }
    }

    /** CREATE_PRODUCER; without an address it sends anywhere. */
    record CreateProducer(int id, Optional<String> address) implements MessagePacket {
        static CreateProducer read(ByteBuf in, int version) throws MalformedPacketException {
            return new CreateProducer(in.readInt(), Wire.readOptionalText(in));
        }

        @Override
        public byte type(int version) {
            return -20;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeOptionalText(out.writeInt(id), address);
        }
    }

    /** REMOVE_PRODUCER. */
    record RemoveProducer(int id) implements MessagePacket {
        static RemoveProducer read(ByteBuf in, int version) {
            return new RemoveProducer(in.readInt());
        }

        @Override
        public byte type(int version) {
            return -21;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeInt(id);
        }
    }
}
