package io.delos.queue;

import io.delos.journal.Census;
import io.delos.message.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** The part of a queue behind its window: references only, a lane for each priority there is any of. Owned by the queue's loop. */
final class Backlog {

    private static final Logger LOG = LogManager.getLogger(Backlog.class);

    private final Queue queue;
    private final BacklogFiles files;
    private Lane[] lanes;

    Backlog(Queue queue, BacklogFiles files) {
        this.queue = queue;
        this.files = files;
    }

    /** The lane of a priority, or null: only a queue that was once too deep for its window has any. */
    Lane lane(int level) {
        return lanes == null ? null : lanes[level];
    }

    /** The lane of a priority, made if need be; {@code firstOrder} is the order of the next message of that priority. */
    Lane make(int level, long firstOrder) {
        if (lanes == null) {
            lanes = new Lane[Window.LEVELS];
        }
        if (lanes[level] == null) {
            lanes[level] = new Lane(queue, level, files, firstOrder);
        }
        return lanes[level];
    }

    BacklogFiles files() {
        return files;
    }

    /** Whether anything of this priority is here. */
    boolean holds(int level) {
        return lanes != null && lanes[level] != null && !lanes[level].isEmpty();
    }

    boolean isEmpty() {
        return count() == 0;
    }

    long count() {
        long sum = 0;
        for (int level = 0; lanes != null && level < lanes.length; level++) {
            sum += lanes[level] == null ? 0 : lanes[level].count();
        }
        return sum;
    }

    void add(long position, Message message, long firstOrder) {
        make(message.priority(), firstOrder).add(position, message);
    }

    /** Adds a message of a large transaction, which lies on disk. */
    void addStaged(long position, int size, int mark, long firstOrder) {
        make(mark & 0xff, firstOrder).add(position, size, mark);
    }

    void removeAll(Removal sum) {
        for (int level = 0; lanes != null && level < lanes.length; level++) {
            if (lanes[level] != null) {
                lanes[level].removeAll(sum);
            }
        }
    }

    void deleteFiles() {
        for (int level = 0; lanes != null && level < lanes.length; level++) {
            if (lanes[level] != null) {
                lanes[level].deleteFile();
            }
        }
    }

    /** Forgets an empty lane that has no run; returns the order of the next message of any priority without a lane. */
    long dropUnused(int level, long nextOrder) {
        Lane lane = lanes[level];
        if (!lane.isEmpty() || lane.hasFile()) {
            return nextOrder;
        }
        lanes[level] = null;
        return Math.max(nextOrder, lane.end());
    }

    /** Adds what a checkpoint says of it: references before all lanes, the lanes, and what it needs of their runs. */
    void save(Refs front, List<SavedLane> saved, List<QueueSnapshot.Need> needs) {
        for (int level = 0; lanes != null && level < lanes.length; level++) {
            Lane lane = lanes[level];
            if (lane == null) {
                continue;
            }
            for (Chunk chunk : lane.chunks()) {
                if (lane.isFront(chunk)) {
                    SavedLane.copy(chunk, front);
                }
            }
            SavedLane state = SavedLane.of(lane);
            if (!state.isEmpty()) {
                saved.add(state);
            }
            if (lane.hasFile()) {
                needs.add(lane.need());
            }
        }
    }

    /** Takes over what a checkpoint and the facts behind it say; returns how many and, in bytes, how much. */
    long[] restore(QueueSnapshot saved) {
        long[] sum = new long[2];
        Refs[] fronts = new Refs[Window.LEVELS];
        for (int i = 0; i < saved.front().count(); i++) {
            int level = saved.front().priority(i);
            fronts[level] = fronts[level] == null ? new Refs(16) : fronts[level];
            fronts[level].add(saved.front(), i);
        }
        for (int level = 0; level < fronts.length; level++) {
            if (fronts[level] != null) {
                make(level, 0).restoreFront(fronts[level], sum);
            }
            if (files.left(queue.id(), level)) {
                make(level, 0).inherit();
            }
        }
        for (SavedLane lane : saved.lanes()) {
            make(lane.level(), 0).restore(lane, saved.losses(), sum);
        }
        return sum;
    }

    /** Writes and reads what the restored lanes want written and read. */
    void tend() {
        for (int level = 0; lanes != null && level < lanes.length; level++) {
            if (lanes[level] != null) {
                lanes[level].tend();
            }
        }
    }

    /** Tells which messages of the journal it keeps alive; what has to be read for that is read on a worker, who then runs {@code answered}. */
    void living(Census.Tally tally, Runnable answered) {
        List<ChunkOnDisk> unread = new ArrayList<>(0);
        for (int level = 0; lanes != null && level < lanes.length; level++) {
            if (lanes[level] != null) {
                lanes[level].living(tally, unread);
            }
        }
        if (unread.isEmpty()) {
            answered.run();
            return;
        }
        files.execute(() -> {
            try {
                for (ChunkOnDisk chunk : unread) {
                    chunk.tell(tally);
                }
                answered.run();
            } catch (IOException failure) {
                LOG.warn("References of queue {} can't be read, so no file of the journal is compacted this time", queue.name(), failure);
            }
        });
    }
}
