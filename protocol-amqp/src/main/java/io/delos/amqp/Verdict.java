package io.delos.amqp;

import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Session;

/** What is to become of a frame that came. An error ends the smallest thing that can carry it (AMQP 1.0 part 2 §2.8.14 to §2.8.18). */
sealed interface Verdict {

    /** It is as it should be. */
    Verdict FINE = new Fine();
    /** It comes too late to matter. */
    Verdict TOO_LATE = new TooLate();

    /** @see #FINE */
    record Fine() implements Verdict { }

    /** @see #TOO_LATE */
    record TooLate() implements Verdict { }

    /** It attaches a link that is attached already: this one, which it takes the place of. */
    record Steals(Link from) implements Verdict { }

    /** It breaks a link's rules. */
    record DetachLink(Link link, ErrorCondition error) implements Verdict { }

    /** It breaks a session's rules. */
    record EndSession(Session session, ErrorCondition error) implements Verdict { }

    /** It breaks the connection's rules. */
    record CloseConnection(ErrorCondition error) implements Verdict { }
}
