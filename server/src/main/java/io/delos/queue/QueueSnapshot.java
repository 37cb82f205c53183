package io.delos.queue;

import io.delos.message.Message;
import io.delos.store.ColdMessages;
import io.delos.store.Fact;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What a durable queue holds: written into a checkpoint, read back at start, and then corrected by the facts that follow the checkpoint.
 * The head and what is not written to a run are references; the rest is named by its place in the run. Not thread-safe.
 */
public final class QueueSnapshot {

    private final Refs front;
    private final BitSet frontGone = new BitSet(0);
    private final Schedule timed;
    private final List<SavedLane> lanes;
    private final List<Need> needs;
    private Losses losses;

    /** A checkpoint needs the entries of a run from {@code first} to before {@code end}. */
    record Need(BacklogFile file, long first, long end) { }

    /** An empty one: what a queue starts with. */
    public QueueSnapshot() {
        this(new Refs(2), new Schedule(), new ArrayList<>(), List.of());
    }

    /** Valid as long as the queue's loop does nothing else. */
    QueueSnapshot(Refs front, Schedule timed, List<SavedLane> lanes, List<Need> needs) {
        this.front = front;
        this.timed = timed;
        this.lanes = lanes;
        this.needs = needs;
    }

    /** What stands before all lanes, of all priorities, each in its order. */
    Refs front() {
        return front;
    }

    Schedule timed() {
        return timed;
    }

    List<SavedLane> lanes() {
        return lanes;
    }

    /** What left that is not in memory here. */
    Losses losses() {
        if (losses == null) {
            losses = new Losses();
        }
        return losses;
    }

    private SavedLane lane(int level) {
        for (SavedLane lane : lanes) {
            if (lane.level() == level) {
                return lane;
            }
        }
        return null;
    }

    /** A message entered after this snapshot was taken. Positions ascend. */
    public void entered(long position, Message message) {
        enter(position, message.size(), Refs.mark(message, false), message.deliverAt());
    }

    /** As {@link #entered}, for a message that lay in the journal before its transaction was decided: at any position. */
    public void enteredStaged(long position, int size, int priority, long deliverAt) {
        enter(position, size, Refs.mark(priority, 0, true, false), deliverAt);
    }

    private void enter(long position, int size, int mark, long deliverAt) {
        SavedLane lane = lane(mark & 0xff);
        if (deliverAt > 0) {
            timed.add(deliverAt, position, size, mark, null);
        } else {
            (lane == null ? front : lane.tail()).addMarked(position, size, mark, null);
        }
    }

    /** A message was settled after this snapshot was taken; unknown ones are ignored. */
    public void settled(long position) {
        int at = front.find(position);
        if (at >= 0) {
            frontGone.set(at);
            return;
        }
        for (SavedLane lane : lanes) {
            at = lane.tail().find(position);
            if (at >= 0) {
                lane.tailGone().set(at);
                return;
            }
        }
        losses().settled(position);
    }

    /** Everything the fact covers has left; those of large transactions are settled one by one instead. */
    public void purged(Fact.Purged fact) {
        purge(front, frontGone, fact);
        lanes.forEach(lane -> purge(lane.tail(), lane.tailGone(), fact));
        losses().purged(fact);
    }

    private static void purge(Refs refs, BitSet gone, Fact.Purged fact) {
        for (int i = 0; i < refs.count(); i++) {
            if (!refs.staged(i) && fact.covers(refs.position(i))) {
                gone.set(i);
            }
        }
    }

    /** Delivery of a message has failed so often. */
    public void failed(long position, int failures) {
        int at = front.find(position);
        if (at >= 0) {
            front.failures(at, failures);
            return;
        }
        for (SavedLane lane : lanes) {
            at = lane.tail().find(position);
            if (at >= 0) {
                lane.tail().failures(at, failures);
                return;
            }
        }
        losses().failed(position, failures);
    }

    /** Applies what left to all that is in memory; call once, after the last fact. */
    public void compact() {
        front.removeAll(frontGone);
        frontGone.clear();
        for (SavedLane lane : lanes) {
            lane.compactTail();
        }
        if (losses == null) {
            return;
        }
        timed.removeIf(losses::gone);
        timed.failures(losses.failed());
        for (SavedLane lane : lanes) {
            for (Chunk chunk : lane.chunks()) {
                losses.failed().subMap(chunk.firstPosition(), true, Math.max(chunk.firstPosition(), chunk.lastPosition()), true)
                        .forEach(chunk::failed);
            }
        }
    }

    /** The greatest position of all. */
    long lastPosition() {
        long[] last = {0};
        for (int i = 0; i < front.count(); i++) {
            last[0] = Math.max(last[0], front.position(i));
        }
        lanes.forEach(lane -> last[0] = Math.max(last[0], lane.lastPosition()));
        timed.forEach((at, position, size, mark) -> last[0] = Math.max(last[0], position));
        return last[0];
    }

    /** Whether {@link #sync} and {@link #taken} do anything. */
    public boolean hasRuns() {
        return !needs.isEmpty();
    }

    /** Worker: makes durable what the snapshot names and does not hold; before the checkpoint counts. */
    public void sync() throws IOException {
        for (Need need : needs) {
            need.file().sync();
        }
    }

    /** Worker: the checkpoint counts; what it and the one before do not need is given back. */
    public void taken() throws IOException {
        for (Need need : needs) {
            need.file().checkpointed(need.first(), need.end());
        }
    }

    /** Bytes {@link #write} needs at most. */
    public int encodedSize() {
        int size = 12 + front.count() * Refs.BYTES + timed.count() * (8 + Refs.BYTES);
        for (SavedLane lane : lanes) {
            size += lane.encodedSize();
        }
        return size;
    }

    /** Writes: references (count i32); those that wait (count i32, time i64 and reference each); lanes (count i32). */
    public void write(ByteBuffer out) {
        front.write(out);
        int start = out.position();
        out.putInt(0);
        timed.forEach((at, position, size, mark) -> {
            if (position != Queue.NO_POSITION && !ColdMessages.spilled(position)) {
                out.putLong(at).putLong(position).putInt(size).putInt(mark);
            }
        });
        out.putInt(start, (out.position() - start - 4) / (8 + Refs.BYTES));
        out.putInt(lanes.size());
        lanes.forEach(lane -> lane.write(out));
    }

    /** Reads what {@link #write} wrote. */
    public static QueueSnapshot read(ByteBuffer in) {
        Refs front = Refs.read(in);
        Schedule timed = new Schedule();
        for (int count = in.getInt(); count > 0; count--) {
            long at = in.getLong();
            long position = in.getLong();
            int size = in.getInt();
            timed.add(at, position, size, in.getInt(), null);
        }
        List<SavedLane> lanes = new ArrayList<>();
        for (int count = in.getInt(); count > 0; count--) {
            lanes.add(SavedLane.read(in));
        }
        return new QueueSnapshot(front, timed, lanes, List.of());
    }
}
