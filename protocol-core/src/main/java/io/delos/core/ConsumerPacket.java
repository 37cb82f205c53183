package io.delos.core;

import io.netty.buffer.ByteBuf;
import java.util.Optional;

/** What concerns one consumer, known by a number its client chose (section 8). */
sealed interface ConsumerPacket extends Packet {
    long consumer();

    /** Whether its sender is told when it is dealt with. */
    default boolean wantsAnswer() {
        return this instanceof Acknowledge acknowledge ? acknowledge.answer() : this instanceof CreateConsumer || this instanceof CloseConsumer;
    }

    /** SESS_CREATECONSUMER. */
    record CreateConsumer(long consumer, String queue, Optional<String> filter, boolean browse, boolean answer, int priority)
            implements ConsumerPacket {
        static CreateConsumer read(ByteBuf in, int version) throws MalformedPacketException {
            return new CreateConsumer(in.readLong(), Wire.readText(in), Wire.readOptionalText(in), Wire.readBoolean(in),
                    Wire.readBoolean(in), version >= Version.CORRELATION && in.isReadable() ? in.readInt() : 0);
        }

        @Override
        public byte type(int version) {
            return 40;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeText(out.writeLong(consumer), queue);
            Wire.writeOptionalText(out, filter);
            Wire.writeBoolean(out, browse);
            Wire.writeBoolean(out, answer);
            if (version >= Version.CORRELATION) {
                out.writeInt(priority);
            }
        }
    }

    /** SESS_ACKNOWLEDGE (this and all before it) or SESS_INDIVIDUAL_ACKNOWLEDGE. */
    record Acknowledge(boolean individual, long consumer, long message, boolean answer) implements ConsumerPacket {
        static Acknowledge readCumulative(ByteBuf in, int version) {
            return new Acknowledge(false, in.readLong(), in.readLong(), Wire.readBoolean(in));
        }

        static Acknowledge readIndividual(ByteBuf in, int version) {
            return new Acknowledge(true, in.readLong(), in.readLong(), Wire.readBoolean(in));
        }

        @Override
        public byte type(int version) {
            return (byte) (individual ? 81 : 41);
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeBoolean(out.writeLong(consumer).writeLong(message), answer);
        }
    }

    /** SESS_EXPIRED: the client found the message too old. */
    record Expired(long consumer, long message) implements ConsumerPacket {
        static Expired read(ByteBuf in, int version) {
            return new Expired(in.readLong(), in.readLong());
        }

        @Override
        public byte type(int version) {
            return 42;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeLong(consumer).writeLong(message);
        }
    }

    /** SESS_FLOWTOKEN: bytes the client can take; -1 for no limit, 0 to take back what is left. */
    record FlowTokens(long consumer, int credits) implements ConsumerPacket {
        static FlowTokens read(ByteBuf in, int version) {
            return new FlowTokens(in.readLong(), in.readInt());
        }

        @Override
        public byte type(int version) {
            return 70;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeLong(consumer).writeInt(credits);
        }
    }

    /** SESS_CONSUMER_CLOSE. */
    record CloseConsumer(long consumer) implements ConsumerPacket {
        static CloseConsumer read(ByteBuf in, int version) {
            return new CloseConsumer(in.readLong());
        }

        @Override
        public byte type(int version) {
            return 74;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeLong(consumer);
        }
    }

    /** SESS_FORCE_CONSUMER_DELIVERY: send what you have, then a marker with this number. */
    record ForceDelivery(long consumer, long sequence) implements ConsumerPacket {
        static ForceDelivery read(ByteBuf in, int version) {
            return new ForceDelivery(in.readLong(), in.readLong());
        }

        @Override
        public byte type(int version) {
            return 78;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeLong(consumer).writeLong(sequence);
        }
    }

    /** DISCONNECT_CONSUMER: the consumer's queue is gone. */
    record ConsumerGone(long consumer) implements ConsumerPacket {
        static ConsumerGone read(ByteBuf in, int version) {
            return new ConsumerGone(in.readLong());
        }

        @Override
        public byte type(int version) {
            return 12;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeLong(consumer);
        }
    }
}
