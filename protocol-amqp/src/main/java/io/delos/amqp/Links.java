package io.delos.amqp;

import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;

/** Which kind of link a peer's attach asks for. Stateless. */
final class Links {

    private Links() { }

    static AmqpLink of(AmqpSession session, Link link) {
        if (link instanceof Receiver) {
            return receiving(session, (Receiver) link);
        }
        boolean node = link.getRemoteSource() instanceof Source && NodeConversation.NODE.equals(((Source) link.getRemoteSource()).getAddress());
        return node ? new ManagementReplies(session, (Sender) link) : new SenderLink(session, (Sender) link);
    }

    private static AmqpLink receiving(AmqpSession session, Receiver link) {
        if (link.getRemoteTarget() instanceof Coordinator) {
            return new CoordinatorLink(session, link);
        }
        boolean node = link.getRemoteTarget() instanceof Target && NodeConversation.NODE.equals(((Target) link.getRemoteTarget()).getAddress());
        return node ? new ManagementRequests(session, link) : new ReceiverLink(session, link);
    }
}
