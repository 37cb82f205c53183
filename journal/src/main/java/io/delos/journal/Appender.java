package io.delos.journal;

import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The journal thread, "delos-journal": drains the queue, writes a group, syncs once, completes the group in order. Who waits has no timer to wait
 * for: while one group is being synced the next one gathers. Units that nobody waits for are left for a moment until such a one comes, and wake nobody
 * in that moment: a sync for a message sent then has with it that the one before was received. After one failed write or sync it accepts nothing more, since nobody
 * can say what is on the disk.
 */
final class Appender implements Crew.Worker {
    private static final Logger LOG = LogManager.getLogger(Appender.class);
    private static final int MAX_GROUP_UNITS = 4096;
    /** How long it dozes, in nanoseconds: after a group, and when nothing but patient units has come. */
    private static final long PATIENCE = 2_000_000;
    /** So many of them are not left waiting any longer once it has seen them. */
    private static final int MAX_PATIENT_UNITS = 32;

    private final JournalConfig config;
    private final UUID store;
    private final int epoch;
    private final Segments segments;
    private final Preparer preparer;
    private final AppendQueue queue = new AppendQueue();
    private final AtomicLong pending = new AtomicLong();
    private volatile boolean closing;
    private volatile boolean terminated;
    private volatile IOException failure;
    private volatile long durable;
    private volatile long checkpointed;
    /** It rests for a moment only: patient units need not wake it. Written by the worker. */
    private volatile boolean dozing;
    /** Something else has come while it dozed. */
    private volatile boolean called;

    private Crew.Hand hand;
    private final AppendList waiting = new AppendList();
    private final Batch batch;
    private OpenSegment open;
    private long position;
    private int chain;
    private long announced;
    private long groupPayload;
    /** Units of the group before that somebody waited for. */
    private int crowd;

    Appender(JournalConfig config, UUID store, int epoch, Segments segments, Preparer preparer) {
        this.config = config;
        this.store = store;
        this.epoch = epoch;
        this.segments = segments;
        this.preparer = preparer;
        this.batch = new Batch(store, config.maxGroupBytes());
    }

    /**
     * Begins the first segment of this opening and the work; on the opening thread.
     *
     * @param end where the journal found on the disk ends
     * @param lastChain the chain value of its last frame
     * @param lastCheckpoint the position of the newest checkpoint
     */
    void start(long end, int lastChain, long lastCheckpoint) throws IOException {
        durable = end;
        checkpointed = lastCheckpoint;
        announced = lastCheckpoint;
        chain = lastChain;
        position = end;
        begin(preparer.take());
        hand = config.crew().begin("delos-journal", this);
    }

    /** Any thread. */
    void append(Append unit) {
        unit.measure();
        pending.addAndGet(unit.payloadBytes);
        boolean patient = unit.patient();
        boolean first = queue.push(unit);
        if (dozing) {
            if (!patient) {
                called = true;
                hand.wake();
            }
        } else if (first) {
            hand.wake();
        }
        if (terminated) {
            failRemaining(new IOException("the journal is closed"));
        }
    }

    long durable() {
        return durable;
    }

    long pending() {
        return pending.get();
    }

    /** The failure that ended it; null while all is well. */
    IOException failure() {
        return failure;
    }

    long checkpointed() {
        return checkpointed;
    }

    void checkpointed(long at) {
        checkpointed = at;
    }

    /** Writes what was appended before, then ends the work. Any thread but the journal's. */
    void close() {
        closing = true;
        hand.wake();
        hand.join();
    }

    @Override
    public boolean ready() {
        return closing || (dozing ? called : !waiting.isEmpty() || !queue.isEmpty());
    }

    @Override
    public long patience() {
        return dozing ? PATIENCE : FOREVER;
    }

    /** Commits a group; the last step gives back what was opened. */
    @Override
    public boolean step() {
        if (waiting.isEmpty() || dozing) {
            boolean slept = dozing && !called;
            dozing = false;
            called = false;
            queue.drainTo(waiting);
            if (!slept && !closing && onlyPatient()) {
                doze();
                return true;
            }
        }
        if (!waiting.isEmpty()) {
            commit();
            if (waiting.isEmpty()) {
                doze();
            }
            return true;
        }
        if (!closing) {
            return true;
        }
        release();
        terminated = true;
        failRemaining(new IOException("the journal is closed"));
        return false;
    }

    private void doze() {
        dozing = true;
        if (!queue.isEmpty()) {
            // it came before that, from somebody who may have thought that it was at work
            called = true;
        }
    }

    /** Whether there are some, not many, and nobody waits for any of them. */
    private boolean onlyPatient() {
        int units = 0;
        for (Append unit = waiting.first(); unit != null; unit = unit.next) {
            if (!unit.patient() || ++units > MAX_PATIENT_UNITS) {
                return false;
            }
        }
        return units > 0;
    }

