package io.delos.mqtt;

import io.delos.message.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Properties the broker added to a stored message, such as where it was before it was dead-lettered. Each is a name (2 bytes length,
 * UTF-8), a tag and a value. Values are the boxed primitives, String and byte[]; others are kept as their text. Immutable.
 */
record Notes(Map<String, Object> entries) {

    static final Notes NONE = new Notes(Map.of());

    /** These and the added ones, which win. */
    Notes and(Map<String, Object> added) {
        Map<String, Object> all = new LinkedHashMap<>(entries);
        all.putAll(added);
        return new Notes(all);
    }

    byte[] write() {
        ByteBuf out = Unpooled.buffer(64);
        entries.forEach((name, value) -> {
            if (value != null) {
                byte[] encoded = name.getBytes(StandardCharsets.UTF_8);
                out.writeShort(encoded.length).writeBytes(encoded);
                writeValue(out, value);
            }
        });
        byte[] written = new byte[out.readableBytes()];
        out.readBytes(written);
        return written;
    }

    private static void writeValue(ByteBuf out, Object value) {
        if (value instanceof Boolean flag) {
            out.writeByte('z').writeBoolean(flag);
        } else if (value instanceof Byte number) {
            out.writeByte('b').writeByte(number);
        } else if (value instanceof Short number) {
            out.writeByte('s').writeShort(number);
        } else if (value instanceof Integer number) {
            out.writeByte('i').writeInt(number);
        } else if (value instanceof Long number) {
            out.writeByte('l').writeLong(number);
        } else if (value instanceof Float number) {
            out.writeByte('f').writeFloat(number);
        } else if (value instanceof Double number) {
            out.writeByte('d').writeDouble(number);
        } else {
            boolean binary = value instanceof byte[];
            byte[] bytes = binary ? (byte[]) value : value.toString().getBytes(StandardCharsets.UTF_8);
            out.writeByte(binary ? 'x' : 't').writeInt(bytes.length).writeBytes(bytes);
        }
    }

    static Notes read(byte[] bytes, int offset, int length) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes, offset, length);
        Map<String, Object> entries = new LinkedHashMap<>();
        try {
            while (in.isReadable()) {
                String name = text(in, in.readUnsignedShort());
                entries.put(name, readValue(in));
            }
        } catch (IndexOutOfBoundsException early) {
            throw new MalformedMessageException("the notes of a stored MQTT message end early", early);
        }
        return new Notes(entries);
    }

    private static Object readValue(ByteBuf in) {
        byte tag = in.readByte();
        return switch (tag) {
            case 'z' -> in.readBoolean();
            case 'b' -> in.readByte();
            case 's' -> in.readShort();
            case 'i' -> in.readInt();
            case 'l' -> in.readLong();
            case 'f' -> in.readFloat();
            case 'd' -> in.readDouble();
            case 't' -> text(in, in.readInt());
            case 'x' -> bytes(in, in.readInt());
            default -> throw new MalformedMessageException("a stored MQTT message has a note of kind " + tag);
        };
    }

    private static String text(ByteBuf in, int length) {
        return new String(bytes(in, length), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(ByteBuf in, int length) {
        if (length < 0 || length > in.readableBytes()) {
            throw new MalformedMessageException("a note of a stored MQTT message claims " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }
}
