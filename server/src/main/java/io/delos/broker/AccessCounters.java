package io.delos.broker;

import io.delos.security.Authenticator;
import io.delos.security.Permissions;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** How often who came was let in, and what was asked allowed, since the start. Any thread. */
public final class AccessCounters {

    private final LongAdder letIn = new LongAdder();
    private final LongAdder turnedAway = new LongAdder();
    private final LongAdder allowed = new LongAdder();
    private final LongAdder denied = new LongAdder();
    private final Authenticator authenticator;
    private final Supplier<Permissions> permissions;

    AccessCounters(Authenticator authenticator, Supplier<Permissions> permissions) {
        this.authenticator = authenticator;
        this.permissions = permissions;
    }

    void login(boolean accepted) {
        (accepted ? letIn : turnedAway).increment();
    }

    void question(boolean permitted) {
        (permitted ? allowed : denied).increment();
    }

    /** Logins that succeeded. */
    public long letIn() {
        return letIn.sum();
    }

    /** Logins that failed. */
    public long turnedAway() {
        return turnedAway.sum();
    }

    /** Questions whether somebody may do something that were answered yes. A session asks once for what it does again and again. */
    public long allowed() {
        return allowed.sum();
    }

    /** Those that were answered no. */
    public long denied() {
        return denied.sum();
    }

    /** Answers to logins that are known. */
    public long loginsKnown() {
        return authenticator.remembered();
    }

    /** Addresses whose permissions are known. */
    public long matchesKnown() {
        return permissions.get().remembered();
    }
}
