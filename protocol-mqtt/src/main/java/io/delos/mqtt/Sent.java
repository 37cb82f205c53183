package io.delos.mqtt;

import io.delos.queue.Delivery;

/** A message of QoS 1 or 2 that the client has not acknowledged. Owned by the connection's loop. */
final class Sent {

    final int packetId;
    final int qos;
    final MqttSubscription subscription;
    /** Null while it is moved to the {@link BegunQueue}, until it comes from there. */
    Delivery delivery;
    /** Whether its packet id is remembered under a key of its own. */
    final boolean remembered;
    /** Whether PUBREC has come and is being made durable. */
    boolean releasing;
    /** Whether the client was done with it while it was moved. */
    boolean done;

    Sent(int packetId, int qos, MqttSubscription subscription, Delivery delivery, boolean remembered) {
        this.packetId = packetId;
        this.qos = qos;
        this.subscription = subscription;
        this.delivery = delivery;
        this.remembered = remembered;
    }
}
