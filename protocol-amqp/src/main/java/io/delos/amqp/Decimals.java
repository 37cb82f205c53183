package io.delos.amqp;

import java.math.BigDecimal;
import java.math.BigInteger;

/** Decimal numbers as AMQP writes them: IEEE 754-2008, binary integer significand, in 4, 8 or 16 bytes. */
final class Decimals {

    private Decimals() { }

    /** The nearest double. */
    static double toDouble(byte[] encoded) {
        int bits = encoded.length * 8;
        BigInteger all = new BigInteger(1, encoded);
        boolean negative = all.testBit(bits - 1);
        int exponentBits = bits == 32 ? 8 : bits == 64 ? 10 : 14;
        int top = all.shiftRight(bits - 6).intValue() & 0x1f;
        if (top == 0x1f) {
            return Double.NaN;
        }
        if (top == 0x1e) {
            return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        // when the exponent would begin with 11 it stands two bits further right, and the significand has an unwritten 100 in front
        boolean shifted = top >>> 3 == 3;
        int significandBits = bits - 1 - exponentBits - (shifted ? 2 : 0);
        int exponent = all.shiftRight(significandBits).intValue() & (1 << exponentBits) - 1;
        BigInteger significand = all.and(BigInteger.ONE.shiftLeft(significandBits).subtract(BigInteger.ONE));
        if (shifted) {
            significand = significand.or(BigInteger.valueOf(4).shiftLeft(significandBits));
        }
        int digits = bits == 32 ? 7 : bits == 64 ? 16 : 34;
        int bias = (3 << exponentBits - 3) + digits - 2;
        if (significand.compareTo(BigInteger.TEN.pow(digits)) >= 0) {
            significand = BigInteger.ZERO;
        }
        double magnitude = new BigDecimal(significand, bias - exponent).doubleValue();
        return negative ? -magnitude : magnitude;
    }
}
