package io.delos.selector;

import java.math.BigInteger;

/** The sign. What is no number becomes NULL; bytes and shorts can't be negated. */
final class Minus implements Operand {
    private static final BigInteger BEYOND_LONG = BigInteger.ONE.shiftLeft(63);

    private final Operand operand;
    private final Object constant;

    private Minus(Operand operand, Object constant) {
        this.operand = operand;
        this.constant = constant;
    }

    static Minus of(Operand operand) {
        Object constant = operand instanceof Literal ? negated(operand.value(name -> null)) : null;
        return new Minus(operand, constant);
    }

    @Override public Object value(PropertyLookup properties) {
        return constant != null ? constant : negated(operand.value(properties));
    }

    private static Object negated(Object value) {
        if (value instanceof Integer) {
            return -(Integer) value;
        }
        if (value instanceof Long) {
            return -(Long) value;
        }
        if (value instanceof Double) {
            return -(Double) value;
        }
        if (value instanceof Float) {
            return -(Float) value;
        }
        if (value instanceof BigInteger) {
            return value.equals(BEYOND_LONG) ? (Object) Long.MIN_VALUE : ((BigInteger) value).negate();
        }
        if (value instanceof Number) {
            throw NotComputable.instance();
        }
        return null;
    }
}
