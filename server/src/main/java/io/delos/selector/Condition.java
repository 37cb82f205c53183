package io.delos.selector;

/** Anything that is true, false or unknown. */
sealed interface Condition extends Operand permits Logic, Equality, Order, Like, In {
    Truth test(PropertyLookup properties);

    /**
     * Whether it is true. Where only that is asked, AND stops at the first part that isn't true, not only at a false one: what comes after
     * it can't fail the selector.
     */
    default boolean holds(PropertyLookup properties) {
        return test(properties) == Truth.TRUE;
    }

    @Override default Object value(PropertyLookup properties) {
        Truth truth = test(properties);
        return truth == Truth.UNKNOWN ? null : Boolean.valueOf(truth == Truth.TRUE);
    }
}
