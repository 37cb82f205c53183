package io.delos.mqtt;

/**
 * How much there was of each {@link Count} in a minute: averages of the last 1, 5 and 15 minutes, in which what is longer ago weighs less. Owned by
 * who samples.
 */
final class Loads {

    /** The minutes that averages are of. */
    static final int[] MINUTES = {1, 5, 15};

    private final double[][] averages = new double[MINUTES.length][Count.values().length];
    private long[] last = new long[Count.values().length];

    /** The counts now, so many seconds after the last time. */
    void sample(long[] counts, double seconds) {
        for (int i = 0; i < MINUTES.length; i++) {
            double kept = Math.exp(-seconds / (60.0 * MINUTES[i]));
            for (int c = 0; c < counts.length; c++) {
                double inAMinute = (counts[c] - last[c]) * 60.0 / seconds;
                averages[i][c] = averages[i][c] * kept + inAMinute * (1 - kept);
            }
        }
        last = counts;
    }

    /** What there was in a minute, on average over the given of {@link #MINUTES}. */
    double of(Count what, int minutes) {
        return averages[minutes][what.ordinal()];
    }
}
