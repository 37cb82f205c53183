package io.delos.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * How fast a disk makes single blocks durable.
 *
 * @param writesPerMilli blocks written, and forced, per millisecond
 */
record DiskSpeed(double writesPerMilli) {

    private static final int WARM_UP = 10;
    private static final int BLOCKS = 250;
    /** A slow disk tells what we want to know after this long. */
    private static final long ENOUGH_NANOS = 1_000_000_000L;
    private static final double NANOS_PER_MILLI = 1_000_000.0;

    /** Writes blocks into a file in the given directory, over and over, and removes it. */
    static DiskSpeed measure(Path directory, int blockSize, boolean sync) throws IOException {
        Path file = Files.createTempFile(directory, "journal-test", ".tmp");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocateDirect(Math.max(512, blockSize));
            for (int i = 0; i < BLOCKS; i++) {
                write(channel, block, i, false);
            }
            for (int i = 0; i < WARM_UP; i++) {
                write(channel, block, i, sync);
            }
            long start = System.nanoTime();
            int written = 0;
            while (written < BLOCKS && System.nanoTime() - start < ENOUGH_NANOS) {
                write(channel, block, written, sync);
                written++;
            }
            return new DiskSpeed(written * NANOS_PER_MILLI / Math.max(1, System.nanoTime() - start));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void write(FileChannel channel, ByteBuffer block, int index, boolean sync) throws IOException {
        block.clear();
        long position = (long) index * block.capacity();
        while (block.hasRemaining()) {
            position += channel.write(block, position);
        }
        if (sync) {
            channel.force(false);
        }
    }

    String shown() {
        return String.format(Locale.ROOT, "%.2f", writesPerMilli);
    }

    /** The time of one write, in nanoseconds, in steps of a microsecond. */
    long bufferTimeoutNanos() {
        return Math.max(1, Math.round(NANOS_PER_MILLI / writesPerMilli / 1000)) * 1000;
    }
}
