package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.Reply;
import io.delos.loop.Loop;
import io.delos.spi.Connection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.ConnectionError;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.framing.TransportFrame;

/**
 * What an AMQP connection means to the broker; owned by its loop. It takes the engine's events and hands them to the session or link they
 * concern. Opening is the one question it may have to wait for: who is this, and is its name free?
 */
final class AmqpConnection {

    private static final Symbol SOLE_CONNECTION = Symbol.valueOf("sole-connection-for-container");
    private static final Symbol ESTABLISHMENT_FAILED = Symbol.valueOf("amqp:connection-establishment-failed");
    private static final Symbol[] OFFERED = {SOLE_CONNECTION, ReceiverLink.DELAYED_DELIVERY, Symbol.valueOf("SHARED-SUBS"),
        Symbol.valueOf("ANONYMOUS-RELAY")};
    private static final String PRODUCT = "apache-activemq-artemis";
    private static final String VERSION = "2.56.0";
    /** Claims of container ids are kept apart from other protocols' client ids. */
    private static final String CLAIM = "amqp-container=";
    /** How long a peer may take to answer our goodbye, in milliseconds. */
    private static final long GOODBYE_LINGER = 5_000;

    private final AmqpHandler handler;
    private final Connection connection;
    private final Engine engine;
    private final AmqpProtocol.Terms terms;
    private final Transactions transactions = new Transactions();
    private final ManagementReplies.Places replies = new ManagementReplies.Places();
    private final Sanctions sanctions;
    private final Set<AmqpSession> sessions = new LinkedHashSet<>();
    private final List<AmqpSession> unflushed = new ArrayList<>();
    private String containerId = "";
    private final Heartbeat heartbeat;
    private Optional<Loop.Timer> lingering = Optional.empty();
    private boolean over;
    /** Stands for it where it must not be kept itself. */
    private final Object token = new Object();
    /** Whether a link may have left something unsettled that is kept. */
    private boolean leaves;

    AmqpConnection(AmqpHandler handler, Connection connection, Engine engine, AmqpProtocol.Terms terms) {
        this.handler = handler;
        this.connection = connection;
        this.engine = engine;
        this.terms = terms;
        this.heartbeat = new Heartbeat(connection.loop(), engine);
        this.sanctions = new Sanctions(this, handler);
        engine.idleTimeout(idleTimeout());
    }

    /** After how long without a word from the peer the connection ends, in milliseconds; 0 or less: never. */
    int idleTimeout() {
        long override = connection.broker().config().timing().connectionTtlOverride();
        if (connection.acceptor().parameters().containsKey("amqpIdleTimeout") || override == -1) {
            return terms.options().frames().idleTimeout();
        }
        return (int) Math.min(override, Integer.MAX_VALUE);
    }

    Connection connection() {
        return connection;
    }

    Engine engine() {
        return engine;
    }

    AmqpOptions options() {
        return terms.options();
    }

    Prefixes prefixes() {
        return terms.prefixes();
    }

    Transactions transactions() {
        return transactions;
    }

    /** The peer's links from the management node. */
    ManagementReplies.Places replies() {
        return replies;
    }

    /** The peer's name for itself; empty if it gave none. */
    String containerId() {
        return containerId;
    }

    /** Stands for it where it must not be kept itself. */
    Object token() {
        return token;
    }

    /** What links have left unsettled, of all connections; the caller may be about to leave something there. */
    Termini termini() {
        leaves = true;
        return terms.termini();
    }

    SubscriptionNames subscriptionNames() {
        return new SubscriptionNames(containerId, connection.broker().config().general().amqpUseCoreSubscriptionNaming());
    }

    void handle(Event event) {
        switch (event.getType()) {
            case CONNECTION_REMOTE_OPEN: opened(); break;
            case CONNECTION_REMOTE_CLOSE: closed(); break;
            case SESSION_REMOTE_OPEN: begun(event.getSession()); break;
            case SESSION_REMOTE_CLOSE: ended(event.getSession()); break;
            case LINK_REMOTE_OPEN: attached(event.getLink()); break;
            case LINK_REMOTE_CLOSE: detached(event.getLink(), true); break;
            case LINK_REMOTE_DETACH: detached(event.getLink(), false); break;
            case LINK_FLOW: flow(event.getLink()); break;
            case DELIVERY: delivery(event.getDelivery()); break;
            default: break;
        }
    }

