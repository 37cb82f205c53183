package io.delos.broker;

import io.delos.security.Identity;
import io.delos.security.ScramUser;
import java.util.Optional;
import java.util.function.Consumer;

/** A login by SCRAM under way: what the client is to be told, and the judge of its proof. Owned by the connection's loop. */
final class ScramLogin {

    private final ScramUser user;
    private final Consumer<Identity> letIn;
    private final Runnable refuse;

    ScramLogin(ScramUser user, Consumer<Identity> letIn, Runnable refuse) {
        this.user = user;
        this.letIn = letIn;
        this.refuse = refuse;
    }

    byte[] salt() {
        return user.keys().salt().clone();
    }

    int iterations() {
        return user.keys().iterations();
    }

    /**
     * Logs the client in if the proof is right.
     *
     * @param authMessage what both sides have said (RFC 5802 §3)
     * @return the server's own proof; empty when the client is refused, of which the operator has been told
     */
    Optional<byte[]> prove(byte[] proof, byte[] authMessage) {
        if (user.who().isPresent() && user.keys().accept(proof, authMessage)) {
            letIn.accept(user.who().get());
            return Optional.of(user.keys().signature(authMessage));
        }
        refuse.run();
        return Optional.empty();
    }
}
