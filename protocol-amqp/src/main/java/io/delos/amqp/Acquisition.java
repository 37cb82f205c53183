package io.delos.amqp;

import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.queue.Delivery;
import java.util.List;
import java.util.Optional;

/**
 * Whether a link's messages are handed out in a transaction (part 4 §4.4.3), and what follows from that: it ends with the transaction, and
 * until then they are settled in it alone. Owned by the connection's loop.
 */
final class Acquisition {

    private final AmqpSession session;
    /** The last one, if that has ended. */
    private Optional<OpenTransaction> transaction = Optional.empty();

    Acquisition(AmqpSession session) {
        this.session = session;
    }

    /** From now on messages are handed out in this one. */
    void within(OpenTransaction acquiring) {
        transaction = Optional.of(acquiring);
    }

    private Optional<OpenTransaction> open() {
        return transaction.filter(acquiring -> !acquiring.over());
    }

    /** A message begins to be sent: it says in which transaction. */
    void mark(org.apache.qpid.proton.engine.Delivery sent) {
        open().ifPresent(acquiring -> sent.disposition(acquiring.state(Optional.empty())));
    }

    /** A message that the peer is to settle is the transaction's. */
    void acquired(org.apache.qpid.proton.engine.Delivery sent) {
        open().ifPresent(acquiring -> acquiring.acquired(session, sent));
    }

    /** Whether a message is a transaction's, which isn't over. */
    boolean holds(org.apache.qpid.proton.engine.Delivery sent) {
        return open().filter(acquiring -> acquiring.hasAcquired(sent)).isPresent();
    }

    /** These were sent settled. */
    void settleWritten(List<Delivery> written) {
        open().ifPresentOrElse(acquiring -> acquiring.settle(session, written, Outcome.ACCEPTED, List.of()),
                () -> session.broker().settle(written, Outcome.ACCEPTED, Reply.ignored()));
    }

    /**
     * Whether the peer may settle a message so: what was handed out in a transaction is settled in it and in no other (part 4 §4.4.2), or the
     * transaction comes to nothing.
     */
    boolean agrees(org.apache.qpid.proton.engine.Delivery sent, Optional<OpenTransaction> settledIn) {
        Optional<OpenTransaction> acquiring = open().filter(each -> each.hasAcquired(sent));
        if (acquiring.isEmpty()) {
            return true;
        }
        if (settledIn.equals(acquiring)) {
            acquiring.get().retiring(sent);
            return true;
        }
        acquiring.get().declaredOn().rolledBack("a message handed out in the transaction was settled outside of it");
        return false;
    }
}
