package io.delos.amqp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Receiver;

/**
 * A sender of the peer's that asks for what it leaves unsettled to be kept: what has come over it and isn't settled, and what has become of that, so
 * that the peer need not send again what it has not heard of (AMQP 1.0 part 2 §2.6.13). Owned by the connection's loop.
 */
final class Arrivals {

    private final AmqpSession session;
    private final Standing standing;
    private final Optional<Reattachment> reattachment;
    private final KeptTarget unsettled;

    Arrivals(AmqpSession session, Receiver link, Standing standing) {
        this.session = session;
        this.standing = standing;
        this.reattachment = session.connection().engine().reattachment(link);
        this.unsettled = new KeptTarget(session.broker(), session.connection().connection().loop());
    }

    /** Waits until no other attachment has the link and it is decided what became of everything that one has left. */
    void take(Runnable stolen, Runnable taken) {
        standing.take(stolen, () -> {
            Optional<Kept> left = standing.left();
            if (left.isPresent() && left.get() instanceof KeptTarget) {
                ((KeptTarget) left.get()).handOver(session.connection().connection().loop(), decided -> {
                    sort(decided);
                    taken.run();
                });
            } else {
                sort(Map.of());
                taken.run();
            }
        });
    }

    private void sort(Map<Binary, DeliveryState> decided) {
        reattachment.ifPresent(peer -> {
            Map<Binary, DeliveryState> both = new LinkedHashMap<>(decided);
            both.keySet().removeIf(tag -> !peer.peerHas(tag) && peer.peersAreAll());
            unsettled.adopt(both);
            peer.resumable(both.keySet());
            peer.state(both, session.connection().engine().largestFrame() / 2);
        });
    }

    private static Binary tag(Delivery delivery) {
        return new Binary(delivery.getTag());
    }

    /** Whether it is one that may not come, for a map was incomplete. */
    boolean forbids(Delivery delivery) {
        return reattachment.isPresent() && !reattachment.get().newOnes() && !resumes(delivery);
    }

    /** Whether it is one that has come before. */
    boolean resumes(Delivery delivery) {
        return reattachment.isPresent() && reattachment.get().isResumed(tag(delivery));
    }

    /** One that has come before has come again; what became of it, if the peer doesn't know and hasn't given it up. */
    Optional<DeliveryState> resumed(Delivery delivery) {
        Binary tag = tag(delivery);
        reattachment.ifPresent(peer -> peer.came(tag));
        Optional<DeliveryState> state = unsettled.state(tag);
        if (delivery.isAborted() || delivery.remotelySettled()) {
            unsettled.forget(tag);
            return Optional.empty();
        }
        return state;
    }

    /** One has come that is to be sent on, by itself and not settled. */
    void begun(Delivery delivery) {
        unsettled.begun(tag(delivery));
    }

    /** This has become of one. */
    void decided(Delivery delivery, DeliveryState state) {
        if (!delivery.remotelySettled() && !(state instanceof TransactionalState)) {
            unsettled.decided(tag(delivery), state);
        }
    }

    /** It is settled, or was not sent on. */
    void forget(Delivery delivery) {
        unsettled.forget(tag(delivery));
    }

    /** The link ends. */
    void leave(Keep.End how) {
        unsettled.left();
        standing.leave(unsettled, how);
    }

    /** For how long what is left is kept, in seconds. */
    long seconds() {
        return standing.seconds();
    }

    void letGo() {
        standing.letGo();
    }
}
