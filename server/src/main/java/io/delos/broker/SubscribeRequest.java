package io.delos.broker;

/**
 * Asks for messages of a queue that exists.
 *
 * @param queue       the queue's name, or an FQQN {@code address::queue}
 * @param selector    a filter in the JMS grammar; empty for none
 * @param browsing    sees the messages without taking them: settling them has no effect
 * @param priority    higher ones are served first while they have credit; 0 is ordinary
 * @param messages    messages that may be delivered at once; {@link #UNLIMITED} for no limit
 * @param bytes       bytes that may be delivered at once, counted as {@link io.delos.queue.Delivery#charge()}; {@link #UNLIMITED} for no limit
 * @param overhead    bytes that the protocol adds to each message when it writes it, part of the charge
 */
public record SubscribeRequest(String queue, String selector, boolean browsing, int priority, long messages, long bytes, int overhead) {

    /** No limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** A plain subscription with {@code messages} of credit. */
    public static SubscribeRequest of(String queue, long messages) {
        return new SubscribeRequest(queue, "", false, 0, messages, UNLIMITED, 0);
    }

    public SubscribeRequest withSelector(String text) {
        return new SubscribeRequest(queue, text, browsing, priority, messages, bytes, overhead);
    }

    public SubscribeRequest browse() {
        return new SubscribeRequest(queue, selector, true, priority, messages, bytes, overhead);
    }

    public SubscribeRequest withPriority(int value) {
        return new SubscribeRequest(queue, selector, browsing, value, messages, bytes, overhead);
    }

    /** Credit in bytes instead of messages. */
    public SubscribeRequest withByteCredit(long initial, int perMessage) {
        return new SubscribeRequest(queue, selector, browsing, priority, UNLIMITED, initial, perMessage);
    }
}
