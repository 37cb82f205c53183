package io.delos.queue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names that clients give to things a queue remembers: of any length there, of bounded length here, so that they don't fill the memory. */
final class Keys {

    private static final int LONGEST = 64;

    private Keys() {
    }

    /** The name, or its digest if it is long. */
    static String of(String name) {
        return name.length() <= LONGEST ? name : digest(name);
    }

    private static String digest(String name) {
        try {
            // one character longer than any name that is kept
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_16LE))) + '+';
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
