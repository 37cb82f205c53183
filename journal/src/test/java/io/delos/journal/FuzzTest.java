package io.delos.journal;

import static io.delos.journal.JournalTest.DIRECTORY;
import static io.delos.journal.JournalTest.append;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

/** Whatever is in the files: no crash, no hang, no memory out of proportion, and never a record that nobody wrote. */
class FuzzTest {
    private final JournalConfig config = JournalConfig.in(DIRECTORY).withSegmentBytes(16 << 10).withPooledSegments(0);

    @Test
    void randomBytesAreReadToTheirEnd() throws IOException {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            MemoryDisk disk = new MemoryDisk();
            byte[] bytes = new byte[random.nextInt(40_000)];
            random.nextBytes(bytes);
            if (seed % 2 == 0) {
                pretend(bytes, random);
            }
            disk.put(Layout.segment(DIRECTORY, 0), bytes);
            disk.put(Layout.checkpoint(DIRECTORY, 5), Arrays.copyOf(bytes, bytes.length / 2));
            Frames found = Frames.of(disk, DIRECTORY);
            assertThat(found.texts).isEmpty();
            assertThat(found.damages).isNotEmpty();
            openAnyhow(disk, config);
        }
    }

    /** Headers with right magics and random rest, where the readers look for them. */
    private static void pretend(byte[] bytes, Random random) {
        java.nio.ByteBuffer buffer = java.nio.ByteBuffer.wrap(bytes);
        if (bytes.length > 100) {
            buffer.putLong(0, 0x44454C4F534C4F47L).putInt(8, 1);
        }
        for (int at = Layout.BLOCK; at + 64 < bytes.length; at += Layout.BLOCK) {
            buffer.putInt(at, Layout.FRAME_MAGIC).putInt(at + 4, random.nextInt() & -8).putLong(at + 16, at);
        }
    }

    @Test
    void damageNeverInventsAnything() throws IOException {
        MemoryDisk sound = new MemoryDisk();
        List<String> texts = new ArrayList<>();
        for (int life = 0; life < 2; life++) {
            try (Journal journal = Journal.open(config, sound, new Replayed())) {
                for (int i = 0; i < 12; i++) {
                    texts.add(life + "/" + i + " " + "y".repeat(i * 200));
                    append(journal, texts.get(texts.size() - 1)).await();
                }
                journal.checkpoint(0, out -> out.section("state").write(new byte[100]));
            }
        }
        int refused = 0;
        for (int seed = 0; seed < 400; seed++) {
            MemoryDisk disk = sound.copy();
            damage(disk, new Random(seed));
            assertThat(texts).containsSubsequence(Frames.of(disk, DIRECTORY).texts);
            Replayed replayed = new Replayed();
            try {
                Journal.open(config, disk.copy(), replayed).close();
                // the checkpoint says how far the journal went, so a cut can't pass for a torn tail
                assertThat(replayed.texts()).isEqualTo(texts);
            } catch (DamagedException | FormatException e) {
                refused++;
                assertThat(e.getMessage().lines()).hasSize(1);
                Replayed salvaged = openAnyhow(disk, config.withSalvage(true));
                assertThat(texts).containsSubsequence(salvaged.texts());
            }
        }
        assertThat(refused).isGreaterThan(100);
    }

    private static void damage(MemoryDisk disk, Random random) throws IOException {
        List<String> names = disk.list(DIRECTORY).stream().sorted().toList();
        Path file = DIRECTORY.resolve(names.get(random.nextInt(names.size())));
        byte[] bytes = disk.bytes(file);
        int at = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - at, 1 + random.nextInt(6000));
        switch (random.nextInt(6)) {
            case 0 -> bytes[at] ^= (byte) (1 + random.nextInt(255));
            case 1 -> Arrays.fill(bytes, at, at + length, (byte) 0);
            case 2 -> bytes = Arrays.copyOf(bytes, at);
            case 3 -> System.arraycopy(bytes, random.nextInt(bytes.length - length + 1), bytes, at, length);
            case 4 -> {
                byte[] noise = new byte[length];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, bytes, at, length);
            }
            default -> {
                disk.delete(file);
                return;
            }
        }
        disk.put(file, bytes);
    }

    private static Replayed openAnyhow(MemoryDisk disk, JournalConfig with) {
        Replayed replayed = new Replayed();
        try {
            Journal.open(with, disk, replayed).close();
        } catch (IOException e) {
            assertThat(e).isInstanceOfAny(DamagedException.class, FormatException.class);
        }
        return replayed;
    }
}
