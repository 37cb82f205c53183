package io.delos.queue;

import java.util.function.Consumer;

/** Looks through a lane in order, a bounded number of references at a time, without taking any. Owned by the queue's loop. */
final class LaneCursor {

    private final Lane lane;
    private final long end;
    private long at;
    private Chunk chunk;
    private Refs refs;

    /** From one order to before another. */
    LaneCursor(Lane lane, long from, long end) {
        this.lane = lane;
        this.at = from;
        this.end = end;
    }

    Lane lane() {
        return lane;
    }

    /** The order of the next one it will look at. */
    long at() {
        return at;
    }

    /** Goes on from a later order. */
    void skipTo(long order) {
        at = order;
    }

    boolean exhausted() {
        return at >= end;
    }

    /** Whether {@link #next} would answer at once. */
    boolean ready() {
        Chunk here = lane.at(at);
        return here == null || here.order() >= end || here.loaded() || here == chunk;
    }

    /** Reads what {@link #next} needs, then runs {@code then}. */
    void prepare(Runnable then) {
        Chunk here = lane.at(at);
        lane.read(here, read -> {
            chunk = here;
            refs = read == null ? new Refs(0) : read;
            then.run();
        });
    }

    /** Gives the next ones that are still there, at most {@code max} and no more than {@code bytes} but one; perhaps none. Perhaps at once. */
    void next(int max, long bytes, Consumer<Piece> then) {
        if (!ready()) {
            prepare(() -> next(max, bytes, then));
            return;
        }
        Chunk here = lane.at(at);
        if (here == null || here.order() >= end) {
            at = end;
            then.accept(new Piece());
        } else {
            then.accept(pick(here, here.loaded() ? here.refs() : refs, max, bytes));
        }
    }

    private Piece pick(Chunk from, Refs read, int max, long bytes) {
        Piece piece = new Piece();
        long left = bytes;
        at = Math.max(at, from.order());
        while (at < Math.min(end, from.order() + read.count()) && piece.count() < max && (left > 0 || piece.count() == 0)) {
            int slot = (int) (at - from.order());
            if (from.has(slot)) {
                piece.add(read, slot, at);
                left -= read.size(slot);
            }
            at++;
        }
        if (read.count() == 0) {
            at = from.end();
        }
        return piece;
    }
}
