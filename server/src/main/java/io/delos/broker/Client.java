package io.delos.broker;

import io.delos.loop.Loop;
import io.delos.security.Identity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** One connection's user: who it is, and what it owns. Owned by the connection's loop, but for what management reads. */
public final class Client {

    private final Broker broker;
    private final Loop loop;
    private final Set<Session> sessions = new LinkedHashSet<>(2);
    private final List<String> temporary = new ArrayList<>();
    private final List<String> claimed = new ArrayList<>(1);
    private final long since;
    private Consumer<Boolean> pressure = pause -> { };
    private Runnable kill = this::disconnect;
    private volatile Wire wire;
    private volatile Optional<Identity> identity = Optional.empty();
    private volatile String protocol = "";
    private volatile String clientId = "";
    private volatile String localAddress = "";
    private volatile int sessionCount;
    private long opened;
    private boolean own;
    private boolean usesXa;
    private Optional<Runnable> onConnectionLost = Optional.empty();
    private boolean writable = true;
    private boolean closed;

    /** The connection as the client sees it. */
    record Wire(String connectionId, String remoteAddress, Runnable close) { }

    Client(Broker broker, Loop loop, Wire wire) {
        this.broker = broker;
        this.loop = loop;
        this.wire = wire;
        this.since = loop.now();
    }

    /** The broker acting for itself: nobody to log in, nobody to refuse. */
    static Client own(Broker broker, Loop loop) {
        Client client = new Client(broker, loop, new Wire("", "", () -> { }));
        client.own = true;
        return client;
    }

    boolean isOwn() {
        return own;
    }

    /**
     * Has the client outlive its connection: when that ends {@code lost} runs, and the client stays as it is until {@link #end}; it may come back
     * over another connection ({@link #movedTo}).
     */
    public void outlive(Runnable lost) {
        loop.assertInside();
        onConnectionLost = Optional.of(lost);
    }

    /** Its connection is now the one that another client was opened for. */
    public void movedTo(Client other) {
        wire = other.wire;
    }

    /** Its connection carries what another client does, who has shown who it is over an earlier one. */
    public void actFor(Client other) {
        identity = other.identity;
        describe(other.protocol, other.clientId);
    }

    /** Whether there is memory to keep more of what was sent. */
    public boolean mayKeep() {
        return broker.mayKeepForPeers();
    }

    /** So many bytes more, or fewer, are kept of what was sent, until the peer says that it has it. */
    public void keeps(long bytes) {
        broker.keptForPeers(bytes);
    }

    /** What to call when the socket must not be read for a while ({@code true}) and may be again; calls nest. */
    public void onPressure(Consumer<Boolean> pause) {
        pressure = pause;
    }

    void pauseReading(boolean pause) {
        pressure.accept(pause);
    }

    /**
     * Checks the credentials, which may take a worker's time. Done when the client is logged in, perhaps before this returns;
     * AUTHENTICATION_FAILED otherwise. May be called again, for another user.
     */
    public void login(Credentials credentials, Reply<Void> done) {
        loop.assertInside();
        broker.access().authenticate(credentials, wire.remoteAddress(), loop, Reply.of(who -> {
            identity = Optional.of(who);
            done.done(null);
        }, refusal -> {
            if (refusal.reason() == Reason.AUTHENTICATION_FAILED) {
                refused(credentials);
            }
            done.failed(refusal);
        }));
    }

    /**
     * Begins a login by SCRAM, which may take a worker's time. Fails with AUTHENTICATION_FAILED when nobody can log in by this mechanism, with
     * UNAVAILABLE when that can't be told now; who the user is matters only to {@link ScramLogin#prove}.
     *
     * @param entry the entry of login.config to ask, if there is one of that name
     */
    void scram(String mechanism, String user, String entry, Reply<ScramLogin> done) {
        loop.assertInside();
        Credentials shown = Credentials.of(user, "");
        broker.access().scram(mechanism, user, entry, loop, Reply.of(
                known -> done.done(new ScramLogin(known, who -> {
                    broker.accessCounters().login(true);
                    identity = Optional.of(who);
                }, () -> {
                    broker.accessCounters().login(false);
                    Access.refusal(new io.delos.security.Credentials(user, "", ""), wire.remoteAddress());
                    refused(shown);
                })), done::failed));
    }

    private void refused(Credentials credentials) {
        broker.tell(() -> new BrokerEvent.LoginRefused(credentials.user(), Access.subject(credentials), wire.remoteAddress()));
    }

    public boolean loggedIn() {
        return identity.isPresent();
    }

    /** Who it is; empty before the login. Any thread. */
    public Optional<Identity> identity() {
        return identity;
    }

    /** The user's name; empty before the login and for anonymous users. Any thread. */
    public String user() {
        return identity.map(Identity::user).orElse("");
    }

    /** What management shows of it. */
    public void describe(String usedProtocol, String usedClientId) {
        protocol = usedProtocol;
        clientId = usedClientId;
    }

    /** Any thread. */
    public String connectionId() {
        return wire.connectionId();
    }

