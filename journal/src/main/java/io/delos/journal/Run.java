package io.delos.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.zip.CRC32C;

/**
 * One owner's at a time, and blocking: an append-only list of entries of one size, numbered from 0, kept in chunk files of 1 MiB so that what
 * is dropped at the head gives its space back. Every entry carries a checksum over its number and content. Nothing is durable before
 * {@link #sync}; after a crash there may be more entries than were synced, which {@link #truncate} removes.
 *
 * <p>An owner who remembers "entries {@code head} to {@code tail}" calls {@code truncate(tail)} at start, or {@code restart(tail)} if there are
 * none, and may then rely on finding them.
 */
public final class Run implements Closeable {
    private static final int CHUNK = 1 << 20;
    private static final int CRC = 4;
    private static final int STAGING = 64 << 10;
    private static final ThreadLocal<ByteBuffer> STAGED = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(STAGING));

    private final Disk disk;
    private final Path directory;
    private final String name;
    private final int entryBytes;
    private final int content;
    private final long chunkEntries;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer number = ByteBuffer.allocate(8);
    private final Chunk writer = new Chunk();
    private final Chunk reader = new Chunk();
    /** The first entries of the chunk files there are. */
    private final NavigableSet<Long> chunks = new TreeSet<>();
    private long first;
    private long size;
    private boolean dirty;

    private Run(Disk disk, Path directory, String name, int entryBytes) {
        this.disk = disk;
        this.directory = directory;
        this.name = name;
        this.entryBytes = entryBytes;
        this.content = entryBytes - CRC;
        this.chunkEntries = CHUNK / entryBytes;
    }

    /** A chunk's descriptor, kept between calls. */
    private static final class Chunk {
        private long base = -1;
        private DiskFile file;

        void close() throws IOException {
            if (base >= 0) {
                base = -1;
                file.close();
            }
        }
    }

    /**
     * Opens the run of that name in a directory, or begins one; the directory is created if missing.
     *
     * @param name without a slash
     * @param entryBytes an entry's size, 4 bytes of checksum included: 5 to 4096
     */
    public static Run open(Disk disk, Path directory, String name, int entryBytes) throws IOException {
        if (entryBytes <= CRC || entryBytes > 4096) {
            throw new IllegalArgumentException("an entry has 5 to 4096 bytes, not " + entryBytes);
        }
        disk.createDirectory(directory);
        Run run = new Run(disk, directory, name, entryBytes);
        run.findChunks();
        return run;
    }

    /** No entry before this one can be read; equals {@link #size} if there are none. */
    public long first() {
        return first;
    }

    /** The number the next entry will get. */
    public long size() {
        return size;
    }

    /** Adds whole entries, without their checksums: the remaining bytes are a multiple of {@code entryBytes} − 4. */
    public void append(ByteBuffer entries) throws IOException {
        if (entries.remaining() % content != 0) {
            throw new IllegalArgumentException(entries.remaining() + " bytes are no whole number of entries of " + content);
        }
        int limit = entries.limit();
        while (entries.position() < limit) {
            long base = chunkOf(size);
            DiskFile chunk = chunkForWriting(base);
            long room = Math.min(base + chunkEntries - size, STAGING / entryBytes);
            int count = (int) Math.min((limit - entries.position()) / content, room);
            ByteBuffer staged = STAGED.get().clear();
            for (int i = 0; i < count; i++) {
                staged.put(entries.limit(entries.position() + content));
                staged.putInt(checksum(staged, i * entryBytes, size + i));
            }
            entries.limit(limit);
            dirty = true;
            chunk.writeFully(staged.flip(), (size - base) * entryBytes);
            size += count;
        }
    }

    /**
     * Reads entries, without their checksums: as many as asked for, there are, and fit.
     *
     * @return how many
     * @throws DamagedException if one is not what was written; the target then holds those before it
     */
    public int read(long index, int count, ByteBuffer target) throws IOException {
        long wanted = Math.min(Math.min(count, target.remaining() / content), size - index);
        long done = 0;
        while (done < wanted) {
            long at = index + done;
            long base = chunkOf(at);
            int piece = (int) Math.min(Math.min(wanted - done, STAGING / entryBytes), base + chunkEntries - at);
            if (!chunks.contains(base)) {
                throw new DamagedException(fileName(base), (at - base) * entryBytes, "the file is missing, and entry " + at + " with it");
            }
            ByteBuffer staged = STAGED.get().clear().limit(piece * entryBytes);
            int got = chunkForReading(base).readUpTo(staged, (at - base) * entryBytes);
            staged.clear();
            for (int i = 0; i < piece; i++) {
                int offset = i * entryBytes;
                if (offset + entryBytes > got || checksum(staged, offset, at + i) != staged.getInt(offset + content)) {
                    throw new DamagedException(fileName(base), (at + i - base) * entryBytes, "entry " + (at + i) + " is damaged");
                }
                target.put(staged.position(offset).limit(offset + content));
                staged.clear();
            }
            done += piece;
        }
        return (int) Math.max(0, done);
    }

    /**
     * Writes entries that were there before once more, durably: those that could not be read, from wherever they are known. Others are left
     * as they are.
     *
     * @param index number of the first
     * @param entries whole entries, without their checksums, none of them beyond {@link #size}
     */
    public void rewrite(long index, ByteBuffer entries) throws IOException {
        sync();
        reader.close();
        long end = size;
        try {
            size = index;
            append(entries);
            sync();
        } finally {
            writer.close();
            dirty = false;
            size = end;
        }
    }

    /** Makes all entries durable. */
    public void sync() throws IOException {
        if (dirty) {
            writer.file.force(false);
            dirty = false;
        }
    }

    /**
     * Takes it for granted that there were entries up to a number, though the files end before: those between can't be read until they are
     * {@linkplain #rewrite rewritten}. Nothing happens if there are as many.
     */
    public void assume(long entries) {
        if (chunks.isEmpty()) {
            first = entries;
        }
        size = Math.max(size, entries);
    }

    /** Removes all entries from a number on, durably; the next one appended gets that number. Nothing happens if there are fewer. */
    public void truncate(long entries) throws IOException {
        if (entries >= size) {
            return;
        }
        reader.close();
        writer.close();
        dirty = false;
        // newest first, and durably so: what is left is always one unbroken piece
        while (!chunks.isEmpty() && chunks.last() >= entries) {
            disk.delete(path(chunks.last()));
            chunks.pollLast();
        }
        disk.syncDirectory(directory);
        first = Math.min(first, entries);
        size = entries;
        if (!chunks.isEmpty() && entries - chunks.last() < chunkEntries) {
            DiskFile last = chunkForWriting(chunks.last());
            last.truncate((entries - chunks.last()) * entryBytes);
            last.force(true);
        }
    }

    /** Removes all entries, durably; the next one appended gets this number. */
    public void restart(long index) throws IOException {
        delete();
        first = index;
        size = index;
    }

    /** Gives back the chunks that lie wholly before an entry, except the newest one, which remembers how far the run went. */
    public void dropBefore(long index) throws IOException {
        while (chunks.size() > 1 && chunks.first() < chunkOf(index)) {
            long base = chunks.first();
            if (reader.base == base) {
                reader.close();
            }
            if (writer.base == base) {
                sync();
                writer.close();
            }
            disk.delete(path(base));
            chunks.pollFirst();
            first = chunks.first();
        }
    }

    /** Whether anything of it is on the disk, though perhaps no entry. */
    public boolean hasFiles() {
        return !chunks.isEmpty();
    }

    /** Removes the run's files; it is empty then, and begins at 0. */
    public void delete() throws IOException {
        reader.close();
        writer.close();
        dirty = false;
        for (long base : found().descendingSet()) {
            disk.delete(path(base));
        }
        disk.syncDirectory(directory);
        chunks.clear();
        first = 0;
        size = 0;
    }

    /** Syncs and gives the descriptors back. The run may still be used: they are opened again when needed. */
    @Override
    public void close() throws IOException {
        sync();
        reader.close();
        writer.close();
    }

    /** One may be missing between others; and the oldest may be leftovers of a drop that wasn't durable, which is made good by the next. */
    private void findChunks() throws IOException {
        chunks.addAll(found());
        if (!chunks.isEmpty()) {
            first = chunks.first();
            size = chunks.last() + Math.min(disk.size(path(chunks.last())) / entryBytes, chunkEntries);
        }
    }

    private NavigableSet<Long> found() throws IOException {
        NavigableSet<Long> found = new TreeSet<>();
        for (String file : disk.list(directory)) {
            Layout.number(file, name + ".", "").ifPresent(found::add);
        }
        for (long base : found) {
            if (base % chunkEntries != 0) {
                throw new FormatException(fileName(base), "this is no chunk of a run with entries of " + entryBytes + " bytes");
            }
        }
        return found;
    }

    private long chunkOf(long index) {
        return index - index % chunkEntries;
    }

    private String fileName(long base) {
        return name + "." + Layout.hex(base);
    }

    private Path path(long base) {
        return directory.resolve(fileName(base));
    }

    private DiskFile chunkForWriting(long base) throws IOException {
        if (writer.base != base) {
            if (writer.base >= 0 && dirty) {
                writer.file.force(false);
                dirty = false;
            }
            writer.close();
            boolean fresh = !chunks.contains(base);
            writer.file = disk.open(path(base), fresh ? Disk.Mode.CREATE : Disk.Mode.WRITE);
            writer.base = base;
            if (fresh) {
                chunks.add(base);
                first = Math.min(first, base);
                disk.syncDirectory(directory);
            }
        }
        return writer.file;
    }

    private DiskFile chunkForReading(long base) throws IOException {
        if (writer.base == base) {
            return writer.file;
        }
        if (reader.base != base) {
            reader.close();
            reader.file = disk.open(path(base), Disk.Mode.READ);
            reader.base = base;
        }
        return reader.file;
    }

    /** Over an entry's number and content; the buffer is left behind the content, without a limit. */
    private int checksum(ByteBuffer staged, int offset, long index) {
        crc.reset();
        crc.update(number.putLong(0, index).clear());
        crc.update(staged.position(offset).limit(offset + content));
        staged.clear().position(offset + content);
        return (int) crc.getValue();
    }
}
