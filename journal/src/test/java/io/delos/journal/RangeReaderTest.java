package io.delos.journal;

import static io.delos.journal.JournalTest.DIRECTORY;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records are found though nobody knows where they are; what is damaged hides nothing but itself. */
class RangeReaderTest {
    private final MemoryDisk memory = new MemoryDisk();
    private final JournalConfig config = JournalConfig.in(DIRECTORY).withSegmentBytes(256 << 10);
    private final List<TestUnit> units = new ArrayList<>();
    private Journal journal;

    @BeforeEach
    void fill() throws IOException {
        Random random = new Random(1);
        journal = Journal.open(config, memory, new Replayed());
        for (int i = 0; i < 600; i++) {
            byte[] payload = new byte[i % 100 == 99 ? 100_000 : random.nextInt(2000)];
            random.nextBytes(payload);
            TestUnit unit = new TestUnit(payload);
            journal.append(unit);
            units.add(unit);
        }
        units.get(units.size() - 1).await();
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private List<Long> positions() {
        return units.stream().map(unit -> unit.position(0)).toList();
    }

    /** All there is from one position to another, file by file. */
    private List<Long> scan(long from, long to) throws IOException {
        List<Long> found = new ArrayList<>();
        long next = from;
        while (next <= to) {
            long behind = journal.scan(next, to, new RecordVisitor() {
                @Override
                public void record(int index, long position, byte type, ByteBuffer payload) {
                    assertThat(payload).isEqualTo(ByteBuffer.wrap(units.get(positions().indexOf(position)).payload(0)));
                    found.add(position);
                }

                @Override
                public void failed(int index, long position, IOException cause) {
                    throw new AssertionError(cause);
                }
            });
            if (behind == next) {
                break;
            }
            next = behind;
        }
        return found;
    }

    @Test
    void allAreFoundInOrder() throws IOException {
        assertThat(journal.segments().size()).isGreaterThan(3);
        assertThat(scan(0, Long.MAX_VALUE)).isEqualTo(positions());
    }

    @Test
    void bothEndsAreIncluded() throws IOException {
        List<Long> all = positions();
        for (int i = 0; i < 500; i += 37) {
            assertThat(scan(all.get(i), all.get(i + 20))).isEqualTo(all.subList(i, i + 21));
            assertThat(scan(all.get(i), all.get(i + 20) - 1)).isEqualTo(all.subList(i, i + 20));
        }
        assertThat(scan(1L << 40, 1L << 41)).isEmpty();
    }

    @Test
    void aDamagedRecordOrFrameHidesNoOther() throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 40; round++) {
            long victim = positions().get(random.nextInt(590));
            long base = journal.segment(victim);
            Path file = Layout.segment(DIRECTORY, base);
            byte[] sound = memory.bytes(file);
            byte[] damaged = sound.clone();
            int frame = (int) Math.max(Layout.BLOCK, (victim - base) / Layout.BLOCK * Layout.BLOCK);
            damaged[round % 2 == 0 ? (int) (victim - base) + random.nextInt(16) : frame + random.nextInt(4)] ^= 4;
            memory.put(file, damaged);
            List<Long> expected = new ArrayList<>(positions());
            List<Long> found = scan(0, Long.MAX_VALUE);
            memory.put(file, sound);
            expected.removeAll(found);
            assertThat(expected.size()).as("hidden by damage near %d", victim).isLessThanOrEqualTo(1);
            assertThat(positions()).containsAll(found);
        }
    }
}
