package io.delos.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Units that nobody waits for; the test does the journal thread's steps. */
class PatienceTest {
    private final AtomicInteger groups = new AtomicInteger();
    private Journal journal;
    private Crew.Worker appender;

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
                // the test does
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

    private TestUnit keep() {
        TestUnit unit = new Patient();
        journal.append(unit);
        assertThat(appender.ready()).isTrue();
        assertThat(appender.step()).isTrue();
        return unit;
    }

    @Test
    void theyAreWrittenWithWhatComesNext() {
        TestUnit first = keep();
        TestUnit second = keep();
        assertThat(first.outcome).isNotDone();
        assertThat(appender.ready()).isFalse();
        assertThat(appender.patience()).isBetween(1L, 1_000_000_000L);
        TestUnit awaited = JournalTest.append(journal, "awaited");
        assertThat(appender.ready()).isTrue();
        appender.step();
        assertThat(List.of(first, second, awaited)).allMatch(unit -> unit.outcome.isDone());
        assertThat(groups).hasValue(1);
        assertThat(first.position(0)).isLessThan(second.position(0));
        assertThat(second.position(0)).isLessThan(awaited.position(0));
        assertThat(appender.patience()).isEqualTo(Crew.Worker.FOREVER);
    }

    @Test
    void orWhenNothingHasCome() {
        TestUnit unit = keep();
        assertThat(unit.outcome).isNotDone();
        appender.step();
        assertThat(unit.outcome).isDone();
        assertThat(groups).hasValue(1);
    }

    @Test
    void notManyAreKept() {
        List<TestUnit> units = new ArrayList<>();
        while (units.stream().noneMatch(unit -> unit.outcome.isDone())) {
            units.add(keep());
            assertThat(units).hasSizeLessThan(100);
        }
        assertThat(units).hasSizeGreaterThan(1).allMatch(unit -> unit.outcome.isDone());
    }

    @Test
    void whoClosesHasThemWritten() {
        TestUnit unit = keep();
        journal.close();
        assertThat(unit.outcome).isCompletedWithValue(unit);
    }
}
