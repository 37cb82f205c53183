package io.delos.amqp;

import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.message.NeutralMessage;
import java.util.Map;

/** AMQP messages, stored as the client encoded them. Stateless; any thread. */
final class AmqpFormat implements MessageFormat {

    @Override
    public byte id() {
        return AMQP;
    }

    @Override
    public NeutralMessage read(Message message) {
        return NeutralReader.read(message);
    }

    @Override
    public byte[] write(NeutralMessage message) {
        return NeutralWriter.write(message);
    }

    @Override
    public Object property(Message message, String name) {
        return Lookup.of(message, name);
    }

    @Override
    public byte[] annotate(Message message, Map<String, Object> properties, long expiration) {
        return Annotator.annotate(message, properties, expiration);
    }
}
