package io.delos.journal;

import static io.delos.journal.JournalTest.DIRECTORY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordReaderTest {
    private final MemoryDisk memory = new MemoryDisk();
    private final JournalConfig config = JournalConfig.in(DIRECTORY).withSegmentBytes(1 << 20);
    private final List<TestUnit> units = new ArrayList<>();
    private Journal journal;

    @BeforeEach
    void fill() throws IOException {
        Random random = new Random(1);
        journal = Journal.open(config, memory, new Replayed());
        for (int i = 0; i < 600; i++) {
            int size = i % 100 == 99 ? 300_000 : random.nextInt(2000);
            byte[] payload = new byte[size];
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

    private final class Collecting implements RecordVisitor {
        final List<Integer> seen = new ArrayList<>();
        final List<Integer> failed = new ArrayList<>();
        final List<IOException> causes = new ArrayList<>();
        private final List<TestUnit> asked;

        Collecting(List<TestUnit> asked) {
            this.asked = asked;
        }

        @Override
        public void record(int index, long position, byte type, ByteBuffer payload) {
            assertThat(payload).isEqualTo(ByteBuffer.wrap(asked.get(index).payload(0)));
            assertThat(position).isEqualTo(asked.get(index).position(0));
            assertThat(type).isEqualTo((byte) 1);
            seen.add(index);
        }

        @Override
        public void failed(int index, long position, IOException cause) {
            failed.add(index);
            causes.add(cause);
        }
    }

    private Collecting readAll(List<TestUnit> asked, double hintFactor) {
        long[] positions = asked.stream().mapToLong(unit -> unit.position(0)).toArray();
        int[] sizes = asked.stream().mapToInt(unit -> (int) (unit.payload(0).length * hintFactor)).toArray();
        Collecting collecting = new Collecting(asked);
        journal.reader().read(positions, sizes, 0, positions.length, collecting);
        return collecting;
    }

    @Test
    void runsAreReadInAnyOrderWithAnyGuess() {
        List<TestUnit> shuffled = new ArrayList<>(units);
        Collections.shuffle(shuffled, new Random(2));
        List<TestUnit> sparse = new ArrayList<>();
        for (int i = 0; i < units.size(); i += 7) {
            sparse.add(units.get(i));
        }
        for (List<TestUnit> asked : List.of(units, shuffled, sparse)) {
            for (double factor : new double[] {1, 0, 0.5, 3}) {
                Collecting collecting = readAll(asked, factor);
                assertThat(collecting.seen).hasSize(asked.size()).isSorted();
                assertThat(collecting.failed).isEmpty();
            }
        }
    }

    @Test
    void neighboursAreFetchedTogether() throws IOException {
        AtomicInteger reads = new AtomicInteger();
        journal.close();
        journal = Journal.open(config, new CountingDisk(memory, reads), new Replayed());
        reads.set(0);
        readAll(units.subList(0, 90), 1);
        assertThat(reads.get()).isLessThan(4);
    }

    @Test
    void oneDamagedRecordDoesNotHideTheOthers() throws IOException {
        TestUnit victim = units.get(50);
        Journal.SegmentState segment = journal.segments().get(0);
        Path file = Layout.segment(DIRECTORY, segment.base());
        byte[] bytes = memory.bytes(file);
        bytes[(int) (victim.position(0) - segment.base()) + 20] ^= 1;
        memory.put(file, bytes);
        Collecting collecting = readAll(units, 1);
        assertThat(collecting.failed).containsExactly(50);
        assertThat(collecting.seen).hasSize(units.size() - 1);
        assertThatThrownBy(() -> journal.read(victim.position(0), victim.payload(0).length)).isInstanceOfSatisfying(
                DamagedException.class, e -> {
                    assertThat(e.file()).isEqualTo(file.getFileName().toString());
                    assertThat(e.offset()).isEqualTo(victim.position(0) - segment.base());
                });
    }

    @Test
    void everyDamagedByteOfARecordIsNoticed() throws IOException {
        TestUnit victim = units.stream().filter(unit -> unit.payload(0).length > 20 && unit.payload(0).length < 200).findFirst().orElseThrow();
        Journal.SegmentState segment = journal.segments().get(0);
        Path file = Layout.segment(DIRECTORY, segment.base());
        byte[] sound = memory.bytes(file);
        int start = (int) (victim.position(0) - segment.base());
        for (int i = 0; i < 16 + victim.payload(0).length; i++) {
            byte[] bytes = sound.clone();
            bytes[start + i] ^= (byte) (1 << i % 8);
            memory.put(file, bytes);
            assertThatThrownBy(() -> journal.read(victim.position(0), victim.payload(0).length)).isInstanceOf(DamagedException.class);
        }
    }

    @Test
    void aSoundRecordInTheWrongPlaceIsDamage() throws IOException {
        TestUnit first = JournalTest.append(journal, "same size A").await();
        TestUnit second = JournalTest.append(journal, "same size B").await();
        Journal.SegmentState segment = journal.segments().get(journal.segments().size() - 1);
        Path file = Layout.segment(DIRECTORY, segment.base());
        byte[] bytes = memory.bytes(file);
        System.arraycopy(bytes, (int) (first.position(0) - segment.base()), bytes, (int) (second.position(0) - segment.base()), 27);
        memory.put(file, bytes);
        assertThat(JournalTest.text(journal.read(first.position(0), 11).payload())).isEqualTo("same size A");
        assertThatThrownBy(() -> journal.read(second.position(0), 11)).isInstanceOf(DamagedException.class);
    }

    @Test
    void aPositionThatIsNoRecordIsDamageAndOneOfNoSegmentIsGone() {
        assertThatThrownBy(() -> journal.read(units.get(3).position(0) + 8, 10)).isInstanceOf(DamagedException.class);
        assertThatThrownBy(() -> journal.read(units.get(3).position(0) + 1, 10)).isInstanceOf(DamagedException.class);
        assertThatThrownBy(() -> journal.read(1L << 40, 10)).isInstanceOf(GoneException.class);
        assertThatThrownBy(() -> journal.read(-1, 10)).isInstanceOf(GoneException.class);
        long end = journal.segments().get(0).base() + journal.segments().get(0).capacity();
        assertThatThrownBy(() -> journal.read(end - 3, 10)).isInstanceOf(IOException.class);
    }

    @Test
    void anInterruptedReaderHurtsNobody(@TempDir Path directory) throws IOException {
        try (Journal real = Journal.open(JournalConfig.in(directory).withSegmentBytes(64 << 10), Disk.real(), new Replayed())) {
            TestUnit unit = JournalTest.append(real, "before").await();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> real.read(unit.position(0), 6)).isInstanceOf(IOException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(JournalTest.text(real.read(unit.position(0), 6).payload())).isEqualTo("before");
            JournalTest.append(real, "after").await();
        }
    }
}
