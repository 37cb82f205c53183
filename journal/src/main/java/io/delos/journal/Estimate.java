package io.delos.journal;

/**
 * What is known of the bytes that live in a segment.
 *
 * @param references how many references there were when it was counted, 0 if it never was
 * @param bytes what their records took then
 * @param unreadable whether it can't be rewritten, because something living in it is damaged
 */
record Estimate(long references, long bytes, boolean unreadable) {
    static final Estimate NEVER_COUNTED = new Estimate(0, 0, false);

    boolean counted() {
        return references > 0;
    }

    /** What may live now, if lives have ended evenly. */
    long bytesAt(long living) {
        return references <= 0 ? 0 : (long) ((double) bytes * Math.min(living, references) / references);
    }
}
