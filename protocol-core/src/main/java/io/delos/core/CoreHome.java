package io.delos.core;

import io.delos.broker.Client;
import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.core.ConnectionPacket.CreateSession;
import io.delos.core.ConnectionPacket.Reattach;
import io.delos.loop.Loop;
import io.delos.spi.Connection;
import io.netty.channel.Channel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the sessions of a client live that were made over one connection. Owned by that connection's loop. When the connection breaks, sessions
 * with a confirmation window stay, and wait, as long as a silent client would be waited for, to be taken up over another one (section 4.8),
 * which may have another loop: then that one passes packets on.
 * <pre>
 *   LINKED ──connection lost──► WAITING ──time over, or given up──► over
 *     ▲  └──another connection──┐  │
 *     └─────────────────────────┴──┘
 * </pre>
 */
final class CoreHome {
    /** Names of sessions are claimed like client ids, so that a reconnecting client can end what its broken connection left. */
    static final String SESSION = "core-session=";
    /** How long is waited for a client that wants its connection kept for ever. */
    private static final long FIRST_TTL_MILLIS = 60_000;

    private final Connection connection;
    private final CoreOptions options;
    private final Prefixes prefixes;
    private final Outbox outbox;
    private final Resumable resumable;
    private final Map<Long, CoreSession> sessions = new HashMap<>();
    private Optional<Link> link;
    private Optional<Loop.Timer> patience = Optional.empty();
    private int version;
    private int pauses;
    private long ttlMillis = FIRST_TTL_MILLIS;
    private boolean outlives;
    private boolean connectionGone;

    /** The connection that carries packets now. */
    record Link(CoreHandler via, Channel channel, Loop loop, Client client) { }

    /** Hears on which channel a session goes on, and up to which packet it was heard; or that it can't. Called on the home's loop. */
    interface Resumption {
        void done(boolean resumed, long channel, int lastHeard);
    }

    CoreHome(Link own, Connection connection, CoreOptions options, Prefixes prefixes, Resumable resumable) {
        this.link = Optional.of(own);
        this.connection = connection;
        this.options = options;
        this.prefixes = prefixes;
        this.resumable = resumable;
        this.outbox = new Outbox(own.channel(), connection.loop());
        connection.client().onPressure(this::pauseReading);
    }

    /** The connection over which the client came first: its socket may be gone. */
    Connection connection() {
        return connection;
    }

    Loop loop() {
        return connection.loop();
    }

    CoreOptions options() {
        return options;
    }

    Prefixes prefixes() {
        return prefixes;
    }

    Outbox outbox() {
        return outbox;
    }

    /** What this client speaks. */
    int version() {
        return Version.orCurrent(version);
    }

    /** What it has said of that; 0 for nothing. */
    int announced() {
        return version;
    }

    void announced(int clientVersion) {
        if (version == 0 && clientVersion >= Version.OLDEST && clientVersion <= Version.CURRENT) {
            version = clientVersion;
        }
    }

    /** How long the client is waited for. */
    void timeToLive(long millis) {
        ttlMillis = millis > 0 ? millis : FIRST_TTL_MILLIS;
    }

    /** The largest message this client may send in one piece, in bytes: by the acceptor's settings, and by what the heap can hold. */
    int largestMessage() {
        return (int) Math.min(options.maxMessageSize(), connection.broker().largestInMemory());
    }

    /** How long the body of a message that comes in pieces may be without having a file of its own, in bytes. */
    long largestInline() {
        return Math.min(largestMessage(), connection.broker().largestInline());
    }

    /** Closes the connection because of {@code cause}. */
    void end(Throwable cause) {
        link.ifPresent(by -> by.via().onItsLoop(() -> by.via().end(cause)));
    }

    /** One of the client's consumers is too slow, which ends the connection. */
    void endForSlowness() {
        link.ifPresent(by -> by.via().onItsLoop(by.via()::sayTooSlow));
    }

    CoreSession session(long channel) {
        return sessions.get(channel);
    }

    /** The client asked for it and may have it. */
    void open(CreateSession request) {
        connection.client().claim(SESSION + request.name(), false, this::giveUp, Reply.ignored());
        Session opened = connection.client().openSession(request.name());
        opened.keepUser();
        CoreSession session = new CoreSession(this, request, opened);
        sessions.put(request.channel(), session);
        if (session.resumable()) {
            if (!outlives) {
                outlives = true;
                connection.client().outlive(this::connectionClosed);
            }
            outbox.copy(request.channel(), session);
            resumable.add(request.name(), this);
        }
    }

