package io.delos.queue;

import io.delos.journal.Disk;
import io.delos.store.Finder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a queue held when its broker stopped, in references and in order, without a queue. Its runs are read a chunk at a time. One thread,
 * blocking.
 */
public final class SavedQueue {

    private final long id;
    private final String name;
    private final QueueSnapshot saved;
    private final Place place;
    private long lost;

    /**
     * Where the rest of it is.
     *
     * @param disk is not written to
     * @param journal the directory of the journal
     * @param finder finds what a damaged run led to
     */
    public record Place(Disk disk, Path journal, Finder finder) { }

    /** References in their order. */
    public interface Cursor {

        /** Goes to the next; false at the end. An exception says what can't be read. */
        boolean next() throws IOException;

        /** Where the message lies. */
        long position();

        /** About what it weighs, in bytes. */
        int size();
    }

    /** The snapshot has been {@linkplain QueueSnapshot#compact compacted}, and is this object's from now on. */
    public SavedQueue(long id, String name, QueueSnapshot saved, Place place) {
        this.id = id;
        this.name = name;
        this.saved = saved;
        this.place = place;
    }

    /** One for each priority of what could be delivered, and one, in order of arrival, for what waited for its time. */
    public List<Cursor> cursors() throws IOException {
        List<Cursor> cursors = new ArrayList<>();
        for (int level = 0; level < Window.LEVELS; level++) {
            Refs front = new Refs(1);
            for (int i = 0; i < saved.front().count(); i++) {
                if (saved.front().priority(i) == level) {
                    front.add(saved.front(), i);
                }
            }
            SavedLane lane = lane(level);
            if (lane != null) {
                cursors.add(cursor(front, lane));
            } else if (front.count() > 0) {
                cursors.add(new Walk(List.of(new InMemory(front))));
            }
        }
        if (!saved.timed().isEmpty()) {
            cursors.add(new Walk(List.of(new InMemory(timed()))));
        }
        return cursors;
    }

    /** How many messages the journal should have and doesn't, as far as has been read. */
    public long lost() {
        return lost;
    }

    private SavedLane lane(int level) {
        for (SavedLane lane : saved.lanes()) {
            if (lane.level() == level) {
                return lane;
            }
        }
        return null;
    }

    private Cursor cursor(Refs front, SavedLane lane) throws IOException {
        BacklogFiles files = new BacklogFiles(place.disk(), place.journal().resolve("backlog"), Runnable::run, BacklogFiles.Depth.USUAL, false);
        ChunkOnDisk.Home home = new ChunkOnDisk.Home(id, name, lane.level(), files.open(id, lane.level()), place.finder());
        lost += lane.correct(saved.losses(), home);
        home.file().close();
        List<Part> parts = new ArrayList<>();
        parts.add(new InMemory(front));
        lane.chunks().forEach(chunk -> parts.add(new Written(chunk, home)));
        parts.add(new InMemory(lane.tail()));
        return new Walk(parts);
    }

    private Refs timed() {
        record Waiting(long position, int size, int mark) { }
        List<Waiting> all = new ArrayList<>(saved.timed().count());
        saved.timed().forEach((at, position, size, mark) -> all.add(new Waiting(position, size, mark)));
        all.sort(Comparator.comparingLong(Waiting::position));
        Refs refs = new Refs(all.size());
        all.forEach(each -> refs.addMarked(each.position, each.size, each.mark, null));
        return refs;
    }

    /** Some references that follow one another. */
    private sealed interface Part {

        /** All of them, and more that are not meant. */
        Refs read() throws IOException;

        boolean has(int slot);
    }

    private record InMemory(Refs refs) implements Part {
        @Override
        public Refs read() {
            return refs;
        }

        @Override
        public boolean has(int slot) {
            return true;
        }
    }

    private final class Written implements Part {
        private final Chunk chunk;
        private final ChunkOnDisk.Home home;

        Written(Chunk chunk, ChunkOnDisk.Home home) {
            this.chunk = chunk;
            this.home = home;
        }

        @Override
        public Refs read() throws IOException {
            Refs refs = chunk.onDisk(home).read();
            home.file().close();
            lost += chunk.lose(refs).count;
            return refs;
        }

        @Override
        public boolean has(int slot) {
            return chunk.has(slot);
        }
    }

    /** Goes through parts, holding one. */
    private static final class Walk implements Cursor {
        private final List<Part> parts;
        private int nextPart;
        private Part part;
        private Refs refs = new Refs(1);
        private int at = -1;

        Walk(List<Part> parts) {
            this.parts = parts;
        }

        @Override
        public boolean next() throws IOException {
            while (true) {
                at++;
                if (at < refs.count()) {
                    if (part.has(at)) {
                        return true;
                    }
                } else if (nextPart == parts.size()) {
                    return false;
                } else {
                    part = parts.get(nextPart++);
                    refs = part.read();
                    at = -1;
                }
            }
        }

        @Override
        public long position() {
            return refs.position(at);
        }

        @Override
        public int size() {
            return refs.size(at);
        }
    }
}
