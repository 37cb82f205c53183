package io.delos.server;

import io.delos.journal.Disk;
import io.delos.journal.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Copies a journal's files from a disk that may not give back all of them: what can't be read becomes zeros, and is told. One thread. */
final class RescueCopy {

    private static final int PIECE = 1 << 18;
    /** The least that a disk fails to read. */
    private static final int SECTOR = 4096;
    private static final String FREE = "free.";
    private static final String TEMPORARY = ".tmp";

    private final Disk from;
    private final Disk to;
    private final Consumer<Finding> told;
    /** A stretch of the file that can't be read: where it begins, and how long it is so far. */
    private long badFrom;
    private long bad;

    RescueCopy(Disk from, Disk to, Consumer<Finding> told) {
        this.from = from;
        this.to = to;
        this.told = told;
    }

    /** Copies all that means something; the target is made. */
    void copy(DataFiles data, DataFiles target) throws IOException {
        copy(data.journal(), target.journal());
        if (!from.list(data.bodies()).isEmpty()) {
            files(data.bodies(), target.bodies());
        }
    }

    /** The same without bodies of large messages. */
    void copy(Path journal, Path target) throws IOException {
        files(journal, target);
        if (!from.list(journal.resolve("backlog")).isEmpty()) {
            files(journal.resolve("backlog"), target.resolve("backlog"));
        }
    }

    private void files(Path source, Path target) throws IOException {
        to.createDirectory(target);
        for (String name : from.list(source).stream().sorted().toList()) {
            if (!name.startsWith(FREE) && !name.endsWith(TEMPORARY) && !name.equals(DirectoryLock.FILE)) {
                file(source.resolve(name), target.resolve(name));
            }
        }
        to.syncDirectory(target);
    }

    private void file(Path source, Path target) throws IOException {
        try (DiskFile in = from.open(source, Disk.Mode.READ); DiskFile out = to.open(target, Disk.Mode.CREATE)) {
            long size = in.size();
            String name = source.getFileName().toString();
            for (long at = 0; at < size; at += PIECE) {
                ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, size - at));
                if (read(in, piece, at)) {
                    tellBad(name);
                } else {
                    sectors(in, piece, at, name);
                }
                out.writeFully(piece.clear(), at);
            }
            tellBad(name);
            out.force(true);
        }
    }

    private static boolean read(DiskFile in, ByteBuffer into, long at) {
        try {
            in.readFully(into, at);
            return true;
        } catch (IOException unreadable) {
            return false;
        }
    }

    private void sectors(DiskFile in, ByteBuffer piece, long at, String name) {
        for (int offset = 0; offset < piece.capacity(); offset += SECTOR) {
            int length = Math.min(SECTOR, piece.capacity() - offset);
            if (read(in, piece.slice(offset, length), at + offset)) {
                tellBad(name);
            } else {
                badFrom = bad == 0 ? at + offset : badFrom;
                bad += length;
                piece.put(offset, new byte[length]);
            }
        }
    }

    private void tellBad(String name) {
        if (bad > 0) {
            told.accept(new Finding(Finding.Kind.DAMAGE, name, badFrom, "the disk can't read " + bad + " bytes"));
            bad = 0;
        }
    }
}
