package io.delos.config;

import java.util.function.LongPredicate;

/** The bounds a setting may have. {@link #NOT_EMPTY} is for text, the others for numbers. */
public enum Check {
    ANY("any value", n -> true),
    NOT_EMPTY("some text", n -> true),
    POSITIVE("a number above 0", n -> n > 0),
    NOT_NEGATIVE("a number of at least 0", n -> n >= 0),
    POSITIVE_OR_MINUS_ONE("-1 or a number above 0", n -> n == -1 || n > 0),
    NOT_NEGATIVE_OR_MINUS_ONE("-1 or a number of at least 0", n -> n >= -1),
    POSITIVE_INT("a number from 1 to 2147483647", n -> n > 0 && n <= Integer.MAX_VALUE),
    POSITIVE_INT_OR_MINUS_ONE("-1 or a number from 1 to 2147483647", n -> n == -1 || n > 0 && n <= Integer.MAX_VALUE),
    PERCENT("a whole percentage from 0 to 100", n -> n >= 0 && n <= 100),
    PERCENT_OR_MINUS_ONE("a whole percentage from 0 to 100, or -1", n -> n >= -1 && n <= 100),
    POWER_OF_TWO("a power of two", n -> n > 0 && (n & n - 1) == 0),
    UNIT("a number from 0 to 1", n -> n >= 0 && n <= 1),
    PORT("a port from 0 to 65535", n -> n >= 0 && n <= 65535);

    private final String expectation;
    private final LongPredicate accepts;

    Check(String expectation, LongPredicate accepts) {
        this.expectation = expectation;
        this.accepts = accepts;
    }

    /** What is accepted, as the end of "expected ...". */
    public String expectation() {
        return expectation;
    }

    boolean accepts(long number) {
        return accepts.test(number);
    }

    boolean accepts(double number) {
        switch (this) {
            case POSITIVE: return number > 0;
            case NOT_NEGATIVE: return number >= 0;
            case UNIT: return number >= 0 && number <= 1;
            default: return true;
        }
    }

    boolean accepts(String text) {
        return this != NOT_EMPTY || !text.isEmpty();
    }
}
