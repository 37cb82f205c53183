package io.delos.cli;

import java.nio.ByteBuffer;

/** What XML can hold of texts, and another form for the rest. */
final class Characters {

    private Characters() {
    }

    /** Whether a text may stand in an XML document. */
    static boolean fit(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (c < ' ' && c != '\t' && c != '\n' && c != '\r' || Character.isSurrogate(c) || c >= '\uFFFE') {
                return false;
            }
        }
        return true;
    }

    /** Any text, also one that is not sound Unicode: two bytes for each of its chars, the high one first. */
    static byte[] write(String text) {
        ByteBuffer bytes = ByteBuffer.allocate(text.length() * 2);
        bytes.asCharBuffer().put(text);
        return bytes.array();
    }

    /** What {@link #write} wrote. */
    static String read(byte[] bytes) {
        return ByteBuffer.wrap(bytes).asCharBuffer().toString();
    }
}
