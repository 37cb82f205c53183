package io.delos.broker;

import io.delos.address.Route;
import io.delos.direct.DirectAddress;
import io.delos.direct.Fate;
import io.delos.direct.Inlet;
import io.delos.direct.Offer;
import io.delos.message.Message;
import io.delos.queue.Queue;
import java.util.Optional;

/**
 * What a session sends to direct addresses: nothing of it is written, and what its consumers say is the answer. Owned by the session's loop. While
 * a message waits for credit so does what the session is asked later.
 */
final class DirectSends {

    /** So many messages are sent on that may have to wait, before it is heard whether they do. */
    private static final int AHEAD = 256;

    private final Session session;
    private final Broker broker;
    private int ahead;

    DirectSends(Session session, Broker broker) {
        this.session = session;
        this.broker = broker;
    }

    /** Sends a message of a producer that is given no credit, for which it waits if nobody could tell it to. */
    void send(Targets.Target target, Message message, Optional<Transaction> transaction, Reply<Void> done) {
        if (transaction.isPresent()) {
            refuse(done, "in a transaction nothing can be sent to the direct address " + target.route().address());
        } else {
            send(target, message, Optional.empty(), false, done);
        }
    }

    /** {@code settled} when nobody asks what becomes of it. */
    void send(Targets.Target target, Message asSent, Optional<Inlet> inlet, boolean settled, Reply<Void> done) {
        Route route = target.route();
        if (asSent.large()) {
            done.failed(new BrokerException(Reason.TOO_LARGE, "a message with a body of " + asSent.body().length()
                    + " bytes; to a direct address at most " + broker.largestInline() + " can be sent"));
        } else if (asSent.deliverAt() > session.loop().now()) {
            refuse(done, "the direct address " + route.address() + " keeps no message for later");
        } else {
            Message message = Arrival.apply(route, asSent, session.loop(), broker.formats());
            route.counters().routedOne();
            target.produced().sent(message.size());
            boolean patient = !session.turns().backPressure().byLink();
            Offer offer = new Offer(message, new Offer.Terms(target.only().flatMap(Queue::outlet), inlet, patient, settled), session.loop(),
                    new Waiting(done));
            DirectAddress address = route.direct().orElseThrow();
            address.loop().post(() -> address.offer(offer));
            if (patient && ++ahead == AHEAD) {
                hear(address);
            }
        }
    }

    /** Sends nothing more until the address has seen what was sent: if it waits there, that is known by then. */
    private void hear(DirectAddress address) {
        ahead = 0;
        session.turns().hold();
        address.loop().post(() -> session.loop().post(session.turns()::letGo));
    }

    private static void refuse(Reply<Void> done, String sentence) {
        done.failed(new BrokerException(Reason.NOT_IMPLEMENTED, sentence));
    }

    /** Who waits to hear what became of one message. */
    private final class Waiting implements Offer.Sender {
        private final Reply<Void> done;

        Waiting(Reply<Void> done) {
            this.done = done;
        }

        @Override
        public void told(Fate fate) {
            if (fate.kind() == Fate.Kind.ACCEPTED) {
                done.done(null);
            } else {
                done.failed(new NotAccepted(fate));
            }
        }

        @Override
        public void waits() {
            session.turns().hold();
        }

        @Override
        public void waitsNoMore() {
            session.turns().letGo();
        }
    }
}
