package io.delos.selector;

import java.util.Locale;
import java.util.Set;

/** Cuts a selector into {@link Token}s, skipping blanks and comments. Used by one {@link Parser}. */
final class Lexer {
    private static final Set<String> KEYWORDS = Set.of("NOT", "AND", "OR", "BETWEEN", "LIKE", "ESCAPE", "IN", "IS", "TRUE", "FALSE",
        "NULL", "XPATH", "XQUERY");
    private static final int LONGEST_KEYWORD = 7;

    private final String text;
    private final boolean hyphens;
    private int at;

    /** @param hyphens whether {@code -} may stand inside an identifier; then there are no quoted identifiers */
    Lexer(String text, int from, boolean hyphens) {
        this.text = text;
        this.hyphens = hyphens;
        this.at = from;
    }

    Token next() {
        skipBlanks();
        if (at >= text.length()) {
            return Token.END;
        }
        char c = text.charAt(at);
        if (startsIdentifier(c)) {
            return word();
        }
        if (isDigit(c) || c == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1))) {
            return number();
        }
        if (c == '\'') {
            return quoted('\'', Token.Kind.STRING);
        }
        if (c == '"' && !hyphens) {
            return quoted('"', Token.Kind.IDENTIFIER);
        }
        return symbol(c);
    }

    private void skipBlanks() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
                at++;
            } else if (text.startsWith("/*", at)) {
                int end = text.indexOf("*/", at + 2);
                if (end < 0) {
                    throw new InvalidSelectorException(text, "a comment isn't closed");
                }
                at = end + 2;
            } else if (!text.startsWith("--", at) || !skipLine()) {
                return;
            }
        }
    }

    /** A line comment counts only when its line ends; else its dashes are signs. */
    private boolean skipLine() {
        int end = at;
        while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
            end++;
        }
        if (end == text.length()) {
            return false;
        }
        at = end + 1;
        return true;
    }

    private Token word() {
        int start = at;
        while (at < text.length() && (startsIdentifier(text.charAt(at)) || isDigit(text.charAt(at)) || hyphens && text.charAt(at) == '-')) {
            at++;
        }
        String word = text.substring(start, at);
        String upper = word.length() <= LONGEST_KEYWORD ? word.toUpperCase(Locale.ROOT) : "";
        return KEYWORDS.contains(upper) ? new Token(Token.Kind.KEYWORD, upper) : new Token(Token.Kind.IDENTIFIER, word);
    }

    private static boolean startsIdentifier(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private Token number() {
        int start = at;
        if (text.startsWith("0x", at) || text.startsWith("0X", at)) {
            at += 2;
            skipDigits(true);
            if (at > start + 2) {
                return new Token(Token.Kind.NUMBER, text.substring(start, at));
            }
            at = start;
        }
        skipDigits(false);
        boolean real = at < text.length() && text.charAt(at) == '.';
        if (real) {
            at++;
            skipDigits(false);
        }
        real |= skipExponent();
        if (!real && at < text.length() && (text.charAt(at) == 'L' || text.charAt(at) == 'l') && text.charAt(start) != '0') {
            at++;
        }
        return new Token(Token.Kind.NUMBER, text.substring(start, at));
    }

    private void skipDigits(boolean hex) {
        while (at < text.length() && (hex ? Character.digit(text.charAt(at), 16) >= 0 && text.charAt(at) < 128 : isDigit(text.charAt(at)))) {
            at++;
        }
    }

    private boolean skipExponent() {
        if (at >= text.length() || text.charAt(at) != 'e' && text.charAt(at) != 'E') {
            return false;
        }
        int digits = at + 1;
        if (digits < text.length() && (text.charAt(digits) == '+' || text.charAt(digits) == '-')) {
            digits++;
        }
        if (digits >= text.length() || !isDigit(text.charAt(digits))) {
            return false;
        }
        at = digits;
        skipDigits(false);
        return true;
    }

    /** A quote inside is written twice. */
    private Token quoted(char quote, Token.Kind kind) {
        StringBuilder content = new StringBuilder();
        int from = at + 1;
        while (true) {
            int end = text.indexOf(quote, from);
            if (end < 0) {
                throw new InvalidSelectorException(text, "a quote isn't closed");
            }
            content.append(text, from, end);
            if (end + 1 >= text.length() || text.charAt(end + 1) != quote) {
                at = end + 1;
                return new Token(kind, content.toString());
            }
            content.append(quote);
            from = end + 2;
        }
    }

    private Token symbol(char c) {
        String two = at + 2 <= text.length() ? text.substring(at, at + 2) : "";
        if (two.equals("<>") || two.equals("<=") || two.equals(">=")) {
            at += 2;
            return new Token(Token.Kind.SYMBOL, two);
        }
        if ("=<>()+-*/%,".indexOf(c) < 0) {
            throw new InvalidSelectorException(text, "a character without meaning: " + (c < ' ' ? "U+" + Integer.toHexString(c) : c));
        }
        at++;
        return new Token(Token.Kind.SYMBOL, String.valueOf(c));
    }
}
