package io.delos.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantReadWriteLock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers and counters go on while what they read and count is rewritten under them. */
class CompactionRaceTest {
    @TempDir
    private Path directory;

    private volatile boolean ended;
    /** Held by whoever uses what is pinned; so what is unpinned is used by nobody. */
    private final ReentrantReadWriteLock pin = new ReentrantReadWriteLock();
    private TreeMap<Long, Integer> pinned = new TreeMap<>();
    private final ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();

    @Test
    void readersNeverMissWhatLives() throws Exception {
        Postbox box = new Postbox(JournalConfig.in(directory).withSegmentBytes(32 << 10).withPooledSegments(1).withSync(false), Disk.real());
        box.open();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Random random = new Random(i);
            threads.add(new Thread(() -> guarded(() -> readSome(box.journal(), random))));
        }
        threads.add(new Thread(() -> guarded(() -> countSome(box.journal()))));
        threads.forEach(Thread::start);
        for (int round = 0; round < 25; round++) {
            box.flow(100, 15);
            List<Long> gone = box.living().keySet().stream().filter(position -> position % 9 == 0).toList();
            TreeMap<Long, Integer> kept = new TreeMap<>(box.living());
            kept.keySet().removeAll(gone);
            pin.writeLock().lock();
            pinned = kept;
            pin.writeLock().unlock();
            box.remove(gone);
            box.compact();
        }
        ended = true;
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(thrown).isEmpty();
        box.verify();
        assertThat(box.journal().segments().stream().mapToLong(Journal.SegmentState::living).sum()).isEqualTo(box.living().size());
        assertThat(Disk.real().list(directory)).anyMatch(name -> name.endsWith(".sparse"));
        box.close();
    }

    private interface Work {
        void run() throws Exception;
    }

    private void guarded(Work work) {
        try {
            while (!ended) {
                pin.readLock().lock();
                try {
                    work.run();
                } finally {
                    pin.readLock().unlock();
                }
            }
        } catch (Throwable t) {
            thrown.add(t);
        }
    }

    private void readSome(Journal journal, Random random) throws IOException {
        Map<Long, Integer> now = pinned;
        long[] positions = now.keySet().stream().mapToLong(Long::longValue).toArray();
        int[] sizes = new int[positions.length];
        Arrays.fill(sizes, random.nextInt(1500));
        journal.reader().read(positions, sizes, 0, positions.length, new RecordVisitor() {
            @Override
            public void record(int index, long position, byte type, ByteBuffer payload) {
                assertThat(payload.getInt(0)).isEqualTo(now.get(position));
            }

            @Override
            public void failed(int index, long position, IOException cause) {
                throw new AssertionError(cause);
            }
        });
    }

    private void countSome(Journal journal) {
        for (long position : pinned.keySet()) {
            journal.retain(position, 1);
            journal.retain(position, -1);
        }
    }
}
