package io.delos.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.message.Message;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private static final int MANY = 1 << 20;
    private final Schedule schedule = new Schedule();

    private record Waiting(long at, int arrived, long position) { }

    private static Message message(int n) {
        return Message.of((byte) 1, new byte[] {(byte) n}).address("a").build();
    }

    @Test
    void durableOnesAloneComeWhenTheyAreDue() {
        schedule.add(20, 7, 100, 4, null);
        schedule.add(10, 8, 100, 4, null);
        assertThat(schedule.nextAt()).isEqualTo(10);
        Refs due = schedule.takeDue(15, MANY, MANY);
        assertThat(due.count()).isEqualTo(1);
        assertThat(due.position(0)).isEqualTo(8);
        assertThat(due.kept(0)).isNull();
        assertThat(schedule.count()).isEqualTo(1);
    }

    @Test
    void aMixtureComesByTimeAndThenByArrival() {
        Random random = new Random(5);
        List<Waiting> model = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            long at = random.nextInt(50);
            boolean kept = random.nextInt(3) == 0;
            model.add(new Waiting(at, i, kept ? Queue.NO_POSITION : 1000 + i));
            schedule.add(at, kept ? Queue.NO_POSITION : 1000 + i, 10, 4, kept ? message(i) : null);
        }
        model.sort(Comparator.comparingLong(Waiting::at).thenComparingInt(Waiting::arrived));
        List<Waiting> seen = new ArrayList<>();
        for (long now = 0; now < 50; now++) {
            Refs due = schedule.takeDue(now, 7, MANY);
            while (due.count() > 0) {
                for (int i = 0; i < due.count(); i++) {
                    Waiting expected = model.get(seen.size());
                    assertThat(due.position(i)).isEqualTo(expected.position);
                    assertThat(due.kept(i) != null).isEqualTo(expected.position == Queue.NO_POSITION);
                    if (due.kept(i) != null) {
                        assertThat(due.kept(i).bytes()[0]).isEqualTo((byte) expected.arrived);
                    }
                    assertThat(expected.at).isEqualTo(now);
                    seen.add(expected);
                }
                due = schedule.takeDue(now, 7, MANY);
            }
        }
        assertThat(seen).hasSameSizeAs(model);
        assertThat(schedule.isEmpty()).isTrue();
    }

    @Test
    void theBytesTakenAtOnceAreBounded() {
        for (int i = 0; i < 10; i++) {
            schedule.add(1, i + 1, 1000, 4, null);
        }
        assertThat(schedule.takeDue(1, MANY, 2500).count()).isEqualTo(3);
        assertThat(schedule.takeDue(1, MANY, 1).count()).isEqualTo(1);
    }

    @Test
    void thoseThatAreGoneAreTakenOutOfTheMiddle() {
        for (int i = 1; i <= 100; i++) {
            schedule.add(100 - i, i, 10, 4, null);
        }
        schedule.removeIf((position, staged) -> position % 3 != 0);
        Refs due = schedule.takeDue(1000, MANY, MANY);
        assertThat(due.count()).isEqualTo(33);
        for (int i = 0; i < 33; i++) {
            assertThat(due.position(i)).isEqualTo(99 - 3 * i);
        }
    }
}
