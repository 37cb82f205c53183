package io.delos.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunTest {
    private static final Path DIRECTORY = Path.of("/runs");

    private MemoryDisk disk = new MemoryDisk();

    private static byte[] entry(long index, int life, int bytes) {
        byte[] content = new byte[bytes - 4];
        ByteBuffer buffer = ByteBuffer.wrap(content);
        for (long value = index * 0x9E3779B97F4A7C15L + life; buffer.remaining() >= 8; value *= 0x85EBCA6B) {
            buffer.putLong(value);
        }
        return content;
    }

    private static ByteBuffer entries(long first, int count, int life, int bytes) {
        ByteBuffer all = ByteBuffer.allocate(count * (bytes - 4));
        for (int i = 0; i < count; i++) {
            all.put(entry(first + i, life, bytes));
        }
        return all.flip();
    }

    @Test
    void entriesComeBack() throws IOException {
        try (Run run = Run.open(disk, DIRECTORY, "queue-7", 36)) {
            assertThat(run.size()).isZero();
            run.append(entries(0, 100_000, 0, 36));
            assertThat(run.size()).isEqualTo(100_000);
            ByteBuffer read = ByteBuffer.allocate(70_000 * 32);
            assertThat(run.read(20_000, 90_000, read)).isEqualTo(70_000);
            assertThat(read.flip()).isEqualTo(entries(20_000, 70_000, 0, 36));
            assertThat(run.read(99_990, 100, ByteBuffer.allocate(10_000))).isEqualTo(10);
            assertThat(run.read(100_000, 100, ByteBuffer.allocate(10_000))).isZero();
            assertThat(run.read(200_000, 100, ByteBuffer.allocate(10_000))).isZero();
            assertThat(run.read(5, 100, ByteBuffer.allocate(31))).isZero();
        }
        try (Run run = Run.open(disk, DIRECTORY, "queue-7", 36)) {
            assertThat(run.size()).isEqualTo(100_000);
            assertThat(run.first()).isZero();
        }
        assertThat(disk.list(DIRECTORY)).hasSize(4).allMatch(name -> name.startsWith("queue-7."));
    }

    @Test
    void realFilesDoTheSame(@TempDir Path directory) throws IOException {
        try (Run run = Run.open(Disk.real(), directory, "r", 1024)) {
            run.append(entries(0, 3000, 0, 1024));
            run.dropBefore(2000);
            run.truncate(2500);
            ByteBuffer read = ByteBuffer.allocate(100 * 1020);
            assertThat(run.read(2450, 100, read)).isEqualTo(50);
            assertThat(read.flip()).isEqualTo(entries(2450, 50, 0, 1024));
        }
        try (Run run = Run.open(Disk.real(), directory, "r", 1024)) {
            assertThat(run.size()).isEqualTo(2500);
            assertThat(run.first()).isEqualTo(1024);
            run.delete();
        }
        assertThat(Disk.real().list(directory)).isEmpty();
    }

    @Test
    void anAlwaysDeepRunTakesBoundedSpace() throws IOException {
        long most = 0;
        try (Run run = Run.open(disk, DIRECTORY, "deep", 4096)) {
            for (int i = 0; i < 60; i++) {
                run.append(entries(run.size(), 200, 0, 4096));
                run.dropBefore(run.size() - 300);
                most = Math.max(most, disk.used());
            }
            assertThat(run.first()).isGreaterThan(11_000);
        }
        assertThat(most).isLessThan(4 << 20);
    }

    @Test
    void whatATruncationLeavesSurvivesACrashRightAfterIt() throws IOException {
        try (Run run = Run.open(disk, DIRECTORY, "r", 4096)) {
            run.append(entries(0, 1300, 0, 4096));
        }
        for (int seed = 0; seed < 20; seed++) {
            MemoryDisk before = disk.copy();
            Run.open(before, DIRECTORY, "r", 4096).truncate(400);
            try (Run run = Run.open(before.afterCrash(seed), DIRECTORY, "r", 4096)) {
                assertThat(run.size()).isEqualTo(400);
                assertThat(run.read(0, 400, ByteBuffer.allocate(400 * 4092))).isEqualTo(400);
            }
        }
    }

    @Test
    void runsWithSimilarNamesKeepApart() throws IOException {
        try (Run a = Run.open(disk, DIRECTORY, "a", 20); Run ab = Run.open(disk, DIRECTORY, "a.b", 20)) {
            a.append(entries(0, 5, 1, 20));
            ab.append(entries(0, 7, 2, 20));
            a.delete();
        }
        try (Run ab = Run.open(disk, DIRECTORY, "a.b", 20)) {
            assertThat(ab.size()).isEqualTo(7);
        }
    }

    @Test
    void everyDamagedByteIsNoticed() throws IOException {
        try (Run run = Run.open(disk, DIRECTORY, "r", 20)) {
            run.append(entries(0, 10, 0, 20));
        }
        Path file = DIRECTORY.resolve("r.0000000000000000");
        byte[] sound = disk.bytes(file);
        for (int i = 0; i < sound.length; i++) {
            byte[] flipped = sound.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            disk.put(file, flipped);
            int victim = i / 20;
            try (Run run = Run.open(disk, DIRECTORY, "r", 20)) {
                ByteBuffer read = ByteBuffer.allocate(160);
                assertThatThrownBy(() -> run.read(0, 10, read)).isInstanceOfSatisfying(DamagedException.class,
                        e -> assertThat(e.offset()).isEqualTo(victim * 20L));
                assertThat(read.flip()).isEqualTo(entries(0, victim, 0, 20));
                assertThat(run.read(victim + 1, 10, ByteBuffer.allocate(160))).isEqualTo(9 - victim);
            }
        }
    }

    @Test
    void entriesBeforeTheHeadAndChunksThatVanishedAreDamageToo() throws IOException {
        try (Run run = Run.open(disk, DIRECTORY, "r", 4096)) {
            run.append(entries(0, 1000, 0, 4096));
            run.dropBefore(600);
            assertThatThrownBy(() -> run.read(100, 1, ByteBuffer.allocate(5000))).isInstanceOf(DamagedException.class);
        }
        disk.delete(DIRECTORY.resolve("r." + Layout.hex(512)));
        try (Run run = Run.open(disk, DIRECTORY, "r", 4096)) {
            assertThat(run.size()).isEqualTo(1000);
            assertThatThrownBy(() -> run.read(600, 1, ByteBuffer.allocate(5000))).isInstanceOf(DamagedException.class);
        }
    }

    @Test
    void entriesThatAreMissingCanBeWrittenAnew() throws IOException {
        try (Run run = Run.open(disk, DIRECTORY, "r", 4096)) {
            run.append(entries(0, 1000, 0, 4096));
        }
        disk.delete(DIRECTORY.resolve("r." + Layout.hex(512)));
        disk.delete(DIRECTORY.resolve("r." + Layout.hex(768)));
        try (Run run = Run.open(disk, DIRECTORY, "r", 4096)) {
            assertThat(run.size()).isEqualTo(512);
            run.assume(1000);
            assertThat(run.size()).isEqualTo(1000);
            run.append(entries(1000, 100, 0, 4096));
            assertThatThrownBy(() -> run.read(500, 100, ByteBuffer.allocate(100 * 4092))).isInstanceOfSatisfying(DamagedException.class,
                    damage -> assertThat(damage.file()).isEqualTo("r." + Layout.hex(512)));
            assertThatThrownBy(() -> run.read(900, 1, ByteBuffer.allocate(4092))).isInstanceOf(DamagedException.class);
            run.rewrite(512, entries(512, 488, 0, 4096));
            assertThat(run.size()).isEqualTo(1100);
            run.append(entries(1100, 50, 0, 4096));
            run.sync();
        }
        try (Run run = Run.open(disk.afterCrash(3), DIRECTORY, "r", 4096)) {
            assertThat(run.size()).isEqualTo(1150);
            ByteBuffer all = ByteBuffer.allocate(1150 * 4092);
            assertThat(run.read(0, 1150, all)).isEqualTo(1150);
            assertThat(all.flip()).isEqualTo(entries(0, 1150, 0, 4096));
        }
    }

    @Test
    void wrongUseIsRefused() throws IOException {
        assertThatThrownBy(() -> Run.open(disk, DIRECTORY, "r", 4)).isInstanceOf(IllegalArgumentException.class);
        try (Run run = Run.open(disk, DIRECTORY, "r", 4096)) {
            assertThatThrownBy(() -> run.append(ByteBuffer.allocate(4093))).isInstanceOf(IllegalArgumentException.class);
            run.append(entries(0, 300, 0, 4096));
        }
        assertThatThrownBy(() -> Run.open(disk, DIRECTORY, "r", 1000)).isInstanceOf(FormatException.class);
    }

    /** A random life against a model: what was synced survives crashes, and what is read is what was written, always. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void anyHistoryIsKept(long seed) throws IOException {
        Random random = new Random(seed);
        int bytes = seed % 2 == 0 ? 4096 : 1500;
        long size = 0;
        long head = 0;
        long synced = 0;
        int[] lives = new int[60_000];
        int life = 0;
        Run run = Run.open(disk, DIRECTORY, "r", bytes);
        for (int step = 0; step < 100; step++) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    int count = random.nextInt(120);
                    life++;
                    run.append(entries(size, count, life, bytes));
                    Arrays.fill(lives, (int) size, (int) size + count, life);
                    size += count;
                }
                case 3 -> {
                    run.sync();
                    synced = size;
                }
                case 4 -> {
                    head += random.nextInt((int) (size - head) / 2 + 1);
                    run.dropBefore(head);
                }
                case 5 -> {
                    if (random.nextInt(3) == 0) {
                        size -= random.nextInt((int) Math.min(size - head, 100) + 1);
                        run.truncate(size);
                        synced = Math.min(synced, size);
                    }
                }
                case 6 -> {
                    run.close();
                    run = Run.open(disk, DIRECTORY, "r", bytes);
                    synced = size;
                    assertThat(run.size()).isEqualTo(size);
                }
                default -> {
                    if (synced < head) {
                        run.sync();
                        synced = size;
                    }
                    disk = disk.afterCrash(random.nextLong());
                    run = Run.open(disk, DIRECTORY, "r", bytes);
                    size = synced;
                    if (head == size) {
                        run.restart(size);
                    } else {
                        assertThat(run.size()).isGreaterThanOrEqualTo(size);
                        run.truncate(size);
                    }
                }
            }
            verify(run, head, size, lives, bytes);
        }
    }

    private static void verify(Run run, long head, long size, int[] lives, int bytes) throws IOException {
        assertThat(run.size()).isEqualTo(size);
        ByteBuffer read = ByteBuffer.allocate((int) (size - head) * (bytes - 4));
        assertThat(run.read(head, Integer.MAX_VALUE, read)).isEqualTo((int) (size - head));
        read.flip();
        for (long index = head; index < size; index++) {
            byte[] content = new byte[bytes - 4];
            read.get(content);
            assertThat(Arrays.equals(content, entry(index, lives[(int) index], bytes))).as("entry %d", index).isTrue();
        }
    }
}
