package io.delos.store;

import java.nio.ByteBuffer;

/**
 * What a transaction too large for one unit writes: its parts as they come, which mean nothing by themselves, and then what became of it.
 * A transaction is named by a number greater than every position of the journal at its opening, so numbers are never used twice. Immutable.
 *
 * <p>A transaction that must survive a restart undecided needs one more fact between its parts and its decision; type 19 is kept for it.
 */
public sealed interface Staging extends Fact {

    byte SENT = 16;
    byte ENDED = 17;
    byte DECIDED = 18;

    /** The number of the transaction. */
    long transaction();

    static Staging read(byte type, ByteBuffer in) {
        long transaction = in.getLong();
        return switch (type) {
            case SENT -> new Sent(transaction, Enqueued.read(in));
            case ENDED -> new Ended(transaction, Settled.read(in));
            case DECIDED -> new Decided(transaction, in.get() != 0);
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
}
