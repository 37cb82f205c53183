package io.delos.selector;

/**
 * A filter, parsed. Immutable; any thread. Logic is three-valued: a comparison with a missing property is unknown, and what is unknown
 * in the end doesn't match. Arithmetic on what is no number makes the whole selector not match.
 */
public final class Selector {
    private static final int LONGEST = 1 << 20;
    private static final Selector ALL = new Selector("", new Logic.Constant(Truth.TRUE));

    private final String text;
    private final Condition condition;

    private Selector(String text, Condition condition) {
        this.text = text;
        this.condition = condition;
    }

    /**
     * Parses a selector; the empty text accepts everything.
     *
     * @throws InvalidSelectorException when the text isn't a selector, or is longer or nested more deeply than anybody needs
     */
    public static Selector parse(String text) {
        if (text.isEmpty()) {
            return ALL;
        }
        if (text.length() > LONGEST) {
            throw new InvalidSelectorException(text, "longer than " + LONGEST + " characters");
        }
        return new Selector(text.trim(), Parser.parse(text));
    }

    /** Whether the properties pass the filter. */
    public boolean matches(PropertyLookup properties) {
        try {
            return condition.holds(properties);
        } catch (NotComputable noNumber) {
            return false;
        }
    }

    /** Whether everything passes: there was no filter. */
    public boolean acceptsAll() {
        return text.isEmpty();
    }

    @Override public boolean equals(Object other) {
        return other instanceof Selector && text.equals(((Selector) other).text);
    }

    @Override public int hashCode() {
        return text.hashCode();
    }

    /** The text it was parsed from, trimmed. */
    @Override public String toString() {
        return text;
    }
}
