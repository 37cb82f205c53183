package io.delos.proof;

import jakarta.jms.JMSException;
import org.eclipse.paho.client.mqttv3.MqttException;

/** A producer on one connection. Used by one thread; confirmations may come on another. */
interface Outbox extends AutoCloseable {

    /** Opens outboxes, one after the other, as connections break. */
    @FunctionalInterface
    interface Opener {
        Outbox open() throws Exception;
    }

    /**
     * Sends a message, and calls {@code onConfirmed} once if and when the broker confirms it: before returning if it waits for each
     * confirmation, else later. Waits while too many are unconfirmed.
     *
     * @throws Exception if the connection is broken; the fate of this and of all unconfirmed messages is unknown
     */
    void send(byte[] body, Runnable onConfirmed) throws Exception;

    /** Waits until nothing is unconfirmed. */
    void flush() throws Exception;

    @Override
    void close() throws JMSException, MqttException;
}
