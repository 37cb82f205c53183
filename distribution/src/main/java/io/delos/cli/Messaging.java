package io.delos.cli;

import io.delos.message.NeutralMessage;
import java.io.IOException;
import java.util.Optional;

/**
 * A connection to a broker, in the protocol the user chose.
 *
 * <p>A {@code Messaging} may be used by several threads; each {@link Line} by one at a time. Every method that talks to
 * the broker throws {@link IOException} with the broker's own words when it refuses, and when the connection is lost.
 */
interface Messaging extends AutoCloseable {

    /** Opens a session; with {@code transacted} nothing counts before {@link Line#commit()}. */
    Line open(boolean transacted) throws IOException;

    /** Opens the way to the broker's management address. */
    Management management() throws IOException;

    /** How this protocol's clients print a destination. */
    String label(Place place);

    @Override
    void close();

    /** A session: what is sent and received through it is in order. */
    interface Line extends AutoCloseable {

        /** Starts sending to a place; a queue or address that is missing is created where the broker's settings allow it. */
        Outbox outbox(Place place) throws IOException;

        /** Starts consuming from a place. */
        Inbox inbox(Place place, Wish wish) throws IOException;

        /** Starts looking at a queue without taking anything. */
        Inbox browse(Place queue, Optional<String> filter) throws IOException;

        /** Makes sent and received messages of a transacted session count. */
        void commit() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** Sends to one place. */
    interface Outbox extends AutoCloseable {

        /** Sends; a durable letter is on the broker's disk when this returns (transacted: when the commit does). */
        void send(NeutralMessage letter) throws IOException;

        @Override
        void close() throws IOException;
    }

    /** Hands out messages of one place. */
    interface Inbox extends AutoCloseable {

        /**
         * The next message.
         *
         * @param millis how long to wait; negative = for ever, 0 = only what is here already
         * @return empty when none came in time (a browser: when there is no further one)
         */
        Optional<NeutralMessage> receive(long millis) throws IOException;

        /** Tells the broker that everything received so far is dealt with; in a transacted session this counts with the commit. */
        void acknowledge() throws IOException;

        @Override
        void close() throws IOException;
    }

    /**
     * What a consumer wants beside messages.
     *
     * @param filter a selector
     * @param subscription the subscription's name, where it has one; topics only
     * @param durable whether it outlives its consumers
     * @param shared whether others may share it
     * @param noLocal whether to leave out what the same connection sent
     */
    record Wish(Optional<String> filter, Optional<String> subscription, boolean durable, boolean shared, boolean noLocal) {
        static Wish of(Optional<String> filter) {
            return new Wish(filter, Optional.empty(), false, false, false);
        }
    }
}
