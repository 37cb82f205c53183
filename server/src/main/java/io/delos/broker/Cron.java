package io.delos.broker;

import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.BitSet;
import java.util.Optional;

/**
 * Minutes that come again, as a crontab's five fields have it: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday). A field
 * has numbers, ranges, {@code *}, steps behind a slash, and commas. When both days are said, either will do. Immutable.
 */
final class Cron {

    /** Looked at before it is taken for granted that a day never comes: one that is a leap day and a certain day of the week comes within these years. */
    private static final int YEARS = 41;

    private final BitSet minutes;
    private final BitSet hours;
    private final BitSet days;
    private final BitSet months;
    private final BitSet weekdays;
    private final boolean anyDay;
    private final boolean anyWeekday;

    private Cron(String[] fields) {
        minutes = field(fields[0], 0, 59);
        hours = field(fields[1], 0, 23);
        days = field(fields[2], 1, 31);
        months = field(fields[3], 1, 12);
        weekdays = field(fields[4], 0, 7);
        if (weekdays.get(0)) {
            weekdays.set(7);
        }
        anyDay = fields[2].startsWith("*");
        anyWeekday = fields[4].startsWith("*");
    }

    /** IllegalArgumentException with a sentence if it is none, or never comes. */
    static Cron parse(String text) {
        String[] fields = text.trim().split("\\s+");
        if (fields.length != 5) {
            throw new IllegalArgumentException("a CRON entry has five fields, not " + fields.length + ": " + text);
        }
        Cron cron = new Cron(fields);
        if (cron.next(ZonedDateTime.now()).isEmpty()) {
            throw new IllegalArgumentException("the CRON entry never comes: " + text);
        }
        return cron;
    }

    private static BitSet field(String text, int least, int most) {
        BitSet found = new BitSet(most + 1);
        for (String part : text.split(",", -1)) {
            int slash = part.indexOf('/');
            String range = slash < 0 ? part : part.substring(0, slash);
            int dash = range.indexOf('-');
            boolean all = range.equals("*");
            int from = all ? least : number(dash < 0 ? range : range.substring(0, dash), text);
            int to = all || slash >= 0 && dash < 0 ? most : dash < 0 ? from : number(range.substring(dash + 1), text);
            int step = slash < 0 ? 1 : number(part.substring(slash + 1), text);
            if (from < least || to > most || from > to || step < 1) {
                throw new IllegalArgumentException("a field of a CRON entry has numbers from " + least + " to " + most + ", not " + text);
            }
            for (int value = from; value <= to; value += step) {
                found.set(value);
            }
        }
        return found;
    }

    private static int number(String text, String field) {
        try {
            return text.length() > 2 ? -1 : Integer.parseInt(text);
        } catch (NumberFormatException noNumber) {
            throw new IllegalArgumentException("a field of a CRON entry can't be read: " + field, noNumber);
        }
    }

    /** The first such minute after this moment; empty if there is none. */
    Optional<ZonedDateTime> next(ZonedDateTime after) {
        LocalDate first = after.toLocalDate();
        for (LocalDate day = first; day.getYear() <= first.getYear() + YEARS; day = months.get(day.getMonthValue())
                ? day.plusDays(1) : day.withDayOfMonth(1).plusMonths(1)) {
            if (months.get(day.getMonthValue()) && takes(day)) {
                Optional<ZonedDateTime> found = on(day, after);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private boolean takes(LocalDate day) {
        boolean byDay = days.get(day.getDayOfMonth());
        boolean byWeekday = weekdays.get(day.getDayOfWeek().getValue());
        return anyDay || anyWeekday ? byDay && byWeekday : byDay || byWeekday;
    }

    /** A time that the clock passes over is one that comes an hour later. */
    private Optional<ZonedDateTime> on(LocalDate day, ZonedDateTime after) {
        for (int hour = hours.nextSetBit(0); hour >= 0; hour = hours.nextSetBit(hour + 1)) {
            for (int minute = minutes.nextSetBit(0); minute >= 0; minute = minutes.nextSetBit(minute + 1)) {
                ZonedDateTime time = day.atTime(LocalTime.of(hour, minute)).atZone(after.getZone());
                if (time.isAfter(after)) {
                    return Optional.of(time);
                }
            }
        }
        return Optional.empty();
    }
}
