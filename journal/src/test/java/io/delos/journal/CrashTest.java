package io.delos.journal;

import static io.delos.journal.JournalTest.DIRECTORY;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The power goes before or after any operation of a random workload, keeping any part of what was not forced; or only the process is killed,
 * and the power goes just after its successor has started. What is found then must be a beginning of what was appended, as long as what was
 * confirmed at least, and everything that lives must be readable.
 */
class CrashTest {
    private static final int LIVING = 6;

    private final JournalConfig config = JournalConfig.in(DIRECTORY).withSegmentBytes(16 << 10).withMaxGroupBytes(8 << 10)
            .withPooledSegments(2);
    private final AtomicInteger confirmed = new AtomicInteger();
    private final Queue<Crash> crashes = new ConcurrentLinkedQueue<>();
    private int appended;
    private int applied;
    private long appliedEnd;
    private final List<Long> living = new ArrayList<>();

    private record Crash(String when, MemoryDisk disk, int confirmed) {
    }

    /** A numbered unit of two records, the second of a size derived from the number. */
    private final class Numbered extends Append {
        private final int number;
        private long position;

        Numbered(int number) {
            this.number = number;
        }

        @Override
        protected int recordCount() {
            return 2;
        }

        @Override
        protected int recordSize(int i) {
            return i == 0 ? 4 : size(number);
        }

        @Override
        protected byte recordType(int i) {
            return (byte) i;
        }

        @Override
        protected void encodeRecord(int i, ByteBuffer target, long at) {
            if (i == 0) {
                position = at;
                target.putInt(number);
            } else {
                target.put(content(number));
            }
        }

        @Override
        protected void durable() {
            confirmed.incrementAndGet();
        }

        @Override
        protected void failed(IOException cause) {
            throw new AssertionError(cause);
        }
    }

    private static int size(int number) {
        return number * 7919 % 5000;
    }

    private static byte[] content(int number) {
        byte[] content = new byte[size(number)];
        new Random(number).nextBytes(content);
        return content;
    }

    /** What the owner of the state finds at start. */
    private static final class Found implements Recovery {
        private final List<Long> living = new ArrayList<>();
        private int applied;
        private long appliedEnd;

        @Override
        public void checkpoint(CheckpointReader saved) throws IOException {
            saved.sections((name, content) -> {
                DataInputStream in = new DataInputStream(content);
                applied = in.readInt();
                appliedEnd = in.readLong();
                for (int i = in.readInt(); i > 0; i--) {
                    living.add(in.readLong());
                }
            });
        }

        @Override
        public void record(long position, byte type, ByteBuffer payload, long unitEnd) {
            if (unitEnd <= appliedEnd) {
                return;
            }
            if (type == 0) {
                assertThat(payload.getInt()).as("units come in order, none twice, none left out").isEqualTo(applied);
                applied++;
                living.add(position);
                if (living.size() > LIVING) {
                    living.remove(0);
                }
            } else {
                assertThat(payload).isEqualTo(ByteBuffer.wrap(content(applied - 1)));
                appliedEnd = unitEnd;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void nothingConfirmedIsLost(long seed) throws IOException {
        Random random = new Random(seed);
        MemoryDisk memory = new MemoryDisk();
        FaultDisk disk = new FaultDisk(memory);
        Random when = new Random(-seed);
        disk.observe((operation, file) -> {
            synchronized (when) {
                if (when.nextInt(6) == 0) {
                    int sure = confirmed.get();
                    boolean killed = when.nextInt(3) == 0;
                    crashes.add(new Crash((killed ? "kill -9, " : "power cut, ") + operation + " " + file.getFileName(),
                            killed ? memory.copy() : memory.afterCrash(when.nextLong()), sure));
                }
            }
        });
        for (int life = 0; life < 3; life++) {
            Found found = new Found();
            try (Journal journal = Journal.open(config, disk, found)) {
                assertThat(found.applied).isEqualTo(appended);
                found.living.forEach(position -> journal.retain(position, 1));
                work(journal, random);
            }
        }
        assertThat(crashes).hasSizeGreaterThan(50);
        for (Crash crash : crashes) {
            survive(crash);
        }
    }

    private void work(Journal journal, Random random) throws IOException {
        for (int step = 0; step < 25; step++) {
            List<Numbered> burst = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                burst.add(new Numbered(appended++));
            }
            burst.forEach(journal::append);
            while (confirmed.get() < appended) {
                Thread.onSpinWait();
            }
            for (Numbered unit : burst) {
                living.add(unit.position);
                journal.retain(unit.position, 1);
                if (living.size() > LIVING) {
                    journal.retain(living.remove(0), -1);
                }
                applied++;
            }
            appliedEnd = journal.durablePosition();
            if (random.nextInt(4) == 0) {
                checkpoint(journal);
            }
        }
    }

    private void checkpoint(Journal journal) throws IOException {
        journal.checkpoint(appliedEnd, out -> {
            DataOutputStream state = new DataOutputStream(out.section("state"));
            state.writeInt(applied);
            state.writeLong(appliedEnd);
            state.writeInt(living.size());
            for (long position : living) {
                state.writeLong(position);
            }
        });
    }

    private void survive(Crash crash) throws IOException {
        Found found = new Found();
        MemoryDisk again;
        try (Journal journal = Journal.open(config, crash.disk, found)) {
            assertThat(found.applied).as("at %s", crash.when).isBetween(crash.confirmed, appended);
            for (int i = 0; i < found.living.size(); i++) {
                int number = found.applied - found.living.size() + i;
                assertThat(journal.read(found.living.get(i), 4).payload().getInt()).isEqualTo(number);
            }
            again = crash.disk.afterCrash(crash.confirmed);
        }
        Found later = new Found();
        Journal.open(config, again, later).close();
        assertThat(later.applied).as("what was seen once at %s stays", crash.when).isEqualTo(found.applied);
    }
}
