package io.delos.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps two processes from working on one instance's data: a lock on {@code lock/cli.lock}, gone with the process that holds it. */
final class InstanceLock implements AutoCloseable {

    private final FileChannel channel;

    private InstanceLock(FileChannel channel) {
        this.channel = channel;
    }

    static InstanceLock take(Path instance) throws CliException {
        Path directory = instance.resolve("lock");
        try {
            Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(directory.resolve("cli.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (locked(channel)) {
                return new InstanceLock(channel);
            }
            channel.close();
        } catch (IOException e) {
            throw new CliException("Cannot lock " + directory + ": " + e.getMessage(), e);
        }
        throw new CliException("Error: There is another process using the server at " + directory + ". Cannot start the process!");
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException inThisProcess) {
            return false;
        }
    }

    @Override
    public void close() throws CliException {
        try {
            channel.close();
        } catch (IOException e) {
            throw new CliException("Cannot unlock: " + e.getMessage(), e);
        }
    }
}
