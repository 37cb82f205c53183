package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The minutes that a crontab's fields mean. */
class CronTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static ZonedDateTime at(String time) {
        return LocalDateTime.parse(time).atZone(BERLIN);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "* * * * *; 2024-02-28T23:59; 2024-02-29T00:00",
        "0 * * * *; 2024-01-01T10:00; 2024-01-01T11:00",
        "0 * * * *; 2024-01-01T09:59:59; 2024-01-01T10:00",
        "*/20 8-10 * * *; 2024-01-01T10:40; 2024-01-02T08:00",
        "5/20 * * * *; 2024-01-01T10:05; 2024-01-01T10:25",
        "1,3,50-52 4 * * *; 2024-01-01T04:03; 2024-01-01T04:50",
        "0 12 31 * *; 2024-04-01T00:00; 2024-05-31T12:00",
        "0 0 29 2 *; 2024-03-01T00:00; 2028-02-29T00:00",
        "0 0 * * 0; 2024-01-01T00:00; 2024-01-07T00:00",
        "0 0 * * 7; 2024-01-01T00:00; 2024-01-07T00:00",
        "0 0 * * 1-5; 2024-01-05T00:00; 2024-01-08T00:00",
        "0 0 13 * 5; 2024-01-01T00:00; 2024-01-05T00:00",
        "0 0 1 1 *; 2024-01-01T00:00; 2025-01-01T00:00",
        // an hour that the clock passes over
        "30 2 31 3 *; 2024-03-30T12:00; 2024-03-31T03:30"})
    void theNextOne(String entry, String after, String expected) {
        assertThat(Cron.parse(entry).next(at(after.trim()))).contains(at(expected.trim()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "a * * * *", "5-1 * * * *",
        "*/0 * * * *", ", * * * *", "1- * * * *", "- * * * *", "/ * * * *", "-1 * * * *", "1 2 3 4 999999999999", "0 0 30 2 *"})
    void whatIsNone(String entry) {
        assertThatThrownBy(() -> Cron.parse(entry)).isInstanceOf(IllegalArgumentException.class).message().isNotBlank();
    }

    @Test
    void aLeapDayThatIsASunday() {
        assertThat(Cron.parse("0 0 29 2 */7").next(at("2024-03-01T00:00"))).contains(at("2032-02-29T00:00"));
    }
}
