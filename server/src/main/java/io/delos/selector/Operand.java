package io.delos.selector;

/** Anything with a value. The value null is SQL's NULL: a missing property, or what was computed from one. */
sealed interface Operand permits Operand.Literal, Operand.Property, Arithmetic, Minus, Condition {
    Object value(PropertyLookup properties);

    /** A constant: a string, a Boolean, a number, or null for NULL. Too large a number is a {@code BigInteger}. */
    record Literal(Object constant) implements Operand {
        @Override public Object value(PropertyLookup properties) {
            return constant;
        }
    }

    /** The value of a property. */
    record Property(String name) implements Operand {
        @Override public Object value(PropertyLookup properties) {
            return properties.get(name);
        }
    }
}
