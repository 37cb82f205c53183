package io.delos.selector;

/**
 * A word of a selector.
 *
 * @param text for a keyword in upper case, for an identifier or string without its quotes
 */
record Token(Kind kind, String text) {
    static final Token END = new Token(Kind.END, "");

    enum Kind { IDENTIFIER, KEYWORD, STRING, NUMBER, SYMBOL, END }

    boolean is(Kind other, String otherText) {
        return kind == other && text.equals(otherText);
    }
}
