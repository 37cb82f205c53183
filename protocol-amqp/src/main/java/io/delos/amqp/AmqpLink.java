package io.delos.amqp;

import org.apache.qpid.proton.engine.Delivery;

/** One of the peer's links as the broker sees it. Owned by the connection's loop. */
sealed interface AmqpLink permits ReceiverLink, SenderLink, CoordinatorLink {

    /** The peer has attached: find out what it wants, then open the link or refuse it. */
    void attach();

    /** The peer said something about credit. */
    void flow();

    /** A message, a part of one, or news of one. */
    void delivery(Delivery delivery);

    /** The peer has detached the link; {@code closed} for good. {@code done} runs when everything that follows from that has happened. */
    void detached(boolean closed, Runnable done);

    /** The session is over, and with it everything it had. */
    void sessionEnded();
}
