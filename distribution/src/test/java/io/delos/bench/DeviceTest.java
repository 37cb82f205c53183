package io.delos.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeviceTest {
    private static final int BLOCK = 1 << 20;
    private static final int BLOCKS = 64;
    /** What else may write to the same device while this test does; the benchmark itself wants a machine to itself. */
    private static final double OTHERS = Double.parseDouble(System.getProperty("delos.device.tolerance", "16"));

    @TempDir
    Path directory;

    @Test
    void countsWhatAKnownWriterWrites() throws IOException {
        Optional<Device> device = Device.under(directory);
        assumeTrue(device.isPresent(), "no block device under " + directory);
        Path file = directory.resolve("known");
        write(file);
        long before = device.get().writtenBytes();
        write(file);
        double written = device.get().writtenBytes() - before;
        assertThat(written / ((double) BLOCKS * BLOCK)).isBetween(0.99, 1 + OTHERS);
    }

    /** Over blocks that the file has from the first time on: the file system has next to nothing to note of its own. */
    private static void write(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < BLOCKS; i++) {
                ByteBuffer block = ByteBuffer.allocate(BLOCK);
                channel.write(block, (long) i * BLOCK);
                channel.force(false);
            }
        }
        if (Files.size(file) != (long) BLOCKS * BLOCK) {
            throw new IOException("short file");
        }
    }
}
