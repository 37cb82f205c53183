package io.delos.mqtt;

import io.delos.message.Message;

/** A topic a client publishes to. Owned by the connection's loop. */
final class Target {

    /** How long what is known of an address is taken to be true, in milliseconds. */
    private static final long TRUSTED = 1000;

    private final String topic;
    private final String address;
    private final boolean fixed;
    private byte routing;
    private long checkedAt;

    private Target(String topic, String address, byte routing, boolean fixed) {
        this.topic = topic;
        this.address = address;
        this.routing = routing;
        this.fixed = fixed;
    }

    /** A target whose kind of queues the address decides. */
    static Target of(String topic, String address) {
        return new Target(topic, address, Message.ROUTE_MULTICAST, false);
    }

    /** A target whose kind of queues a prefix of the address has decided. */
    static Target fixed(String topic, String address, byte routing) {
        return new Target(topic, address, routing, true);
    }

    String topic() {
        return topic;
    }

    String address() {
        return address;
    }

    byte routing() {
        return routing;
    }

    boolean unchecked(long now) {
        return !fixed && now - checkedAt > TRUSTED;
    }

    /** What the address turned out to be. */
    void checked(byte found, long now) {
        routing = found;
        checkedAt = now;
    }
}
