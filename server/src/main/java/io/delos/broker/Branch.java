package io.delos.broker;

import io.delos.address.Routes;
import io.delos.message.Xid;
import io.delos.queue.Queue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A branch of a distributed transaction. Owned by the control loop.
 * <pre>
 *   OPEN ──prepare──► PREPARING ──durable──► PREPARED ──decide──► DECIDING ──durable──► gone
 *     │                   └──────refused──────────────────────────────────────────────►  ▲
 *     ├──one-phase commit──────────────────────────────────────► DECIDING                │
 *     └──rollback, timeout, loss of a connection that worked in it───────────────────────┘
 * </pre>
 * As long as it is open, each session that works in it has its share; what a session has done is handed over when it leaves.
 */
final class Branch {

    enum Phase { OPEN, PREPARING, PREPARED, DECIDING }

    final Xid xid;
    /** Who works in it. */
    final Set<XaSession> parties = new LinkedHashSet<>(2);
    /** Who works in it or did: unless it is prepared, it does not survive the loss of their connections. */
    final Set<XaSession> workers = new HashSet<>(2);
    /** What has been handed over; taken out when it is written. */
    final List<Transaction> work = new ArrayList<>(1);
    /** What has been written. */
    final List<Share> shares = new ArrayList<>(1);
    private final List<Runnable> waiting = new ArrayList<>(0);
    private Phase phase = Phase.OPEN;
    /** When it was begun, or, for one of an earlier process, prepared; in milliseconds since the epoch. */
    private long since;
    private long timeout;
    private boolean suspended;
    private boolean waits;
    private Optional<BrokerException> cause = Optional.empty();

    Branch(Xid xid, long since, long timeoutMillis) {
        this.xid = xid;
        this.since = since;
        this.timeout = timeoutMillis;
    }

    Phase phase() {
        return phase;
    }

    void phase(Phase next) {
        waits |= next == Phase.PREPARED;
        phase = next;
        release();
    }

    /** Whether it is being changed, so that nothing can be said of it now. */
    boolean underWay() {
        return phase == Phase.PREPARING || phase == Phase.DECIDING;
    }

    /** Whether it is prepared, and no decision is durable. */
    boolean waits() {
        return waits;
    }

    /** Runs {@code then} when its phase is another one, or nobody works in it any more. */
    void await(Runnable then) {
        waiting.add(then);
    }

    void release() {
        List<Runnable> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(Runnable::run);
    }

    long since() {
        return since;
    }

    void timeout(long millis) {
        timeout = millis;
    }

    boolean expired(long now) {
        return phase == Phase.OPEN && now - since >= timeout;
    }

    boolean suspended() {
        return suspended;
    }

    void suspended(boolean now) {
        suspended = now;
    }

    void markRollbackOnly(BrokerException why) {
        if (cause.isEmpty()) {
            cause = Optional.of(why);
        }
    }

    /** Why it can only be rolled back, if that is so. */
    Optional<BrokerException> cause() {
        return cause.or(() -> work.stream().flatMap(share -> share.cause().stream()).findFirst());
    }

    /** Takes the duplicate ids of its work, all or none, however many sessions sent with one of them; answers one that is somebody else's. */
    Optional<Claims.Conflict> takeIds(Routes routes) {
        for (int i = 1; i < work.size(); i++) {
            work.get(0).claims().absorb(work.get(i).claims());
        }
        return work.isEmpty() ? Optional.empty() : work.get(0).claims().take(routes);
    }

    /** Whether messages wait for its commit that go to this queue. */
    boolean feeds(Queue queue) {
        boolean[] found = new boolean[1];
        for (Share share : shares) {
            share.messages().forEach(some -> some.forEachQueue(target -> found[0] |= target == queue));
        }
        return found[0];
    }
}
