package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.queue.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Collects what a session's consumers settle during a burst, so that the broker is told once for each run of equal outcomes. Owned by the
 * connection's loop.
 */
final class Settlements {

    private static final Logger LOG = LogManager.getLogger(Settlements.class);
    private static final Reply<Void> LOGGED = Reply.refusals(Settlements::complain);

    private final AmqpSession session;
    private List<Delivery> deliveries = new ArrayList<>();
    private List<org.apache.qpid.proton.engine.Delivery> unanswered = new ArrayList<>();
    private Outcome outcome = Outcome.ACCEPTED;
    private Optional<OpenTransaction> transaction = Optional.empty();

    Settlements(AmqpSession session) {
        this.session = session;
    }

    /** Adds a delivery whose peer has settled it already. */
    void add(Delivery delivery, Outcome how, Optional<OpenTransaction> within) {
        add(delivery, how, within, false);
    }

    private void add(Delivery delivery, Outcome how, Optional<OpenTransaction> within, boolean waits) {
        if (deliveries.isEmpty()) {
            session.connection().unflushed(session);
        } else if (!outcome.equals(how) || !transaction.equals(within) || waits == unanswered.isEmpty()) {
            flush();
            session.connection().unflushed(session);
        }
        outcome = how;
        transaction = within;
        deliveries.add(delivery);
    }

    /** Adds a delivery whose peer waits to hear that it is settled. */
    void add(Delivery delivery, Outcome how, Optional<OpenTransaction> within, org.apache.qpid.proton.engine.Delivery peers) {
        add(delivery, how, within, true);
        unanswered.add(peers);
    }

    /** Tells the broker. Either all of the deliveries' peers wait, or none does. */
    void flush() {
        if (deliveries.isEmpty()) {
            return;
        }
        List<Delivery> settled = deliveries;
        List<org.apache.qpid.proton.engine.Delivery> waiting = unanswered;
        deliveries = new ArrayList<>();
        if (!waiting.isEmpty()) {
            unanswered = new ArrayList<>();
        }
        if (transaction.isPresent()) {
            transaction.get().settle(session, settled, outcome, waiting);
        } else {
            session.broker().settle(settled, outcome, waiting.isEmpty() ? LOGGED : answering(waiting));
        }
    }

    private static void complain(BrokerException refusal) {
        LOG.warn("A consumer's settlement failed; its messages will be delivered again: {}", refusal.getMessage());
    }

    private Reply<Void> answering(List<org.apache.qpid.proton.engine.Delivery> waiting) {
        return Reply.of(done -> {
            if (!session.over()) {
                waiting.forEach(peers -> {
                    peers.disposition(peers.getRemoteState());
                    peers.settle();
                });
                session.connection().engine().changed();
            }
        }, Settlements::complain);
    }
}
