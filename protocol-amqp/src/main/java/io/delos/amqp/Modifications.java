package io.delos.amqp;

import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedByte;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.apache.qpid.proton.amqp.UnsignedShort;

/**
 * The annotations with which a client modifies a message that it gives back (AMQP 1.0 part 3 §3.4.5), as properties. Simple values are kept, up to
 * a KiB of them for one message: symbols as strings, unsigned numbers and timestamps as signed ones. Stateless.
 */
final class Modifications {

    private static final Logger LOG = LogManager.getLogger(Modifications.class);
    private static final int MOST = 1024;
    private static final int SCALAR = 8;

    private Modifications() { }

    static Map<String, Object> of(Map<?, ?> annotations) {
        Map<String, Object> notes = new LinkedHashMap<>();
        int size = 0;
        for (Map.Entry<?, ?> annotation : annotations.entrySet()) {
            Optional<Object> value = plain(annotation.getValue());
            if (value.isEmpty() || !(annotation.getKey() instanceof Symbol || annotation.getKey() instanceof String)) {
                continue;
            }
            String name = annotation.getKey().toString();
            size += name.length() + sizeOf(value.get());
            if (size > MOST) {
                LOG.warn("A client modifies a message with annotations of more than {} bytes: those from {} on are not kept", MOST, name);
                break;
            }
            notes.put(Marks.ANNOTATION + name, value.get());
        }
        return notes;
    }

    private static int sizeOf(Object value) {
        return value instanceof String ? ((String) value).getBytes(StandardCharsets.UTF_8).length
                : value instanceof byte[] ? ((byte[]) value).length : SCALAR;
    }

    private static Optional<Object> plain(Object value) {
        if (value instanceof Symbol) {
            return Optional.of(value.toString());
        } else if (value instanceof UnsignedByte) {
            return Optional.of(((UnsignedByte) value).shortValue());
        } else if (value instanceof UnsignedShort) {
            return Optional.of(((UnsignedShort) value).intValue());
        } else if (value instanceof UnsignedInteger || value instanceof UnsignedLong) {
            return Optional.of(((Number) value).longValue());
        } else if (value instanceof Date) {
            return Optional.of(((Date) value).getTime());
        } else if (value instanceof Binary) {
            Binary binary = (Binary) value;
            byte[] bytes = new byte[binary.getLength()];
            System.arraycopy(binary.getArray(), binary.getArrayOffset(), bytes, 0, bytes.length);
            return Optional.of(bytes);
        }
        boolean plain = value instanceof String || value instanceof Boolean || value instanceof Byte || value instanceof Short
                || value instanceof Integer || value instanceof Long || value instanceof Float || value instanceof Double;
        return plain ? Optional.of(value) : Optional.empty();
    }
}
