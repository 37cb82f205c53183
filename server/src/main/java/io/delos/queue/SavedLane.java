package io.delos.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;

/** A lane in a checkpoint: chunks that lie in its run, and the references behind them. Not thread-safe. */
final class SavedLane {

    private final int level;
    private final List<Chunk> chunks;
    private final Refs tail;
    private final BitSet tailGone = new BitSet();
    /** Before which references of the tail there may have been others. */
    private BitSet gaps;
    /** Those that have left from among the tail, as far as they are known. */
    private final Departed departed;

    private SavedLane(int level, List<Chunk> chunks, Refs tail, BitSet gaps, Departed departed) {
        this.level = level;
        this.chunks = chunks;
        this.tail = tail;
        this.gaps = gaps;
        this.departed = departed;
    }

    /** What is durable of a lane; valid as long as its queue's loop does nothing else. */
    static SavedLane of(Lane lane) {
        List<Chunk> written = new ArrayList<>();
        Refs tail = new Refs(64);
        BitSet gaps = new BitSet();
        Departed departed = new Departed();
        for (Chunk chunk : lane.chunks()) {
            if (chunk.written()) {
                if (chunk.durableCount() > 0) {
                    written.add(chunk);
                }
            } else if (!lane.isFront(chunk)) {
                gaps.set(tail.count());
                copy(chunk, tail);
                for (long position : chunk.trace().departed().positions()) {
                    departed.add(position);
                }
            }
        }
        return new SavedLane(lane.level(), written, tail, gaps, departed);
    }

    /** Adds what is durable of a chunk in memory. */
    static void copy(Chunk chunk, Refs target) {
        for (int slot = 0; slot < chunk.slots(); slot++) {
            if (chunk.has(slot) && chunk.refs().durable(slot)) {
                target.add(chunk.refs(), slot);
            }
        }
    }

    boolean isEmpty() {
        return chunks.isEmpty() && tail.count() == 0;
    }

    int level() {
        return level;
    }

    List<Chunk> chunks() {
        return chunks;
    }

    Refs tail() {
        return tail;
    }

    BitSet tailGone() {
        return tailGone;
    }

    /** Takes out of the tail what is marked as gone. */
    void compactTail() {
        BitSet moved = new BitSet();
        int to = 0;
        for (int i = 0; i < tail.count(); i++) {
            if (gaps.get(i)) {
                moved.set(to);
            }
            if (tailGone.get(i)) {
                departed.add(tail.position(i));
            } else {
                to++;
            }
        }
        gaps = moved;
        tail.removeAll(tailGone);
        tailGone.clear();
    }

    /** Fills a chunk with references of the tail, from the i-th on; returns the index of the next. */
    int fill(Chunk chunk, int i) {
        int next = i;
        chunk.trace().gap();
        while (next < tail.count() && !chunk.full()) {
            if (gaps.get(next)) {
                chunk.trace().gap();
            }
            chunk.add(tail.position(next), tail.size(next), tail.mark(next), null);
            next++;
        }
        chunk.trace().gap();
        for (long position : departed.positions()) {
            if (position > chunk.firstPosition() && position < chunk.lastPosition()) {
                chunk.trace().never(position);
            }
        }
        return next;
    }

    long count() {
        long sum = tail.count();
        for (Chunk chunk : chunks) {
            sum += chunk.count();
        }
        return sum;
    }

    long bytes() {
        long sum = 0;
        for (Chunk chunk : chunks) {
            sum += chunk.bytes();
        }
        for (int i = 0; i < tail.count(); i++) {
            sum += tail.size(i);
        }
        return sum;
    }

    long lastPosition() {
        long last = 0;
        for (int i = 0; i < tail.count(); i++) {
            last = Math.max(last, tail.position(i));
        }
        for (Chunk chunk : chunks) {
            last = Math.max(last, chunk.lastPosition());
        }
        return last;
    }

    /**
     * Removes what left after the checkpoint. Only chunks that are concerned are read.
     *
     * @return how many messages are lost
     * @throws IOException if the disk does not do what it should
     */
    long correct(Losses losses, ChunkOnDisk.Home home) throws IOException {
        long lost = 0;
        if (!chunks.isEmpty()) {
            Chunk last = chunks.get(chunks.size() - 1);
            home.file().expect(chunks.get(0).entry(), last.entry() + last.slots(), home.queue());
        }
        Iterator<Chunk> each = chunks.iterator();
        while (each.hasNext()) {
            Chunk chunk = each.next();
            if (!chunk.staged() && losses.all(chunk.firstPosition(), chunk.lastPosition())) {
                each.remove();
            } else if (losses.any(chunk.firstPosition(), chunk.lastPosition())) {
                Refs refs = chunk.onDisk(home).read();
                chunk.correct(refs);
                lost += chunk.lose(refs).count;
                for (int slot = 0; slot < refs.count(); slot++) {
                    if (chunk.has(slot) && losses.gone(refs.position(slot), refs.staged(slot))) {
                        chunk.take(slot, refs, slot);
                    }
                }
                if (chunk.count() == 0) {
                    each.remove();
                }
            }
        }
        return lost;
    }

    int encodedSize() {
        int size = 1 + 4 + 4 + tail.count() * Refs.BYTES + 4 + gaps.cardinality() * 4 + departed.encodedSize();
        for (Chunk chunk : chunks) {
            size += chunk.encodedSize();
        }
        return size;
    }

    /** Writes: level i8, chunks (count i32), references behind them, gaps (count i32, index i32 each), who departed from among them. */
    void write(ByteBuffer out) {
        out.put((byte) level).putInt(chunks.size());
        chunks.forEach(chunk -> chunk.write(out));
        tail.write(out);
        out.putInt(gaps.cardinality());
        gaps.stream().forEach(out::putInt);
        departed.write(out);
    }

    static SavedLane read(ByteBuffer in) {
        int level = in.get();
        List<Chunk> chunks = new ArrayList<>();
        for (int count = in.getInt(); count > 0; count--) {
            chunks.add(Chunk.read(in));
        }
        Refs tail = Refs.read(in);
        BitSet gaps = new BitSet();
        for (int count = in.getInt(); count > 0; count--) {
            gaps.set(in.getInt());
        }
        gaps.set(tail.count());
        return new SavedLane(level, chunks, tail, gaps, Departed.read(in));
    }
}
