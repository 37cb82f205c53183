package io.delos.selector;

import java.util.Optional;

/** {@code <}, {@code <=}, {@code >} and {@code >=}. Unknown when a side is missing, false when the two have no order. */
record Order(Operand left, Operand right, Relation relation, boolean convert) implements Condition {

    /** Which results of a comparison are wanted. */
    enum Relation {
        LESS, AT_MOST, GREATER, AT_LEAST;

        boolean accepts(int comparison) {
            switch (this) {
                case LESS: return comparison < 0;
                case AT_MOST: return comparison <= 0;
                case GREATER: return comparison > 0;
                default: return comparison >= 0;
            }
        }
    }

    @Override public Truth test(PropertyLookup properties) {
        Object l = left.value(properties);
        if (l == null) {
            return Truth.UNKNOWN;
        }
        Object r = right.value(properties);
        if (r == null) {
            return Truth.UNKNOWN;
        }
        if (Values.comparable(l, r)) {
            return Truth.of(relation.accepts(Values.compare(l, r)));
        }
        return convert ? converted(l, r) : Truth.FALSE;
    }

    private Truth converted(Object l, Object r) {
        if (l instanceof String) {
            Optional<Object> left = Values.converted((String) l, r);
            return Truth.of(left.isPresent() && relation.accepts(Values.compare(left.get(), r)));
        }
        if (r instanceof String) {
            Optional<Object> right = Values.converted((String) r, l);
            return Truth.of(right.isPresent() && relation.accepts(Values.compare(l, right.get())));
        }
        return Truth.FALSE;
    }
}
