package io.delos.broker;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * Owned by the connection's loop: a login by SCRAM (RFC 5802, RFC 7677) from the client's first message to the server's last, whatever
 * protocol carries them; one use. What the protocol does with a refusal is its own affair.
 */
public final class ScramDialog {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int NONCE_BYTES = 18;

    private final Client client;
    private final ScramExchange exchange;
    private Optional<ScramLogin> login = Optional.empty();

    private ScramDialog(Client client, ScramExchange exchange) {
        this.client = client;
        this.exchange = exchange;
    }

    /** Reads the client's first message; empty when it is none, or wants channel binding or to be somebody else. */
    public static Optional<ScramDialog> begin(Client client, byte[] firstMessage) {
        return ScramExchange.begin(firstMessage).map(exchange -> new ScramDialog(client, exchange));
    }

    /** Who the client says it is. */
    public String user() {
        return exchange.user();
    }

    /**
     * Finds the server's first message, which may take a worker's time. Fails with AUTHENTICATION_FAILED when nobody can log in by this
     * mechanism, with UNAVAILABLE when that can't be told now.
     *
     * @param entry the entry of login.config to ask, if there is one of that name
     */
    public void challenge(String mechanism, String entry, Reply<byte[]> done) {
        client.scram(mechanism, exchange.user(), entry, Reply.of(begun -> {
            login = Optional.of(begun);
            byte[] nonce = new byte[NONCE_BYTES];
            RANDOM.nextBytes(nonce);
            done.done(exchange.challenge(Base64.getEncoder().encodeToString(nonce), begun.salt(), begun.iterations()));
        }, done::failed));
    }

    /** Whether the challenge has been found, so that a proof may come. */
    public boolean challenged() {
        return login.isPresent();
    }

    /** Reads the client's last message and logs it in if the proof is right; the server's last message, or empty when it is refused. */
    public Optional<byte[]> prove(byte[] lastMessage) {
        return exchange.proof(lastMessage).flatMap(proof -> login.orElseThrow().prove(proof.proof(), proof.authMessage()))
                .map(ScramExchange::verified);
    }
}
