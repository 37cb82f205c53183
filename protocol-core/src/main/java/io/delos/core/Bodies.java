package io.delos.core;

import io.delos.message.Content;
import io.delos.message.Readable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Bodies by the kind of their message (section 7.7). Stateless. */
final class Bodies {
    /** A compressed body that would need more than this is not translated. */
    private static final int INFLATED_LIMIT = 100 * 1024 * 1024;

    private Bodies() {
    }

    static Content read(byte kind, ByteBuf body) throws MalformedPacketException {
        if (!body.isReadable()) {
            return kind == CoreMessage.BYTES_KIND ? new Content.Bytes(new byte[0]) : new Content.Empty();
        }
        return switch (kind) {
            case CoreMessage.TEXT_KIND -> Wire.readOptionalText(body).<Content>map(Content.Text::new).orElseGet(Content.Empty::new);
            case CoreMessage.BYTES_KIND -> new Content.Bytes(Wire.take(body, body.readableBytes()));
            case CoreMessage.MAP_KIND -> new Content.Mapping(TypedProperties.read(body));
            case CoreMessage.STREAM_KIND -> new Content.Sequence(readStream(body));
            case CoreMessage.OBJECT_KIND -> new Content.Serialized(Wire.readBytes(body));
            default -> text(body).<Content>map(Content.Text::new).orElseGet(Content.Empty::new);
        };
    }

    /** Management's requests are of no kind, and written like texts. */
    private static Optional<String> text(ByteBuf body) {
        try {
            Optional<String> text = Wire.readOptionalText(body);
            return body.isReadable() ? Optional.empty() : text;
        } catch (MalformedPacketException | IndexOutOfBoundsException other) {
            return Optional.empty();
        }
    }

    static byte kind(Content content) {
        if (content instanceof Content.Text) {
            return CoreMessage.TEXT_KIND;
        } else if (content instanceof Content.Bytes) {
            return CoreMessage.BYTES_KIND;
        } else if (content instanceof Content.Mapping) {
            return CoreMessage.MAP_KIND;
        } else if (content instanceof Content.Sequence) {
            return CoreMessage.STREAM_KIND;
        }
        return content instanceof Content.Serialized ? CoreMessage.OBJECT_KIND : CoreMessage.DEFAULT_KIND;
    }

    static ByteBuf write(Content content) {
        ByteBuf out = Unpooled.buffer();
        if (content instanceof Content.Text text) {
            Wire.writeOptionalText(out, Optional.of(text.text()));
        } else if (content instanceof Content.Bytes bytes) {
            return Unpooled.wrappedBuffer(bytes.bytes());
        } else if (content instanceof Content.Mapping mapping) {
            TypedProperties.write(out, storable(mapping.entries()));
        } else if (content instanceof Content.Sequence sequence) {
            sequence.values().forEach(value -> writeStreamValue(out, storable(value)));
        } else if (content instanceof Content.Serialized object) {
            Wire.writeBytes(out, object.bytes());
        }
        return out;
    }

    /** What typed properties can hold of a value: itself or, failing that, its text; that of maps and lists is JSON. */
    static Object storable(Object value) {
        boolean fits = value == null || value instanceof String || value instanceof Number n && fits(n) || value instanceof Boolean
                || value instanceof Character || value instanceof byte[];
        return fits ? value : value instanceof Map || value instanceof List ? Readable.json(value) : value.toString();
    }

    static Map<String, Object> storable(Map<String, Object> values) {
        Map<String, Object> storable = new LinkedHashMap<>();
        values.forEach((name, value) -> storable.put(name, storable(value)));
        return storable;
    }

    private static boolean fits(Number number) {
        return number instanceof Integer || number instanceof Long || number instanceof Double || number instanceof Float
                || number instanceof Short || number instanceof Byte;
    }

    /** Streams write strings in another form than properties do; the rest is the same. */
    private static List<Object> readStream(ByteBuf body) throws MalformedPacketException {
        List<Object> values = new ArrayList<>();
        while (body.isReadable()) {
            if (body.getByte(body.readerIndex()) == TypedProperties.STRING) {
                body.skipBytes(1);
                values.add(Wire.readOptionalString(body).orElse(null));
            } else {
                values.add(TypedProperties.readValue(body));
            }
        }
        return values;
    }

    private static void writeStreamValue(ByteBuf out, Object value) {
        if (value instanceof String text) {
            Wire.writeOptionalString(out.writeByte(TypedProperties.STRING), Optional.of(text));
        } else {
            TypedProperties.writeValue(out, value);
        }
    }

    /** A body that its sender compressed. Only translation needs this: CORE consumers inflate for themselves. */
    static ByteBuf inflate(ByteBuf body) throws MalformedPacketException {
        Inflater inflater = new Inflater();
        ByteBuf out = Unpooled.buffer(body.readableBytes() * 2, INFLATED_LIMIT);
        try {
            inflater.setInput(Wire.take(body, body.readableBytes()));
            byte[] piece = new byte[8192];
            while (!inflater.finished()) {
                int length = inflater.inflate(piece);
                if (length == 0 || out.readableBytes() + length > INFLATED_LIMIT) {
                    throw new MalformedPacketException("a compressed body that ends early or exceeds " + INFLATED_LIMIT + " bytes");
                }
                out.writeBytes(piece, 0, length);
            }
            return out;
        } catch (DataFormatException e) {
            throw new MalformedPacketException("a compressed body that is none: " + e.getMessage());
        } finally {
            inflater.end();
        }
    }
}
