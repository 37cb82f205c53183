package io.delos.config;

/** In what a slow consumer's threshold is given. */
public enum RateUnit {
    MESSAGES_PER_SECOND(1), MESSAGES_PER_MINUTE(60), MESSAGES_PER_HOUR(3600), MESSAGES_PER_DAY(86400);

    private final int seconds;

    RateUnit(int seconds) {
        this.seconds = seconds;
    }

    /** The length of the unit's period in seconds. */
    public int seconds() {
        return seconds;
    }
}
