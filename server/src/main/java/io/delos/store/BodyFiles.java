package io.delos.store;

import io.delos.journal.DamagedException;
import io.delos.journal.Disk;
import io.delos.journal.DiskFile;
import io.delos.loop.Loop;
import io.delos.message.LargeBody;
import io.delos.store.MemoryBudget.Share;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * The files of large messages' bodies, a directory of them. A file lives as long as anybody has it pinned: {@link BodyRefs} for what is
 * durable, whoever writes, reads or passes on a message meanwhile. When nobody has any more it is deleted; what nobody refers to at a start
 * is, too. Any thread.
 */
public final class BodyFiles {

    private static final Logger LOG = LogManager.getLogger(BodyFiles.class);
    private static final String SUFFIX = ".body";
    /** As many files are kept open for writing; what more are written is synced and closed after each portion. As many for reading. */
    private static final int MOST_OPEN = 64;
    /** How many of the workers may be busy with writing, and how many with reading and syncing, so that others get their turn. */
    private static final int AT_ONCE = 2;
    private static final int MOST_READ = 4 * BodyBlocks.BLOCK;
    private static final int LEAST_READ = 16 << 10;

    private final Path directory;
    private final Disk disk;
    private final boolean sync;
    private final MemoryBudget memory;
    private final Line writing;
    private final Line syncing;
    private final Line reading;
    private final BlockPool blocks = new BlockPool();
    private final BodyRefs refs = new BodyRefs();
    private final ConcurrentHashMap<Long, Integer> pins = new ConcurrentHashMap<>();
    private final AtomicLong last = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger openToRead = new AtomicInteger();
    private final ReadTrouble unreadable = new ReadTrouble("Bodies of large messages");
    private volatile UUID store = new UUID(0, 0);

    /**
     * @param directory where they are; made when the first is
     * @param sync      whether bodies of durable messages are synced before anybody hears of them
     */
    public BodyFiles(Path directory, Disk disk, Executor workers, MemoryBudget memory, boolean sync) {
        this.directory = directory;
        this.disk = disk;
        this.memory = memory;
        this.sync = sync;
        this.writing = new Line(workers);
        this.syncing = new Line(workers);
        this.reading = new Line(workers);
    }

    /** Who refers to them. */
    public BodyRefs refs() {
        return refs;
    }

    /**
     * The journal has been read, and {@link #refs} says what is referred to: everything else goes. Before the first loop's task.
     *
     * @param least no file of this journal had a greater number, except for those that are there
     */
    public void begin(UUID storeId, long least) throws IOException {
        store = storeId;
        last.set(least);
        refs.tell(this::pin, this::unpin);
        pins.keySet().forEach(file -> last.accumulateAndGet(file, Math::max));
        int removed = 0;
        for (String name : disk.list(directory)) {
            long file = number(name);
            if (file > 0) {
                last.accumulateAndGet(file, Math::max);
                if (!pins.containsKey(file)) {
                    disk.delete(directory.resolve(name));
                    removed++;
                }
            }
        }
        if (removed > 0) {
            LOG.info("{} bodies of large messages in {} that no message refers to were removed", removed, directory);
        }
    }

    /** Whether there are any. */
    public boolean any() {
        return !pins.isEmpty();
    }

    /** Begins one, pinned once. */
    public BodyWriter create(Loop loop, boolean durable) {
        long file = last.incrementAndGet();
        pin(file);
        return new BodyWriter(this, loop, file, durable && sync);
    }

    /** Reads one, which is pinned until the reader is closed; empty if it is gone. */
    public Optional<BodyReader> read(LargeBody body, Loop loop) {
        return pins.computeIfPresent(body.file(), (file, count) -> count + 1) == null ? Optional.empty()
                : Optional.of(new BodyReader(this, body, loop));
    }

    /** Keeps a file that somebody else keeps too until {@link #unpin}. */
    public void pin(long file) {
        pins.merge(file, 1, Integer::sum);
    }

    /** The end of one {@link #pin}. */
    public void unpin(long file) {
        if (pins.computeIfPresent(file, (same, count) -> count == 1 ? null : count - 1) == null) {
            writing.execute(() -> delete(file));
        }
    }

    private void delete(long file) {
        try {
            disk.delete(path(file));
        } catch (IOException failure) {
            LOG.warn("The body {} of a large message that is gone can't be removed; the next start will: {}", path(file), failure.toString());
        }
    }

