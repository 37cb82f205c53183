package io.delos.amqp;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.LinkError;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.framing.TransportFrame;

/** What follows when a peer breaks the rules, or takes a link from itself. Owned by the connection's loop. */
final class Sanctions {

    private static final Logger LOG = LogManager.getLogger(Sanctions.class);

    private final AmqpConnection connection;
    private final AmqpHandler handler;

    Sanctions(AmqpConnection connection, AmqpHandler handler) {
        this.connection = connection;
        this.handler = handler;
    }

    void apply(Verdict verdict, TransportFrame frame) {
        if (verdict instanceof Verdict.CloseConnection) {
            ErrorCondition error = ((Verdict.CloseConnection) verdict).error();
            warn("Closing the AMQP connection", error);
            connection.goodbye(error);
        } else if (verdict instanceof Verdict.EndSession) {
            Verdict.EndSession end = (Verdict.EndSession) verdict;
            warn("Ending a session of the AMQP connection", end.error());
            connection.end(end.session(), end.error());
        } else if (verdict instanceof Verdict.DetachLink) {
            Verdict.DetachLink detach = (Verdict.DetachLink) verdict;
            warn("Detaching a link of the AMQP connection", detach.error());
            if (detach.link().getContext() instanceof AmqpLink) {
                ((AmqpLink) detach.link().getContext()).dismiss(detach.error());
            }
        } else if (verdict instanceof Verdict.Steals) {
            steal(((Verdict.Steals) verdict).from(), frame);
        }
    }

    private void warn(String what, ErrorCondition error) {
        LOG.warn("{} from {}: {}", what, connection.connection().remoteAddress(), error.getDescription());
    }

    private static void close(Link link, ErrorCondition error) {
        if (link.getSession().getContext() instanceof AmqpSession) {
            ((AmqpSession) link.getSession().getContext()).close(link, error);
        }
    }

    /** Closes a link whose name is attached anew, and attaches that when what the old one held is back where it was. */
    private void steal(Link link, TransportFrame attach) {
        close(link, new ErrorCondition(LinkError.STOLEN, "the link was attached again"));
        if (link.getContext() instanceof AmqpLink && link.getSession().getContext() instanceof AmqpSession) {
            AmqpLink known = (AmqpLink) link.getContext();
            ((AmqpSession) link.getSession().getContext()).forget(known);
            link.setContext(null);
            handler.hold();
            known.detached(false, () -> {
                link.free();
                connection.engine().pass(attach);
                handler.goOn();
            });
        } else {
            link.free();
            connection.engine().pass(attach);
        }
    }
}
