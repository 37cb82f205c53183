package io.delos.mqtt;

import io.delos.broker.Broker;
import io.delos.broker.Transaction;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The retained messages: one for each topic, remembered under its name. The value is the expiry and the timestamp (8 bytes each,
 * milliseconds since the epoch), and the stored message. Any thread.
 */
final class Retained {

    private static final int HEAD = 16;

    private final Broker broker;

    Retained(Broker broker) {
        this.broker = broker;
    }

    /** A retained message as it was found; {@code value} is the very array that is remembered, so that a change can be noticed. */
    record Found(String topic, byte[] value) {

        private long expiration() {
            return ByteBuffer.wrap(value).getLong(0);
        }

        boolean expired(long now) {
            return value.length < HEAD || expiration() != 0 && expiration() <= now;
        }

        /** The copy for a subscription's queue. */
        Message copyTo(String address) {
            Publication stored = Publication.of(Arrays.copyOfRange(value, HEAD, value.length));
            return Message.of(MessageFormat.MQTT, stored.copyFor(topic)).address(address).durable(stored.qos() > 0).priority(0)
                    .expiration(expiration()).timestamp(ByteBuffer.wrap(value).getLong(8)).build();
        }
    }

    /** Retains the message for its topic, or with an empty payload forgets the one there was, when the transaction commits. */
    static void retain(Transaction transaction, String topic, Message message) {
        byte[] stored = message.bytes();
        if (Publication.of(stored).payloadLength() == 0) {
            transaction.forget(Keys.retained(topic));
        } else {
            ByteBuffer value = ByteBuffer.allocate(HEAD + stored.length);
            value.putLong(message.expiration()).putLong(message.timestamp()).put(stored);
            transaction.remember(Keys.retained(topic), value.array());
        }
    }

    /** Those that match, not expired. With a wildcard this looks at every retained topic that begins like the filter: not for a loop. */
    List<Found> matching(TopicFilter filter) {
        long now = System.currentTimeMillis();
        List<Found> found = new ArrayList<>();
        if (!filter.wild()) {
            broker.recall(Keys.retained(filter.filter())).ifPresent(value -> found.add(new Found(filter.filter(), value)));
        } else {
            for (Map.Entry<String, byte[]> entry : broker.recallAll(Keys.RETAINED + filter.literalStart()).entrySet()) {
                String topic = entry.getKey().substring(Keys.RETAINED.length());
                if (filter.matches(topic)) {
                    found.add(new Found(topic, entry.getValue()));
                }
            }
        }
        found.removeIf(each -> each.expired(now));
        return found;
    }

    /** What is retained for its topic by now, if that is another message. */
    List<Found> changed(List<Found> earlier) {
        List<Found> changed = new ArrayList<>();
        for (Found each : earlier) {
            broker.recall(Keys.retained(each.topic())).filter(value -> !Arrays.equals(value, each.value()))
                    .ifPresent(value -> changed.add(new Found(each.topic(), value)));
        }
        return changed;
    }
}
