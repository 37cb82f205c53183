package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Prints how many durable appends of 1 KiB per second a directory's disk gives: one producer that waits for each, 16 that each wait for theirs,
 * and 16 with 64 under way each. Argument: an empty directory; optionally seconds per measurement.
 */
public final class JournalSpeed {
    private static final byte[] PAYLOAD = new byte[1024];

    private JournalSpeed() {
    }

    private static final class Kilobyte extends Append {
        private final Semaphore window;

        Kilobyte(Semaphore window) {
            this.window = window;
        }

        @Override
        protected int recordCount() {
            return 1;
        }

        @Override
        protected int recordSize(int i) {
            return PAYLOAD.length;
        }

        @Override
        protected byte recordType(int i) {
            return 1;
        }

        @Override
        protected void encodeRecord(int i, ByteBuffer target, long position) {
            target.put(PAYLOAD);
        }

        @Override
        protected void durable() {
            window.release();
        }

        @Override
        protected void failed(IOException cause) {
            throw new IllegalStateException(cause);
        }
    }

    public static void main(String[] arguments) throws Exception {
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        AtomicInteger groups = new AtomicInteger();
        JournalConfig config = JournalConfig.in(Path.of(arguments[0])).withAfterGroup(groups::incrementAndGet);
        try (Journal journal = Journal.open(config, Disk.real(), new Replayed())) {
            measure(journal, groups, 1, 1, 1);
            measure(journal, groups, 1, 1, seconds);
            measure(journal, groups, 16, 1, seconds);
            measure(journal, groups, 16, 64, seconds);
        }
        long begin = System.nanoTime();
        int[] records = new int[1];
        Journal.open(config, Disk.real(), new Recovery() {
            @Override
            public void checkpoint(CheckpointReader saved) {
                System.out.println("from a checkpoint at " + saved.position());
            }

            @Override
            public void record(long position, byte type, ByteBuffer payload, long unitEnd) {
                records[0]++;
            }
        }).close();
        System.out.printf("reopened: %,d records replayed in %d ms%n", records[0], (System.nanoTime() - begin) / 1_000_000);
    }

    private static void measure(Journal journal, AtomicInteger groups, int producers, int window, int seconds) throws Exception {
        long begin = System.nanoTime();
        long end = begin + TimeUnit.SECONDS.toNanos(seconds);
        int groupsBefore = groups.get();
        AtomicInteger total = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < producers; i++) {
            threads.add(new Thread(() -> {
                Semaphore free = new Semaphore(window);
                int count = 0;
                while (System.nanoTime() < end) {
                    free.acquireUninterruptibly();
                    journal.append(new Kilobyte(free));
                    count++;
                    if (count % 1000 == 0 && Thread.currentThread().getName().equals("producer-0")) {
                        checkpoint(journal);
                    }
                }
                free.acquireUninterruptibly(window);
                total.addAndGet(count);
            }, "producer-" + i));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        double took = (System.nanoTime() - begin) / 1e9;
        int done = groups.get() - groupsBefore;
        System.out.printf("%2d producers, %2d under way each: %,9.0f appends/s, %,7.0f groups/s, %.1f per group%n",
                producers, window, total.get() / took, done / took, (double) total.get() / done);
    }

    private static void checkpoint(Journal journal) {
        try {
            if (journal.bytesSinceCheckpoint() > 256 << 20) {
                journal.checkpoint(journal.durablePosition(), out -> { });
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
