package io.delos.selector;

import java.util.Set;

/** {@code property IN ('a', 'b')}. Unknown unless the property is a string. */
record In(Operand property, Set<String> choices, boolean negated) implements Condition {
    @Override public Truth test(PropertyLookup properties) {
        Object value = property.value(properties);
        if (!(value instanceof String)) {
            return Truth.UNKNOWN;
        }
        return Truth.of(choices.contains(value) != negated);
    }
}