    private void commit() {
        int units;
        try {
            if (failure != null) {
                throw failure;
            }
            if (crowd > 1) {
                // who fills the queue is at work: let them, where there are more threads than processors, and sync once for more
                Thread.yield();
            }
            queue.drainTo(waiting);
            units = gather();
            if (!batch.isEmpty()) {
                write();
            }
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
            return;
        }
        complete(units);
        announceCheckpoint();
    }

    /** Encodes as many waiting units as make one group, and returns their number: at least one. */
    private int gather() throws IOException {
        batch.begin(position);
        groupPayload = 0;
        crowd = 0;
        int units = 0;
        for (Append unit = waiting.first(); unit != null && units < MAX_GROUP_UNITS; unit = unit.next) {
            if (unit.frameBytes > config.maxUnitBytes()) {
                unit.refusal = new IOException("a unit of " + unit.frameBytes + " bytes exceeds the limit of " + config.maxUnitBytes());
            } else if (unit.frameBytes > 0) {
                if (!fits(unit.frameBytes)) {
                    break;
                }
                encode(unit);
            }
            groupPayload += unit.payloadBytes;
            crowd += unit.patient() ? 0 : 1;
            units++;
        }
        return units;
    }

    /** Whether the frame has room; an empty frame makes room, by growing or by beginning another segment. */
    private boolean fits(long bytes) throws IOException {
        long frame = batch.length() + bytes;
        boolean inSegment = Layout.alignBlock(position + frame) <= open.segment().limit();
        if (!batch.isEmpty()) {
            return inSegment && frame <= config.maxGroupBytes();
        }
        if (!inSegment) {
            roll();
            batch.begin(position);
        }
        return true;
    }

    private void encode(Append unit) {
        try {
            if (batch.isEmpty()) {
                batch.reserve(Layout.FRAME_HEADER + unit.frameBytes);
            }
            batch.add(unit);
        } catch (IOException e) {
            LOG.error("A unit was refused and the journal goes on", e);
            unit.refusal = e;
        }
    }

    private void write() throws IOException {
        Thread.interrupted();
        int length = batch.length();
        open.write(batch.finish(epoch, chain), position);
        if (config.sync()) {
            open.force();
        }
        chain = batch.chain();
        long end = position + length;
        position = Layout.alignBlock(end);
        durable = end;
    }

    private void complete(int units) {
        pending.addAndGet(-groupPayload);
        for (int i = 0; i < units; i++) {
            Append unit = waiting.remove();
            IOException refusal = unit.refusal;
            if (refusal != null) {
                failOne(unit, refusal);
            } else {
                try {
                    unit.durable();
                } catch (RuntimeException | Error e) {
                    Threads.passOnFatal(e);
                    LOG.error("A callback of the journal threw (durable)", e);
                }
            }
        }
        Threads.guard("after group", config.afterGroup());
    }

    private void announceCheckpoint() {
        long since = Math.max(announced, checkpointed);
        if (durable - since >= config.checkpointBytes()) {
            announced = durable;
            Threads.guard("checkpoint due", config.checkpointDue());
        }
    }

    private void roll() throws IOException {
        Thread.interrupted();
        if (!config.sync()) {
            open.force();
        }
        open.seal(durable);
        begin(preparer.take());
    }

    private void begin(OpenSegment next) throws IOException {
        Segment segment = next.segment();
        SegmentHeader header = SegmentHeader.of(epoch, store, segment.base(), segment.capacity(), !config.sync(), durable, chain);
        open = next;
        open.begin(header);
        chain = header.crc();
        position = segment.base() + Layout.BLOCK;
        segments.add(segment);
        preparer.want(segment.limit());
    }

    private void fail(Throwable cause) {
        boolean first = failure == null;
        if (first) {
            failure = cause instanceof IOException io ? io : new IOException("the journal thread failed: " + cause, cause);
            LOG.error("The journal in {} can't be written and stops: check the disk, then start again", config.directory(), failure);
        }
        failRemaining(failure);
        if (first) {
            Threads.guard("failure", () -> config.onFailure().accept(failure));
        }
    }

    /** Fails everything that is queued; on the journal thread, or after its end on whichever thread came too late. */
    private void failRemaining(IOException cause) {
        AppendList rest = terminated ? new AppendList() : waiting;
        queue.drainTo(rest);
        if (rest.isEmpty()) {
            return;
        }
        while (!rest.isEmpty()) {
            Append unit = rest.remove();
            pending.addAndGet(-unit.payloadBytes);
            failOne(unit, cause);
        }
        Threads.guard("after group", config.afterGroup());
    }

    private static void failOne(Append unit, IOException cause) {
        try {
            unit.failed(cause);
        } catch (RuntimeException | Error e) {
            Threads.passOnFatal(e);
            LOG.error("A callback of the journal threw (failed)", e);
        }
    }

    private void release() {
        try {
            if (failure == null) {
                open.force();
                open.seal(durable);
            } else {
                open.abandon();
            }
        } catch (IOException e) {
            LOG.warn("While closing the journal in {}: what was confirmed is safe", config.directory(), e);
        }
    }
}
