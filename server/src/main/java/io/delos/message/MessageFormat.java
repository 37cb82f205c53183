package io.delos.message;

import java.util.Map;

/** How one dialect writes a message. Stateless; any thread. A damaged encoding is reported with {@link MalformedMessageException}. */
public interface MessageFormat {

    /** CORE. */
    byte CORE = 1;
    /** AMQP 1.0. */
    byte AMQP = 2;
    /** MQTT of any version. */
    byte MQTT = 3;
    /** STOMP of any version. */
    byte STOMP = 4;
    /** OpenWire. */
    byte OPENWIRE = 5;

    /** Stored in the journal beside the bytes; never reused for another dialect. */
    byte id();

    /** The message in the form that all dialects share. The envelope's durability, priority, expiration and timestamp are to be used. */
    NeutralMessage read(Message message);

    /** The encoded form of {@code message} in this dialect. */
    default byte[] write(NeutralMessage message) {
        return write(message, new Dropped());
    }

    /** The same; what this dialect has no place for is told to {@code dropped} (docs/interop.md). */
    byte[] write(NeutralMessage message, Dropped dropped);

    /**
     * One property or header by the name a selector uses (address-model: {@code AMQPriority}, {@code JMSType}, application properties …),
     * without decoding the rest; null if there is none. The values are the boxed primitives, String and byte[].
     */
    Object property(Message message, String name);

    /**
     * The encoded form with the given broker properties (such as {@code _AMQ_ORIG_ADDRESS}; values as in {@link #property}) set and the
     * expiration replaced (0 for none): what a dead-lettered, expired or diverted message carries on. Where the dialect writes address and routing
     * type into the message, they become those of the envelope.
     */
    byte[] annotate(Message message, Map<String, Object> properties, long expiration);

    /**
     * The encoded form of one more message that says the same: called {@code id} where the dialect writes the sender's id into the message, without the
     * property {@code without}, and otherwise as {@link #annotate}.
     */
    default byte[] again(Message message, String id, String without, Map<String, Object> properties, long expiration) {
        return annotate(message, properties, expiration);
    }

    /**
     * Whether the body of a {@linkplain Message#large large} message, as it lies in its file, is just what a bytes message contains: then
     * {@link #read} says so, and other dialects can send it on as it lies.
     */
    default boolean bodyIsBytes(Message message) {
        return false;
    }

    /** The encoded form, without its body, of a bytes message whose body of {@code length} bytes lies in a file. */
    default byte[] writeHead(NeutralMessage message, long length, Dropped dropped) {
        throw new MalformedMessageException("no large message is of format " + id());
    }

    /** The encoded form of a {@linkplain Message#large large} message together with its body. */
    default byte[] whole(Message message, byte[] body) {
        throw new MalformedMessageException("no large message is of format " + id());
    }
}