    /** It is over. */
    void forget(CoreSession session) {
        sessions.remove(session.channel(), session);
        outbox.forget(session.channel());
        resumable.remove(session.request().name(), this);
        link.filter(by -> by.loop() != loop()).ifPresent(by -> by.loop().post(() -> by.via().forget(session.channel(), this)));
        endClient();
    }

    private void endClient() {
        if (connectionGone && sessions.isEmpty()) {
            patience.ifPresent(Loop.Timer::cancel);
            connection.client().end();
        }
    }

    /** Has the socket not read for a while, or read again; calls nest. */
    void pauseReading(boolean pause) {
        pauses += pause ? 1 : -1;
        link.ifPresent(by -> by.via().pauseReading(pause));
    }

    /** A packet that another connection passes on. */
    void receive(CoreHandler via, long channel, Packet packet, int size) {
        CoreSession session = sessions.get(channel);
        if (session == null || link.isEmpty() || link.get().via() != via) {
            return;
        }
        try {
            session.receive(packet, size);
        } catch (MalformedPacketException e) {
            end(e);
        }
    }

    /** What is dealt with is confirmed, now. */
    void confirmAll() {
        sessions.values().forEach(CoreSession::confirm);
    }

    /** The socket of another connection takes more, or no more. */
    void writable(CoreHandler via, boolean now) {
        if (link.isPresent() && link.get().via() == via) {
            connection.client().writable(now);
        }
    }

    /** The transport has closed the first connection, which was the client's for the broker. */
    private void connectionClosed() {
        connectionGone = true;
        link.filter(by -> by.client() == connection.client()).ifPresent(by -> lost(by.via(), by.via().leaving()));
        endClient();
    }

    /** A connection is gone; {@code forGood} if nobody is going to take up what it leaves. */
    void lost(CoreHandler via, boolean forGood) {
        if (link.isEmpty() || link.get().via() != via) {
            return;
        }
        link = Optional.empty();
        outbox.redirect(Optional.empty());
        for (CoreSession session : List.copyOf(sessions.values())) {
            if (forGood || !session.resumable()) {
                abandon(session);
            } else {
                session.detach();
            }
        }
        if (!sessions.isEmpty()) {
            connection.client().writable(false);
            patience = Optional.of(loop().schedule(this::giveUp, ttlMillis));
        }
    }

    private void abandon(CoreSession session) {
        session.abandon(Outcome.FAILED);
        forget(session);
    }

    /** Nobody waits any more: what is left of it ends. */
    void giveUp() {
        if (link.isPresent()) {
            CoreHandler via = link.get().via();
            via.onItsLoop(() -> via.connection().close());
            lost(via, true);
        } else {
            List.copyOf(sessions.values()).forEach(this::abandon);
        }
    }

    /** A client that has come over another connection wants to go on with a session. */
    void resume(Reattach packet, Link next, Resumption done) {
        CoreSession session = sessions.values().stream().filter(each -> each.request().name().equals(packet.session())).findFirst().orElse(null);
        if (session == null || !session.resumable() || !session.sent().followsOn(packet.lastConfirmed())) {
            if (session != null) {
                abandon(session);
            }
            done.done(false, 0, 0);
            return;
        }
        if (link.isEmpty() || link.get().via() != next.via()) {
            move(next);
        }
        session.whenIdle(() -> {
            boolean still = !session.closed() && link.isPresent() && link.get().via() == next.via();
            if (still) {
                session.attach(packet.lastConfirmed());
            }
            done.done(still, session.channel(), session.lastHeard());
        });
    }

    private void move(Link next) {
        link.ifPresent(by -> by.via().onItsLoop(() -> by.via().connection().close()));
        sessions.values().forEach(CoreSession::detach);
        patience.ifPresent(Loop.Timer::cancel);
        patience = Optional.empty();
        link = Optional.of(next);
        outbox.redirect(Optional.of(next.channel()));
        for (int i = 0; i < pauses; i++) {
            next.via().pauseReading(true);
        }
        connection.client().movedTo(next.client());
        connection.client().writable(true);
    }
}
