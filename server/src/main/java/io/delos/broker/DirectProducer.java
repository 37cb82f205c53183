package io.delos.broker;

import io.delos.address.Route;
import io.delos.config.RoutingType;
import io.delos.direct.DirectAddress;
import io.delos.direct.Inlet;
import io.delos.message.Message;
import java.util.Optional;

/** A producer of a direct address that is told how much it may send. Owned by its session's loop. */
public final class DirectProducer {

    /** Hears how much may be sent; on the session's loop. */
    public interface Credit {

        /** So many messages in all, since it was attached; perhaps fewer than before: what was under way by then is taken if somebody can. */
        void limit(long messages);

        /** The address is deleted: nothing can be sent any more. */
        void gone();
    }

    private final Session session;
    private final DirectAddress address;
    private final Inlet inlet;
    private boolean closed;

    private DirectProducer(Session session, DirectAddress address, Optional<RoutingType> type, int most, Credit credit) {
        this.session = session;
        this.address = address;
        this.inlet = new Inlet(type, most, session.loop(), new Inlet.Producer() {
            @Override
            public void limit(long messages) {
                if (!closed) {
                    credit.limit(messages);
                }
            }

            @Override
            public void gone() {
                if (!closed) {
                    credit.gone();
                }
            }
        });
    }

    /**
     * Attaches a producer; empty if the address, which may be named as an FQQN, is no direct one.
     *
     * @param type the routing type of what it sends; empty if messages say that
     * @param most messages that it may have credit for at once
     */
    public static Optional<DirectProducer> attach(Session session, String address, Optional<RoutingType> type, int most, Credit credit) {
        session.loop().assertInside();
        Ensure named = Ensure.of(address, type, false);
        return session.broker().routes().find(named.address()).flatMap(Route::direct).map(direct -> {
            DirectProducer made = new DirectProducer(session, direct, type, most, credit);
            direct.loop().post(() -> direct.attach(made.inlet));
            return made;
        });
    }

    /**
     * Sends a message on credit; done when its consumers have accepted it, {@link NotAccepted} when they have not. Other refusals as of
     * {@link Session#send}.
     *
     * @param settled whether nobody asks what becomes of it
     */
    public void send(Message message, boolean settled, Reply<Void> done) {
        session.pass(message, inlet, settled, Reply.of(done::done, refusal -> {
            if (!(refusal instanceof NotAccepted)) {
                used();
            }
            done.failed(refusal);
        }));
    }

    /** It has used credit for what it won't {@link #send}. */
    public void used() {
        address.loop().post(() -> address.used(inlet));
    }

    /** It sends no more. */
    public void close() {
        session.loop().assertInside();
        if (!closed) {
            closed = true;
            address.loop().post(() -> address.detach(inlet));
        }
    }
}
