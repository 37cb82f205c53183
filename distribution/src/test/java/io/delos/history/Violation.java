package io.delos.history;

/** A promise that a history breaks, and what shows it. */
record Violation(Kind kind, int message, String evidence) {

    enum Kind {
        /** What was not sent, or was refused or rolled back, came. */
        NEVER_SENT,
        /** A confirmed message was not given to anybody who asked, although the queue was emptied in the end. */
        LOST,
        /** A message came after its acknowledgement was confirmed. */
        BACK_FROM_THE_DEAD,
        /** Two held it at one time. */
        TWICE,
        /** It was given away while one that was sent before it by the same client waited. */
        OUT_OF_ORDER,
        /** The queue said that it was empty while the message waited. */
        UNSEEN,
        /** A transaction is done in part. */
        HALF_DONE
    }
}
