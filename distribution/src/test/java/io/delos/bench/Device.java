package io.delos.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The block device below a directory, and what was written to it by whomever. A process's own count of written bytes is no use: some kernels
 * count the whole of a large page each time a byte of it changes.
 *
 * @param stat the kernel's counters of the device
 */
record Device(Path directory, Path stat) {
    private static final int SECTOR_BYTES = 512;
    private static final int SECTORS_WRITTEN = 6;

    /** Empty where the file system has no one device to it: in memory, over the network, spread over several. */
    static Optional<Device> under(Path directory) throws IOException {
        long number = (Long) Files.getAttribute(directory, "unix:dev");
        long major = (number >>> 8 & 0xfff) | (number >>> 32 & 0xfffff000L);
        long minor = (number & 0xff) | (number >>> 12 & 0xffffff00L);
        Path stat = Path.of("/sys/dev/block", major + ":" + minor, "stat");
        return Files.exists(stat) ? Optional.of(new Device(directory, stat)) : Optional.empty();
    }

    /** Bytes written to the device so far, after everything its file system still had to write. */
    long writtenBytes() throws IOException {
        Process sync = new ProcessBuilder("sync", "-f", directory.toString()).inheritIO().start();
        try {
            if (sync.waitFor() != 0) {
                throw new IOException("sync -f " + directory + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return Long.parseLong(Files.readString(stat).trim().split("\\s+")[SECTORS_WRITTEN]) * SECTOR_BYTES;
    }
}
