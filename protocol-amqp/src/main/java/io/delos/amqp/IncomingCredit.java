package io.delos.amqp;

import io.delos.broker.Reply;
import io.delos.loop.Loop;
import java.util.Optional;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.LinkError;
import org.apache.qpid.proton.engine.Receiver;

/**
 * The credit of a client's sender: filled up as long as its address has room, and taken back when that has none. Gives none before
 * {@link #open} and after {@link #close}. Owned by the connection's loop.
 */
final class IncomingCredit {

    private final AmqpSession session;
    private final Receiver link;
    private final AmqpOptions.Flow flow;
    private final Owner owner;
    private boolean open;
    private boolean awaitingSpace;
    private Optional<Loop.Timer> draining = Optional.empty();
    private int unsettled;

    /** Whose credit it is. */
    interface Owner {

        /** Where its messages go: on an anonymous link, where the last one went. */
        String address();

        /** The link ends. */
        void dismiss(ErrorCondition condition);
    }

    IncomingCredit(AmqpSession session, Receiver link, AmqpOptions.Flow flow, Owner owner) {
        this.session = session;
        this.link = link;
        this.flow = flow;
        this.owner = owner;
    }

    void open() {
        open = true;
        topUp();
    }

    /** One message more, or fewer, counts against it though it has come. */
    void unsettled(int more) {
        unsettled += more;
    }

    /** Fills it up when little is left and the address has room. */
    void topUp() {
        if (!open || awaitingSpace || draining.isPresent() || link.getCredit() + unsettled > flow.lowCredits()) {
            return;
        }
        awaitingSpace = true;
        session.broker().awaitSpace(owner.address(), missing(), -1, Reply.of(room -> give(), full -> give()));
    }

    private int missing() {
        return flow.credits() - link.getCredit() - unsettled;
    }

    /** There is room, or a message for which there is none is to be refused one by one. */
    private void give() {
        awaitingSpace = false;
        int missing = missing();
        if (open && draining.isEmpty() && missing > 0) {
            link.flow(missing);
            session.connection().engine().changed();
        }
    }

    /** The address is full: takes the credit back, if that is how it is to be; a client that does not answer is cut off. */
    void full() {
        if (!flow.drainWhenFull() || draining.isPresent() || !open) {
            return;
        }
        long patience = flow.quiesceTimeout();
        draining = Optional.of(session.connection().connection().loop().schedule(this::drainUnanswered,
                patience > 0 ? patience : Integer.MAX_VALUE));
        link.drain(0);
        session.connection().engine().changed();
    }

    private void drainUnanswered() {
        if (open && draining.isPresent()) {
            draining = Optional.empty();
            owner.dismiss(new ErrorCondition(LinkError.DETACH_FORCED, "Timed out waiting for remote sender to drain"));
        }
    }

    /** The client has said where it stands. */
    void flow() {
        if (draining.isPresent() && link.getRemoteCredit() <= 0) {
            stopDraining();
            link.drained();
            link.setDrain(false);
            session.connection().engine().changed();
            topUp();
        }
    }

    private void stopDraining() {
        draining.ifPresent(Loop.Timer::cancel);
        draining = Optional.empty();
    }

    void close() {
        open = false;
        stopDraining();
    }
}
