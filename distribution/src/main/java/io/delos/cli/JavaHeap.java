package io.delos.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The virtual machine's options for a heap of a given maximum. */
final class JavaHeap {

    /**
     * A heap that may grow has room for new objects from the first moment: what is under way to consumers fits into it and into its survivors, so
     * that the old part, and with it the long pauses, grow seldom. Pages that were never used take no memory.
     */
    private static final String ROOMY = "-Xms80M -XX:NewSize=48M -XX:SurvivorRatio=4";
    private static final String NARROW = "-Xms32M";
    /** Below this much, in MiB, a heap is divided as the virtual machine does it by itself. */
    private static final long ROOM = 512;
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})([kmgt]?)");

    private JavaHeap() { }

    /** How it begins and is divided; {@code maximum} as after {@code -Xmx}, and whatever else was written there counts as little. */
    static String division(String maximum) {
        return mebibytes(maximum) >= ROOM ? ROOMY : NARROW;
    }

    private static long mebibytes(String size) {
        Matcher parts = SIZE.matcher(size.strip().toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            return 0;
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "k" -> number >> 10;
            case "m" -> number;
            case "g" -> number << 10;
            case "t" -> number << 20;
            default -> number >> 20;
        };
    }
}
