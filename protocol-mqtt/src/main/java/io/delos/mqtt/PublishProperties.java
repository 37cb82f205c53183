package io.delos.mqtt;

import io.delos.message.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The properties of a PUBLISH that are passed on to subscribers (MQTT 5, 3.3.2.3): not the alias, the expiry and the subscription ids,
 * which belong to one delivery. Immutable, apart from the array of the correlation data, which nobody writes to.
 *
 * @param payloadFormat 0 or 1; -1 if absent
 */
record PublishProperties(int payloadFormat, Optional<String> contentType, Optional<String> responseTopic, Optional<byte[]> correlation,
                         List<User> user) {

    static final PublishProperties NONE = new PublishProperties(-1, Optional.empty(), Optional.empty(), Optional.empty(), List.of());

    private static final byte[] NO_BYTES = new byte[0];

    /** A user property; they have an order and may repeat. */
    record User(String key, String value) { }

    /** What a client sent, or its will. */
    static PublishProperties of(MqttProperties given) {
        if (given.isEmpty()) {
            return NONE;
        }
        List<User> user = new ArrayList<>();
        for (MqttProperties.MqttProperty<?> property : given.getProperties(MqttProperties.USER_PROPERTY)) {
            MqttProperties.StringPair pair = (MqttProperties.StringPair) property.value();
            user.add(new User(pair.key, pair.value));
        }
        return new PublishProperties(Props.number(given, MqttProperties.PAYLOAD_FORMAT_INDICATOR).orElse(-1),
                Props.text(given, MqttProperties.CONTENT_TYPE), Props.text(given, MqttProperties.RESPONSE_TOPIC),
                Props.bytes(given, MqttProperties.CORRELATION_DATA), user);
    }

    /** As MQTT 5 writes them, without their length. */
    byte[] write() {
        if (payloadFormat < 0 && contentType.isEmpty() && responseTopic.isEmpty() && correlation.isEmpty() && user.isEmpty()) {
            return NO_BYTES;
        }
        ByteBuf out = Unpooled.buffer(64);
        if (payloadFormat >= 0) {
            out.writeByte(MqttProperties.PAYLOAD_FORMAT_INDICATOR).writeByte(payloadFormat);
        }
        contentType.ifPresent(text -> writeText(out.writeByte(MqttProperties.CONTENT_TYPE), text));
        responseTopic.ifPresent(text -> writeText(out.writeByte(MqttProperties.RESPONSE_TOPIC), text));
        correlation.ifPresent(data -> out.writeByte(MqttProperties.CORRELATION_DATA).writeShort(data.length).writeBytes(data));
        for (User pair : user) {
            out.writeByte(MqttProperties.USER_PROPERTY);
            writeText(out, pair.key());
            writeText(out, pair.value());
        }
        byte[] written = new byte[out.readableBytes()];
        out.readBytes(written);
        return written;
    }

    private static void writeText(ByteBuf out, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        out.writeShort(encoded.length).writeBytes(encoded);
    }

    /** Reads what {@link #write} wrote. */
    static PublishProperties read(byte[] bytes, int offset, int length) {
        if (length == 0) {
            return NONE;
        }
        ByteBuf in = Unpooled.wrappedBuffer(bytes, offset, length);
        int payloadFormat = -1;
        Optional<String> contentType = Optional.empty();
        Optional<String> responseTopic = Optional.empty();
        Optional<byte[]> correlation = Optional.empty();
        List<User> user = new ArrayList<>();
        try {
            while (in.isReadable()) {
                int id = in.readUnsignedByte();
                switch (id) {
                    case MqttProperties.PAYLOAD_FORMAT_INDICATOR -> payloadFormat = in.readUnsignedByte();
                    case MqttProperties.CONTENT_TYPE -> contentType = Optional.of(readText(in));
                    case MqttProperties.RESPONSE_TOPIC -> responseTopic = Optional.of(readText(in));
                    case MqttProperties.CORRELATION_DATA -> correlation = Optional.of(readBytes(in));
                    case MqttProperties.USER_PROPERTY -> user.add(new User(readText(in), readText(in)));
                    default -> throw new MalformedMessageException("a stored MQTT message has a property of kind " + id);
                }
            }
        } catch (IndexOutOfBoundsException early) {
            throw new MalformedMessageException("the properties of a stored MQTT message end early", early);
        }
        return new PublishProperties(payloadFormat, contentType, responseTopic, correlation, user);
    }

    private static byte[] readBytes(ByteBuf in) {
        byte[] bytes = new byte[Math.min(in.readUnsignedShort(), in.readableBytes() + 1)];
        in.readBytes(bytes);
        return bytes;
    }

    private static String readText(ByteBuf in) {
        return new String(readBytes(in), StandardCharsets.UTF_8);
    }
}
