package io.delos.message;

import java.util.Arrays;
import java.util.Base64;

/**
 * The name of a branch of a distributed transaction, as its transaction manager gave it. The two ids are opaque bytes, never written to.
 * Immutable.
 */
public record Xid(int format, byte[] global, byte[] branch) {

    /** Bytes that each of the two ids has at most; the XA specification has 64. */
    public static final int LONGEST = 1024;

    /**
     * What operators call it: base64 of branch id, global id and four bytes of the format, the least significant first, each of them the
     * shifted format modulo 255. That is the text which the tools for Apache Artemis show and take; it can't be read back.
     */
    public String base64() {
        byte[] all = Arrays.copyOf(branch, branch.length + global.length + Integer.BYTES);
        System.arraycopy(global, 0, all, branch.length, global.length);
        for (int i = 0; i < Integer.BYTES; i++) {
            all[branch.length + global.length + i] = (byte) ((format >> i * Byte.SIZE) % 0xFF);
        }
        return Base64.getEncoder().encodeToString(all);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Xid xid && format == xid.format && Arrays.equals(branch, xid.branch) && Arrays.equals(global, xid.global);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * format + Arrays.hashCode(branch)) + Arrays.hashCode(global);
    }

    @Override
    public String toString() {
        return base64();
    }
}
