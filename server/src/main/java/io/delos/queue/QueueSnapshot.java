package io.delos.queue;

import io.delos.store.Fact;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What a durable queue holds, as references: written into a checkpoint, read back at start, and then corrected by the facts that follow the
 * checkpoint. Not thread-safe.
 */
public final class QueueSnapshot {

    /** One that waits for its time. */
    private record Timed(long at, long position, int size, int mark) { }

    private final Refs refs;
    private final List<Timed> timed = new ArrayList<>();
    private final BitSet gone = new BitSet();

    /** An empty one: what a queue starts with. */
    public QueueSnapshot() {
        this(new Refs(64));
    }

    QueueSnapshot(Refs refs) {
        this.refs = refs;
    }

    Refs refs() {
        return refs;
    }

    void addTimed(long at, long position, int size, int mark) {
        timed.add(new Timed(at, position, size, mark));
    }

    void scheduleAll(Schedule schedule) {
        timed.forEach(t -> schedule.add(t.at(), t.position(), t.size(), t.mark(), null));
    }

    /** A message entered after this snapshot was taken. Positions ascend. */
    public void entered(long position, int size, int priority, long deliverAt) {
        if (deliverAt > 0) {
            addTimed(deliverAt, position, size, priority);
        } else {
            refs.add(position, size, priority, 0, null);
        }
    }

    /** As {@link #entered}, for a message that lay in the journal before its transaction was decided: at any position. */
    public void enteredStaged(long position, int size, int priority, long deliverAt) {
        int mark = Refs.mark(priority, 0, true);
        if (deliverAt > 0) {
            addTimed(deliverAt, position, size, mark);
        } else {
            refs.addMarked(position, size, mark, null);
        }
    }

    /** A message was settled after this snapshot was taken; unknown ones are ignored. */
    public void settled(long position) {
        int at = refs.find(position);
        if (at >= 0) {
            gone.set(at);
        } else {
            timed.removeIf(t -> t.position() == position);
        }
    }

    /** Everything the fact covers has left; those of large transactions are settled one by one instead. */
    public void purged(Fact.Purged fact) {
        for (int i = 0; i < refs.count(); i++) {
            if (!refs.staged(i) && fact.covers(refs.position(i))) {
                gone.set(i);
            }
        }
        timed.removeIf(t -> (t.mark() & Refs.STAGED) == 0 && fact.covers(t.position()));
    }

    /** The greatest position of all. */
    long lastPosition() {
        long last = 0;
        for (int i = 0; i < refs.count(); i++) {
            last = Math.max(last, refs.position(i));
        }
        for (Timed t : timed) {
            last = Math.max(last, t.position());
        }
        return last;
    }

    /** Delivery of a message has failed so often. */
    public void failed(long position, int failures) {
        int at = refs.find(position);
        if (at >= 0) {
            refs.failures(at, failures);
        }
    }

    /** Applies the removals; call once, after the last fact. */
    public void compact() {
        refs.removeAll(gone);
        gone.clear();
    }

    /** Each reference's position, to count what keeps a file alive. */
    public void forEachPosition(java.util.function.LongConsumer look) {
        for (int i = 0; i < refs.count(); i++) {
            look.accept(refs.position(i));
        }
        timed.forEach(t -> look.accept(t.position()));
    }

    public long count() {
        return refs.count() + (long) timed.size();
    }

    /** Sum of the messages' sizes. */
    public long bytes() {
        long sum = 0;
        for (int i = 0; i < refs.count(); i++) {
            sum += refs.size(i);
        }
        for (Timed t : timed) {
            sum += t.size();
        }
        return sum;
    }

    /** Bytes {@link #write} needs. */
    public int encodedSize() {
        return 8 + refs.count() * Refs.BYTES + timed.size() * (8 + Refs.BYTES);
    }

    /** Writes: count i32, references; count i32, time i64 and reference each. */
    public void write(ByteBuffer out) {
        out.putInt(refs.count());
        for (int i = 0; i < refs.count(); i++) {
            refs.write(i, out);
        }
        out.putInt(timed.size());
        for (Timed t : timed) {
            out.putLong(t.at()).putLong(t.position()).putInt(t.size()).putInt(t.mark());
        }
    }

    /** Reads what {@link #write} wrote. */
    public static QueueSnapshot read(ByteBuffer in) {
        int count = in.getInt();
        Refs refs = new Refs(Math.max(64, Math.min(count, in.remaining() / Refs.BYTES)));
        for (int i = 0; i < count; i++) {
            refs.read(in);
        }
        QueueSnapshot snapshot = new QueueSnapshot(refs);
        int timed = in.getInt();
        for (int i = 0; i < timed; i++) {
            long at = in.getLong();
            long position = in.getLong();
            int size = in.getInt();
            int mark = in.getInt();
            snapshot.addTimed(at, position, size, mark);
        }
        return snapshot;
    }
}
