package io.delos.queue;

import io.delos.journal.Census;
import io.delos.store.ColdMessages;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a queue of a stopped broker holds, for whoever puts the broker's files in order: counted, told of, written down again. One thread,
 * blocking.
 */
public final class StoredQueue {

    private final long id;
    private final String name;
    private final QueueSnapshot saved;
    private final BacklogFiles files;
    private final ColdMessages cold;
    private final Map<Integer, ChunkOnDisk.Home> homes = new HashMap<>(1);

    /** Is told of references. */
    public interface Look {

        /** One to a message of this queue. */
        void reference(long position, int size) throws IOException;
    }

    /** The snapshot has been {@linkplain QueueSnapshot#compact compacted}, and is this object's from now on. */
    public StoredQueue(long id, String name, QueueSnapshot saved, BacklogFiles files, ColdMessages cold) {
        this.id = id;
        this.name = name;
        this.saved = saved;
        this.files = files;
        this.cold = cold;
    }

    /** What the journal calls the queue. */
    public long id() {
        return id;
    }

    /**
     * Applies what left behind the checkpoint, and counts what is kept alive; call it once, first.
     *
     * @return how many messages are lost because the references to them are
     */
    public long restore() throws IOException {
        long lost = 0;
        for (SavedLane lane : saved.lanes()) {
            lost += lane.correct(saved.losses(), home(lane.level()));
            lane.chunks().forEach(chunk -> chunk.lives().forEach((base, references) -> cold.retain(base, references)));
            retain(lane.tail());
        }
        retain(saved.front());
        saved.timed().forEach((at, position, size, mark) -> cold.retain(position, 1));
        return lost;
    }

    private void retain(Refs refs) {
        for (int i = 0; i < refs.count(); i++) {
            cold.retain(refs.position(i), 1);
        }
    }

    private ChunkOnDisk.Home home(int level) {
        return homes.computeIfAbsent(level, l -> new ChunkOnDisk.Home(id, name, l, files.open(id, l), cold));
    }

    /** Says what it keeps alive. */
    public void living(Census.Tally tally) throws IOException {
        for (SavedLane lane : saved.lanes()) {
            for (Chunk chunk : lane.chunks()) {
                if (tally.wants(chunk.firstPosition(), chunk.lastPosition())) {
                    refs(lane, chunk, tally::living);
                }
            }
        }
        refs(tally::living);
    }

    /** Goes through all references, in no order. */
    public void forEach(Look look) throws IOException {
        for (SavedLane lane : saved.lanes()) {
            for (Chunk chunk : lane.chunks()) {
                refs(lane, chunk, look);
            }
        }
        refs(look);
    }

    private void refs(SavedLane lane, Chunk chunk, Look look) throws IOException {
        ChunkOnDisk onDisk = chunk.onDisk(home(lane.level()));
        Refs refs = onDisk.read();
        Chunk.Lost lost = chunk.lose(refs);
        lost.lives.forEach((base, references) -> cold.retain(base, -references));
        for (int slot = onDisk.left().nextSetBit(0); slot >= 0; slot = onDisk.left().nextSetBit(slot + 1)) {
            if (!refs.missing(slot)) {
                look.reference(refs.position(slot), refs.size(slot));
            }
        }
    }

    private void refs(Look look) throws IOException {
        List<Refs> all = new ArrayList<>(List.of(saved.front()));
        saved.lanes().forEach(lane -> all.add(lane.tail()));
        Refs timed = new Refs(16);
        saved.timed().forEach((at, position, size, mark) -> timed.addMarked(position, size, mark, null));
        all.add(timed);
        for (Refs refs : all) {
            for (int i = 0; i < refs.count(); i++) {
                look.reference(refs.position(i), refs.size(i));
            }
        }
    }

    /** Writes a checkpoint's section. */
    public void write(OutputStream section) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(saved.encodedSize());
        saved.write(bytes);
        section.write(bytes.array(), 0, bytes.position());
    }
}
