package io.delos.broker;

import io.delos.config.Permission;
import io.delos.loop.Loop;
import io.delos.security.Authenticator;
import io.delos.security.Identity;
import io.delos.security.Permissions;
import io.delos.security.ScramHash;
import io.delos.security.ScramUser;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Who may come in, and who may do what: one verdict, whatever the protocol. Any thread. */
final class Access {

    private static final Logger LOG = LogManager.getLogger(Access.class);

    private final boolean enabled;
    private final Authenticator authenticator;
    private final AccessCounters counters;
    private volatile Permissions permissions;

    /** With {@code enabled} false everybody may do everything. */
    Access(boolean enabled, Authenticator authenticator, Permissions permissions) {
        this.enabled = enabled;
        this.authenticator = authenticator;
        this.permissions = permissions;
        this.counters = new AccessCounters(authenticator, () -> this.permissions);
    }

    AccessCounters counters() {
        return counters;
    }

    void forgetLogins() {
        authenticator.forget();
    }

    void forgetMatches() {
        permissions.forget();
    }

    void permissions(Permissions changed) {
        permissions = changed;
    }

    Map<Permission, Set<String>> grants(String address) {
        return permissions.grantsFor(address);
    }

    /** Answers on the loop, which is the caller's: at once if the answer is known. */
    void authenticate(Credentials credentials, String from, Loop loop, Reply<Identity> done) {
        if (!enabled) {
            done.done(Identity.of(credentials.user(), Set.of()));
            return;
        }
        io.delos.security.Credentials shown = new io.delos.security.Credentials(credentials.user(), credentials.password(), subject(credentials));
        CompletableFuture<Optional<Identity>> asked = authenticator.authenticate(shown).toCompletableFuture();
        if (asked.isDone() && !asked.isCompletedExceptionally()) {
            tell(asked.join(), shown, from, done);
            return;
        }
        asked.whenComplete((answer, failure) -> loop.post(() -> {
            if (failure != null) {
                done.failed(undecided(from, failure));
            } else {
                tell(answer, shown, from, done);
            }
        }));
    }

    /** Answers on the loop, which is the caller's, with what it takes to check the user's proof. */
    void scram(String mechanism, String user, String entry, Loop loop, Reply<ScramUser> done) {
        Optional<ScramHash> hash = ScramHash.of(mechanism);
        if (!enabled || hash.isEmpty()) {
            done.failed(new BrokerException(Reason.AUTHENTICATION_FAILED, "nobody can log in by " + mechanism + " here"));
            return;
        }
        authenticator.scram(hash.get(), user, entry).whenComplete((answer, failure) -> loop.post(() -> {
            if (failure == null) {
                done.done(answer);
            } else {
                done.failed(undecided(user, failure));
            }
        }));
    }

    private static BrokerException undecided(String who, Throwable failure) {
        LOG.warn("Nobody could tell whether {} may log in: {}", who, failure.toString());
        return new BrokerException(Reason.UNAVAILABLE, "logins can't be checked now");
    }

    private void tell(Optional<Identity> answer, io.delos.security.Credentials shown, String from, Reply<Identity> done) {
        counters.login(answer.isPresent());
        if (answer.isPresent()) {
            done.done(answer.get());
        } else {
            done.failed(refusal(shown, from));
        }
    }

    /** Why somebody isn't let in; it is in the log, too. */
    static BrokerException refusal(io.delos.security.Credentials shown, String from) {
        LOG.warn("AMQ222216: Security problem while authenticating: {}", shown.refusal(from));
        return new BrokerException(Reason.AUTHENTICATION_FAILED, shown.refusal(from));
    }

    static String subject(Credentials credentials) {
        return credentials.certificates().isEmpty() ? "" : credentials.certificates().get(0).getSubjectX500Principal().getName();
    }

    Optional<BrokerException> refusal(Session session, Permission permission, String address) {
        if (!enabled || session.client().isOwn()) {
            return Optional.empty();
        }
        Optional<Identity> who = session.user();
        boolean allowed = who.isPresent() && permissions.allows(who.get(), permission, address);
        counters.question(allowed);
        if (allowed) {
            return Optional.empty();
        }
        int separator = address.indexOf("::");
        String place = separator < 0 ? address : address.substring(0, separator);
        String queue = separator < 0 ? "" : " on queue " + address.substring(separator + 2);
        return Optional.of(new BrokerException(Reason.NOT_PERMITTED, "AMQ229213: User: " + who.map(Identity::user).orElse("") + " does not have permission='"
                + permission.name() + "'" + queue + " on address " + place));
    }
}
