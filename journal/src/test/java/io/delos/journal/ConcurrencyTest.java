package io.delos.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConcurrencyTest {
    @TempDir
    private Path directory;

    /** A small unit that can be appended over and over. */
    private static final class Small extends Append {
        private final int thread;
        private final int number;
        private final List<Small> order;
        private boolean failed;

        Small(int thread, int number, List<Small> order) {
            this.thread = thread;
            this.number = number;
            this.order = order;
        }

        @Override
        protected int recordCount() {
            return number % 10 == 9 ? 0 : 1;
        }

        @Override
        protected int recordSize(int i) {
            return 8 + number % 50;
        }

        @Override
        protected byte recordType(int i) {
            return (byte) thread;
        }

        @Override
        protected void encodeRecord(int i, ByteBuffer target, long position) {
            int end = target.limit();
            target.putInt(thread).putInt(number).position(end);
        }

        @Override
        protected void durable() {
            order.add(this);
        }

        @Override
        protected void failed(IOException cause) {
            failed = true;
            order.add(this);
        }
    }

    @Test
    void everyThreadsUnitsBecomeDurableInItsOrder() throws Exception {
        int threads = 8;
        int each = 2000;
        AtomicInteger groups = new AtomicInteger();
        List<Small> order = new ArrayList<>();
        JournalConfig config = JournalConfig.in(directory).withSegmentBytes(256 << 10).withMaxGroupBytes(16 << 10)
                .withAfterGroup(groups::incrementAndGet);
        Journal journal = Journal.open(config, Disk.real(), new Replayed());
        run(threads, thread -> {
            for (int i = 0; i < each; i++) {
                journal.append(new Small(thread, i, order));
            }
        });
        journal.close();
        assertThat(order).hasSize(threads * each).noneMatch(unit -> unit.failed);
        assertThat(groups.get()).isLessThan(threads * each);
        Map<Integer, Integer> last = new HashMap<>();
        for (Small unit : order) {
            assertThat(unit.number).isEqualTo(last.getOrDefault(unit.thread, -1) + 1);
            last.put(unit.thread, unit.number);
        }
        List<Long> durable = order.stream().filter(unit -> unit.recordCount() > 0).map(unit -> unit.thread * 100_000L + unit.number).toList();
        List<Long> replayed = new ArrayList<>();
        Journal.open(config, Disk.real(), new Recovery() {
            @Override
            public void checkpoint(CheckpointReader saved) {
                throw new AssertionError("there is none");
            }

            @Override
            public void record(long position, byte type, ByteBuffer payload, long unitEnd) {
                replayed.add(payload.getInt() * 100_000L + payload.getInt());
            }
        }).close();
        assertThat(replayed).isEqualTo(durable);
    }

    /** Whoever appends while the journal is being closed hears one answer, and what was durable is there afterwards. */
    @Test
    void closingLosesNobody() throws Exception {
        for (int round = 0; round < 20; round++) {
            MemoryDisk disk = new MemoryDisk();
            JournalConfig config = JournalConfig.in(Path.of("/j")).withSegmentBytes(64 << 10);
            Journal journal = Journal.open(config, disk, new Replayed());
            List<List<TestUnit>> units = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                units.add(new ArrayList<>());
            }
            run(4, thread -> {
                if (thread == 3) {
                    journal.close();
                } else {
                    for (int i = 0; i < 100; i++) {
                        TestUnit unit = new TestUnit(JournalTest.bytes(thread + ":" + i));
                        units.get(thread).add(unit);
                        journal.append(unit);
                    }
                }
            });
            List<TestUnit> all = units.stream().flatMap(List::stream).toList();
            assertThat(all).hasSize(300).allMatch(unit -> unit.outcome.isDone());
            assertThat(journal.pendingBytes()).isZero();
            Replayed replayed = new Replayed();
            Journal.open(config, disk, replayed).close();
            assertThat(replayed.records).hasSize((int) all.stream().filter(unit -> !unit.outcome.isCompletedExceptionally()).count());
        }
    }

    @Test
    void theJournalThreadAllocatesNothingInTheSteadyState() throws IOException {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        Counted unit = new Counted();
        JournalConfig config = JournalConfig.in(directory).withSegmentBytes(32 << 20).withSync(false);
        try (Journal journal = Journal.open(config, Disk.real(), new Replayed())) {
            long id = Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().equals("delos-journal"))
                    .findFirst().orElseThrow().getId();
            append(journal, unit, 3000);
            long before = threads.getThreadAllocatedBytes(id);
            append(journal, unit, 2000);
            long perUnit = (threads.getThreadAllocatedBytes(id) - before) / 2000;
            assertThat(perUnit).as("bytes allocated per unit").isLessThan(4);
        }
    }

    private static void append(Journal journal, Counted unit, int times) {
        for (int i = 0; i < times; i++) {
            int before = unit.count;
            journal.append(unit);
            while (unit.count == before) {
                Thread.onSpinWait();
            }
        }
    }

    /** Appended again and again, by one thread that watches the count. */
    private static final class Counted extends Append {
        private volatile int count;

        @Override
        protected int recordCount() {
            return 3;
        }

        @Override
        protected int recordSize(int i) {
            return 100;
        }

        @Override
        protected byte recordType(int i) {
            return 0;
        }

        @Override
        protected void encodeRecord(int i, ByteBuffer target, long position) {
            target.position(target.position() + 100);
        }

        @Override
        protected void durable() {
            count = count + 1;
        }

        @Override
        protected void failed(IOException cause) {
            throw new AssertionError(cause);
        }
    }

    private interface Work {
        void run(int thread) throws Exception;
    }

    private static void run(int count, Work work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(count);
        List<Thread> threads = new ArrayList<>();
        List<Throwable> thrown = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            threads.add(new Thread(() -> {
                try {
                    start.await();
                    work.run(number);
                } catch (Throwable t) {
                    synchronized (thrown) {
                        thrown.add(t);
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(thrown).isEmpty();
    }
}
