package io.delos.mqtt;

import io.delos.message.MalformedMessageException;
import java.nio.ByteBuffer;

/**
 * What a client said of a subscription (MQTT 5, 3.8.3.1).
 *
 * @param filter            the text of the filter
 * @param qos               0 to 2
 * @param noLocal           leaves out what this client publishes
 * @param retainAsPublished keeps the retain flag of what is published
 * @param retainHandling    0 retained messages are sent, 1 only when the subscription is new, 2 never
 * @param identifier        told with each delivery; 0 for none
 */
record SubscriptionOptions(String filter, int qos, boolean noLocal, boolean retainAsPublished, int retainHandling, int identifier) {

    private static final byte VERSION = 1;
    private static final int SIZE = 9;

    /** As they are remembered under a key that ends with the filter. */
    byte[] write() {
        return ByteBuffer.allocate(SIZE).put(VERSION).put((byte) qos).put((byte) (noLocal ? 1 : 0)).put((byte) (retainAsPublished ? 1 : 0))
                .put((byte) retainHandling).putInt(identifier).array();
    }

    /** Reads what {@link #write} wrote; MalformedMessageException if it is something else. */
    static SubscriptionOptions read(String filter, byte[] bytes) {
        if (bytes.length != SIZE || bytes[0] != VERSION) {
            throw new MalformedMessageException("a remembered MQTT subscription has " + bytes.length + " bytes of another version");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 1, SIZE - 1);
        return new SubscriptionOptions(filter, in.get(), in.get() != 0, in.get() != 0, in.get(), in.getInt());
    }
}
