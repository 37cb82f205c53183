package io.delos.selector;

/**
 * {@code =} and {@code <>}. Two missing values are equal; a missing left side is unknown, a missing right side is not equal: that is how
 * Artemis answers.
 */
record Equality(Operand left, Operand right, boolean negated, boolean convert) implements Condition {
    @Override public Truth test(PropertyLookup properties) {
        Object l = left.value(properties);
        Object r = right.value(properties);
        if (l == null && r != null) {
            return Truth.UNKNOWN;
        }
        boolean equal = l == r || r != null && Values.equal(l, r, convert);
        return Truth.of(equal != negated);
    }
}
