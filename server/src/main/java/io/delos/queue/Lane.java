package io.delos.queue;

import io.delos.journal.Census;
import io.delos.message.Message;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * What a queue holds of one priority behind its window: references in chunks, in order. When there are many the oldest full chunks are
 * written to a run and leave the memory; the first two are always brought back ahead of demand. Owned by the queue's loop.
 */
final class Lane {

    private static final Logger LOG = LogManager.getLogger(Lane.class);
    /** Chunks at the head that are kept in memory. */
    private static final int AHEAD = 2;

    private final Queue queue;
    private final BacklogFiles files;
    private final TreeMap<Long, Chunk> chunks = new TreeMap<>();
    private Chunk tail;
    private long nextOrder;
    private long count;
    /** Chunks that are not written and may be. */
    private int unwritten;
    /** What comes before is written, or never will be. */
    private long writtenUpTo;
    private final LaneRun run;
    private boolean reading;

    Lane(Queue queue, int level, BacklogFiles files, long firstOrder) {
        this.queue = queue;
        this.files = files;
        this.run = new LaneRun(queue, level, files);
        this.nextOrder = firstOrder;
        this.writtenUpTo = firstOrder;
    }

    int level() {
        return run.level();
    }

    long count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** The order of the next one that enters, here or in the window. */
    long end() {
        return nextOrder;
    }

    /** The order of one that enters the window. */
    long pass() {
        return nextOrder++;
    }

    /** The order of the first that is here; that of the next to come if there is none. */
    long head() {
        return chunks.isEmpty() ? nextOrder : chunks.firstEntry().getValue().head();
    }

    /** Puts one to the end. One with no position is kept until it has been spilled. */
    void add(long position, Message message) {
        boolean kept = position == Queue.NO_POSITION;
        Chunk chunk = openTail();
        int slot = add(chunk, position, message.size(), Refs.mark(message, false), kept ? message : null, message.expiration());
        if (kept) {
            queue.cold().spill(message, queue.loop(), place -> placed(chunk, slot, place));
        }
        if (chunk.full()) {
            tend();
        }
    }

    /** Puts one to the end that lies at {@code position}; {@code mark} is as {@link Refs#mark} says. */
    void add(long position, int size, int mark) {
        Chunk chunk = openTail();
        add(chunk, position, size, mark, null, 0);
        if (chunk.full()) {
            tend();
        }
    }

    private int add(Chunk chunk, long position, int size, int mark, Message kept, long expiration) {
        nextOrder++;
        count++;
        return chunk.add(position, size, mark, kept, expiration);
    }

    private Chunk openTail() {
        if (tail == null || tail.full()) {
            tail = new Chunk(nextOrder, files.depth().chunk());
            chunks.put(nextOrder, tail);
            unwritten++;
        }
        return tail;
    }

    private void placed(Chunk chunk, int slot, long position) {
        if (!chunk.place(slot, position)) {
            queue.cold().retain(position, -1);
        } else if (chunk.full() && !chunk.refs().anyKept()) {
            tend();
        }
    }

    /** Takes references from the head: at most {@code max} and no more than {@code bytes} but at least one; none while they have to be read first. */
    Piece take(int max, long bytes) {
        Piece piece = new Piece();
        long left = bytes;
        while (!chunks.isEmpty() && piece.count() < max && (left > 0 || piece.count() == 0)) {
            Chunk first = chunks.firstEntry().getValue();
            if (!first.loaded()) {
                break;
            }
            left -= first.take(piece, max, left);
            if (first.count() == 0) {
                remove(first);
            }
        }
        count -= piece.count();
        tend();
        return piece;
    }

    /** Whether what comes next has to be read first. */
    boolean headMissing() {
        return !chunks.isEmpty() && !chunks.firstEntry().getValue().loaded();
    }

    /** Takes one from the middle, whose reference was {@code i} of {@code refs}; what it is now, alone, or null if it is here no more. */
    Refs take(long order, Refs refs, int i) {
        Chunk chunk = at(order);
        if (chunk == null || order < chunk.order() || !chunk.has((int) (order - chunk.order()))) {
            return null;
        }
        int slot = (int) (order - chunk.order());
        Refs taken = new Refs(1);
        taken.add(chunk.loaded() ? chunk.refs() : refs, chunk.loaded() ? slot : i);
        chunk.take(slot, taken, 0);
        count--;
        if (chunk.count() == 0) {
            remove(chunk);
            tend();
        }
        return taken;
    }

