package io.delos.journal;

import static io.delos.journal.JournalTest.DIRECTORY;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The power goes, or the process dies, before or after any operation of a compaction, and of the checkpoints around it. What lives then is
 * what lived before, and readable, from the newest checkpoint and from the older one; and the next life compacts on.
 */
class CompactionCrashTest {
    private final JournalConfig config = JournalConfig.in(DIRECTORY).withSegmentBytes(16 << 10).withPooledSegments(1);
    private final MemoryDisk memory = new MemoryDisk();
    private final FaultDisk disk = new FaultDisk(memory);
    private final Postbox box = new Postbox(config, disk);
    private final List<String> crashes = new ArrayList<>();
    private boolean crashing;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void everyMomentOfACompactionCanBeTheLast(long seed) throws IOException {
        Random random = new Random(seed);
        box.open();
        Thread tester = Thread.currentThread();
        disk.observe((operation, file) -> {
            if (Thread.currentThread() == tester && crashing) {
                String when = operation + " " + file.getFileName();
                crashes.add(when);
                try {
                    surviveBothWays("kill -9, " + when, memory.copy());
                    surviveBothWays("power cut, " + when, memory.afterCrash(random.nextLong()));
                } catch (IOException e) {
                    throw new AssertionError(when, e);
                }
            }
        });
        for (int round = 0; round < 7; round++) {
            box.flow(40 + 20 * random.nextInt(3), 10 + random.nextInt(30));
            List<Long> all = List.copyOf(box.living().keySet());
            box.remove(all.stream().filter(position -> random.nextInt(5) == 0).toList());
            crashing = round > 1 && crashes.size() < 40;
            box.compact();
            crashing = false;
        }
        box.close();
        assertThat(crashes).hasSizeGreaterThan(10);
        assertThat(crashes).anyMatch(when -> when.startsWith("rename") && when.endsWith(".sparse.tmp"));
    }

    /** From the newest checkpoint, and with that damaged, from the older one. */
    private void surviveBothWays(String when, MemoryDisk left) throws IOException {
        List<String> checkpoints = left.list(DIRECTORY).stream().filter(name -> name.matches("ckpt\\.[0-9a-f]+")).sorted().toList();
        Path newest = DIRECTORY.resolve(checkpoints.get(checkpoints.size() - 1));
        if (checkpoints.size() > 1) {
            MemoryDisk older = left.copy();
            byte[] bytes = older.bytes(newest);
            bytes[20] ^= 1;
            older.put(newest, bytes);
            survive(when + ", the newest checkpoint is damaged", older);
        }
        survive(when, left);
    }

    private void survive(String when, MemoryDisk left) throws IOException {
        Postbox next = new Postbox(config, left).open();
        assertThat(next.living()).as(when).isEqualTo(box.living());
        next.verify();
        assertThat(left.list(DIRECTORY)).as(when).noneMatch(name -> name.endsWith(".tmp"));
        for (int round = 0; round < 2; round++) {
            next.flow(40, 40);
            next.compact();
        }
        next.verify();
        Map<Long, Integer> before = new TreeMap<>(next.living());
        next.close();
        assertThat(Frames.of(left, DIRECTORY).damages).as(when).isEmpty();
        next.open();
        assertThat(next.living()).isEqualTo(before);
        next.verify();
        next.close();
    }
}
