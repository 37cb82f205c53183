package io.delos.cli;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.zip.Deflater;

/**
 * How often which microseconds were measured, to two digits: 256 places for the smallest values, and 128 for each further power of two, which is
 * how HdrHistogram counts too. Any thread may add.
 */
final class Latencies {

    private static final int SUB = 256;
    private static final int HALF = SUB / 2;
    private static final int BUCKETS = 30;
    private static final int PLAIN_COOKIE = 0x1c849303 | 0x10;
    private static final int COMPRESSED_COOKIE = 0x1c849304 | 0x10;
    private static final int DIGITS = 2;

    private final AtomicLongArray counts = new AtomicLongArray((BUCKETS + 1) * HALF);
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong sum = new AtomicLong();

    void add(long micros) {
        long value = Math.max(0, micros);
        counts.incrementAndGet(place(value));
        count.incrementAndGet();
        sum.addAndGet(value);
    }

    private static int place(long value) {
        int bucket = Math.max(0, 64 - Long.numberOfLeadingZeros(value | SUB - 1) - 8);
        int at = bucket * HALF + (int) (value >>> bucket);
        return Math.min(at, (BUCKETS + 1) * HALF - 1);
    }

    /** The greatest value that is counted in the same place. */
    private static long highest(int place) {
        int bucket = Math.max(0, place / HALF - 1);
        long sub = place - (long) bucket * HALF;
        return (sub + 1 << bucket) - 1;
    }

    /** Moves everything counted into another, and counts from 0 again. */
    void drainTo(Latencies other) {
        for (int i = 0; i < counts.length(); i++) {
            other.counts.addAndGet(i, counts.getAndSet(i, 0));
        }
        other.count.addAndGet(count.getAndSet(0));
        other.sum.addAndGet(sum.getAndSet(0));
    }

    long count() {
        return count.get();
    }

    double mean() {
        return count.get() == 0 ? 0 : (double) sum.get() / count.get();
    }

    /** The value that so many percent do not exceed. */
    long percentile(double percent) {
        long wanted = Math.max(1, Math.round(Math.ceil(count.get() * percent / 100)));
        long seen = 0;
        for (int i = 0; i < counts.length(); i++) {
            seen += counts.get(i);
            if (seen >= wanted) {
                return highest(i);
            }
        }
        return 0;
    }

    long max() {
        return percentile(100);
    }

    /** As a JSON report shows it. */
    Map<String, Object> report() {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("mean", String.format(java.util.Locale.ROOT, "%.2f", mean()));
        shown.put("50", percentile(50));
        shown.put("90", percentile(90));
        shown.put("99", percentile(99));
        shown.put("99.9", percentile(99.9));
        shown.put("99.99", percentile(99.99));
        shown.put("max", max());
        shown.put("count", count());
        return shown;
    }

    /** In the compressed form of HdrHistogram's logs (its version 2). */
    byte[] compressed() {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        int last = counts.length() - 1;
        while (last >= 0 && counts.get(last) == 0) {
            last--;
        }
        long zeros = 0;
        for (int i = 0; i <= last; i++) {
            if (counts.get(i) == 0) {
                zeros++;
                continue;
            }
            if (zeros > 0) {
                zigzag(-zeros, payload);
                zeros = 0;
            }
            zigzag(counts.get(i), payload);
        }
        byte[] body = payload.toByteArray();
        ByteBuffer plain = ByteBuffer.allocate(40 + body.length).putInt(PLAIN_COOKIE).putInt(body.length).putInt(0).putInt(DIGITS).putLong(1)
                .putLong(highest(counts.length() - 1)).putDouble(1).put(body);
        byte[] packed = deflated(plain.array());
        return ByteBuffer.allocate(8 + packed.length).putInt(COMPRESSED_COOKIE).putInt(packed.length).put(packed).array();
    }

    private static void zigzag(long value, ByteArrayOutputStream out) {
        long left = value << 1 ^ value >> 63;
        while ((left & ~0x7fL) != 0) {
            out.write((int) (left & 0x7f | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    private static byte[] deflated(byte[] bytes) {
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] piece = new byte[4096];
            while (!deflater.finished()) {
                out.write(piece, 0, deflater.deflate(piece));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }
}
