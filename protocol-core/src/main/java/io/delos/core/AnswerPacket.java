package io.delos.core;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.OptionalLong;

/** The generic answers to requests (sections 5.2 and 5.3). */
sealed interface AnswerPacket extends Packet {
    /** What requests without a correlation id are answered with. */
    long UNCORRELATED = -1;

    /** NULL_RESPONSE: it worked. */
    record Done(long correlation) implements AnswerPacket {
        static Done read(ByteBuf in, int version) {
            return new Done(in.isReadable() ? in.readLong() : UNCORRELATED);
        }

        @Override
        public byte type(int version) {
            return 21;
        }

        @Override
        public void write(ByteBuf out, int version) {
            if (version >= Version.CORRELATION) {
                out.writeLong(correlation);
            }
        }
    }

    /** EXCEPTION: it did not. The correlation is present only when the request had one. */
    record Failed(int code, Optional<String> message, OptionalLong correlation) implements AnswerPacket {
        static Failed read(ByteBuf in, int version) throws MalformedPacketException {
            return new Failed(in.readInt(), Wire.readOptionalString(in), in.isReadable() ? OptionalLong.of(in.readLong()) : OptionalLong.empty());
        }

        @Override
        public byte type(int version) {
            return 20;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeInt(code);
            Wire.writeOptionalString(out, message);
            if (version >= Version.CORRELATION) {
                correlation.ifPresent(out::writeLong);
            }
        }
    }

    /** PACKETS_CONFIRMED: everything up to this one is dealt with. Both directions. */
    record Confirmed(int command) implements AnswerPacket {
        static Confirmed read(ByteBuf in, int version) {
            return new Confirmed(in.readInt());
        }

        @Override
        public byte type(int version) {
            return 22;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeInt(command);
        }
    }
}