    private void opened() {
        String container = engine.proton().getRemoteContainer();
        containerId = container == null ? "" : container;
        if (heartbeat.overtaxed()) {
            refuse(Map.of(ESTABLISHMENT_FAILED, true), new ErrorCondition(AmqpError.RESOURCE_LIMIT_EXCEEDED,
                    "an idle-time-out below " + Heartbeat.SHORTEST + " ms can't be kept"));
        } else if (connection.client().loggedIn()) {
            claimName();
        } else {
            handler.login(terms.sasl().nobody(connection), this::claimName,
                    () -> refuse(Map.of(ESTABLISHMENT_FAILED, true), notAuthenticated()));
        }
    }

    private ErrorCondition notAuthenticated() {
        return new ErrorCondition(AmqpError.UNAUTHORIZED_ACCESS, "AMQ229031: Unable to validate user from " + connection.remoteAddress()
                + ". Username: null; SSL certificate subject DN: unavailable");
    }

    /** A client that wants to be the only one of its name waits to hear whether it is; for the others the name is merely noted. */
    private void claimName() {
        String claim = CLAIM + containerId;
        if (Capabilities.contains(engine.proton().getRemoteDesiredCapabilities(), SOLE_CONNECTION)) {
            handler.hold();
            connection.client().claim(claim, false, () -> { }, Reply.of(displaced -> {
                accept();
                handler.goOn();
            }, refusal -> {
                ErrorCondition taken = new ErrorCondition(AmqpError.INVALID_FIELD, refusal.getMessage());
                taken.setInfo(Map.of(Symbol.valueOf("invalid-field"), Symbol.valueOf("container-id")));
                refuse(Map.of(ESTABLISHMENT_FAILED, "true"), taken);
                handler.goOn();
            }));
        } else {
            connection.client().claim(claim, false, () -> { }, Reply.ignored());
            accept();
        }
    }

    private void accept() {
        if (over) {
            return;
        }
        connection.client().describe(AmqpProtocol.NAME, containerId);
        Map<Symbol, Object> properties = new LinkedHashMap<>();
        properties.put(Symbol.valueOf("product"), PRODUCT);
        properties.put(Symbol.valueOf("version"), VERSION);
        engine.proton().setContainer(connection.broker().nodeId());
        engine.proton().setProperties(properties);
        engine.proton().setOfferedCapabilities(OFFERED);
        engine.proton().open();
        engine.changed();
        heartbeat.start();
    }

    private void refuse(Map<Symbol, Object> properties, ErrorCondition condition) {
        engine.proton().setContainer("");
        engine.proton().setProperties(properties);
        engine.proton().open();
        goodbye(condition);
    }

    private void begun(Session session) {
        AmqpSession made = new AmqpSession(this, connection.client().openSession());
        sessions.add(made);
        session.setContext(made);
        engine.rules().begun(session);
        session.open();
    }

    private void ended(Session session) {
        if (session.getContext() instanceof AmqpSession) {
            AmqpSession known = (AmqpSession) session.getContext();
            session.setContext(null);
            sessions.remove(known);
            known.end(Keep.End.SESSION);
        }
        session.close();
        session.free();
    }

    /** A frame is not as it should be. */
    void judged(Verdict verdict, TransportFrame frame) {
        sanctions.apply(verdict, frame);
    }

    /** Ends a session with a reason. */
    void end(Session session, ErrorCondition condition) {
        if (session.getContext() instanceof AmqpSession) {
            AmqpSession known = (AmqpSession) session.getContext();
            session.setContext(null);
            sessions.remove(known);
            known.end(Keep.End.SESSION);
            session.setCondition(condition);
            session.close();
            engine.changed();
        }
    }

    private void attached(Link link) {
        if (link == null || link.getContext() != null || !(link.getSession().getContext() instanceof AmqpSession)) {
            engine.fail(AmqpError.INTERNAL_ERROR, "attach of a link that is attached, or on a session that has ended");
            return;
        }
        engine.rules().attached(link);
        AmqpSession session = (AmqpSession) link.getSession().getContext();
        session.attach(Links.of(session, link), link);
    }

