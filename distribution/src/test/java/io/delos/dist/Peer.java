package io.delos.dist;

/** A client of one protocol. One thread uses it. */
interface Peer extends AutoCloseable {

    /** Waits this long for what has been sent. */
    int PATIENCE_MILLIS = 60_000;

    /** Returns when everything sent from now on reaches {@link #receive()}. */
    void listen(Place place) throws Exception;

    /**
     * Returns when the broker has confirmed the message, where the protocol has a word for that.
     *
     * @return when the message expires, in milliseconds since 1970, 0 for never
     */
    long send(Place place, Letter letter) throws Exception;

    /** The next message of the place last listened to. */
    Letter receive() throws Exception;

    @Override
    void close() throws Exception;
}
