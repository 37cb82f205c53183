package io.delos.proof;

import jakarta.jms.JMSException;
import java.util.Optional;
import org.eclipse.paho.client.mqttv3.MqttException;

/** A consumer on one connection, used by one thread. */
interface Inbox extends AutoCloseable {

    /** Opens inboxes, one after the other, as connections break. */
    @FunctionalInterface
    interface Opener {
        Inbox open() throws Exception;
    }

    /**
     * The next message's bytes, or none if none comes soon.
     *
     * @throws Exception if the connection is broken
     */
    Optional<byte[]> receive() throws Exception;

    /**
     * Acknowledges all that was received since the last call.
     *
     * @return whether the broker has confirmed that; false where the protocol has no such confirmation
     * @throws Exception if the connection is broken; the acknowledgement may have counted or not
     */
    boolean acknowledge() throws Exception;

    @Override
    void close() throws JMSException, MqttException;
}
