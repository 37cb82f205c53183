package io.delos.store;

import io.delos.message.Xid;
import java.nio.ByteBuffer;

/**
 * What a transaction writes that is too large for one unit, or a branch of a distributed one: its parts as they come, which mean nothing by
 * themselves, perhaps that it is prepared, and then what became of it. A transaction is named by a number greater than every position of the
 * journal at its opening, so numbers are never used twice. Immutable.
 */
public sealed interface Staging extends Fact {

    byte SENT = 16;
    byte ENDED = 17;
    byte DECIDED = 18;
    byte PREPARED = 19;
    byte KNOWN = 20;

    /** The number of the transaction. */
    long transaction();

    static Staging read(byte type, ByteBuffer in) {
        long transaction = in.getLong();
        return switch (type) {
            case SENT -> new Sent(transaction, Enqueued.read(in));
            case ENDED -> new Ended(transaction, Settled.read(in));
            case DECIDED -> new Decided(transaction, in.get() != 0);
            case PREPARED -> new Prepared(transaction, in.getLong(), Wire.getXid(in));
            case KNOWN -> new Known(transaction, new Claimed(Wire.getText(in), Wire.getText(in)));
            default -> throw new IllegalStateException("a part of a transaction of the unknown type " + type);
        };
    }

    /** A message will be in these queues if the transaction commits. */
    record Sent(long transaction, Enqueued what) implements Staging {
        @Override
        public byte type() {
            return SENT;
        }

        @Override
        public int size() {
            return 8 + what.size();
        }

        @Override
        public void write(ByteBuffer out) {
            out.putLong(transaction);
            what.write(out);
        }
    }

    /** Messages will have left a queue if the transaction commits. */
    record Ended(long transaction, Settled what) implements Staging {
        @Override
        public byte type() {
            return ENDED;
        }

        @Override
        public int size() {
            return 8 + what.size();
        }

        @Override
        public void write(ByteBuffer out) {
            out.putLong(transaction);
            what.write(out);
        }
    }

    /** A duplicate-detection id will be known if the transaction commits, of whose message nothing is stored on its address. */
    record Known(long transaction, Claimed what) implements Staging {
        @Override
        public byte type() {
            return KNOWN;
        }

        @Override
        public int size() {
            return 8 + what.size();
        }

        @Override
        public void write(ByteBuffer out) {
            out.putLong(transaction);
            what.write(out);
        }
    }

    /** The transaction's parts are true from here on ({@code committed}), before all else its unit says; or they never will be. */
    record Decided(long transaction, boolean committed) implements Staging {
        @Override
        public byte type() {
            return DECIDED;
        }

        @Override
        public int size() {
            return 9;
        }

        @Override
        public void write(ByteBuffer out) {
            out.putLong(transaction).put((byte) (committed ? 1 : 0));
        }
    }

    /**
     * The transaction, with all its parts before this, waits to be decided, also after a restart: it is, or is a part of, the branch of this
     * name. Several with one name are decided together.
     *
     * @param at when that was, in milliseconds since the epoch
     */
    record Prepared(long transaction, long at, Xid xid) implements Staging {
        @Override
        public byte type() {
            return PREPARED;
        }

        @Override
        public int size() {
            return 16 + Wire.size(xid);
        }

        @Override
        public void write(ByteBuffer out) {
            out.putLong(transaction).putLong(at);
            Wire.put(out, xid);
        }
    }
}
