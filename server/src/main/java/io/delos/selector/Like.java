package io.delos.selector;

/**
 * {@code LIKE 'a%b_' ESCAPE '!'}: {@code %} is any run of characters, {@code _} exactly one. False, not unknown, for what isn't a string.
 * Matching goes forward and returns at most to the last {@code %}, so its cost is bounded by the product of the two lengths.
 */
final class Like implements Condition {
    private static final int ANY = -1;
    private static final int ONE = -2;

    private final Operand operand;
    private final int[] pattern;
    private final boolean negated;

    private Like(Operand operand, int[] pattern, boolean negated) {
        this.operand = operand;
        this.pattern = pattern;
        this.negated = negated;
    }

    static Like of(Operand operand, String pattern, boolean negated) {
        return new Like(operand, compiled(pattern, ONE), negated);
    }

    /** The escape character takes the meaning from {@code %}, {@code _} and itself; before anything else it stands for itself. */
    static Like of(Operand operand, String pattern, char escape, boolean negated) {
        return new Like(operand, compiled(pattern, escape), negated);
    }

    private static int[] compiled(String pattern, int escape) {
        int[] compiled = new int[pattern.length()];
        int length = 0;
        for (int i = 0; i < pattern.length(); ) {
            int c = pattern.codePointAt(i);
            int after = i + Character.charCount(c);
            int next = after < pattern.length() ? pattern.codePointAt(after) : ANY;
            if (c == escape && (next == '%' || next == '_' || next == escape)) {
                compiled[length++] = next;
                after += Character.charCount(next);
            } else if (c == '%') {
                if (length == 0 || compiled[length - 1] != ANY) {
                    compiled[length++] = ANY;
                }
            } else {
                compiled[length++] = c == '_' ? ONE : c;
            }
            i = after;
        }
        return java.util.Arrays.copyOf(compiled, length);
    }

    @Override public Truth test(PropertyLookup properties) {
        Object value = operand.value(properties);
        if (value == null) {
            return Truth.UNKNOWN;
        }
        boolean like = value instanceof String && matches((String) value);
        return Truth.of(like != negated);
    }

    private boolean matches(String text) {
        int p = 0;
        int t = 0;
        int retryPattern = -1;
        int retryText = 0;
        while (t < text.length()) {
            int c = text.codePointAt(t);
            if (p < pattern.length && pattern[p] == ANY) {
                retryPattern = ++p;
                retryText = t;
                if (p == pattern.length) {
                    return true;
                }
            } else if (p < pattern.length && (pattern[p] == ONE || pattern[p] == c)) {
                p++;
                t += Character.charCount(c);
            } else if (retryPattern >= 0) {
                p = retryPattern;
                retryText += Character.charCount(text.codePointAt(retryText));
                t = retryText;
            } else {
                return false;
            }
        }
        return p == pattern.length || p == pattern.length - 1 && pattern[p] == ANY;
    }
}
