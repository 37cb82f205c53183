package io.delos.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Holds a data directory for one process; the operating system lets go of it when the process dies. One thread. */
final class DirectoryLock implements AutoCloseable {

    /** The file that is locked. */
    static final String FILE = "server.lock";

    private final FileChannel channel;
    private final FileLock lock;

    private DirectoryLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /** Takes the directory, which is created if missing; StartException when another broker has it. */
    static DirectoryLock take(Path directory) throws StartException {
        Path file = directory.resolve(FILE);
        try {
            Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                throw new StartException("another broker is running on " + directory + ": it holds " + file);
            }
            return new DirectoryLock(channel, lock);
        } catch (IOException failure) {
            throw new StartException(Refusal.of(failure, directory), failure);
        }
    }

    /**
     * Keeps brokers out of a directory that is only looked at, writing nothing there; StartException when one has it. Without the file, no broker
     * ever had it, and there is nothing to hold.
     */
    static Optional<DirectoryLock> keepOut(Path directory) throws StartException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            FileLock lock = trySharedLock(channel);
            if (lock == null) {
                channel.close();
                throw new StartException("a broker is running on " + directory + ": it holds " + file);
            }
            return Optional.of(new DirectoryLock(channel, lock));
        } catch (IOException failure) {
            throw new StartException(Refusal.of(failure, directory), failure);
        }
    }

    private static FileLock trySharedLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, true);
        } catch (OverlappingFileLockException ownProcess) {
            return null;
        }
    }

    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException ownProcess) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }
}
