package io.delos.selector;

/**
 * {@code + - * / %}. Division and remainder are computed as doubles; the rest as int, long or double, whichever both sides need, wrapping
 * around like Java's. {@code +} after a string appends. NULL with anything is NULL.
 */
record Arithmetic(Operand left, Operand right, char operator, boolean convert) implements Operand {

    @Override public Object value(PropertyLookup properties) {
        Object l = left.value(properties);
        if (l == null) {
            return null;
        }
        Object r = right.value(properties);
        if (r == null) {
            return null;
        }
        if (operator == '+' && l instanceof String) {
            return (String) l + r;
        }
        Number a = number(l);
        Number b = number(r);
        if (operator == '/') {
            return a.doubleValue() / b.doubleValue();
        }
        if (operator == '%') {
            return a.doubleValue() % b.doubleValue();
        }
        if (isReal(a) || isReal(b)) {
            return computed(a.doubleValue(), b.doubleValue());
        }
        return a instanceof Long || b instanceof Long
            ? (Object) computed(a.longValue(), b.longValue()) : computed(a.intValue(), b.intValue());
    }

    private static boolean isReal(Number number) {
        return number instanceof Double || number instanceof Float;
    }

    private Number number(Object value) {
        if (value instanceof Number) {
            return (Number) value;
        }
        if (!convert || !(value instanceof String)) {
            throw NotComputable.instance();
        }
        String text = (String) value;
        try {
            return text.indexOf('.') >= 0 ? (Number) Double.valueOf(text) : (Number) Long.valueOf(text);
        } catch (NumberFormatException noNumber) {
            throw NotComputable.instance();
        }
    }

    private Integer computed(int a, int b) {
        switch (operator) {
            case '+': return a + b;
            case '-': return a - b;
            default: return a * b;
        }
    }

    private Long computed(long a, long b) {
        switch (operator) {
            case '+': return a + b;
            case '-': return a - b;
            default: return a * b;
        }
    }

    private Double computed(double a, double b) {
        switch (operator) {
            case '+': return a + b;
            case '-': return a - b;
            default: return a * b;
        }
    }
}