    /** The chunk with this order, or the next behind it; null if there is none. */
    Chunk at(long order) {
        Map.Entry<Long, Chunk> found = chunks.floorEntry(order);
        if (found == null || found.getValue().end() <= order) {
            found = chunks.ceilingEntry(order);
        }
        return found == null ? null : found.getValue();
    }

    private void remove(Chunk chunk) {
        chunks.remove(chunk.order());
        if (chunk == tail) {
            tail = null;
        }
        if (!chunk.written() && chunk.order() >= writtenUpTo) {
            unwritten--;
        }
        if (chunk.written() && !queue.durable()) {
            run.drop(need().first());
        }
    }

    private boolean holds(Chunk chunk) {
        return chunks.get(chunk.order()) == chunk;
    }

    /** Writes what is too much for the memory, reads what will be wanted next. */
    void tend() {
        writeBehind();
        readAhead();
    }

    private void writeBehind() {
        if (run.writing() || unwritten <= files.depth().inMemory()) {
            return;
        }
        Map.Entry<Long, Chunk> oldest = chunks.ceilingEntry(writtenUpTo);
        if (oldest == null || oldest.getValue() == tail && !tail.full() || oldest.getValue().refs().anyKept()) {
            return;
        }
        Chunk chunk = oldest.getValue();
        run.write(chunk.refs(), entry -> written(chunk, entry));
    }

    private void written(Chunk chunk, long entry) {
        if (holds(chunk)) {
            unwritten--;
            writtenUpTo = chunk.end();
            chunk.written(entry, queue.cold());
            if (!ahead(chunk)) {
                chunk.unload();
            }
        }
        tend();
    }

    private boolean ahead(Chunk chunk) {
        Iterator<Chunk> first = chunks.values().iterator();
        for (int i = 0; i < AHEAD && first.hasNext(); i++) {
            if (first.next() == chunk) {
                return true;
            }
        }
        return false;
    }

    private void readAhead() {
        Iterator<Chunk> first = chunks.values().iterator();
        for (int i = 0; i < AHEAD && !reading && first.hasNext(); i++) {
            Chunk chunk = first.next();
            if (!chunk.loaded()) {
                reading = true;
                read(chunk, refs -> arrived(chunk, refs));
            }
        }
    }

    private void arrived(Chunk chunk, Refs refs) {
        reading = false;
        if (holds(chunk)) {
            if (refs == null) {
                lost(chunk);
            } else {
                chunk.load(refs);
            }
        }
        queue.storage().refill();
        queue.storage().runAfterLoad();
        tend();
    }

    /**
     * Reads the references of a chunk that is only on disk; null, after the damage was reported, if that can't be done. While the disk itself
     * fails it is tried again.
     */
    void read(Chunk chunk, Consumer<Refs> then) {
        run.read(chunk, refs -> {
            if (refs != null) {
                correct(chunk, refs);
            }
            then.accept(refs);
        });
    }

    /** Makes these references of a chunk say what is known better now; what is unknown is lost. */
    private void correct(Chunk chunk, Refs refs) {
        chunk.correct(refs);
        if (!holds(chunk)) {
            return;
        }
        Chunk.Lost lost = chunk.lose(refs);
        if (lost.count == 0) {
            return;
        }
        LOG.error("{} messages of queue {} are lost with the references to them, {} of them durable", lost.count, queue.name(), lost.durable);
        count -= lost.count;
        queue.usage().remove(lost.bytes, lost.count);
        queue.counters().left(lost.count, lost.bytes, lost.durable, lost.durableBytes);
        lost.lives.forEach((base, references) -> queue.cold().retain(base, -references));
        if (chunk.count() == 0) {
            remove(chunk);
        }
        queue.counters().backlog(queue.storage().backlog().count());
    }

    private void lost(Chunk chunk) {
        LOG.error("{} messages of queue {} are lost, because the references to them are", chunk.count(), queue.name());
        Removal lost = new Removal(queue);
        remove(chunk, lost);
        lost.done();
        queue.counters().backlog(queue.storage().backlog().count());
    }

    private void remove(Chunk chunk, Removal sum) {
        count -= chunk.count();
        if (chunk.loaded()) {
            for (int slot = 0; slot < chunk.slots(); slot++) {
                if (chunk.has(slot)) {
                    sum.add(chunk.refs(), slot);
                }
            }
        } else {
            sum.add(this, chunk);
        }
        chunk.clear();
        remove(chunk);
    }

