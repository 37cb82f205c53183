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
 * @param exclusive   nobody else is served while this one is there, but those who came first and want that too
 * @param overhead    bytes that the protocol adds to each message when it writes it, part of the charge
 */
public record SubscribeRequest(String queue, String selector, boolean browsing, int priority, boolean exclusive, long messages, long bytes,
                               int overhead) {

    /** No limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** One that shares its queue with others. */
    public SubscribeRequest(String queue, String selector, boolean browsing, int priority, long messages, long bytes, int overhead) {
        this(queue, selector, browsing, priority, false, messages, bytes, overhead);
    }

    /** A plain subscription with {@code messages} of credit. */
    public static SubscribeRequest of(String queue, long messages) {
        return new SubscribeRequest(queue, "", false, 0, false, messages, UNLIMITED, 0);
    }

    public SubscribeRequest withSelector(String text) {
        return new SubscribeRequest(queue, text, browsing, priority, exclusive, messages, bytes, overhead);
    }

    public SubscribeRequest browse() {
        return new SubscribeRequest(queue, selector, true, priority, exclusive, messages, bytes, overhead);
    }

    public SubscribeRequest withPriority(int value) {
        return new SubscribeRequest(queue, selector, browsing, value, exclusive, messages, bytes, overhead);
    }

    /** Nobody else is to be served while this one is there. */
    public SubscribeRequest alone() {
        return new SubscribeRequest(queue, selector, browsing, priority, true, messages, bytes, overhead);
    }

    /** Credit in bytes instead of messages. */
    public SubscribeRequest withByteCredit(long initial, int perMessage) {
        return new SubscribeRequest(queue, selector, browsing, priority, exclusive, UNLIMITED, initial, perMessage);
    }
}