    /** Any thread. */
    public String remoteAddress() {
        return wire.remoteAddress();
    }

    /** Where it connected to. */
    public void connectedTo(String address) {
        localAddress = address;
    }

    /** Any thread; empty if nobody said. */
    public String localAddress() {
        return localAddress;
    }

    /** Any thread. */
    public String protocol() {
        return protocol;
    }

    /** Any thread. */
    public String clientId() {
        return clientId;
    }

    /** When it connected, in milliseconds since the epoch. Any thread. */
    public long since() {
        return since;
    }

    /** Any thread. */
    public int sessionCount() {
        return sessionCount;
    }

    /** Ends the connection. Any thread. */
    public void disconnect() {
        wire.close().run();
    }

    /** How this client's protocol ends a connection because one of its consumers is too slow; like any other unless it says otherwise. */
    public void onKill(Runnable how) {
        kill = how;
    }

    /** One of its consumers is too slow: the connection ends. */
    void kill() {
        kill.run();
    }

    /**
     * Claims a client id until the connection ends. Done, perhaps before this returns, when it is this client's. If another connection holds it: with {@code takeOver} that one's {@code onTakenOver}
     * runs on its own loop, and must lead to its close, after which this one is done(true); otherwise NAME_IN_USE.
     */
    public void claim(String name, boolean takeOver, Runnable onTakenOver, Reply<Boolean> done) {
        loop.assertInside();
        broker.names().claim(name, this, takeOver, onTakenOver, Reply.of(displaced -> {
            if (closed) {
                broker.names().release(name, this);
            } else {
                claimed.add(name);
                done.done(displaced);
            }
        }, done::failed));
    }

    /** Gives up a client id before the connection ends; harmless if it isn't claimed. */
    public void release(String name) {
        loop.assertInside();
        if (claimed.remove(name)) {
            giveUp(List.of(name));
        }
    }

    /**
     * Gives names up when everything asked of other owners before is in their mailboxes: who holds a name next finds the world as this client
     * has left it.
     */
    private void giveUp(List<String> names) {
        loop.post(() -> names.forEach(name -> broker.names().release(name, this)));
    }

    Loop loop() {
        return loop;
    }

    /** Its open sessions; on the connection's loop. */
    public Collection<Session> sessions() {
        loop.assertInside();
        return List.copyOf(sessions);
    }

    /** Opens a session. */
    public Session openSession() {
        return openSession(wire.connectionId() + "-" + ++opened);
    }

    /** Opens a session that management shows under this name. */
    public Session openSession(String name) {
        loop.assertInside();
        Session session = new Session(this, broker, loop, name);
        sessions.add(session);
        sessionCount = sessions.size();
        if (!own) {
            broker.clients().sessionOpened();
            broker.tell(() -> new BrokerEvent.SessionOpened(session));
        }
        return session;
    }

    void forgetSession(Session session) {
        if (sessions.remove(session)) {
            sessionCount = sessions.size();
            if (!own) {
                broker.clients().sessionClosed();
                broker.tell(() -> new BrokerEvent.SessionClosed(session));
            }
        }
    }

    /** It works in branches of distributed transactions, which end with it unless they are prepared. */
    void usesXa() {
        usesXa = true;
    }

    void ownsTemporary(String queue) {
        if (closed) {
            deleteTemporary(queue);
        } else {
            temporary.add(queue);
        }
    }

    private void deleteTemporary(String queue) {
        broker.administration().deleteTemporary(queue, this);
    }

    boolean isWritable() {
        return writable;
    }

    /** The transport says whether the socket takes more. */
    public void writable(boolean now) {
        loop.assertInside();
        writable = now;
        if (now) {
            sessions.forEach(Session::writabilityChanged);
        }
    }

    /** Whether nothing it has asked for waits for room, so that all of it will soon be done. */
    public boolean finishing() {
        loop.assertInside();
        return sessions.stream().noneMatch(session -> session.turns().holding());
    }

    /** The connection has ended: unless the client is to outlive it, it ends too. Again is allowed. */
    public void close() {
        loop.assertInside();
        if (onConnectionLost.isPresent() && !closed) {
            onConnectionLost.get().run();
        } else {
            end();
        }
    }

    /** Sessions close, what is unsettled goes back, temporary queues and client ids are given up. Again is allowed. */
    public void end() {
        loop.assertInside();
        if (closed) {
            return;
        }
        closed = true;
        new ArrayList<>(sessions).forEach(session -> session.close(Outcome.RELEASED));
        if (usesXa) {
            Branches branches = broker.branches();
            branches.loop().post(() -> branches.lost(this));
        }
        temporary.forEach(this::deleteTemporary);
        if (!claimed.isEmpty()) {
            giveUp(claimed);
        }
        if (broker.clients().remove(this)) {
            broker.tell(() -> new BrokerEvent.Disconnected(this));
        }
        // what outlives it, as what is kept for a link, does not keep its connection's objects
        wire = new Wire(wire.connectionId(), wire.remoteAddress(), () -> { });
        pressure = pause -> { };
        kill = this::disconnect;
    }
}
