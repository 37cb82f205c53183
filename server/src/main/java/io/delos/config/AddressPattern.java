package io.delos.config;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern of addresses such as {@code news.#}: {@code *} is exactly one word, which may be empty as a level of an MQTT topic may (MQTT 5,
 * 4.7.1.3), {@code #} any number of words. A match string of the settings (address model 6.1) is a little different: there {@code *} is
 * never empty, it also stands for a part of a word, at least one character, and {@code #} may only come last, where {@code bar#} means
 * {@code bar.#}. The natural order puts the more specific first (6.2). Matching allocates nothing.
 */
public final class AddressPattern implements Comparable<AddressPattern> {
    private final String text;
    private final WildcardSyntax syntax;
    private final String[] words;
    private final Kind kind;
    private final boolean partOfWord;

    /** Ordered as 6.2 wants it. */
    private enum Kind { EXACT, SINGLE_WORDS, ANY_WORDS }

    private AddressPattern(String text, WildcardSyntax syntax, List<String> words, Kind kind, boolean partOfWord) {
        this.text = text;
        this.syntax = syntax;
        this.words = words.toArray(String[]::new);
        this.kind = kind;
        this.partOfWord = partOfWord;
    }

    /** The pattern that a client or a queue's address gives: a word is a wildcard as a whole or not at all. */
    public static AddressPattern of(String text, WildcardSyntax syntax) {
        List<String> words = words(text, syntax);
        boolean any = words.contains(String.valueOf(syntax.anyWords()));
        boolean single = words.contains(String.valueOf(syntax.singleWord()));
        return new AddressPattern(text, syntax, words, any ? Kind.ANY_WORDS : single ? Kind.SINGLE_WORDS : Kind.EXACT, false);
    }

    /**
     * The match string of an address-setting or security-setting.
     *
     * @throws ConfigException when "any words" isn't at the end
     */
    public static AddressPattern ofMatch(String text, WildcardSyntax syntax) {
        int any = text.indexOf(syntax.anyWords());
        if (any >= 0 && any < text.length() - 1) {
            throw new ConfigException(Place.NONE, text, "a match may hold '" + syntax.anyWords() + "' only at its end");
        }
        if (any < 0) {
            boolean single = text.indexOf(syntax.singleWord()) >= 0;
            return new AddressPattern(text, syntax, words(text, syntax), single ? Kind.SINGLE_WORDS : Kind.EXACT, true);
        }
        boolean attached = any > 0 && text.charAt(any - 1) != syntax.delimiter();
        List<String> words = words(attached ? text.substring(0, any) + syntax.delimiter() + syntax.anyWords() : text, syntax);
        return new AddressPattern(text, syntax, words, Kind.ANY_WORDS, true);
    }

    /** A pattern in which no character has a meaning. */
    static AddressPattern literal(String text, WildcardSyntax syntax) {
        return new AddressPattern(text, syntax, words(text, syntax), Kind.EXACT, false);
    }

    /** The words of an address or a pattern; a delimiter behind a backslash belongs to its word. */
    public static List<String> words(String text, WildcardSyntax syntax) {
        List<String> words = new ArrayList<>();
        int start = 0;
        while (start <= text.length()) {
            int end = wordEnd(text, start, syntax);
            words.add(text.substring(start, end));
            start = end + 1;
        }
        return words;
    }

    public String text() {
        return text;
    }

    /** What every address begins with that a pattern of words (see {@link #of}) can match: its words before the first wildcard. */
    public String literalStart() {
        StringBuilder start = new StringBuilder();
        for (int i = 0; i < words.length && !isAny(words[i]) && !isSingle(words[i]); i++) {
            start.append(i == 0 ? "" : String.valueOf(syntax.delimiter())).append(words[i]);
        }
        return start.toString();
    }

    /** Whether it can match another address than its own text. */
    public boolean isWild() {
        return kind != Kind.EXACT;
    }

    public boolean matches(CharSequence address) {
        if (kind == Kind.EXACT) {
            return text.contentEquals(address);
        }
        int p = 0;
        int from = 0;
        int retryWord = -1;
        int retryFrom = 0;
        while (from <= address.length()) {
            int to = wordEnd(address, from);
            if (p < words.length && isAny(words[p])) {
                retryWord = ++p;
                retryFrom = from;
                if (p == words.length) {
                    return true;
                }
            } else if (p < words.length && wordMatches(words[p], address, from, to)) {
                p++;
                from = to + 1;
            } else if (retryWord >= 0) {
                p = retryWord;
                retryFrom = wordEnd(address, retryFrom) + 1;
                from = retryFrom;
            } else {
                return false;
            }
        }
        while (p < words.length && isAny(words[p])) {
            p++;
        }
        return p == words.length;
    }

    private int wordEnd(CharSequence address, int from) {
        return wordEnd(address, from, syntax);
    }

    /** A delimiter behind a backslash belongs to the word: so MQTT's topics keep their dots. */
    private static int wordEnd(CharSequence text, int from, WildcardSyntax syntax) {
        int end = from;
        while (end < text.length() && text.charAt(end) != syntax.delimiter()) {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        return Math.min(end, text.length());
    }

    private boolean isAny(String word) {
        return word.length() == 1 && word.charAt(0) == syntax.anyWords();
    }

    private boolean isSingle(String word) {
        return word.length() == 1 && word.charAt(0) == syntax.singleWord();
    }

    /** Compares one word; in a match string each single-word wildcard in it takes at least one character. */
    private boolean wordMatches(String word, CharSequence address, int from, int to) {
        boolean wild = partOfWord || word.length() == 1;
        if (!partOfWord && isSingle(word)) {
            return true;
        }
        int w = 0;
        int a = from;
        int retryW = -1;
        int retryA = 0;
        while (a < to) {
            if (wild && w < word.length() && word.charAt(w) == syntax.singleWord()) {
                retryW = ++w;
                retryA = ++a;
            } else if (w < word.length() && word.charAt(w) == address.charAt(a)) {
                w++;
                a++;
            } else if (retryW >= 0) {
                w = retryW;
                a = ++retryA;
            } else {
                return false;
            }
        }
        return w == word.length();
    }

    @Override public int compareTo(AddressPattern other) {
        if (kind != other.kind) {
            return kind.compareTo(other.kind);
        }
        int byKind = kind == Kind.ANY_WORDS ? Integer.compare(other.text.length(), text.length())
            : kind == Kind.SINGLE_WORDS ? compareSingleWords(other) : 0;
        return byKind != 0 ? byKind : text.compareTo(other.text);
    }

    /** Both only with {@code *}: a concrete word beats {@code *}, from the left; then the shorter. */
    private int compareSingleWords(AddressPattern other) {
        for (int i = 0; i < Math.min(words.length, other.words.length); i++) {
            boolean mine = words[i].indexOf(syntax.singleWord()) >= 0;
            boolean theirs = other.words[i].indexOf(syntax.singleWord()) >= 0;
            if (mine != theirs) {
                return mine ? 1 : -1;
            }
        }
        return Integer.compare(text.length(), other.text.length());
    }

    @Override public boolean equals(Object other) {
        return other instanceof AddressPattern && text.equals(((AddressPattern) other).text)
            && kind == ((AddressPattern) other).kind && syntax.equals(((AddressPattern) other).syntax);
    }

    @Override public int hashCode() {
        return text.hashCode();
    }

    @Override public String toString() {
        return text;
    }
}
