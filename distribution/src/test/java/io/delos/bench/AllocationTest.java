package io.delos.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class AllocationTest {
    private static final int BLOCKS = 1000;
    private static final int BLOCK_BYTES = 100_000;
    private static volatile byte[] sink;

    /** The known taker of heap, in a process of its own: says hello, and takes on demand. */
    public static void main(String[] args) throws IOException {
        while (true) {
            System.out.println();
            if (System.in.read() < 0) {
                return;
            }
            for (int i = 0; i < BLOCKS; i++) {
                sink = new byte[BLOCK_BYTES];
            }
        }
    }

    @Test
    void countsWhatAnotherMachineTakes() throws IOException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), AllocationTest.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
             OutputStream ask = process.getOutputStream()) {
            said.readLine();
            try (Allocation allocation = Allocation.of(process.pid())) {
                long before = allocation.bytes();
                ask.write('\n');
                ask.flush();
                said.readLine();
                assertThat((double) allocation.bytes() - before).isCloseTo(BLOCKS * (BLOCK_BYTES + 16.0), within(1_000_000.0));
            }
        } finally {
            process.destroyForcibly();
        }
    }
}
