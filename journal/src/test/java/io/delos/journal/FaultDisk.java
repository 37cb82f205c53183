package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * A disk in front of another that fails on request: the n-th write or force, a write that takes only some bytes, a disk that is full, a
 * program that is stopped at its n-th operation. Any thread may set and lift faults.
 */
public final class FaultDisk implements Disk {
    private final Disk real;
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong forces = new AtomicLong();
    private final List<FaultFile> open = new CopyOnWriteArrayList<>();
    private volatile Predicate<Path> matching = path -> true;
    private volatile Predicate<Path> unreadable = path -> false;
    private volatile long failingWrite = -1;
    private volatile long failingForce = -1;
    private volatile boolean dropOnFailedForce;
    private volatile int longestWrite = Integer.MAX_VALUE;
    private volatile long room = Long.MAX_VALUE;
    private volatile Space shown;
    private volatile long slowNanos;
    private volatile BiConsumer<String, Path> observer = (operation, file) -> { };

    /** @param real where everything goes that does not fail; a {@link MemoryDisk} if pages are to be dropped */
    public FaultDisk(Disk real) {
        this.real = real;
    }

    /** Restricts failing writes and forces to files; counting begins anew. */
    public FaultDisk only(Predicate<Path> files) {
        matching = files;
        writes.set(0);
        forces.set(0);
        return this;
    }

    /** Segments only, those in use. */
    public FaultDisk onlySegments() {
        return only(file -> Layout.segmentBase(file.getFileName().toString()).isPresent());
    }

    /** Fails the n-th matching write from now, 1 being the next, and all after it. */
    public FaultDisk failWrite(long n) {
        writes.set(0);
        failingWrite = n;
        return this;
    }

    /** Fails the n-th matching force from now, 1 being the next, and all after it; the pages may be marked clean as Linux does. */
    public FaultDisk failForce(long n, boolean dropPages) {
        forces.set(0);
        dropOnFailedForce = dropPages;
        failingForce = n;
        return this;
    }

    /** Fails every read of these files. */
    public FaultDisk failReads(Predicate<Path> files) {
        unreadable = files;
        return this;
    }

    /** Lets a single write take at most that many bytes. */
    public FaultDisk shortWrites(int longest) {
        longestWrite = longest;
        return this;
    }

    /** Lets files grow by that many bytes in all; then the disk is full. Deleting doesn't make room, this method does. */
    public FaultDisk fullAfter(long bytes) {
        room = bytes;
        return this;
    }

    /** Says that so much of the disk is taken, in percent, without any effect on writing. */
    public FaultDisk showUsage(int percent) {
        shown = new Space(1000 << 20, (1000L << 20) * (100 - percent) / 100);
        return this;
    }

    /** Makes each force take at least so long. */
    public FaultDisk slowForce(long nanos) {
        slowNanos = nanos;
        return this;
    }

    /** Ends all faults. */
    public FaultDisk heal() {
        shown = null;
        unreadable = path -> false;
        slowNanos = 0;
        failingWrite = -1;
        failingForce = -1;
        longestWrite = Integer.MAX_VALUE;
        room = Long.MAX_VALUE;
        return this;
    }

    /** Is told each changing operation ("write", "force", "truncate", "open", "rename", "delete", "sync") before it happens, and "after" it. */
    public FaultDisk observe(BiConsumer<String, Path> now) {
        observer = now;
        return this;
    }

    @Override
    public DiskFile open(Path file, Mode mode) throws IOException {
        if (mode != Mode.CREATE) {
            return opened(file, real.open(file, mode));
        }
        observer.accept("open", file);
        DiskFile opened = real.open(file, mode);
        observer.accept("after", file);
        return opened(file, opened);
    }

    private DiskFile opened(Path path, DiskFile file) {
        FaultFile opened = new FaultFile(path, file);
        open.add(opened);
        return opened;
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        real.createDirectory(directory);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return real.list(directory);
    }

    @Override
    public long size(Path file) throws IOException {
        return real.size(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        observer.accept("rename", from);
        real.rename(from, to);
        open.removeIf(file -> file.closed);
        open.stream().filter(file -> file.path.equals(from)).forEach(file -> file.path = to);
        observer.accept("after", to);
    }

    @Override
    public void delete(Path file) throws IOException {
        observer.accept("delete", file);
        real.delete(file);
        observer.accept("after", file);
    }

    @Override
    public Space space(Path directory) throws IOException {
        Space now = shown;
        return now == null ? real.space(directory) : now;
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        observer.accept("sync", directory);
        real.syncDirectory(directory);
        observer.accept("after", directory);
    }

    private synchronized void grow(DiskFile file, long end) throws IOException {
        long growth = Math.max(0, end - file.size());
        if (growth > room) {
            throw new IOException("No space left on device");
        }
        room -= growth;
    }

    private final class FaultFile implements DiskFile {
        private final DiskFile file;
        /** Follows renames, as the open file itself does. */
        private volatile Path path;
        private volatile boolean closed;

        FaultFile(Path path, DiskFile file) {
            this.path = path;
            this.file = file;
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            observer.accept("write", path);
            boolean fails = failingWrite > 0 && matching.test(path) && writes.incrementAndGet() >= failingWrite;
            int limit = source.limit();
            int allowed = Math.min(source.remaining(), fails ? source.remaining() / 2 : longestWrite);
            grow(file, position + allowed);
            source.limit(source.position() + allowed);
            int written = file.write(source, position);
            source.limit(limit);
            if (fails) {
                throw new IOException("injected: a write failed half-way");
            }
            observer.accept("after", path);
            return written;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            if (unreadable.test(path)) {
                throw new IOException("injected: a read failed");
            }
            return file.read(target, position);
        }

        @Override
        public void force(boolean metadata) throws IOException {
            observer.accept("force", path);
            if (failingForce > 0 && matching.test(path) && forces.incrementAndGet() >= failingForce) {
                if (dropOnFailedForce && real instanceof MemoryDisk memory) {
                    memory.dropUnforced(path);
                }
                throw new IOException("injected: a force failed");
            }
            file.force(metadata);
            if (slowNanos > 0) {
                LockSupport.parkNanos(slowNanos);
            }
            observer.accept("after", path);
        }

        @Override
        public void truncate(long length) throws IOException {
            observer.accept("truncate", path);
            file.truncate(length);
            observer.accept("after", path);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            closed = true;
            file.close();
        }
    }
}
