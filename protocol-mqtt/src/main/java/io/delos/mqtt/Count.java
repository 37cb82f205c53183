package io.delos.mqtt;

/** What is counted of MQTT's traffic, and the topics below {@code $SYS/broker/} that tell it; an empty name where there is none. */
enum Count {
    MESSAGES_RECEIVED("messages/received", "messages/received"),
    MESSAGES_SENT("messages/sent", "messages/sent"),
    PUBLISHES_RECEIVED("publish/messages/received", "publish/received"),
    PUBLISHES_SENT("publish/messages/sent", "publish/sent"),
    PUBLISHES_DROPPED("publish/messages/dropped", "publish/dropped"),
    PAYLOAD_RECEIVED("publish/bytes/received", ""),
    PAYLOAD_SENT("publish/bytes/sent", ""),
    BYTES_RECEIVED("bytes/received", "bytes/received"),
    BYTES_SENT("bytes/sent", "bytes/sent"),
    EXPIRED("clients/expired", ""),
    SOCKETS("", "sockets"),
    CONNECTS("", "connections");

    private final String total;
    private final String load;

    Count(String total, String load) {
        this.total = total;
        this.load = load;
    }

    /** The topic of the sum since the start. */
    String total() {
        return total;
    }

    /** The topic, between {@code load/} and the minutes, of how much there was in a minute. */
    String load() {
        return load;
    }
}
