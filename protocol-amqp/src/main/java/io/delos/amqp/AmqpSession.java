package io.delos.amqp;

import io.delos.broker.BackPressure;
import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Link;

/** A session of the peer's, which is one of the broker's; owned by the connection's loop. */
final class AmqpSession {

    private final AmqpConnection connection;
    private final Session broker;
    private final Settlements settlements;
    private final Set<AmqpLink> links = new LinkedHashSet<>();
    private final Termini.Owner owner;
    private boolean over;
    /** Whether a link of it may have left something unsettled that is kept. */
    private boolean leaves;

    AmqpSession(AmqpConnection connection, Session broker) {
        this.connection = connection;
        this.broker = broker;
        this.settlements = new Settlements(this);
        this.owner = new Termini.Owner(new Object(), connection.token(), connection.connection().loop());
        broker.backPressure(BackPressure.CREDIT_WITH_THRESHOLD);
    }

    AmqpConnection connection() {
        return connection;
    }

    Session broker() {
        return broker;
    }

    Settlements settlements() {
        return settlements;
    }

    boolean over() {
        return over;
    }

    void attach(AmqpLink link, Link proton) {
        proton.setContext(link);
        links.add(link);
        link.attach();
    }

    void forget(AmqpLink link) {
        links.remove(link);
    }

    /** Refuses a link, or ends it, with a reason. */
    void close(Link link, ErrorCondition condition) {
        if (!over) {
            link.setCondition(condition);
            link.open();
            link.close();
            connection.engine().changed();
        }
    }

    /** Deletes a queue that was made for a link of this session, unless others use it by now; then runs {@code done}. Needs no right of the user's. */
    void deleteOwn(String queue, Runnable done) {
        connection.connection().broker().administration().deleteQueue(queue, false, connection.connection().loop(),
                Reply.of(gone -> done.run(), inUse -> done.run()));
    }

    /** Whose what its links leave was. */
    Termini.Owner owner() {
        return owner;
    }

    /** What links have left unsettled, of all connections; the caller may be about to leave something there. */
    Termini termini() {
        leaves = true;
        return connection.termini();
    }

    void flushSettlements() {
        settlements.flush();
    }

    /** Ends it, alone or with its connection; what is unsettled returns to its queues as if it had never left, unless it is kept for its link. */
    void end(Keep.End how) {
        if (!over) {
            settlements.flush();
            over = true;
            links.forEach(link -> link.sessionEnded(how));
            links.clear();
            if (leaves) {
                connection.termini().sessionOver(owner);
            }
            connection.transactions().forget(this);
            broker.close(Outcome.RELEASED);
        }
    }
}
