package io.delos.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JournalTest {
    static final Path DIRECTORY = Path.of("/journal");

    private final MemoryDisk memory = new MemoryDisk();
    private final FaultDisk disk = new FaultDisk(memory);
    private final JournalConfig config = JournalConfig.in(DIRECTORY).withSegmentBytes(64 << 10).withPooledSegments(1);
    private Journal journal;

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }

    static TestUnit append(Journal journal, String... texts) {
        TestUnit unit = new TestUnit(Arrays.stream(texts).map(JournalTest::bytes).toArray(byte[][]::new));
        journal.append(unit);
        return unit;
    }

    private Replayed open() throws IOException {
        return open(config);
    }

    private Replayed open(JournalConfig with) throws IOException {
        if (journal != null) {
            journal.close();
        }
        Replayed replayed = new Replayed();
        journal = Journal.open(with, disk, replayed);
        return replayed;
    }

    @AfterEach
    void close() {
        if (journal != null) {
            journal.close();
        }
    }

    @Test
    void whatWasAppendedIsReadAndReplayed() throws IOException {
        open();
        TestUnit unit = append(journal, "one", "two").await();
        StoredRecord one = journal.read(unit.position(0), 3);
        assertThat(one.position()).isEqualTo(unit.position(0));
        assertThat(one.type()).isEqualTo((byte) 1);
        assertThat(text(one.payload())).isEqualTo("one");
        assertThat(text(journal.read(unit.position(1), 0).payload())).isEqualTo("two");
        assertThat(journal.durablePosition()).isGreaterThan(unit.position(1));
        assertThat(journal.pendingBytes()).isZero();

        Replayed replayed = open();
        assertThat(replayed.texts()).containsExactly("one", "two");
        assertThat(replayed.records.get(0).type()).isEqualTo((byte) 1);
        assertThat(replayed.records.get(0).unitEnd()).isEqualTo(replayed.records.get(1).unitEnd());
        assertThat(replayed.records.get(1).position()).isEqualTo(unit.position(1));
        assertThat(text(journal.read(unit.position(0), 3).payload())).isEqualTo("one");
    }

    @Test
    void realFilesDoTheSame(@org.junit.jupiter.api.io.TempDir Path directory) throws IOException {
        JournalConfig real = JournalConfig.in(directory.resolve("deep/er")).withSegmentBytes(64 << 10);
        TestUnit unit;
        try (Journal first = Journal.open(real, Disk.real(), new Replayed())) {
            unit = append(first, "kept").await();
            first.checkpoint(0, out -> out.section("state").write(bytes("saved")));
        }
        Replayed replayed = new Replayed();
        try (Journal second = Journal.open(real, Disk.real(), replayed)) {
            assertThat(replayed.texts()).containsExactly("kept");
            assertThat(replayed.sections.get("state")).isEqualTo(bytes("saved"));
            assertThat(text(second.read(unit.position(0), 4).payload())).isEqualTo("kept");
        }
    }

    @Test
    void openingAndClosingLeavesNothingBehind() throws IOException {
        open();
        long used = memory.used();
        for (int i = 0; i < 20; i++) {
            open();
        }
        assertThat(memory.used()).isLessThanOrEqualTo(used + 2 * config.segmentBytes());
        assertThat(journal.segments()).hasSize(1);
        assertThat(journal.durablePosition()).isZero();
    }

    @Test
    void positionsGrowOverRestarts() throws IOException {
        List<Long> positions = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            open();
            positions.add(append(journal, "unit " + i).await().position(0));
        }
        assertThat(positions).isSorted().doesNotHaveDuplicates();
        assertThat(open().texts()).containsExactly("unit 0", "unit 1", "unit 2", "unit 3", "unit 4");
    }

    @Test
    void emptyUnitsKeepTheirPlaceAndWriteNothing() throws IOException {
        open();
        AtomicInteger writes = new AtomicInteger();
        disk.observe((operation, file) -> {
            if (operation.equals("write") || operation.equals("force")) {
                writes.incrementAndGet();
            }
        });
        long before = journal.durablePosition();
        org.awaitility.Awaitility.await().until(() -> journal.freeSegments() >= 2);
        writes.set(0);
        append(journal).await();
        append(journal).await();
        assertThat(writes).hasValue(0);
        assertThat(journal.durablePosition()).isEqualTo(before);

        List<String> order = new ArrayList<>();
        List<TestUnit> units = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String name = "u" + i;
            TestUnit unit = i % 3 == 0 ? new TestUnit() : new TestUnit(bytes(name));
            unit.outcome.thenRun(() -> order.add(name));
            units.add(unit);
        }
        units.forEach(journal::append);
        units.get(99).await();
        journal.close();
        assertThat(order).containsExactlyElementsOf(java.util.stream.IntStream.range(0, 100).mapToObj(i -> "u" + i).toList());
    }

    @Test
    void unitsGatherWhileAGroupIsSynced() throws Exception {
        CountDownLatch syncing = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger forces = new AtomicInteger();
        AtomicInteger groups = new AtomicInteger();
        open(config.withAfterGroup(groups::incrementAndGet));
        org.awaitility.Awaitility.await().until(() -> journal.freeSegments() >= 2);
        disk.observe((operation, file) -> {
            if (operation.equals("force") && forces.incrementAndGet() == 1) {
                syncing.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        append(journal, "first");
        syncing.await();
        List<TestUnit> rest = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            rest.add(append(journal, "gathered " + i));
        }
        assertThat(journal.pendingBytes()).isGreaterThan(500);
        released.countDown();
        for (TestUnit unit : rest) {
            unit.await();
        }
        journal.close();
        assertThat(forces).hasValue(3);
        assertThat(groups).hasValue(2);
        assertThat(journal.pendingBytes()).isZero();
    }

    @Test
    void aUnitMayBeAppendedAgainFromItsOwnCompletion() throws IOException {
        open();
        CountDownLatch done = new CountDownLatch(5);
        Append again = new Append() {
            @Override
            protected int recordCount() {
                return 1;
            }

            @Override
            protected int recordSize(int i) {
                return 4;
            }

            @Override
            protected byte recordType(int i) {
                return 7;
            }

            @Override
            protected void encodeRecord(int i, ByteBuffer target, long position) {
                target.putInt((int) done.getCount());
            }

            @Override
            protected void durable() {
                done.countDown();
                if (done.getCount() > 0) {
                    journal.append(this);
                }
            }

            @Override
            protected void failed(IOException cause) {
                throw new IllegalStateException(cause);
            }
        };
        journal.append(again);
        org.awaitility.Awaitility.await().until(() -> done.getCount() == 0);
        assertThat(open().records).hasSize(5).allMatch(seen -> seen.type() == 7);
    }

    @Test
    void largeUnitsAreWrittenAloneAndTooLargeOnesRefusedAlone() throws IOException {
        open(config.withMaxGroupBytes(8 << 10));
        int most = (int) config.maxUnitBytes() - 16;
        TestUnit small = append(journal, "small");
        TestUnit large = new TestUnit(new byte[30_000]);
        journal.append(large);
        TestUnit largest = new TestUnit(new byte[most]);
        journal.append(largest);
        TestUnit excessive = new TestUnit(new byte[most + 1]);
        journal.append(excessive);
        TestUnit after = append(journal, "after");
        after.await();
        small.await();
        large.await();
        largest.await();
        assertThatThrownBy(excessive::await).hasRootCauseInstanceOf(IOException.class).hasMessageContaining("exceeds the limit");
        assertThat(journal.failure()).isEmpty();
        assertThat(journal.pendingBytes()).isZero();
        assertThat(journal.read(largest.position(0), 10).payload().remaining()).isEqualTo(most);
        assertThat(open().texts()).hasSize(4).startsWith("small").endsWith("after");
    }

    @Test
    void aUnitThatCannotBeEncodedFailsAlone() throws IOException {
        open();
        List<TestUnit> broken = new ArrayList<>();
        for (int kind = 0; kind < 3; kind++) {
            int how = kind;
            TestUnit unit = new TestUnit(bytes("fine"), bytes("broken")) {
                @Override
                protected void encodeRecord(int i, ByteBuffer target, long position) {
                    if (i == 0) {
                        super.encodeRecord(i, target, position);
                    } else if (how == 0) {
                        throw new IllegalStateException("a bug");
                    } else {
                        target.put(new byte[how == 1 ? 5 : 7]);
                    }
                }
            };
            broken.add(unit);
            append(journal, "before " + kind);
            journal.append(unit);
        }
        append(journal, "after").await();
        broken.forEach(unit -> assertThatThrownBy(unit::await).hasMessageContaining("could not be encoded"));
        assertThat(open().texts()).containsExactly("before 0", "before 1", "before 2", "after");
    }

    @Test
    void aCallbackThatThrowsStopsNothing() throws IOException {
        open(config.withAfterGroup(() -> {
            throw new IllegalStateException("thrown by a test");
        }));
        TestUnit rude = new TestUnit(bytes("rude")) {
            @Override
            protected void durable() {
                throw new IllegalStateException("thrown by a test");
            }
        };
        journal.append(rude);
        append(journal, "next").await();
        assertThat(open().texts()).containsExactly("rude", "next");
    }

    @Test
    void afterClosingUnitsFailOnTheirOwnThread() throws IOException {
        open();
        append(journal, "kept");
        journal.close();
        TestUnit late = append(journal, "late");
        assertThat(late.outcome).isCompletedExceptionally();
        assertThat(journal.pendingBytes()).isZero();
        assertThat(open().texts()).containsExactly("kept");
    }

    @Test
    void aNegativeSizeIsRefusedAtOnce() throws IOException {
        open();
        TestUnit negative = new TestUnit(bytes("x")) {
            @Override
            protected int recordSize(int i) {
                return -1;
            }
        };
        assertThatThrownBy(() -> journal.append(negative)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void segmentsFollowEachOther() throws IOException {
        open();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            expected.add("x".repeat(i * 20) + i);
            append(journal, expected.get(i)).await();
        }
        assertThat(journal.segments().size()).isGreaterThan(5);
        assertThat(open().texts()).isEqualTo(expected);
        Frames frames = Frames.of(memory, DIRECTORY);
        assertThat(frames.damages).isEmpty();
        assertThat(frames.texts).isEqualTo(expected);
    }

    @Test
    void checkpointsAreDueByBytes() throws Exception {
        AtomicInteger due = new AtomicInteger();
        open(config.withCheckpointBytes(64 << 10).withCheckpointDue(due::incrementAndGet));
        for (int i = 0; i < 40; i++) {
            append(journal, "x".repeat(4096)).await();
        }
        append(journal).await();
        assertThat(due.get()).isBetween(3, 6);
        assertThat(journal.bytesSinceCheckpoint()).isGreaterThan(40 * 4096);
        journal.checkpoint(journal.durablePosition(), out -> { });
        assertThat(journal.bytesSinceCheckpoint()).isZero();
    }

    @Test
    void settingsOutOfBoundsAreRefused() {
        assertThatThrownBy(() -> config.withSegmentBytes(10_000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> config.withSegmentBytes(4096)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> config.withMaxGroupBytes(1 << 20)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> config.withCheckpointBytes(0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(config.withSegmentBytes(16 << 10).maxGroupBytes()).isEqualTo(16 << 10);
    }
}
