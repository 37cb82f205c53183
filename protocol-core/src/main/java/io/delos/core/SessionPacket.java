package io.delos.core;

import io.delos.message.Xid;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What concerns a session as a whole: its life, its metadata and its transactions (sections 8.7, 9, 10.6). */
sealed interface SessionPacket extends Packet {
    /** Requests whose type says it all. */
    enum Bare implements SessionPacket {
        START(67), STOP(68), CLOSE(69), XA_SUSPEND(58), XA_IN_DOUBT(61), XA_GET_TIMEOUT(65);

        private final byte type;

        Bare(int type) {
            this.type = (byte) type;
        }

        @Override
        public byte type(int version) {
            return type;
        }

        @Override
        public void write(ByteBuf out, int version) {
            // nothing beyond the type
        }
    }

    /** SESS_ADD_METADATA in its three forms. */
    record AddMetadata(Form form, String key, String value, boolean answer) implements SessionPacket {
        enum Form {
            OLD(104), PLAIN(105), UNIQUE(106);

            private final byte type;

            Form(int type) {
                this.type = (byte) type;
            }
        }

        static AddMetadata readOld(ByteBuf in, int version) throws MalformedPacketException {
            return new AddMetadata(Form.OLD, Wire.readString(in), Wire.readString(in), true);
        }

        static AddMetadata readPlain(ByteBuf in, int version) throws MalformedPacketException {
            return new AddMetadata(Form.PLAIN, Wire.readString(in), Wire.readString(in), Wire.readBoolean(in));
        }

        static AddMetadata readUnique(ByteBuf in, int version) throws MalformedPacketException {
            return new AddMetadata(Form.UNIQUE, Wire.readString(in), Wire.readString(in), Wire.readBoolean(in));
        }

        @Override
        public byte type(int version) {
            return form.type;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeString(out, key);
            Wire.writeString(out, value);
            if (form != Form.OLD) {
                Wire.writeBoolean(out, answer);
            }
        }
    }

    /** SESS_COMMIT; only the awaited form of newer clients has a correlation id. */
    record Commit(OptionalLong correlation) implements SessionPacket {
        static Commit read(ByteBuf in, int version) {
            return new Commit(in.isReadable() ? OptionalLong.of(in.readLong()) : OptionalLong.empty());
        }

        @Override
        public byte type(int version) {
            return 43;
        }

        @Override
        public void write(ByteBuf out, int version) {
            if (version >= Version.COMMIT_CORRELATION) {
                correlation.ifPresent(out::writeLong);
            }
        }
    }

    /** SESS_ROLLBACK. */
    record Rollback(boolean lastMessageDelivered) implements SessionPacket {
        static Rollback read(ByteBuf in, int version) {
            return new Rollback(Wire.readBoolean(in));
        }

        @Override
        public byte type(int version) {
            return 44;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeBoolean(out, lastMessageDelivered);
        }
    }

    /** What a transaction manager asks of a branch; END and COMMIT carry a flag (failed, one-phase). */
    record Xa(Verb verb, Xid xid, boolean flag) implements SessionPacket {
        enum Verb {
            START(51), END(52), COMMIT(53), PREPARE(54), ROLLBACK(56), JOIN(57), RESUME(59), FORGET(60), FAILED(39);

            private final byte type;

            Verb(int type) {
                this.type = (byte) type;
            }

            byte type() {
                return type;
            }

            private boolean flagged() {
                return this == END || this == COMMIT;
            }

            Xa read(ByteBuf in, int version) throws MalformedPacketException {
                return new Xa(this, Wire.readXid(in), flagged() && Wire.readBoolean(in));
            }
        }

        @Override
        public byte type(int version) {
            return verb.type;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeXid(out, xid);
            if (verb.flagged()) {
                Wire.writeBoolean(out, flag);
            }
        }
    }

    /** SESS_XA_RESP. */
    record XaAnswer(boolean error, int code, Optional<String> message) implements SessionPacket {
        static XaAnswer read(ByteBuf in, int version) throws MalformedPacketException {
            return new XaAnswer(Wire.readBoolean(in), in.readInt(), Wire.readOptionalString(in));
        }

        @Override
        public byte type(int version) {
            return 55;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeBoolean(out, error);
            out.writeInt(code);
            Wire.writeOptionalString(out, message);
        }
    }

    /** SESS_XA_INDOUBT_XIDS_RESP. */
    record XaInDoubt(List<Xid> xids) implements SessionPacket {
        static XaInDoubt read(ByteBuf in, int version) throws MalformedPacketException {
            int count = in.readInt();
            List<Xid> xids = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                xids.add(Wire.readXid(in));
            }
            return new XaInDoubt(xids);
        }

        @Override
        public byte type(int version) {
            return 62;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeInt(xids.size());
            xids.forEach(xid -> Wire.writeXid(out, xid));
        }
    }

    /** SESS_XA_SET_TIMEOUT. */
    record XaSetTimeout(int seconds) implements SessionPacket {
        static XaSetTimeout read(ByteBuf in, int version) {
            return new XaSetTimeout(in.readInt());
        }

        @Override
        public byte type(int version) {
            return 63;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeInt(seconds);
        }
    }

    /** SESS_XA_SET_TIMEOUT_RESP. */
    record XaTimeoutSet(boolean ok) implements SessionPacket {
        static XaTimeoutSet read(ByteBuf in, int version) {
            return new XaTimeoutSet(Wire.readBoolean(in));
        }

        @Override
        public byte type(int version) {
            return 64;
        }

        @Override
        public void write(ByteBuf out, int version) {
            Wire.writeBoolean(out, ok);
        }
    }

    /** SESS_XA_GET_TIMEOUT_RESP. */
    record XaTimeout(int seconds) implements SessionPacket {
        static XaTimeout read(ByteBuf in, int version) {
            return new XaTimeout(in.readInt());
        }

        @Override
        public byte type(int version) {
            return 66;
        }

        @Override
        public void write(ByteBuf out, int version) {
            out.writeInt(seconds);
        }
    }
}
