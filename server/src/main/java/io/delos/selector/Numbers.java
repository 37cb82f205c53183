package io.delos.selector;

import java.math.BigInteger;

/** Number literals. */
final class Numbers {
    private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);

    private Numbers() {
    }

    /**
     * The value of a number as written: an {@code Integer} when it fits, else a {@code Long}, else (decimal only) a {@code BigInteger};
     * a {@code Double} with a point or exponent. A trailing {@code L} changes nothing.
     *
     * @throws NumberFormatException when a hexadecimal or octal number is too large or has a digit 8 or 9
     */
    static Number parse(String text) {
        if (text.startsWith("0x") || text.startsWith("0X")) {
            return narrowed(Long.parseLong(text.substring(2), 16));
        }
        if (text.indexOf('.') >= 0 || text.indexOf('e') >= 0 || text.indexOf('E') >= 0) {
            return Double.valueOf(text);
        }
        if (text.length() > 1 && text.charAt(0) == '0') {
            return narrowed(Long.parseLong(text, 8));
        }
        boolean suffix = text.endsWith("L") || text.endsWith("l");
        String digits = suffix ? text.substring(0, text.length() - 1) : text;
        if (digits.length() < 19) {
            return narrowed(Long.parseLong(digits));
        }
        BigInteger number = new BigInteger(digits);
        return number.compareTo(LARGEST) > 0 ? number : narrowed(number.longValue());
    }

    private static Number narrowed(long number) {
        return number == (int) number ? (Number) (int) number : (Number) number;
    }
}
