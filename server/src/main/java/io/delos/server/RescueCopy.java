package io.delos.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Copies a journal's files from a disk that may not give back all of them: what can't be read becomes zeros, and is told. One thread. */
final class RescueCopy {

    private static final int PIECE = 1 << 18;
    /** The least that a disk fails to read. */
    private static final int SECTOR = 4096;
    private static final String FREE = "free.";
    private static final String TEMPORARY = ".tmp";

    private final Consumer<Finding> told;

    RescueCopy(Consumer<Finding> told) {
        this.told = told;
    }

    /** Copies all that means something; the target is made. */
    void copy(Path journal, Path target) throws IOException {
        Files.createDirectories(target);
        files(journal, target);
        Path backlog = journal.resolve("backlog");
        if (Files.isDirectory(backlog)) {
            files(backlog, Files.createDirectories(target.resolve("backlog")));
        }
    }

    private void files(Path from, Path to) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(from)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (!name.startsWith(FREE) && !name.endsWith(TEMPORARY) && !name.equals(DirectoryLock.FILE)) {
                file(file, to.resolve(name));
            }
        }
    }

    private void file(Path from, Path to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(PIECE);
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long size = in.size();
            for (long at = 0; at < size; at += PIECE) {
                buffer.clear().limit((int) Math.min(PIECE, size - at));
                if (!read(in, buffer, at)) {
                    sectors(in, buffer, at, from);
                }
                buffer.rewind();
                while (buffer.hasRemaining()) {
                    out.write(buffer, at + buffer.position());
                }
            }
            out.force(true);
        }
    }

    private static boolean read(FileChannel in, ByteBuffer into, long at) {
        int start = into.position();
        try {
            while (into.hasRemaining()) {
                if (in.read(into, at + into.position() - start) < 0) {
                    throw new IOException("the file has become shorter");
                }
            }
            return true;
        } catch (IOException unreadable) {
            return false;
        }
    }

    private void sectors(FileChannel in, ByteBuffer piece, long at, Path from) {
        int length = piece.limit();
        for (int offset = 0; offset < length; offset += SECTOR) {
            ByteBuffer sector = piece.slice(offset, Math.min(SECTOR, length - offset));
            if (!read(in, sector, at + offset)) {
                for (int i = 0; i < sector.limit(); i++) {
                    sector.put(i, (byte) 0);
                }
                told.accept(new Finding(Finding.Kind.DAMAGE, from.getFileName().toString(), at + offset, "the disk can't read this"));
            }
        }
        piece.clear().limit(length);
    }
}
