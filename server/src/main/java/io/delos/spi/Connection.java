package io.delos.spi;

import io.delos.broker.Broker;
import io.delos.broker.BrokerException;
import io.delos.broker.Client;
import io.delos.broker.Unfinished;
import io.delos.config.AcceptorConfig;
import io.delos.loop.Loop;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;

/** A socket's identity, limits and broker, given to the protocol that took it over. Owned by the channel's loop, where all methods are called. */
public interface Connection {

    /** The broker behind it all. */
    Broker broker();

    /** What this socket's user may do; made before anybody has logged in. Closed by the transport when the channel closes. */
    Client client();

    /** The channel's loop. */
    Loop loop();

    /** A short id for logs and management, unique in this process. */
    String id();

    /** The peer as {@code host:port}, behind a PROXY header the one named there. */
    String remoteAddress();

    /** The certificates the peer showed over TLS, its own first; empty without them. For {@link io.delos.broker.Credentials}. */
    default List<X509Certificate> certificates() {
        return List.of();
    }

    /** The largest piece in which the transport takes what the peer says, in bytes: a WebSocket's frames have a limit. */
    default int frameLimit() {
        return Integer.MAX_VALUE;
    }

    /** The acceptor's settings. */
    AcceptorConfig acceptor();

    /**
     * Says how long the peer may be silent, in milliseconds; after that {@code expired} runs (once) and the channel is closed.
     * 0 or less: for ever. Any bytes received count. Replaces what was said before.
     */
    void timeToLive(long millis, Runnable expired);

    /** Stops or resumes reading the socket: back-pressure. Calls nest: as many {@code false} as {@code true} are needed. */
    void pauseReading(boolean pause);

    /**
     * The account of messages that have begun to arrive and are not whole: a protocol adds what it keeps of them, wherever, and takes off
     * what it keeps no more. {@link FrameCutter} does it for frames. The transport sees to the rest.
     */
    Unfinished unfinished();

    /** What to do when the connection has to end for this reason: say so in the protocol's own words, then {@link #close()}. */
    void onRefusal(Consumer<BrokerException> words);

    /**
     * What to do when the broker is stopping, or the operator closes the connection: say goodbye in the protocol's own words, then
     * {@link #close()}.
     */
    void onShutdown(Runnable farewell);

    /** Whether the acceptor it came through listens no more: what is behind {@link #onShutdown} is then the broker's stop, not an operator's wish. */
    default boolean stopping() {
        return true;
    }

    /**
     * To be asked first when the pipeline reports a fault: whether it was direct memory that ran out, after which the connection is closed, and
     * that has been logged. What the process can't go on from ends it.
     */
    boolean endedBy(Throwable fault);

    /**
     * Flushes, and closes the channel when what the peer had sent already has been read over, whatever reading is paused for: so the peer finds
     * what was flushed though it was still writing. Takes as long as bytes come, a second at most; none of them is heard.
     */
    void hangUp();

    /** Flushes, then closes the channel. */
    void close();
}
