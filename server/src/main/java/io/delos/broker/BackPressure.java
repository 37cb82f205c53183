package io.delos.broker;

/** How a protocol holds its producers back when an address, or the disk, is full and its policy is to block. */
public enum BackPressure {
    /** The socket is not read: a send waits, and whatever the client says after it. */
    SOCKET,
    /**
     * As {@link #SOCKET}, but what the client says after it is read for a while: protocol handlers see signs of life and acknowledgements,
     * and what is for the broker waits in order.
     */
    READ_AHEAD,
    /** By credit, asked for with {@link Session#awaitSpace}: what is sent on credit given before is taken. A full disk is waited for as above. */
    CREDIT,
    /** As {@link #CREDIT}, but beyond {@code max-size-bytes-reject-threshold} what is sent on credit is refused. */
    CREDIT_WITH_THRESHOLD;

    boolean byCredit() {
        return this == CREDIT || this == CREDIT_WITH_THRESHOLD;
    }

    /** Whether each of its producers can be told how many messages it may send. */
    boolean byLink() {
        return this == CREDIT_WITH_THRESHOLD;
    }
}
