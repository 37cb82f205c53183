package io.delos.broker;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When a message that is repeated is due next, and what follows; kept with it as a text. Times that pass while the broker is away are not made up for,
 * but for one, and are not counted. Immutable.
 *
 * @param due        in milliseconds since the epoch
 * @param repetition what is left of it
 * @param lifetime   how long each delivered message lives, in milliseconds; 0 for ever
 * @param job        what the whole is called
 */
record Occasion(long due, Repetition repetition, long lifetime, String job) {

    private static final int FIELDS = 7;

    /** The first one. */
    static Occasion first(Repetition repetition, long lifetime, String job, long now) {
        long due = repetition.cron().isEmpty() ? now + repetition.delay() : cronAfter(repetition.cron(), now).orElse(Long.MAX_VALUE);
        return new Occasion(due, repetition, lifetime, job);
    }

    private static Optional<Long> cronAfter(String entry, long millis) {
        return Cron.parse(entry).next(ZonedDateTime.ofInstant(Instant.ofEpochMilli(millis), ZoneId.systemDefault()))
                .map(time -> time.toInstant().toEpochMilli());
    }

    private boolean recurs() {
        return !repetition.cron().isEmpty();
    }

    /** Whether the message is to be delivered now, and not only put down for later. */
    boolean delivers() {
        return !recurs() || repetition.delay() == 0 && repetition.repeat() == 0;
    }

    /** What follows this one, which has come at {@code now}. */
    List<Occasion> following(long now) {
        List<Occasion> next = new ArrayList<>(2);
        if (recurs()) {
            cronAfter(repetition.cron(), Math.max(due, now)).ifPresent(time -> next.add(new Occasion(time, repetition, lifetime, job)));
            if (!delivers()) {
                next.add(new Occasion(Math.max(now, due) + repetition.delay(),
                        new Repetition(0, repetition.period(), repetition.repeat(), ""), lifetime, job));
            }
        } else if (repetition.repeat() != 0) {
            long missed = Math.max(0, (now - due) / repetition.period());
            int left = repetition.repeat() < 0 ? -1 : repetition.repeat() - 1;
            next.add(new Occasion(due + (missed + 1) * repetition.period(), new Repetition(0, repetition.period(), left, ""), lifetime, job));
        }
        return next;
    }

    String text() {
        return due + "|" + repetition.delay() + '|' + repetition.period() + '|' + repetition.repeat() + '|' + lifetime + '|' + job + '|'
                + repetition.cron();
    }

    /** Reads {@link #text}; empty if it is none. */
    static Optional<Occasion> read(Object text) {
        String[] fields = text == null ? new String[0] : text.toString().split("\\|", FIELDS);
        if (fields.length != FIELDS) {
            return Optional.empty();
        }
        try {
            Repetition repetition = new Repetition(Long.parseLong(fields[1]), Math.max(1, Long.parseLong(fields[2])), Integer.parseInt(fields[3]), fields[6]);
            if (!fields[6].isEmpty()) {
                Cron.parse(fields[6]);
            }
            return Optional.of(new Occasion(Long.parseLong(fields[0]), repetition, Long.parseLong(fields[4]), fields[5]));
        } catch (IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }
}