    private void detached(Link link, boolean closed) {
        if (link.getContext() instanceof AmqpLink && link.getSession().getContext() instanceof AmqpSession) {
            AmqpLink known = (AmqpLink) link.getContext();
            AmqpSession session = (AmqpSession) link.getSession().getContext();
            link.setContext(null);
            session.forget(known);
            known.detached(closed, () -> {
                if (!session.over()) {
                    answerDetach(link, closed);
                }
            });
        } else {
            answerDetach(link, closed);
        }
    }

    private void answerDetach(Link link, boolean closed) {
        if (closed || link.getLocalState() == EndpointState.CLOSED) {
            link.close();
        } else {
            link.detach();
        }
        link.free();
        engine.changed();
    }

    /** The peer asks where a link stands. */
    void echo(Link link) {
        if (link.getContext() instanceof AmqpLink) {
            ((AmqpLink) link.getContext()).echo();
        }
    }

    /** The peer says within which transaction messages are to be handed out on a link. */
    void acquire(Link link, Map<?, ?> flowProperties) {
        if (link.getContext() instanceof SenderLink) {
            SenderLink known = (SenderLink) link.getContext();
            try {
                transactions.of(flowProperties).ifPresent(known::acquireIn);
            } catch (BrokerException unknown) {
                known.acquireInNone(unknown);
            }
        }
    }

    private static void flow(Link link) {
        if (link.getContext() instanceof AmqpLink) {
            ((AmqpLink) link.getContext()).flow();
        }
    }

    /** The peer has said something of a delivery of which the engine tells nothing. */
    void told(Delivery delivery) {
        delivery(delivery);
    }

    private static void delivery(Delivery delivery) {
        if (delivery.getLink().getContext() instanceof AmqpLink) {
            ((AmqpLink) delivery.getLink().getContext()).delivery(delivery);
        }
    }

    /** The session has settlements that {@link #endOfBurst} is to pass on. */
    void unflushed(AmqpSession session) {
        unflushed.add(session);
    }

    /** Everything that had arrived has been read. */
    void endOfBurst() {
        flushSettlements();
        engine.flush();
    }

    /** Passes on what the peer has settled so far. */
    void flushSettlements() {
        for (int i = 0; i < unflushed.size(); i++) {
            unflushed.get(i).flushSettlements();
        }
        unflushed.clear();
    }

    private void closed() {
        over = true;
        heartbeat.stop();
        endSessions();
        engine.proton().close();
        engine.changed();
    }

    /** Closes with a reason; the peer is given a moment to answer, and what else it says meanwhile is not heard. */
    void goodbye(ErrorCondition condition) {
        if (over) {
            return;
        }
        over = true;
        engine.rules().closing();
        endSessions();
        engine.proton().setCondition(condition);
        if (engine.proton().getLocalState() == EndpointState.UNINITIALIZED) {
            engine.proton().open();
        }
        engine.proton().close();
        engine.changed();
        heartbeat.stop();
        lingering = Optional.of(connection.loop().schedule(connection::close, GOODBYE_LINGER));
    }

    /** The broker stops, or the operator wants this connection gone. */
    void shutdown() {
        if (engine.proton().getRemoteState() == EndpointState.UNINITIALIZED) {
            connection.close();
            return;
        }
        goodbye(new ErrorCondition(ConnectionError.CONNECTION_FORCED, "the broker has closed the connection"));
        engine.flush();
        connection.close();
    }

    /** It must end for this reason; nothing more is heard. */
    void refused(BrokerException why) {
        goodbye(AmqpErrors.condition(why));
        engine.flush();
        handler.deafen();
        connection.close();
    }

    /** The peer has been silent for too long; the transport closes the channel afterwards. */
    void idle() {
        goodbye(new ErrorCondition(AmqpError.RESOURCE_LIMIT_EXCEEDED, "local-idle-timeout expired"));
        engine.flush();
    }

    /** The engine has said its last. */
    void said() {
        if (engine.failed() || engine.proton().getRemoteState() == EndpointState.CLOSED) {
            engine.end();
            handler.deafen();
            connection.close();
        }
    }

    /** The channel is gone. */
    void disconnected() {
        over = true;
        engine.end();
        heartbeat.stop();
        lingering.ifPresent(Loop.Timer::cancel);
        endSessions();
    }

    private void endSessions() {
        flushSettlements();
        sessions.forEach(session -> session.end(Keep.End.CONNECTION));
        sessions.clear();
        if (leaves) {
            terms.termini().connectionOver(token);
        }
    }
}
