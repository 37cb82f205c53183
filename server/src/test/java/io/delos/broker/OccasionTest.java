package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** When a message that is repeated comes next. */
class OccasionTest {

    private static Occasion at(long due, long period, int repeat) {
        return new Occasion(due, new Repetition(0, period, repeat, ""), 7, "job");
    }

    @Test
    void repetitionsKeepTheirPeriodAndAreCounted() {
        Occasion first = Occasion.first(new Repetition(30, 10, 2, ""), 7, "job", 1000);
        assertThat(first.due()).isEqualTo(1030);
        assertThat(first.following(1031)).containsExactly(at(1040, 10, 1));
        assertThat(at(1040, 10, 1).following(1040)).containsExactly(at(1050, 10, 0));
        assertThat(at(1050, 10, 0).following(1050)).isEmpty();
        assertThat(at(1050, 10, -1).following(1050)).containsExactly(at(1060, 10, -1));
    }

    @Test
    void timesThatWereMissedAreLeftOutAndNotCounted() {
        assertThat(at(1000, 10, 5).following(1047)).containsExactly(at(1050, 10, 4));
        assertThat(at(1000, 10, 5).following(900)).containsExactly(at(1010, 10, 4));
    }

    @Test
    void aCronEntryComesAgainAndBeginsASeriesEachTime() {
        Repetition hourly = new Repetition(1000, 2000, 9, "0 * * * *");
        Occasion first = Occasion.first(hourly, 0, "job", 1);
        assertThat(first.due() % 3_600_000).isZero();
        assertThat(first.delivers()).isFalse();
        List<Occasion> next = first.following(first.due());
        assertThat(next).containsExactly(new Occasion(first.due() + 3_600_000, hourly, 0, "job"),
                new Occasion(first.due() + 1000, new Repetition(0, 2000, 9, ""), 0, "job"));
        Occasion alone = Occasion.first(new Repetition(0, 1000, 0, "0 * * * *"), 0, "job", 1);
        assertThat(alone.delivers()).isTrue();
        assertThat(alone.following(alone.due())).hasSize(1);
    }

    @Test
    void itIsReadAsItWasWritten() {
        Occasion occasion = new Occasion(5, new Repetition(1, 2, 3, "0 0 * * 1"), 4, "ID:x:1");
        assertThat(Occasion.read(occasion.text())).contains(occasion);
        for (String wrong : List.of("", "1|2|3", "x|1|1|1|1|job|", "1|1|1|1|1|job|no cron")) {
            assertThat(Occasion.read(wrong)).isEmpty();
        }
        assertThat(Occasion.read(null)).isEmpty();
    }

    @Test
    void whatClientsSay() throws Exception {
        assertThat(Repetition.of(5L, 10L, 0, null)).isEmpty();
        assertThat(Repetition.of(null, null, null, " ")).isEmpty();
        assertThat(Repetition.of("5", "10", "2", null)).contains(new Repetition(5, 10, 2, ""));
        assertThat(Repetition.of(null, null, 1, null)).contains(new Repetition(0, 1000, 1, ""));
        assertThat(Repetition.of(Long.MAX_VALUE, null, -5, null).orElseThrow().delay()).isLessThan(Long.MAX_VALUE / 2);
        assertThat(Repetition.of(null, null, null, "0 * * * *")).contains(new Repetition(0, 1000, 0, "0 * * * *"));
        assertThatThrownBy(() -> Repetition.of("soon", null, 1, null)).hasMessageContaining("AMQ_SCHEDULED_DELAY is not a number");
        assertThatThrownBy(() -> Repetition.of(null, null, -1, "0 * * * *")).hasMessageContaining("AMQ_SCHEDULED_REPEAT");
        assertThatThrownBy(() -> Repetition.of(null, null, null, "hourly")).hasMessageContaining("AMQ_SCHEDULED_CRON");
    }
}
