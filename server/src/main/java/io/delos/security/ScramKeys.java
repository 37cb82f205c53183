package io.delos.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;

/**
 * What SCRAM knows of a password (RFC 5802 §3): enough to check a proof and to give one, not enough to log in elsewhere. Any thread.
 *
 * @param salt       goes to the client
 * @param iterations goes to the client
 * @param storedKey  what a right proof leads to
 * @param serverKey  what the server proves itself with
 */
public record ScramKeys(ScramHash hash, byte[] salt, int iterations, byte[] storedKey, byte[] serverKey) {

    /** What RFC 7677 asks for at least. */
    static final int ITERATIONS = 4096;
    private static final int MOST_ITERATIONS = 10_000_000;
    private static final int LONGEST = 1024;

    /** The keys of a password; slow by design, so for workers only. */
    static ScramKeys derive(ScramHash hash, String password, byte[] salt, int iterations) {
        byte[] salted = hash.salted(password.isEmpty() ? "\0" : password, salt, iterations);
        return new ScramKeys(hash, salt, iterations, hash.digest(hash.mac(salted, ascii("Client Key"))), hash.mac(salted, ascii("Server Key")));
    }

    /** As a users file holds them, {@code salt:iterations:serverKey:storedKey} in Base64; empty for another text. */
    static Optional<ScramKeys> parse(ScramHash hash, String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 4 || text.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            int iterations = Integer.parseInt(parts[1]);
            Base64.Decoder base64 = Base64.getDecoder();
            ScramKeys keys = new ScramKeys(hash, base64.decode(parts[0]), iterations, base64.decode(parts[3]), base64.decode(parts[2]));
            return iterations < 1 || iterations > MOST_ITERATIONS || keys.salt.length == 0 ? Optional.empty() : Optional.of(keys);
        } catch (IllegalArgumentException otherText) {
            return Optional.empty();
        }
    }

    /** Whether the password is the one these were derived from; slow by design. */
    boolean areOf(String password) {
        return MessageDigest.isEqual(storedKey, derive(hash, password, salt, iterations).storedKey);
    }

    /** Whether the proof is that of somebody who knows the password. */
    public boolean accept(byte[] proof, byte[] authMessage) {
        byte[] signature = hash.mac(storedKey, authMessage);
        if (proof.length != signature.length) {
            return false;
        }
        byte[] clientKey = new byte[proof.length];
        for (int i = 0; i < proof.length; i++) {
            clientKey[i] = (byte) (proof[i] ^ signature[i]);
        }
        return MessageDigest.isEqual(hash.digest(clientKey), storedKey);
    }

    /** The server's own proof. */
    public byte[] signature(byte[] authMessage) {
        return hash.mac(serverKey, authMessage);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override public String toString() {
        return "ScramKeys[" + hash + "]";
    }
}
