package io.delos.broker;

import io.delos.message.Content;
import io.delos.message.Dropped;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.message.NeutralMessage;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A dialect for tests: the bytes are {@code key=value} pairs parted by semicolons. */
public final class PlainFormat implements MessageFormat {

    public static Message message(String address, String text) {
        return Message.of(CORE, text.getBytes(StandardCharsets.UTF_8)).address(address).durable(true).routing(Message.ROUTE_ANYCAST).build();
    }

    public static String text(Message message) {
        return new String(message.bytes(), StandardCharsets.UTF_8);
    }

    @Override
    public byte id() {
        return CORE;
    }

    @Override
    public NeutralMessage read(Message message) {
        return NeutralMessage.from(message).content(new Content.Text(text(message))).build();
    }

    @Override
    public byte[] write(NeutralMessage message, Dropped dropped) {
        return ((Content.Text) message.content()).text().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Object property(Message message, String name) {
        for (String pair : text(message).split(";")) {
            if (pair.startsWith(name + "=")) {
                String value = pair.substring(name.length() + 1);
                return value.chars().allMatch(Character::isDigit) ? (Object) Long.valueOf(value) : value;
            }
        }
        return null;
    }

    @Override
    public byte[] whole(Message message, byte[] body) {
        byte[] whole = java.util.Arrays.copyOf(message.bytes(), message.bytes().length + body.length);
        System.arraycopy(body, 0, whole, message.bytes().length, body.length);
        return whole;
    }

    @Override
    public byte[] annotate(Message message, Map<String, Object> properties, long expiration) {
        StringBuilder text = new StringBuilder();
        for (String pair : text(message).split(";")) {
            if (!properties.containsKey(pair.substring(0, Math.max(0, pair.indexOf('='))))) {
                text.append(text.length() == 0 ? "" : ";").append(pair);
            }
        }
        properties.forEach((name, value) -> text.append(';').append(name).append('=').append(value));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
