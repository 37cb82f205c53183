package io.delos.dist;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Decimal64;
import org.apache.qpid.proton.amqp.Symbol;

/** Values in words that are the same whatever protocol they came with. */
final class Form {

    /** No body. */
    static final Object NOTHING = new Object();

    private static final Map<String, String> TYPES = Map.of("Integer", "int", "Character", "char", "UnsignedByte", "ubyte", "UnsignedShort", "ushort",
            "UnsignedInteger", "uint", "UnsignedLong", "ulong", "Short", "short");

    private Form() {
    }

    static String of(Object value) {
        if (value instanceof String text) {
            return '"' + text + '"';
        } else if (value instanceof byte[] bytes) {
            return "bytes " + HexFormat.of().formatHex(bytes);
        } else if (value instanceof Binary binary) {
            return of(binary.getArray().length == binary.getLength() ? binary.getArray()
                    : Arrays.copyOfRange(binary.getArray(), binary.getArrayOffset(), binary.getArrayOffset() + binary.getLength()));
        } else if (value instanceof Map<?, ?> map) {
            TreeMap<String, String> sorted = new TreeMap<>();
            map.forEach((key, each) -> sorted.put(key.toString(), of(each)));
            return "{" + sorted.entrySet().stream().map(each -> each.getKey() + ": " + each.getValue()).collect(Collectors.joining(", ")) + "}";
        } else if (value instanceof List<?> list) {
            return list.stream().map(Form::of).collect(Collectors.joining(", ", "[", "]"));
        } else if (value instanceof Symbol || value instanceof Date || value instanceof UUID) {
            return value.getClass().getSimpleName().toLowerCase() + " " + (value instanceof Date date ? date.getTime() : value);
        }
        return value == null || value instanceof Boolean ? String.valueOf(value) : number(value);
    }

    private static String number(Object value) {
        if (value instanceof Decimal64 decimal) {
            BigDecimal digits = BigDecimal.valueOf(decimal.getBits() & (1L << 53) - 1);
            return "decimal64 " + digits.scaleByPowerOfTen((int) (decimal.getBits() >>> 53 & 0x3ff) - 398).toPlainString();
        }
        String name = value.getClass().getSimpleName();
        return TYPES.getOrDefault(name, name.toLowerCase()) + " " + value;
    }

    /** A body, with the kind of message it is. */
    static String body(Object body) {
        if (body == NOTHING) {
            return "nothing";
        }
        return (body instanceof String ? "text " : body instanceof Map ? "map " : body instanceof List ? "list " : "") + of(body);
    }

    /** A moment in the past: this one, about, or a certain one. */
    static String moment(long millis) {
        return millis == 0 ? "none" : Math.abs(System.currentTimeMillis() - millis) < 3_600_000 ? "now" : Long.toString(millis);
    }

    /** A moment to come. */
    static String expiry(long millis) {
        return millis == 0 ? "never" : "in " + Math.round((millis - System.currentTimeMillis()) / 60_000.0) + " min";
    }

    /** Bytes that may be text. */
    static String readable(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.codePoints().anyMatch(c -> c == 0xFFFD || Character.isISOControl(c)) ? of(bytes) : of(text);
    }
}
