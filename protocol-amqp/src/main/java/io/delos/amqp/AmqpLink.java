package io.delos.amqp;

import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Delivery;

/** One of the peer's links as the broker sees it. Owned by the connection's loop. */
sealed interface AmqpLink permits ReceiverLink, SenderLink, CoordinatorLink, ManagementRequests, ManagementReplies {

    /** The peer has attached: find out what it wants, then open the link or refuse it. */
    void attach();

    /** The peer said something about credit. */
    void flow();

    /** The peer asks where the link stands, once what it has said about credit has been done. */
    void echo();

    /** A message, a part of one, or news of one. */
    void delivery(Delivery delivery);

    /** Ends the link from this side. */
    void dismiss(ErrorCondition condition);

    /** The peer has detached the link; {@code closed} for good. {@code done} runs when everything that follows from that has happened. */
    void detached(boolean closed, Runnable done);

    /** The session is over, and with it everything it had but what is kept for the link. */
    void sessionEnded(Keep.End how);
}
