package io.delos.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Units that nobody waits for; the test does the journal thread's steps. */
class PatienceTest {
    private final AtomicInteger groups = new AtomicInteger();
    private Journal journal;
    private Crew.Worker appender;
    private int wakes;

    private static final class Patient extends TestUnit {
        Patient() {
            super(JournalTest.bytes("patient"));
        }

        @Override
        protected boolean patient() {
            return true;
        }
    }

    private Crew.Hand begin(String name, Crew.Worker worker) {
        if (!name.equals("delos-journal")) {
            return Crew.threads().begin(name, worker);
        }
        appender = worker;
        return new Crew.Hand() {
            @Override
            public void wake() {
                wakes++;
            }

            @Override
            public boolean help() {
                return false;
            }

            @Override
            public void join() {
                while (worker.step()) {
                    assertThat(worker.ready()).isTrue();
                }
            }
        };
    }

    @BeforeEach
    void open() throws IOException {
        journal = Journal.open(JournalConfig.in(JournalTest.DIRECTORY).withSegmentBytes(64 << 10).withPooledSegments(1)
                .withCrew(this::begin).withAfterGroup(groups::incrementAndGet), new MemoryDisk(), new Replayed());
    }

    @AfterEach
    void close() {
        journal.close();
    }

    /** Whoever runs the worker does so when it is ready. */
    private void runWhileReady() {
        while (appender.ready()) {
            assertThat(appender.step()).isTrue();
        }
    }

    private void momentPasses() {
        assertThat(appender.patience()).isBetween(1L, 1_000_000_000L);
        assertThat(appender.step()).isTrue();
        runWhileReady();
    }

    private TestUnit keep() {
        TestUnit unit = new Patient();
        journal.append(unit);
        runWhileReady();
        return unit;
    }

    @Test
    void theyAreWrittenWithWhatComesNext() {
        TestUnit first = keep();
        TestUnit second = keep();
        assertThat(first.outcome).isNotDone();
        assertThat(appender.ready()).isFalse();
        TestUnit awaited = JournalTest.append(journal, "awaited");
        assertThat(appender.ready()).isTrue();
        runWhileReady();
        assertThat(List.of(first, second, awaited)).allMatch(unit -> unit.outcome.isDone());
        assertThat(groups).hasValue(1);
        assertThat(first.position(0)).isLessThan(second.position(0));
        assertThat(second.position(0)).isLessThan(awaited.position(0));
        momentPasses();
        assertThat(appender.patience()).isEqualTo(Crew.Worker.FOREVER);
    }

    @Test
    void orWhenNothingHasCome() {
        TestUnit unit = keep();
        TestUnit other = keep();
        assertThat(unit.outcome).isNotDone();
        momentPasses();
        assertThat(List.of(unit, other)).allMatch(each -> each.outcome.isDone());
        assertThat(groups).hasValue(1);
    }

    @Test
    void theyWakeNobodyWhoWillLookSoon() {
        JournalTest.append(journal, "awaited");
        runWhileReady();
        int before = wakes;
        TestUnit unit = keep();
        assertThat(wakes).isEqualTo(before);
        TestUnit awaited = JournalTest.append(journal, "awaited behind a patient one");
        assertThat(wakes).isGreaterThan(before);
        runWhileReady();
        assertThat(List.of(unit, awaited)).allMatch(each -> each.outcome.isDone());
    }

    @Test
    void theyWakeWhoSleepsForGood() {
        JournalTest.append(journal, "awaited");
        runWhileReady();
        momentPasses();
        assertThat(appender.patience()).isEqualTo(Crew.Worker.FOREVER);
        int before = wakes;
        journal.append(new Patient());
        assertThat(wakes).isGreaterThan(before);
        assertThat(appender.ready()).isTrue();
    }

    @Test
    void notManyAreKept() {
        List<TestUnit> units = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            TestUnit unit = new Patient();
            journal.append(unit);
            units.add(unit);
        }
        runWhileReady();
        assertThat(units).allMatch(unit -> unit.outcome.isDone());
    }

    @Test
    void whoClosesHasThemWritten() {
        TestUnit unit = keep();
        journal.close();
        assertThat(unit.outcome).isCompletedWithValue(unit);
    }

    /** With a thread of its own, and pauses in which it sleeps for a moment or for good. */
    @Test
    void nobodyWaitsForGood() throws Exception {
        try (Journal threaded = Journal.open(JournalConfig.in(JournalTest.DIRECTORY).withSegmentBytes(4 << 20).withPooledSegments(1),
                new MemoryDisk(), new Replayed())) {
            List<CompletableFuture<Void>> users = new ArrayList<>();
            for (int user = 0; user < 3; user++) {
                Random random = new Random(user);
                users.add(CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < 3_000; i++) {
                        TestUnit patient = new Patient();
                        threaded.append(patient);
                        (random.nextInt(10) == 0 ? patient : JournalTest.append(threaded, "awaited")).outcome.join();
                        if (random.nextInt(100) == 0) {
                            LockSupport.parkNanos(random.nextInt(4_000_000));
                        }
                    }
                }));
            }
            CompletableFuture.allOf(users.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        }
    }
}
