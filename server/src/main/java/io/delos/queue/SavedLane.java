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

    SavedLane(int level, List<Chunk> chunks, Refs tail) {
        this.level = level;
        this.chunks = chunks;
        this.tail = tail;
    }

    /** What is durable of a lane; valid as long as its queue's loop does nothing else. */
    static SavedLane of(Lane lane) {
        List<Chunk> written = new ArrayList<>();
        Refs tail = new Refs(64);
        for (Chunk chunk : lane.chunks()) {
            if (chunk.written()) {
                if (chunk.durableCount() > 0) {
                    written.add(chunk);
                }
            } else if (!lane.isFront(chunk)) {
                copy(chunk, tail);
            }
        }
        return new SavedLane(lane.level(), written, tail);
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
     * @throws IOException if the run is not what the checkpoint says
     */
    void correct(Losses losses, BacklogFile file) throws IOException {
        if (!chunks.isEmpty()) {
            Chunk last = chunks.get(chunks.size() - 1);
            file.expect(chunks.get(0).entry(), last.entry() + last.slots());
        }
        Iterator<Chunk> each = chunks.iterator();
        while (each.hasNext()) {
            Chunk chunk = each.next();
            if (!chunk.staged() && losses.all(chunk.firstPosition(), chunk.lastPosition())) {
                each.remove();
            } else if (losses.any(chunk.firstPosition(), chunk.lastPosition())) {
                Refs refs = file.read(chunk.entry(), chunk.slots());
                chunk.correct(refs);
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
    }

    int encodedSize() {
        int size = 1 + 4 + 4 + tail.count() * Refs.BYTES;
        for (Chunk chunk : chunks) {
            size += chunk.encodedSize();
        }
        return size;
    }

    /** Writes: level i8, chunks (count i32), references behind them. */
    void write(ByteBuffer out) {
        out.put((byte) level).putInt(chunks.size());
        chunks.forEach(chunk -> chunk.write(out));
        tail.write(out);
    }

    static SavedLane read(ByteBuffer in) {
        int level = in.get();
        List<Chunk> chunks = new ArrayList<>();
        for (int count = in.getInt(); count > 0; count--) {
            chunks.add(Chunk.read(in));
        }
        return new SavedLane(level, chunks, Refs.read(in));
    }
}
