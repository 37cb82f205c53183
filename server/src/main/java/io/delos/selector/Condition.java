package io.delos.selector;

/** Anything that is true, false or unknown. */
sealed interface Condition extends Operand permits Logic, Equality, Order, Like, In {
    Truth test(PropertyLookup properties);

    @Override default Object value(PropertyLookup properties) {
        Truth truth = test(properties);
        return truth == Truth.UNKNOWN ? null : Boolean.valueOf(truth == Truth.TRUE);
    }
}