    /** Takes all. */
    void removeAll(Removal sum) {
        while (!chunks.isEmpty()) {
            remove(chunks.firstEntry().getValue(), sum);
        }
        writtenUpTo = nextOrder;
    }

    /** Removes the run; nothing may be asked of it any more. */
    void deleteFile() {
        run.delete();
    }

    /** The chunks, in order. */
    Iterable<Chunk> chunks() {
        return chunks.values();
    }

    /** Whether there is, or may be, a run. */
    boolean hasFile() {
        return run.begun();
    }

    /** How much of the run a checkpoint needs that is taken now. */
    QueueSnapshot.Need need() {
        for (Chunk chunk : chunks.values()) {
            if (chunk.written()) {
                return run.need(chunk.entry());
            }
        }
        return run.need(BacklogFile.NOTHING);
    }

    /** Whether a chunk comes before all that can be written: the head as it was at start. */
    boolean isFront(Chunk chunk) {
        return !chunk.written() && chunk.order() < writtenUpTo;
    }

    /** Tells which messages of the journal it keeps alive; adds the chunks that have to be read for that. */
    void living(Census.Tally tally, List<ChunkOnDisk> unread) {
        for (Chunk chunk : chunks.values()) {
            if (chunk.loaded()) {
                for (int slot = 0; slot < chunk.slots(); slot++) {
                    if (chunk.has(slot)) {
                        Inventory.tell(chunk.refs(), slot, tally);
                    }
                }
            } else if (chunk.durableCount() > 0 && tally.wants(chunk.firstPosition(), chunk.lastPosition())) {
                unread.add(run.place(chunk));
            }
        }
    }

    /** Takes out those whose position is one of these, ascending, with the orders they had. References that are on disk only are read; blocking. */
    void hold(long[] positions, List<Entry> held) {
        for (Chunk chunk : List.copyOf(chunks.values())) {
            if (!Losses.within(positions, chunk.firstPosition(), chunk.lastPosition())) {
                continue;
            }
            Refs refs = chunk.refs();
            if (!chunk.loaded()) {
                refs = run.readNow(chunk);
                correct(chunk, refs);
            }
            for (int slot = 0; slot < chunk.slots(); slot++) {
                if (chunk.has(slot) && refs.durable(slot) && Arrays.binarySearch(positions, refs.position(slot)) >= 0) {
                    held.add(Entry.of(refs, slot, chunk.order() + slot));
                    chunk.take(slot, refs, slot);
                    count--;
                }
            }
            if (chunk.count() == 0) {
                remove(chunk);
            }
        }
    }

    /** References that stand before everything else and are never written. */
    void restoreFront(Refs refs, long[] sum) {
        Chunk chunk = new Chunk(nextOrder, refs.count());
        for (int i = 0; i < refs.count(); i++) {
            chunk.add(refs.position(i), refs.size(i), refs.mark(i), null);
            queue.cold().retain(refs.position(i), 1);
            sum[0]++;
            sum[1] += refs.size(i);
        }
        append(chunk);
        writtenUpTo = nextOrder;
    }

    private void append(Chunk chunk) {
        chunk.order(nextOrder);
        chunks.put(nextOrder, chunk);
        nextOrder += chunk.slots();
        count += chunk.count();
    }

    /** Takes over a run that an earlier process left, perhaps with nothing in it that is needed. */
    void inherit() {
        run.inherit();
    }

    /** Takes over chunks that lie in the run, and the references behind them. */
    void restore(SavedLane saved, Losses losses, long[] sum) {
        try {
            long lost = saved.correct(losses, saved.chunks().isEmpty() ? null : run.home());
            if (lost > 0) {
                files.lost(queue.name(), lost);
            }
        } catch (IOException failure) {
            files.missing(queue.name(), saved, failure);
        }
        for (Chunk chunk : saved.chunks()) {
            append(chunk);
            chunk.lives().forEach((base, references) -> queue.cold().retain(base, references));
            sum[0] += chunk.count();
            sum[1] += chunk.bytes();
            run.has(chunk);
        }
        writtenUpTo = nextOrder;
        for (int i = 0; i < saved.tail().count();) {
            Chunk chunk = new Chunk(nextOrder, files.depth().chunk());
            i = saved.fill(chunk, i);
            for (int slot = 0; slot < chunk.slots(); slot++) {
                queue.cold().retain(chunk.refs().position(slot), 1);
            }
            sum[0] += chunk.count();
            sum[1] += chunk.bytes();
            append(chunk);
            unwritten++;
            tail = chunk;
        }
    }
}
