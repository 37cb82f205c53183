package io.delos.broker;

import java.util.Optional;

/**
 * How often, and when, a message is to be delivered, as ActiveMQ's clients say it with properties: after a delay, and then so many times more, with a period
 * between; with a CRON entry all of that each time it comes. Immutable.
 *
 * @param delay  milliseconds before the first; not negative
 * @param period milliseconds from one to the next; above 0
 * @param repeat how many more there are behind the first; negative for ever
 * @param cron   a crontab's five fields; empty for once
 */
public record Repetition(long delay, long period, int repeat, String cron) {

    /** Names of the properties, and of STOMP's headers. */
    public static final String DELAY = "AMQ_SCHEDULED_DELAY";
    public static final String PERIOD = "AMQ_SCHEDULED_PERIOD";
    public static final String REPEAT = "AMQ_SCHEDULED_REPEAT";
    public static final String CRON = "AMQ_SCHEDULED_CRON";
    /** What a message bears that was scheduled; one that bears it when it is sent is not scheduled again. */
    public static final String JOB = "scheduledJobId";

    /** Between repetitions of which no period is said. */
    private static final long USUAL_PERIOD = 1000;
    /** A hundred years. */
    private static final long LONGEST = 36_525L * 24 * 3600 * 1000;

    /**
     * What these values of the four properties mean, each a number, a text or null; empty if the message is to come but once, perhaps later.
     * INVALID_REQUEST if one of them can't be read.
     */
    public static Optional<Repetition> of(Object delay, Object period, Object repeat, Object cron) throws BrokerException {
        String entry = cron == null ? "" : cron.toString().trim();
        int times = (int) Math.max(-1, Math.min(Integer.MAX_VALUE, number(REPEAT, repeat)));
        if (entry.isEmpty() && times == 0) {
            return Optional.empty();
        }
        if (!entry.isEmpty()) {
            check(entry, times);
        }
        long between = number(PERIOD, period);
        return Optional.of(new Repetition(Math.max(0, Math.min(LONGEST, number(DELAY, delay))),
                between <= 0 ? USUAL_PERIOD : Math.min(LONGEST, between), times, entry));
    }

    private static void check(String entry, int times) throws BrokerException {
        try {
            Cron.parse(entry);
        } catch (IllegalArgumentException wrong) {
            throw new BrokerException(Reason.INVALID_REQUEST, CRON + ": " + wrong.getMessage());
        }
        if (times < 0) {
            throw new BrokerException(Reason.INVALID_REQUEST, REPEAT + ": for ever, and that each time the CRON entry comes, is too often");
        }
    }

    private static long number(String name, Object value) throws BrokerException {
        if (value == null) {
            return 0;
        }
        if (value instanceof Number number) {
            return number.longValue();
        }
        try {
            return Long.parseLong(value.toString().trim());
        } catch (NumberFormatException noNumber) {
            throw new BrokerException(Reason.INVALID_REQUEST, name + " is not a number: " + value);
        }
    }
}
