package io.delos.queue;

import io.delos.loop.Loop;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the messages of one address weigh, and who waits for it to weigh less. Any thread: producers add on their loops, queues take off on
 * theirs.
 */
public final class AddressUsage {

    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong messages = new AtomicLong();
    private final ConcurrentLinkedQueue<Waiter> waiting = new ConcurrentLinkedQueue<>();
    private volatile long maxBytes;
    private volatile long maxMessages;

    private record Waiter(Loop loop, Runnable ready) { }

    /** Limits in bytes and messages; negative for none. */
    public AddressUsage(long maxBytes, long maxMessages) {
        limits(maxBytes, maxMessages);
    }

    /** Changes the limits. */
    public void limits(long newMaxBytes, long newMaxMessages) {
        maxBytes = newMaxBytes;
        maxMessages = newMaxMessages;
        wakeIfRoom();
    }

    public void add(int size) {
        bytes.addAndGet(size);
        messages.incrementAndGet();
    }

    public void add(long size, long count) {
        bytes.addAndGet(size);
        messages.addAndGet(count);
    }

    public void remove(long size, long count) {
        bytes.addAndGet(-size);
        messages.addAndGet(-count);
        if (!waiting.isEmpty()) {
            wakeIfRoom();
        }
    }

    public long bytes() {
        return bytes.get();
    }

    public long messages() {
        return messages.get();
    }

    /** Whether one of the limits is reached. */
    public boolean full() {
        return maxBytes >= 0 && bytes.get() >= maxBytes || maxMessages >= 0 && messages.get() >= maxMessages;
    }

    /** Runs {@code ready} on {@code loop} when there is room, which may be at once. */
    public void await(Loop loop, Runnable ready) {
        waiting.add(new Waiter(loop, ready));
        wakeIfRoom();
    }

    private void wakeIfRoom() {
        while (!full()) {
            Waiter waiter = waiting.poll();
            if (waiter == null) {
                return;
            }
            waiter.loop.post(waiter.ready);
        }
    }
}
