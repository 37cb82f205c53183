package io.delos.security;

import io.delos.config.ConfigException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/** A password as a users file holds it: in the clear, masked, or hashed. Comparing takes the same time wherever the difference is. */
final class StoredPassword {
    private final String stored;
    private final PasswordMask mask;

    StoredPassword(String stored, PasswordMask mask) {
        this.stored = stored;
        this.mask = mask;
    }

    boolean accepts(String password) {
        if (!PasswordMask.isMasked(stored)) {
            return same(stored, password);
        }
        String inside = PasswordMask.inside(stored);
        if (PasswordHash.isHash(inside)) {
            return PasswordHash.verify(inside, password);
        }
        try {
            return same(mask.unmask(inside), password);
        } catch (ConfigException otherKey) {
            return false;
        }
    }

    /** The password itself, where it is not hashed. */
    Optional<String> readable() {
        if (!PasswordMask.isMasked(stored)) {
            return Optional.of(stored);
        }
        String inside = PasswordMask.inside(stored);
        try {
            return PasswordHash.isHash(inside) ? Optional.empty() : Optional.of(mask.unmask(inside));
        } catch (ConfigException otherKey) {
            return Optional.empty();
        }
    }

    static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    @Override public String toString() {
        return "StoredPassword";
    }
}
