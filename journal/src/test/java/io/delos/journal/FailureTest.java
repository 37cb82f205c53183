package io.delos.journal;

import static io.delos.journal.JournalTest.DIRECTORY;
import static io.delos.journal.JournalTest.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

class FailureTest {
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger groups = new AtomicInteger();
    private final AtomicInteger troubles = new AtomicInteger();
    private final JournalConfig config = JournalConfig.in(DIRECTORY).withSegmentBytes(16 << 10).withPooledSegments(1)
            .withOnFailure(e -> failures.incrementAndGet()).withAfterGroup(groups::incrementAndGet)
            .withOnDiskTrouble(e -> troubles.incrementAndGet());
    private final MemoryDisk memory = new MemoryDisk();
    private final FaultDisk disk = new FaultDisk(memory).onlySegments();

    private Replayed reopen(MemoryDisk from) throws IOException {
        Replayed replayed = new Replayed();
        Journal.open(config, from, replayed).close();
        return replayed;
    }

    /** Appends until something fails; returns the texts that were confirmed. */
    private List<String> appendUntilFailure(Journal journal, int bytes) {
        List<String> confirmed = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            String text = i + "x".repeat(bytes);
            TestUnit unit = append(journal, text);
            try {
                unit.await();
            } catch (RuntimeException e) {
                assertThat(e).hasRootCauseInstanceOf(IOException.class);
                return confirmed;
            }
            confirmed.add(text);
        }
        throw new AssertionError("nothing failed");
    }

    private void assertNothingMoreIsAccepted(Journal journal) {
        TestUnit later = append(journal, "later");
        TestUnit empty = append(journal);
        assertThatThrownBy(later::await).hasRootCauseInstanceOf(IOException.class);
        assertThatThrownBy(empty::await).hasRootCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> journal.checkpoint(0, out -> { })).isInstanceOf(IOException.class);
        assertThat(journal.failure()).isPresent();
        assertThat(journal.pendingBytes()).isZero();
        assertThat(failures).hasValue(1);
    }

    @Test
    void aFailedWriteIsTheEnd() throws IOException {
        for (int n = 1; n < 12; n++) {
            failures.set(0);
            MemoryDisk fresh = new MemoryDisk();
            FaultDisk failing = new FaultDisk(fresh).onlySegments();
            List<String> confirmed;
            try (Journal journal = Journal.open(config, failing, new Replayed())) {
                append(journal, "first").await();
                failing.failWrite(n);
                confirmed = appendUntilFailure(journal, 3000);
                failing.heal();
                assertNothingMoreIsAccepted(journal);
            }
            confirmed.add(0, "first");
            assertThat(reopen(fresh).texts()).isEqualTo(confirmed);
            assertThat(reopen(fresh.afterCrash(n)).texts()).isEqualTo(confirmed);
        }
    }

    @Test
    void aFailedSyncIsTheEndEvenIfTheNextOneWouldSucceed() throws IOException {
        for (int n = 1; n < 12; n++) {
            failures.set(0);
            MemoryDisk fresh = new MemoryDisk();
            FaultDisk failing = new FaultDisk(fresh).onlySegments();
            List<String> confirmed;
            try (Journal journal = Journal.open(config, failing, new Replayed())) {
                append(journal, "first").await();
                failing.failForce(n, n % 2 == 0);
                confirmed = appendUntilFailure(journal, 3000);
                failing.heal();
                assertNothingMoreIsAccepted(journal);
            }
            confirmed.add(0, "first");
            assertThat(reopen(fresh.afterCrash(n)).texts()).startsWith(confirmed.toArray(String[]::new));
            assertThat(reopen(fresh).texts()).startsWith(confirmed.toArray(String[]::new));
        }
    }

    @Test
    void everyQueuedUnitHearsOfTheFailureOnce() throws Exception {
        java.util.concurrent.CountDownLatch gate = new java.util.concurrent.CountDownLatch(1);
        try (Journal journal = Journal.open(config, disk, new Replayed())) {
            append(journal, "first").await();
            TestUnit blocking = new TestUnit(JournalTest.bytes("blocks the thread")) {
                @Override
                protected void durable() {
                    try {
                        gate.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    super.durable();
                }
            };
            journal.append(blocking);
            AtomicInteger told = new AtomicInteger();
            List<TestUnit> units = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                units.add(new TestUnit(JournalTest.bytes("u" + i)) {
                    @Override
                    protected void failed(IOException cause) {
                        told.incrementAndGet();
                        super.failed(cause);
                    }
                });
            }
            await().until(() -> journal.pendingBytes() == 0);
            disk.failForce(1, true);
            units.forEach(journal::append);
            gate.countDown();
            for (TestUnit unit : units) {
                assertThatThrownBy(unit::await).hasRootCauseInstanceOf(IOException.class);
            }
            await().untilAsserted(() -> assertThat(failures).hasValue(1));
            assertThat(told).hasValue(100);
        }
    }

    @Test
    void aWriteMayTakeOnlySomeBytes() throws IOException {
        for (int longest : new int[] {1, 7, 512, 4097}) {
            MemoryDisk fresh = new MemoryDisk();
            FaultDisk stingy = new FaultDisk(fresh);
            List<String> expected = new ArrayList<>();
            try (Journal journal = Journal.open(config, stingy, new Replayed())) {
                await().until(() -> journal.freeSegments() >= 2);
                stingy.shortWrites(longest);
                for (int i = 0; i < 5; i++) {
                    expected.add(i + "x".repeat(i * 500));
                    append(journal, expected.get(i)).await();
                }
                journal.checkpoint(0, out -> out.section("s").write(new byte[5000]));
            }
            assertThat(reopen(fresh.afterCrash(1)).texts()).isEqualTo(expected);
        }
    }

    @Test
    void aFullDiskIsReportedWhileThereAreSegmentsLeft() throws IOException {
        List<String> confirmed;
        try (Journal journal = Journal.open(config, disk, new Replayed())) {
            await().until(() -> journal.freeSegments() == 2);
            disk.fullAfter(0);
            append(journal, "x".repeat(9000)).await();
            append(journal, "x".repeat(9000)).await();
            await().until(() -> troubles.get() > 0);
            assertThat(journal.freeSegments()).isEqualTo(1);
            assertThat(journal.failure()).isEmpty();
            append(journal, "x".repeat(9000)).await();
            await().until(() -> journal.freeSegments() == 0);
            confirmed = appendUntilFailure(journal, 2000);
            assertNothingMoreIsAccepted(journal);
            assertThat(journal.failure().orElseThrow()).hasMessageContaining("no room for the next segment");
        }
        disk.heal();
        assertThat(reopen(memory).texts()).hasSize(3 + confirmed.size());
    }

    @Test
    void roomMadeInTimeIsUsed() throws IOException {
        try (Journal journal = Journal.open(config, disk, new Replayed())) {
            await().until(() -> journal.freeSegments() == 2);
            disk.fullAfter(0);
            for (int i = 0; i < 2; i++) {
                append(journal, "x".repeat(9000)).await();
            }
            await().until(() -> troubles.get() > 0);
            disk.heal();
            for (int i = 0; i < 20; i++) {
                append(journal, "x".repeat(9000)).await();
            }
            assertThat(failures).hasValue(0);
        }
    }

    @Test
    void reclaimedSegmentsServeAFullDisk() throws IOException {
        try (Journal journal = Journal.open(config.withPooledSegments(8), disk, new Replayed())) {
            for (int i = 0; i < 6; i++) {
                append(journal, "x".repeat(9000)).await();
            }
            await().until(() -> journal.freeSegments() == 2);
            for (int i = 0; i < 3; i++) {
                append(journal, "y").await();
                journal.checkpoint(journal.durablePosition(), out -> { });
            }
            assertThat(journal.freeSegments()).isGreaterThan(5);
            disk.only(path -> path.getFileName().toString().startsWith("free.")).fullAfter(60_000);
            for (int i = 0; i < 50; i++) {
                append(journal, "x".repeat(9000)).await();
                journal.checkpoint(journal.durablePosition(), out -> { });
            }
            assertThat(failures).hasValue(0);
        }
    }

    @Test
    void withoutRoomForTheFirstSegmentOpeningFails() throws IOException {
        disk.fullAfter(10_000);
        assertThatThrownBy(() -> Journal.open(config, disk, new Replayed())).isInstanceOf(IOException.class).hasMessageContaining("No space");
        disk.heal();
        Journal.open(config, disk, new Replayed()).close();
        assertThat(memory.list(DIRECTORY)).allMatch(name -> name.endsWith(".log") || name.startsWith("free."));
    }
}
