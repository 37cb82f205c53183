package io.delos.queue;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What all addresses that may be full ({@code BLOCK}, {@code FAIL}, {@code DROP}) hold together, and who waits for it to be less
 * ({@code global-max-size}, {@code global-max-messages}). Any thread. What an address with {@code PAGE} holds lies on the disk and is not
 * counted.
 */
public final class GlobalUsage {

    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong messages = new AtomicLong();
    private final long maxBytes;
    private final long maxMessages;
    private final WaitingLine line = new WaitingLine(this::bytesLeft, this::messagesLeft);

    /** Limits in bytes and messages; negative for none. */
    public GlobalUsage(long maxBytes, long maxMessages) {
        this.maxBytes = maxBytes < 0 ? Long.MAX_VALUE : maxBytes;
        this.maxMessages = maxMessages < 0 ? Long.MAX_VALUE : maxMessages;
    }

    Tally tallyOfBytes() {
        return new Tally(bytes);
    }

    Tally tallyOfMessages() {
        return new Tally(messages);
    }

    private long bytesLeft() {
        return maxBytes - bytes.get();
    }

    private long messagesLeft() {
        return maxMessages - messages.get();
    }

    /** Bytes held by addresses that may be full. */
    public long bytes() {
        return bytes.get();
    }

    /** The limit in bytes; {@link Long#MAX_VALUE} for none. */
    public long maxBytes() {
        return maxBytes;
    }

    /** Whether one of the limits is reached, or others already wait for room. */
    boolean full() {
        return !line.open();
    }

    void await(WaitingLine.Waiter waiter) {
        line.add(waiter);
    }

    void freed() {
        if (!line.isEmpty()) {
            line.wake();
        }
    }
}
