package io.delos.config;

/** Numbers of bytes as people write them: {@code 512}, {@code 10K}, {@code 5 MiB}, {@code 1GB}. All suffixes are binary, in any case. */
public final class Sizes {
    private static final int LONGEST = 40;

    private Sizes() {
    }

    /** @throws NumberFormatException when the text is no size, or one beyond a {@code long} */
    public static long parse(String text) {
        String written = text.trim();
        if (written.length() > LONGEST) {
            throw new NumberFormatException("too long");
        }
        int digits = 0;
        while (digits < written.length() && (isDigit(written.charAt(digits)) || digits == 0 && written.charAt(0) == '-')) {
            digits++;
        }
        long number = Long.parseLong(written.substring(0, digits));
        String suffix = written.substring(digits).trim();
        if (number < 0 && !suffix.isEmpty()) {
            throw new NumberFormatException("a negative number takes no unit");
        }
        try {
            return Math.multiplyExact(number, factor(suffix));
        } catch (ArithmeticException tooLarge) {
            throw new NumberFormatException("too large");
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static long factor(String suffix) {
        switch (suffix.toLowerCase(java.util.Locale.ROOT)) {
            case "": case "b":
                return 1;
            case "k": case "kb": case "ki": case "kib":
                return 1L << 10;
            case "m": case "mb": case "mi": case "mib":
                return 1L << 20;
            case "g": case "gb": case "gi": case "gib":
                return 1L << 30;
            default:
                throw new NumberFormatException("unknown unit " + suffix);
        }
    }
}
