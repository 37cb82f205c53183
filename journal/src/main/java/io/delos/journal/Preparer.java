package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The worker "delos-journal-prepare", which makes segments before they are needed: the next one, under its name, and one more in reserve. Space is
 * taken by writing zeros, so the commit path never extends a file and never meets a full disk. Dead segments come back here for reuse.
 */
final class Preparer implements Crew.Worker, AutoCloseable {
    private static final Logger LOG = LogManager.getLogger(Preparer.class);
    private static final int RESERVE = 1;
    /** How many segments are made in advance: the next one and the reserve. */
    static final int AHEAD = RESERVE + 1;
    private static final int ZEROS = 1 << 20;
    private static final int FORCE_EVERY = 4 << 20;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long NOTHING = -1;

    private final JournalConfig config;
    private final Disk disk;
    private final ByteBuffer zeros;
    private final Deque<Path> pool = new ArrayDeque<>();
    private Crew.Hand hand;
    private long nextFree;
    private long wanted = NOTHING;
    private OpenSegment ready;
    private boolean urgent;
    private long failures;
    private IOException trouble;
    private boolean closing;

    /** @param spare files of the right size whose content doesn't matter, all with free names */
    Preparer(JournalConfig config, Disk disk, Collection<Path> spare, long firstFreeNumber) {
        this.config = config;
        this.disk = disk;
        this.nextFree = firstFreeNumber;
        this.zeros = ByteBuffer.allocateDirect(Math.min(ZEROS, config.segmentBytes()));
        pool.addAll(spare);
    }

    void start() {
        hand = config.crew().begin("delos-journal-prepare", this);
    }

    /** Says which segment is needed next. */
    void want(long base) {
        synchronized (this) {
            wanted = base;
        }
        hand.wake();
    }

    /** The segment last wanted; waits until it is made. {@link IOException} if it can't be: the journal can't go on. */
    synchronized OpenSegment take() throws IOException {
        long before = failures;
        urgent = true;
        hand.wake();
        while (ready == null) {
            if (failures != before) {
                throw new IOException("no room for the next segment: " + trouble.getMessage(), trouble);
            }
            if (closing) {
                throw new IOException("closed while waiting for the next segment");
            }
            if (!hand.help()) {
                waitUninterrupted();
            }
        }
        urgent = false;
        OpenSegment taken = ready;
        ready = null;
        return taken;
    }

    /** Segments that can be begun without asking the disk for space. */
    synchronized int free() {
        return pool.size() + (ready == null ? 0 : 1);
    }

    /** Takes back a dead segment's file: keeps it under a free name if the pool has room, else deletes it. */
    void recycle(Segment dead) throws IOException {
        Path spare;
        synchronized (this) {
            boolean keep = !dead.isSparse() && dead.capacity() == config.segmentBytes() && !closing
                    && pool.size() < config.pooledSegments();
            spare = keep ? Layout.free(config.directory(), nextFree++) : dead.path();
        }
        if (spare.equals(dead.path())) {
            disk.delete(dead.path());
            hand.wake();
            return;
        }
        disk.rename(dead.path(), spare);
        synchronized (this) {
            pool.add(spare);
        }
        hand.wake();
    }

    /** Ends the work. What has been prepared stays for the next opening. */
    @Override
    public void close() throws IOException {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        hand.wake();
        hand.join();
        if (ready != null) {
            ready.abandon();
            ready = null;
        }
    }

    @Override
    public synchronized boolean ready() {
        return closing || (wantsNext() || wantsReserve()) && (trouble == null || urgent);
    }

    /** What failed is tried again after a while. */
    @Override
    public synchronized long patience() {
        return trouble == null ? FOREVER : RETRY_NANOS;
    }

    /** Makes a file. */
    @Override
    public boolean step() {
        if (isClosing()) {
            return false;
        }
        try {
            if (wantsNext()) {
                prepareNext();
            } else if (wantsReserve()) {
                Path spare = create();
                synchronized (this) {
                    pool.add(spare);
                }
            }
            trouble(null);
        } catch (IOException | RuntimeException e) {
            trouble(e instanceof IOException io ? io : new IOException(e));
        }
        return true;
    }

    private synchronized boolean isClosing() {
        return closing;
    }

    private synchronized boolean wantsNext() {
        return wanted != NOTHING && ready == null;
    }

    private synchronized boolean wantsReserve() {
        return pool.size() < RESERVE;
    }

    private void trouble(IOException now) {
        boolean news;
        synchronized (this) {
            news = now != null && trouble == null;
            trouble = now;
            if (now != null && pool.isEmpty()) {
                failures++;
                urgent = false;
                notifyAll();
            }
        }
        if (news) {
            LOG.warn("No segment could be made in {}: {}. Free some disk space; {} prepared segments are left.",
                    config.directory(), now.toString(), free());
        }
        if (now != null) {
            Threads.guard("disk trouble", () -> config.onDiskTrouble().accept(now));
        }
    }

    /** Gives a spare file the next segment's name. Its header is wiped first: until the journal thread writes one, it has never been used. */
    private void prepareNext() throws IOException {
        Path spare;
        long base;
        synchronized (this) {
            spare = pool.poll();
            base = wanted;
        }
        if (spare == null) {
            spare = create();
        }
        DiskFile file = disk.open(spare, Disk.Mode.WRITE);
        Path named = Layout.segment(config.directory(), base);
        try {
            file.writeFully(zeros.clear().limit(Layout.BLOCK), 0);
            file.force(false);
            disk.rename(spare, named);
            disk.syncDirectory(config.directory());
        } catch (IOException | RuntimeException e) {
            discard(file, spare, named);
            throw e;
        }
        synchronized (this) {
            ready = new OpenSegment(new Segment(named, base, config.segmentBytes()), file);
            wanted = NOTHING;
            notifyAll();
        }
    }

    private Path create() throws IOException {
        Path path;
        synchronized (this) {
            path = Layout.free(config.directory(), nextFree++);
        }
        DiskFile file = disk.open(path, Disk.Mode.CREATE);
        try {
            for (int at = 0; at < config.segmentBytes(); at += zeros.limit()) {
                zeros.clear().limit(Math.min(zeros.capacity(), config.segmentBytes() - at));
                file.writeFully(zeros, at);
                if ((at + zeros.limit()) % FORCE_EVERY == 0) {
                    file.force(false);
                }
            }
            file.force(true);
            disk.syncDirectory(config.directory());
        } catch (IOException | RuntimeException e) {
            discard(file, path, path);
            throw e;
        }
        file.close();
        return path;
    }

    /** Best effort: a half-made file gives its space back. */
    private void discard(DiskFile file, Path... paths) {
        try {
            file.close();
            for (Path path : paths) {
                disk.delete(path);
            }
        } catch (IOException e) {
            LOG.debug("While discarding {}", paths[0], e);
        }
    }

    private void waitUninterrupted() {
        try {
            wait();
        } catch (InterruptedException e) {
            LOG.debug("Nobody may interrupt the journal; ignored", e);
        }
    }
}
