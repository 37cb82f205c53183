package io.delos.security;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** The hash functions of SCRAM (RFC 5802, RFC 7677). Stateless; any thread. */
public enum ScramHash {
    SHA_256("SCRAM-SHA-256", "SHA-256", "HmacSHA256", 256),
    SHA_512("SCRAM-SHA-512", "SHA-512", "HmacSHA512", 512);

    private final String mechanism;
    private final String digest;
    private final String mac;
    private final int bits;

    ScramHash(String mechanism, String digest, String mac, int bits) {
        this.mechanism = mechanism;
        this.digest = digest;
        this.mac = mac;
        this.bits = bits;
    }

    /** The one of a SASL mechanism; empty for another mechanism. */
    public static Optional<ScramHash> of(String mechanism) {
        for (ScramHash hash : values()) {
            if (hash.mechanism.equals(mechanism)) {
                return Optional.of(hash);
            }
        }
        return Optional.empty();
    }

    /** What a users file writes behind a user's name for keys of this hash. */
    String suffix() {
        return "|" + digest.replace("-", "");
    }

    byte[] digest(byte[] text) {
        try {
            return MessageDigest.getInstance(digest).digest(text);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("the platform has no " + digest, missing);
        }
    }

    byte[] mac(byte[] key, byte[] text) {
        try {
            Mac made = Mac.getInstance(mac);
            made.init(new SecretKeySpec(key, mac));
            return made.doFinal(text);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("the platform has no " + mac, missing);
        }
    }

    /** What a password becomes; slow by design. */
    byte[] salted(String password, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, bits);
        try {
            return SecretKeyFactory.getInstance("PBKDF2With" + mac).generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("the platform has no PBKDF2With" + mac, missing);
        } finally {
            spec.clearPassword();
        }
    }
}