    private Path path(long file) {
        return directory.resolve(name(file));
    }

    /** The name of a file. */
    public static String name(long file) {
        return HexFormat.of().toHexDigits(file) + SUFFIX;
    }

    /** The number in a file's name; 0 if it is not one of ours. */
    public static long number(String name) {
        if (name.length() != 16 + SUFFIX.length() || !name.endsWith(SUFFIX)) {
            return 0;
        }
        try {
            return Long.parseUnsignedLong(name.substring(0, 16), 16);
        } catch (NumberFormatException other) {
            return 0;
        }
    }

    BodyBlocks.Seal seal(long file) {
        return new BodyBlocks.Seal(store, file);
    }

    UUID store() {
        return store;
    }

    BlockPool blocks() {
        return blocks;
    }

    Line writing() {
        return writing;
    }

    /** What is synced before it has to be. */
    Line syncing() {
        return syncing;
    }

    Line reading() {
        return reading;
    }

    ReadTrouble unreadable() {
        return unreadable;
    }

    /** The same files, to be looked at on the calling thread. */
    BodyView view() {
        return new BodyView(directory, disk, store);
    }

    /** Makes the file of a new body. */
    DiskFile make(long file) throws IOException {
        disk.createDirectory(directory);
        DiskFile made = disk.open(path(file), Disk.Mode.CREATE);
        open.incrementAndGet();
        return made;
    }

    /** Opens one again that was closed in the middle. */
    DiskFile goOn(long file) throws IOException {
        DiskFile again = disk.open(path(file), Disk.Mode.WRITE);
        open.incrementAndGet();
        return again;
    }

    /** Whether so many are open that one that waits should be closed. */
    boolean tooManyOpen() {
        return open.get() > MOST_OPEN;
    }

    void close(DiskFile file) throws IOException {
        open.decrementAndGet();
        file.close();
    }

    /** Whether so many are open to be read that one should be closed after each piece. */
    boolean tooManyRead() {
        return openToRead.get() > MOST_OPEN;
    }

    void closeRead(DiskFile file) {
        openToRead.decrementAndGet();
        try {
            file.close();
        } catch (IOException late) {
            LOG.warn("A file in {} could not be closed: {}", directory, late.toString());
        }
    }

    /** The name of a body that is whole becomes durable. */
    void syncDirectory() throws IOException {
        disk.syncDirectory(directory);
    }

    DiskFile openToRead(long file) throws IOException {
        try {
            DiskFile opened = disk.open(path(file), Disk.Mode.READ);
            openToRead.incrementAndGet();
            return opened;
        } catch (NoSuchFileException missing) {
            throw new DamagedException(name(file), 0, "the file with the body of a message is missing in " + directory);
        }
    }

    /** How much may be read at once, in bytes, for one who sends it on: less when many do. */
    int portion() {
        long left = memory.limit(Share.SENDING) - memory.used(Share.SENDING);
        return (int) Math.max(LEAST_READ, Math.min(MOST_READ, left / 4));
    }

    /** Whether much of the memory for what is arriving is taken, so that nothing should gather there. */
    boolean tight() {
        return memory.used(Share.ARRIVING) > memory.limit(Share.ARRIVING) / 2;
    }

    void holds(long bytes) {
        memory.add(Share.SENDING, bytes);
    }

    /** Tasks that take their turn on the workers, a few at a time. Any thread. */
    static final class Line {
        private final Executor workers;
        private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
        private int busy;

        Line(Executor workers) {
            this.workers = workers;
        }

        void execute(Runnable task) {
            synchronized (this) {
                waiting.add(task);
                if (busy == AT_ONCE) {
                    return;
                }
                busy++;
            }
            start();
        }

        private void start() {
            try {
                workers.execute(this::next);
            } catch (RejectedExecutionException ended) {
                // the broker has stopped: the next start removes what is left
                synchronized (this) {
                    busy--;
                }
            }
        }

        /** Others get their turn between two tasks. */
        private void goOn() {
            synchronized (this) {
                if (waiting.isEmpty()) {
                    busy--;
                    return;
                }
            }
            start();
        }

        private void next() {
            Runnable task;
            synchronized (this) {
                task = waiting.poll();
                if (task == null) {
                    busy--;
                    return;
                }
            }
            try {
                task.run();
            } finally {
                goOn();
            }
        }
    }
}
