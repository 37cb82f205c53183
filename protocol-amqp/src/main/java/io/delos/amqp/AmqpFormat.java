package io.delos.amqp;

import io.delos.message.Dropped;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.message.NeutralMessage;
import java.util.Arrays;
import java.util.Map;

/** AMQP messages, stored as the client encoded them. Stateless; any thread. */
final class AmqpFormat implements MessageFormat {

    @Override
    public byte id() {
        return AMQP;
    }

    @Override
    public NeutralMessage read(Message message) {
        return NeutralReader.read(message.large() ? LargeForm.emptied(message) : message);
    }

    @Override
    public byte[] write(NeutralMessage message, Dropped dropped) {
        return NeutralWriter.write(message, dropped);
    }

    @Override
    public Object property(Message message, String name) {
        return Lookup.of(message, name);
    }

    @Override
    public byte[] annotate(Message message, Map<String, Object> properties, long expiration) {
        if (!message.large()) {
            return Annotator.annotate(message, properties, expiration);
        }
        return LargeForm.withTail(Annotator.annotate(LargeForm.front(message), properties, expiration), message.bytes());
    }

    /** An AMQP message as it is handed out when consumers have noted something on it. */
    static Message noted(Message message, Map<String, Object> notes) {
        byte[] bytes = message.large() ? LargeForm.withTail(Annotator.note(LargeForm.front(message), notes), message.bytes())
                : Annotator.note(message, notes);
        return message.toBuilder().encoded(MessageFormat.AMQP, bytes).build();
    }

    @Override
    public boolean bodyIsBytes(Message message) {
        return LargeForm.bodyIsBytes(message);
    }

    @Override
    public byte[] writeHead(NeutralMessage message, long length, Dropped dropped) {
        return LargeForm.withData(NeutralWriter.write(message, dropped), length);
    }

    @Override
    public byte[] whole(Message message, byte[] body) {
        byte[] front = message.bytes();
        byte[] whole = Arrays.copyOf(front, Math.addExact(front.length, body.length));
        System.arraycopy(body, 0, whole, front.length, body.length);
        return whole;
    }
}
