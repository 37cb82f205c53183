package io.delos.amqp;

import java.util.Optional;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;

/**
 * A link that asks for what it leaves unsettled to be kept: while it is attached it holds its name, so that whoever attaches it anew, on whatever
 * connection, finds what this one has left (AMQP 1.0 part 2 §2.6.1). Owned by the connection's loop.
 */
final class Standing {

    private static final String PREFIX = "amqp-link=";

    private final AmqpSession session;
    private final Termini.Key key;
    private final Keep terms;
    private final Claim claim;

    private Standing(AmqpSession session, Termini.Key key, Keep terms) {
        this.session = session;
        this.key = key;
        this.terms = terms;
        this.claim = new Claim(session.connection().connection().client(), PREFIX);
    }

    /** Of a link of a container that has a name; empty for one that asks for nothing. */
    static Optional<Standing> of(AmqpSession session, Link link, Optional<Keep> terms) {
        String container = session.connection().containerId();
        if (terms.isEmpty() || container.isEmpty()) {
            return Optional.empty();
        }
        Termini.Key key = new Termini.Key(session.broker().userName(), container, link.getName(), link instanceof Receiver);
        return Optional.of(new Standing(session, key, terms.get()));
    }

    /** Takes the name; {@code stolen} runs when another attachment of the link wants it, and must lead to {@link #letGo}. */
    void take(Runnable stolen, Runnable taken) {
        claim.take(key.claim(), stolen, taken);
    }

    /** Takes what was left; empty if there is nothing. */
    Optional<Kept> left() {
        return session.termini().take(key);
    }

    /** Leaves something; whether it is kept. If not it is still the caller's. */
    boolean leave(Kept kept, Keep.End how) {
        return session.termini().keep(key, kept, terms, how, session.owner());
    }

    /** For how long it is kept at most, in seconds; what the peer asked for if that is less. */
    long seconds() {
        return Math.min(terms.timeout(), terms.most()) / Keep.SECOND;
    }

    /** Gives the name up, to who is next in line. */
    void letGo() {
        claim.letGo();
    }
}
