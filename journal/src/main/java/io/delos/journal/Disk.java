package io.delos.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Any thread. The few file operations the journal uses, so that tests can tear, drop and fail them.
 * Nothing is durable until {@link DiskFile#force} (content) and {@link #syncDirectory} (names) have returned.
 */
public interface Disk {

    /** How a file is opened. */
    enum Mode {
        /** Must exist; reading only. */
        READ,
        /** Must exist; reading and writing. */
        WRITE,
        /** Created if missing, emptied otherwise; reading and writing. */
        CREATE
    }

    /** How much of a file system there is, in bytes: in all, and for us to use. */
    record Space(long total, long usable) {

        /** The part that is taken, from 0 to 1. */
        public double usage() {
            return 1 - (double) usable / Math.max(1, total);
        }
    }

    /** The machine's file system. */
    static Disk real() {
        return RealDisk.INSTANCE;
    }

    /** A disk on which nothing changes whatever is asked of it, for one thread: what is deleted there only seems so. */
    static Disk readOnly(Disk disk) {
        return new ReadOnlyDisk(disk);
    }

    /** Opens a file; {@link java.nio.file.NoSuchFileException} if it must exist and doesn't. */
    DiskFile open(Path file, Mode mode) throws IOException;

    /** Creates a directory and its parents, durably; one that exists is left as it is. */
    void createDirectory(Path directory) throws IOException;

    /** The names (not paths) of a directory's regular files, in no order; none if the directory does not exist. */
    List<String> list(Path directory) throws IOException;

    /** A file's length in bytes. */
    long size(Path file) throws IOException;

    /** Renames atomically, replacing a file of that name. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file; a missing one is not an error. */
    void delete(Path file) throws IOException;

    /** How much room there is where this directory, which exists, lies. */
    Space space(Path directory) throws IOException;

    /** Makes creations, renames and deletions in this directory durable. */
    void syncDirectory(Path directory) throws IOException;
}
