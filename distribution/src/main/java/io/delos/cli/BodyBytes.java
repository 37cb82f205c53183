package io.delos.cli;

import io.delos.message.Content;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A message body as the bytes that message files hold: the body buffer of a CORE message.
 *
 * <p>Inside a map strings are UTF-16LE behind their length in bytes; inside a stream they are short, modified UTF-8 or
 * UTF-16LE by their length in characters.
 */
final class BodyBytes {

    private static final int SHORT_STRING = 9;
    private static final int LONG_STRING = 4095;

    private static final int NULL = 0;
    private static final int BOOLEAN = 2;
    private static final int BYTE = 3;
    private static final int BYTES = 4;
    private static final int SHORT = 5;
    private static final int INT = 6;
    private static final int LONG = 7;
    private static final int FLOAT = 8;
    private static final int DOUBLE = 9;
    private static final int STRING = 10;
    private static final int CHAR = 11;

    private BodyBytes() {
    }

    static byte[] of(Content content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        if (content instanceof Content.Text text) {
            out.writeByte(1);
            writeText(out, text.text());
        } else if (content instanceof Content.Bytes opaque) {
            out.write(opaque.bytes());
        } else if (content instanceof Content.Serialized object) {
            out.writeInt(object.bytes().length);
            out.write(object.bytes());
        } else if (content instanceof Content.Mapping mapping) {
            out.writeByte(1);
            out.writeInt(mapping.entries().size());
            for (Map.Entry<String, Object> entry : mapping.entries().entrySet()) {
                writeText(out, entry.getKey());
                write(out, entry.getValue(), false);
            }
        } else if (content instanceof Content.Sequence sequence) {
            for (Object value : sequence.values()) {
                write(out, value, true);
            }
        }
        return bytes.toByteArray();
    }

    static Content read(String kind, byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        return switch (kind) {
            case "text" -> new Content.Text(bytes.length == 0 || in.readByte() == 0 ? "" : readText(in));
            case "bytes" -> new Content.Bytes(bytes);
            case "object" -> new Content.Serialized(take(in, in.readInt()));
            case "map" -> new Content.Mapping(readMap(in));
            case "stream" -> new Content.Sequence(readRow(in));
            default -> new Content.Empty();
        };
    }

    private static Map<String, Object> readMap(DataInputStream in) throws IOException {
        Map<String, Object> values = new LinkedHashMap<>();
        if (in.available() > 0 && in.readByte() != 0) {
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                String key = readText(in);
                values.put(key, read(in, false));
            }
        }
        return values;
    }

    private static List<Object> readRow(DataInputStream in) throws IOException {
        List<Object> values = new ArrayList<>();
        while (in.available() > 0) {
            values.add(read(in, true));
        }
        return values;
    }

    private static void write(DataOutputStream out, Object value, boolean inStream) throws IOException {
        if (value == null) {
            out.writeByte(NULL);
        } else if (value instanceof Boolean truth) {
            out.writeByte(BOOLEAN);
            out.writeBoolean(truth);
        } else if (value instanceof byte[] bytes) {
            out.writeByte(BYTES);
            out.writeInt(bytes.length);
            out.write(bytes);
        } else if (value instanceof Number number) {
            writeNumber(out, number);
        } else if (value instanceof Character character) {
            out.writeByte(CHAR);
            out.writeChar(character);
        } else {
            out.writeByte(STRING);
            if (inStream) {
                out.writeByte(1);
                writeString(out, value.toString());
            } else {
                writeText(out, value.toString());
            }
        }
    }

    private static void writeNumber(DataOutputStream out, Number number) throws IOException {
        if (number instanceof Byte) {
            out.writeByte(BYTE);
            out.writeByte(number.intValue());
        } else if (number instanceof Short) {
            out.writeByte(SHORT);
            out.writeShort(number.intValue());
        } else if (number instanceof Integer) {
            out.writeByte(INT);
            out.writeInt(number.intValue());
        } else if (number instanceof Long) {
            out.writeByte(LONG);
            out.writeLong(number.longValue());
        } else if (number instanceof Float) {
            out.writeByte(FLOAT);
            out.writeFloat(number.floatValue());
        } else {
            out.writeByte(DOUBLE);
            out.writeDouble(number.doubleValue());
        }
    }

    private static Object read(DataInputStream in, boolean inStream) throws IOException {
        int type = in.readByte();
        return switch (type) {
            case NULL -> null;
            case BOOLEAN -> in.readBoolean();
            case BYTE -> in.readByte();
            case BYTES -> take(in, in.readInt());
            case SHORT -> in.readShort();
            case INT -> in.readInt();
            case LONG -> in.readLong();
            case FLOAT -> in.readFloat();
            case DOUBLE -> in.readDouble();
            case STRING -> inStream ? readNullable(in) : readText(in);
            case CHAR -> in.readChar();
            default -> throw new IOException("A body holds a value of unknown type " + type);
        };
    }

    private static String readNullable(DataInputStream in) throws IOException {
        return in.readByte() == 0 ? null : readString(in);
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_16LE);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(DataInputStream in) throws IOException {
        return new String(take(in, in.readInt()), StandardCharsets.UTF_16LE);
    }

    private static void writeString(DataOutputStream out, String text) throws IOException {
        out.writeInt(text.length());
        if (text.length() < SHORT_STRING) {
            out.writeChars(text);
        } else if (text.length() < LONG_STRING) {
            out.writeUTF(text);
        } else {
            writeText(out, text);
        }
    }

    private static String readString(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < SHORT_STRING) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < length; i++) {
                text.append(in.readChar());
            }
            return text.toString();
        }
        return length < LONG_STRING ? in.readUTF() : readText(in);
    }

    private static byte[] take(DataInputStream in, int length) throws IOException {
        if (length < 0 || length > in.available()) {
            throw new IOException("A body ends before its " + length + " bytes");
        }
        return in.readNBytes(length);
    }
}
