package io.delos.security;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * The one-way form of a password, {@code iterations:salt:hash} in hexadecimal (broker.xml document, section 21): PBKDF2 with HMAC-SHA1,
 * as Artemis writes it, so that its users files keep working. Stateless; slow by design, so for workers only.
 */
public final class PasswordHash {
    private static final String ALGORITHM = "PBKDF2WithHmacSHA1";
    private static final int ITERATIONS = 1024;
    private static final int SALT_BYTES = 32;
    private static final int HASH_BITS = 512;
    private static final int MOST_ITERATIONS = 10_000_000;
    private static final int LONGEST_HASH = 1024;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final SecureRandom RANDOM = new SecureRandom();

    private PasswordHash() {
    }

    /** A new hash with a new salt. */
    public static String hash(String password) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return ITERATIONS + ":" + HEX.formatHex(salt) + ":" + HEX.formatHex(derive(password, salt, ITERATIONS, HASH_BITS));
    }

    /** Whether the password has that hash. A text that is no hash belongs to no password. */
    public static boolean verify(String hash, String password) {
        String[] parts = hash.split(":", -1);
        if (parts.length != 3 || parts[2].length() > LONGEST_HASH || parts[1].length() > LONGEST_HASH) {
            return false;
        }
        try {
            int iterations = Integer.parseInt(parts[0]);
            byte[] salt = HEX.parseHex(parts[1]);
            byte[] expected = HEX.parseHex(parts[2]);
            if (iterations < 1 || iterations > MOST_ITERATIONS || salt.length == 0 || expected.length == 0) {
                return false;
            }
            return MessageDigest.isEqual(expected, derive(password, salt, iterations, expected.length * 8));
        } catch (IllegalArgumentException noHash) {
            return false;
        }
    }

    /** Whether the text has the form of a hash. */
    static boolean isHash(String text) {
        return text.matches("\\d{1,9}:[0-9A-Fa-f]+:[0-9A-Fa-f]+");
    }

    private static byte[] derive(String password, byte[] salt, int iterations, int bits) {
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, bits);
        try {
            return SecretKeyFactory.getInstance(ALGORITHM).generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("the platform has no " + ALGORITHM, missing);
        } finally {
            spec.clearPassword();
        }
    }
}
