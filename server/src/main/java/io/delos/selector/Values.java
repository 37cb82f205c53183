package io.delos.selector;

import java.math.BigInteger;
import java.util.Optional;

/** How values compare (address model 9.2). Numbers of different types meet in the wider one; anything else must be of one type. */
final class Values {
    private Values() {
    }

    /** Whether two values, neither NULL, are equal. */
    static boolean equal(Object left, Object right, boolean convert) {
        if (left instanceof String && right instanceof String) {
            return left.equals(right);
        }
        if (left instanceof Number && right instanceof Number) {
            return comparable((Number) left, (Number) right) && compareNumbers((Number) left, (Number) right) == 0;
        }
        if (convert && left instanceof String) {
            Optional<Object> converted = converted((String) left, right);
            return converted.isPresent() && converted.get().equals(right);
        }
        if (convert && right instanceof String) {
            Optional<Object> converted = converted((String) right, left);
            return converted.isPresent() && converted.get().equals(left);
        }
        return left.equals(right);
    }

    /** Whether two values, neither NULL, can be put in order. */
    static boolean comparable(Object left, Object right) {
        if (left instanceof Number && right instanceof Number) {
            return left instanceof BigInteger == right instanceof BigInteger && !isTooNarrow(left, right);
        }
        return left.getClass() == right.getClass() && left instanceof Comparable;
    }

    /** Artemis never widens a byte or short on the right: {@code 7 = b} is false where {@code b = 7} is true. Selectors rely on less. */
    private static boolean isTooNarrow(Object left, Object right) {
        return right instanceof Byte && !(left instanceof Byte)
            || right instanceof Short && !(left instanceof Short || left instanceof Byte);
    }

    /** The order of two {@link #comparable} values. */
    @SuppressWarnings("unchecked")
    static int compare(Object left, Object right) {
        if (left instanceof Number) {
            return compareNumbers((Number) left, (Number) right);
        }
        return ((Comparable<Object>) left).compareTo(right);
    }

    private static int compareNumbers(Number left, Number right) {
        if (left instanceof Double || right instanceof Double) {
            return Double.compare(left.doubleValue(), right.doubleValue());
        }
        if (left instanceof Float || right instanceof Float) {
            return Float.compare(left.floatValue(), right.floatValue());
        }
        if (left instanceof BigInteger) {
            return ((BigInteger) left).compareTo((BigInteger) right);
        }
        return Long.compare(left.longValue(), right.longValue());
    }

    /** The text as a value of the other's type; empty when it isn't one. */
    static Optional<Object> converted(String text, Object like) {
        try {
            if (like instanceof Integer) {
                return Optional.of(Integer.valueOf(text));
            }
            if (like instanceof Long) {
                return Optional.of(Long.valueOf(text));
            }
            if (like instanceof Double) {
                return Optional.of(Double.valueOf(text));
            }
            if (like instanceof Boolean) {
                return Optional.of(Boolean.valueOf(text));
            }
            if (like instanceof Float) {
                return Optional.of(Float.valueOf(text));
            }
            if (like instanceof Short) {
                return Optional.of(Short.valueOf(text));
            }
            return like instanceof Byte ? Optional.of(Byte.valueOf(text)) : Optional.empty();
        } catch (NumberFormatException noNumber) {
            return Optional.empty();
        }
    }
}
