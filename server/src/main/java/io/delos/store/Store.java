package io.delos.store;

import io.delos.journal.Census;
import io.delos.journal.CheckpointContents;
import io.delos.journal.DamagedException;
import io.delos.journal.Disk;
import io.delos.journal.GoneException;
import io.delos.journal.Journal;
import io.delos.journal.JournalConfig;
import io.delos.journal.RecordReader;
import io.delos.journal.RecordVisitor;
import io.delos.journal.Recovery;
import io.delos.journal.StoredRecord;
import io.delos.loop.Loop;
import io.delos.message.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Facts in, completions out, in one order for the whole broker. Any thread may {@link #write}; completions are sorted on the journal
 * thread and reach each loop as one bundle per commit group.
 */
public final class Store implements ColdMessages, AutoCloseable {

    private static final Logger LOG = LogManager.getLogger(Store.class);
    /** Payload bytes under way to the disk beyond which senders should pause, though the memory would take more; or half a segment, so that on a full disk what is under way fits. */
    private static final long MOST_PRESSURE = 32L << 20;
    /** Room for what is written around a message's bytes, queue ids included. */
    private static final long ENVELOPE = 64 << 10;

    private final Notes notes;
    private final Executor workers;
    private final Completions completions = new Completions();
    private final Consumer<Fact> onDurable;
    private final Consumer<Long> checkpointDue;
    private final ConcurrentLinkedQueue<Runnable> waitingForRoom = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<RecordReader> readers;
    private final Journal journal;
    private final long maxMessageBytes;
    private final long pressure;
    private final Spill spill;
    private final ColdFetch fetch;
    private final BodyFiles bodies;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean checkpointWanted;
    private Consumer<Long> groupEnd = position -> { };

    /**
     * What the store tells its user.
     *
     * @param onDurable     journal thread, in order: each fact but those of messages, before its unit is applied anywhere
     * @param checkpointDue journal thread, with the position up to which everything has been sent to its owner
     * @param onFailure     journal thread, once: the disk has failed, nothing more will be accepted
     */
    public record Listener(Consumer<Fact> onDurable, Consumer<Long> checkpointDue, Consumer<IOException> onFailure) { }

    private Store(JournalConfig config, Disk disk, Recovery recovery, Notes notes, Executor workers, Listener listener, MemoryBudget memory,
                  BodyFiles bodies) throws IOException {
        this.notes = notes;
        this.bodies = bodies;
        this.workers = workers;
        this.onDurable = listener.onDurable();
        this.checkpointDue = listener.checkpointDue();
        this.journal = Journal.open(config.withAfterGroup(this::groupDone).withCheckpointDue(() -> checkpointWanted = true)
                .withOnFailure(listener.onFailure()), disk, recovery);
        this.maxMessageBytes = Math.min(config.maxUnitBytes() - ENVELOPE, memory.largestMessage());
        this.pressure = Math.min(Math.min(MOST_PRESSURE, config.segmentBytes() / 2), memory.limit(MemoryBudget.Share.WRITING));
        this.readers = ThreadLocal.withInitial(journal::reader);
        this.spill = new Spill(config, disk, workers, listener.onFailure());
        this.fetch = new ColdFetch(workers, readers, ThreadLocal.withInitial(spill::reader), closing);
    }

    /**
     * Opens the journal and replays it into {@code recovery} on the calling thread.
     *
     * @param bodies where the bodies of large messages are
     * @throws IOException when the journal is damaged or another's; the message says where
     */
    public static Store open(JournalConfig config, Disk disk, Recovery recovery, Notes notes, Executor workers, Listener listener,
                             MemoryBudget memory, BodyFiles bodies) throws IOException {
        return new Store(config, disk, recovery, notes, workers, listener, memory, bodies);
    }

    /** Hands a unit to the journal; its completion comes in the order of all writes. Any thread. */
    public void write(Unit unit) {
        unit.enter(this);
        journal.append(unit);
    }

    /** What protocols asked to be remembered. Any thread. */
    public Notes notes() {
        return notes;
    }

    /** The identity of the data, made when the journal was created. */
    public java.util.UUID id() {
        return journal.storeId();
    }

    /** The largest message that can be written, in bytes of its encoded form. */
    public long maxMessageBytes() {
        return maxMessageBytes;
    }

    /** The journal as those see it who keep values in it. */
    Shelf.Values values() {
        return new Shelf.Values() {
            @Override
            public void retain(long position, int delta) {
                journal.retain(position, delta);
            }

            @Override
            public void read(long[] positions, int[] sizes, int count, RecordVisitor visitor) {
                readers.get().read(positions, sizes, 0, count, visitor);
            }
        };
    }

    Completions completions() {
        return completions;
    }

    /** The bodies of large messages. */
    public BodyFiles bodies() {
        return bodies;
    }

    /** Any thread: until the fact is true, nobody else may keep the file it refers to. */
    void entering(Fact fact) {
        long file = body(fact);
        if (file != 0) {
            bodies.pin(file);
        }
    }

    private static long body(Fact fact) {
        if (fact instanceof Fact.Enqueued enqueued) {
            return enqueued.message().body().file();
        }
        return fact instanceof Staging.Sent sent ? sent.what().message().body().file() : 0;
    }

    void noteDurable(Fact fact, long position) {
        bodies.refs().noted(fact, position);
        long file = body(fact);
        if (file != 0) {
            bodies.unpin(file);
        }
        if (fact instanceof Fact.Enqueued || fact instanceof Fact.Settled || fact instanceof Fact.Failed || fact instanceof Fact.Purged
                || fact instanceof Staging) {
            return;
        }
        notes.apply(fact, position);
        onDurable.accept(fact);
    }

    private void groupDone() {
        completions.flush();
        if (!waitingForRoom.isEmpty() && relieved()) {
            Runnable waiter;
            while ((waiter = waitingForRoom.poll()) != null) {
                waiter.run();
            }
        }
        if (checkpointWanted && !closing.get()) {
            checkpointWanted = false;
            checkpointDue.accept(journal.durablePosition());
        }
        Consumer<Long> last = groupEnd;
        groupEnd = position -> { };
        last.accept(journal.durablePosition());
    }

    /** Journal thread: runs {@code then} once, with the durable position, when all completions of the group have been posted. */
    public void atGroupEnd(Consumer<Long> then) {
        groupEnd = then;
    }

    /** Whether so much is under way to the disk that senders should pause. Any thread. */
    public boolean underPressure() {
        return journal.pendingBytes() + spill.pendingBytes() > pressure;
    }

    /** Runs {@code resume} on {@code loop} when the pressure is gone. Any thread. */
    public void whenRelieved(Loop loop, Runnable resume) {
        waitingForRoom.add(() -> loop.post(resume));
        if (relieved()) {
            requestTurn();
        }
    }

    private boolean relieved() {
        return journal.pendingBytes() + spill.pendingBytes() < pressure / 2;
    }

    /** How many files the journal has in reserve; see {@link Journal#freeSegments}. */
    public int freeSegments() {
        return journal.freeSegments();
    }

    /** Everything before this position is durable. Any thread. */
    public long durablePosition() {
        return journal.durablePosition();
    }

    /** Bytes written since the last checkpoint. */
    public long bytesSinceCheckpoint() {
        return journal.bytesSinceCheckpoint();
    }

    /** Makes the journal thread pass by, though there is nothing to write. */
    private void requestTurn() {
        write(new Marker(List.of()));
    }

    /** Writes a checkpoint on the calling thread, a worker; see {@link Journal#checkpoint}. */
    public void checkpoint(long replayFrom, CheckpointContents contents) throws IOException {
        journal.checkpoint(replayFrom, contents);
    }

    /** Journal thread, where a checkpoint begins: see {@link Journal#census}. */
    public Optional<Census> census() {
        return journal.census();
    }

    /** See {@link Journal#censusOfAll}. */
    public Optional<Census> censusOfAll() {
        return journal.censusOfAll();
    }

    /** What the journal's files have together, in bytes. */
    public long bytes() {
        return journal.segments().stream().mapToLong(Journal.SegmentState::bytes).sum();
    }

    /** Whether a record at this position holds a message that can be read, with its body if that is in a file; the calling thread blocks. */
    public boolean readable(long position, int size) throws IOException {
        try {
            StoredRecord record = readers.get().read(position, size);
            if (record.type() != Fact.ENQUEUED && record.type() != Staging.SENT) {
                return false;
            }
            Fact fact = Fact.read(record.type(), record.payload());
            Message message = (fact instanceof Staging.Sent staged ? staged.what() : (Fact.Enqueued) fact).message();
            if (message.large()) {
                bodies.view().check(message.body());
            }
            return true;
        } catch (DamagedException | GoneException lost) {
            return false;
        }
    }

    /** On the calling thread, a worker, when the checkpoint was written; see {@link Journal#compact}. */
    public boolean compact(Census census) {
        return journal.compact(census);
    }

    /** Has a checkpoint begun soon, whether or not anything is written. Any thread. */
    public void wantCheckpoint() {
        if (!closing.get()) {
            checkpointWanted = true;
            requestTurn();
        }
    }

    @Override
    public void retain(long position, int delta) {
        if (ColdMessages.spilled(position)) {
            spill.retain(position & ~SPILLED, delta);
        } else {
            journal.retain(position, delta);
        }
    }

    @Override
    public void strayed(long queue, long position) {
        if (bodies.any() && !ColdMessages.spilled(position)) {
            write(new Marker(List.of(new Fact.Settled(queue, new long[] {position}))));
        }
    }

    @Override
    public long segment(long position) {
        return ColdMessages.spilled(position) ? spill.segment(position & ~SPILLED) | SPILLED : journal.segment(position);
    }

    @Override
    public void spill(Message message, Loop loop, LongConsumer placed) {
        spill.write(message, loop, position -> {
            placed.accept(position | SPILLED);
            if (!waitingForRoom.isEmpty() && relieved()) {
                requestTurn();
            }
        });
    }

    @Override
    public long search(long from, long to, Found found) throws IOException {
        Searcher searcher = new Searcher(found);
        long behind = journal.scan(from, to, searcher);
        searcher.check();
        return behind;
    }

    @Override
    public void fetch(long[] positions, int[] sizes, int count, Loop loop, Consumer<List<Message>> loaded) {
        fetch.fetch(positions, sizes, count, loop, loaded);
    }

    @Override
    public void look(long[] positions, int[] sizes, int count, Loop loop, Consumer<List<Message>> loaded) {
        fetch.look(positions, sizes, count, loop, loaded);
    }

    /** Syncs what was written and closes the journal. Completions of what was written before are still posted. */
    @Override
    public void close() {
        closing.set(true);
        journal.close();
        spill.close();
    }

    /** Picks the messages out of all records. One thread. */
    static final class Searcher implements RecordVisitor {
        private final Found found;
        private IOException trouble;

        Searcher(Found found) {
            this.found = found;
        }

        /** Throws what could not be read and may be readable another time. */
        void check() throws IOException {
            if (trouble != null) {
                throw trouble;
            }
        }

        @Override
        public void record(int index, long position, byte type, ByteBuffer payload) {
            if (type == Fact.ENQUEUED) {
                found.message(position, (Fact.Enqueued) Fact.read(type, payload), 0);
            } else if (type == Staging.SENT) {
                Staging.Sent staged = (Staging.Sent) Fact.read(type, payload);
                found.message(position, staged.what(), staged.transaction());
            }
        }

        @Override
        public void failed(int index, long position, IOException cause) {
            if (ReadTrouble.mayPass(cause)) {
                trouble = cause;
            } else {
                LOG.error("A message can't be read from the journal: {}", cause.toString());
            }
        }
    }

    /** What nobody waits for. */
    private static final class Marker extends Unit {
        Marker(List<Fact> facts) {
            super(facts);
        }

        @Override
        protected void completed(Completions completions) {
            // nobody waits for it
        }

        @Override
        protected void refused(Completions completions, IOException cause) {
            // nobody waits for it
        }
    }
}
