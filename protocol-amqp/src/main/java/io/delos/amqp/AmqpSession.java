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
    private boolean over;

    AmqpSession(AmqpConnection connection, Session broker) {
        this.connection = connection;
        this.broker = broker;
        this.settlements = new Settlements(this);
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

    void flushSettlements() {
        settlements.flush();
    }

    /** Ends it; what is unsettled returns to its queues as if it had never left. */
    void end() {
        if (!over) {
            settlements.flush();
            over = true;
            links.forEach(AmqpLink::sessionEnded);
            links.clear();
            connection.transactions().forget(this);
            broker.close(Outcome.RELEASED);
        }
    }
}
