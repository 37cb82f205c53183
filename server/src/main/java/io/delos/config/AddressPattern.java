package io.delos.config;

import java.util.Comparator;

/**
 * A match string such as {@code news.#} (address model 6.1). {@code *} is exactly one non-empty word, {@code #} any number of words and
 * only the last one. The natural order puts the more specific first (6.2). Matching allocates nothing.
 */
public final class AddressPattern implements Comparable<AddressPattern> {
    private static final Comparator<AddressPattern> BOTH_WITH_ANY_WORDS =
        Comparator.<AddressPattern>comparingInt(p -> -p.text.length()).thenComparing(p -> p.text);

    private final String text;
    private final WildcardSyntax syntax;
    private final boolean wild;
    private final boolean anyWords;

    private AddressPattern(String text, WildcardSyntax syntax, boolean wild, boolean anyWords) {
        this.text = text;
        this.syntax = syntax;
        this.wild = wild;
        this.anyWords = anyWords;
    }

    /** @throws ConfigException when "any words" isn't the last word */
    public static AddressPattern of(String text, WildcardSyntax syntax) {
        int start = 0;
        boolean any = false;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == syntax.delimiter()) {
                if (any) {
                    throw new ConfigException(Place.NONE, text, "a match may hold '" + syntax.anyWords() + "' only as its last word");
                }
                any = i - start == 1 && text.charAt(start) == syntax.anyWords();
                start = i + 1;
            }
        }
        return new AddressPattern(text, syntax, syntax.isPattern(text), any);
    }

    /** A pattern in which no character has a meaning. */
    public static AddressPattern literal(String text, WildcardSyntax syntax) {
        return new AddressPattern(text, syntax, false, false);
    }

    public String text() {
        return text;
    }

    /** Whether it can match another address than its own text. */
    public boolean isWild() {
        return wild;
    }

    public boolean matches(CharSequence address) {
        if (!wild) {
            return text.contentEquals(address);
        }
        int p = 0;
        int a = 0;
        while (true) {
            int pEnd = wordEnd(text, p);
            if (isWord(p, pEnd, syntax.anyWords())) {
                return true;
            }
            if (a > address.length()) {
                return false;
            }
            int aEnd = wordEnd(address, a);
            if (isWord(p, pEnd, syntax.singleWord()) ? aEnd == a : !sameWord(p, pEnd, address, a, aEnd)) {
                return false;
            }
            p = pEnd + 1;
            a = aEnd + 1;
            if (p > text.length()) {
                return a > address.length();
            }
        }
    }

    private int wordEnd(CharSequence words, int from) {
        int end = from;
        while (end < words.length() && words.charAt(end) != syntax.delimiter()) {
            end++;
        }
        return end;
    }

    private boolean isWord(int from, int to, char wildcard) {
        return to - from == 1 && text.charAt(from) == wildcard;
    }

    private boolean sameWord(int p, int pEnd, CharSequence address, int a, int aEnd) {
        if (pEnd - p != aEnd - a) {
            return false;
        }
        for (int i = 0; i < pEnd - p; i++) {
            if (text.charAt(p + i) != address.charAt(a + i)) {
                return false;
            }
        }
        return true;
    }

    @Override public int compareTo(AddressPattern other) {
        if (wild != other.wild) {
            return wild ? 1 : -1;
        }
        if (anyWords != other.anyWords) {
            return anyWords ? 1 : -1;
        }
        if (!wild) {
            return text.compareTo(other.text);
        }
        return anyWords ? BOTH_WITH_ANY_WORDS.compare(this, other) : compareSingleWords(other);
    }

    /** Both only with {@code *}: a concrete word beats {@code *}, from the left; then the shorter. */
    private int compareSingleWords(AddressPattern other) {
        int p = 0;
        int q = 0;
        while (p <= text.length() && q <= other.text.length()) {
            int pEnd = wordEnd(text, p);
            int qEnd = wordEnd(other.text, q);
            boolean mine = isWord(p, pEnd, syntax.singleWord());
            boolean theirs = other.isWord(q, qEnd, syntax.singleWord());
            if (mine != theirs) {
                return mine ? 1 : -1;
            }
            p = pEnd + 1;
            q = qEnd + 1;
        }
        int byLength = Integer.compare(text.length(), other.text.length());
        return byLength != 0 ? byLength : text.compareTo(other.text);
    }

    @Override public boolean equals(Object other) {
        return other instanceof AddressPattern && text.equals(((AddressPattern) other).text)
            && wild == ((AddressPattern) other).wild && syntax.equals(((AddressPattern) other).syntax);
    }

    @Override public int hashCode() {
        return text.hashCode();
    }

    @Override public String toString() {
        return text;
    }
}
