package io.delos.mqtt;

import io.delos.message.Content;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What an MQTT subscriber gets of a body: text in UTF-8, bytes as they are, and the other kinds the way CORE encodes them (core protocol,
 * 2 and 7.7), because that is what subscribers have always been given.
 */
final class CoreBody {

    private CoreBody() {
    }

    static byte[] payload(Content content) {
        if (content instanceof Content.Text text) {
            return text.text().getBytes(StandardCharsets.UTF_8);
        } else if (content instanceof Content.Bytes bytes) {
            return bytes.bytes();
        } else if (content instanceof Content.Mapping map) {
            return map(map.entries());
        } else if (content instanceof Content.Sequence sequence) {
            return stream(sequence.values());
        } else if (content instanceof Content.Serialized object) {
            ByteBuf out = Unpooled.buffer(4 + object.bytes().length);
            return array(out.writeInt(object.bytes().length).writeBytes(object.bytes()));
        }
        return new byte[0];
    }

    private static byte[] map(Map<String, Object> entries) {
        ByteBuf out = Unpooled.buffer(256);
        if (entries.isEmpty()) {
            return array(out.writeByte(0));
        }
        out.writeByte(1).writeInt(entries.size());
        entries.forEach((name, value) -> {
            simpleString(out, name);
            value(out, value, false);
        });
        return array(out);
    }

    private static byte[] stream(List<Object> values) {
        ByteBuf out = Unpooled.buffer(256);
        for (Object value : values) {
            value(out, value, true);
        }
        return array(out);
    }

    private static void value(ByteBuf out, Object value, boolean stream) {
        if (value == null) {
            out.writeByte(0);
        } else if (value instanceof Boolean flag) {
            out.writeByte(2).writeBoolean(flag);
        } else if (value instanceof Byte number) {
            out.writeByte(3).writeByte(number);
        } else if (value instanceof byte[] bytes) {
            out.writeByte(4).writeInt(bytes.length).writeBytes(bytes);
        } else if (value instanceof Short number) {
            out.writeByte(5).writeShort(number);
        } else if (value instanceof Integer number) {
            out.writeByte(6).writeInt(number);
        } else if (value instanceof Long number) {
            out.writeByte(7).writeLong(number);
        } else if (value instanceof Float number) {
            out.writeByte(8).writeFloat(number);
        } else if (value instanceof Double number) {
            out.writeByte(9).writeDouble(number);
        } else if (value instanceof Character character) {
            out.writeByte(11).writeChar(character);
        } else {
            out.writeByte(10);
            if (stream) {
                out.writeByte(1);
            }
            simpleString(out, value.toString());
        }
    }

    private static void simpleString(ByteBuf out, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_16LE);
        out.writeInt(encoded.length).writeBytes(encoded);
    }

    private static byte[] array(ByteBuf out) {
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }
}
