package io.delos.queue;

import io.delos.loop.Loop;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Producers that wait for room, in the order they came. Any thread; each goes on by a task on its own loop. Only as many are woken as there
 * is room for: what a woken message will take counts as taken until it has come. Credit is not held like that, since nobody knows when it
 * will be used; instead the next who wait for credit are woken by room that is freed, or after a moment.
 */
final class WaitingLine {

    private static final long MOMENT_MILLIS = 50;

    /** One who waits, and for how much. {@code credit}: it will be sent later, if at all. */
    record Waiter(Loop loop, long bytes, long messages, boolean credit, Runnable ready) { }

    private final ConcurrentLinkedQueue<Waiter> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger wakers = new AtomicInteger();
    private final AtomicLong promisedBytes = new AtomicLong();
    private final AtomicLong promisedMessages = new AtomicLong();
    private final AtomicBoolean lookingAgain = new AtomicBoolean();
    private final LongSupplier bytesLeft;
    private final LongSupplier messagesLeft;

    /** The two say how much room there is, not counting what was promised; {@link Long#MAX_VALUE} for no end. */
    WaitingLine(LongSupplier bytesLeft, LongSupplier messagesLeft) {
        this.bytesLeft = bytesLeft;
        this.messagesLeft = messagesLeft;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Whether somebody who comes now may go on at once. */
    boolean open() {
        return waiting.isEmpty() && bytesLeft.getAsLong() > promisedBytes.get() && messagesLeft.getAsLong() > promisedMessages.get();
    }

    void add(Waiter waiter) {
        waiting.add(waiter);
        wake();
    }

    /** There may be room. One thread at a time wakes; another that comes meanwhile has it look again. */
    void wake() {
        if (wakers.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            wakeFirst();
            seen = wakers.addAndGet(-seen);
        } while (seen > 0);
    }

    private void wakeFirst() {
        long bytes = bytesLeft.getAsLong() - promisedBytes.get();
        long messages = messagesLeft.getAsLong() - promisedMessages.get();
        Waiter next;
        while (bytes > 0 && messages > 0 && (next = waiting.poll()) != null) {
            bytes -= next.bytes;
            messages -= next.messages;
            wake(next);
        }
    }

    private void wake(Waiter next) {
        if (next.credit) {
            next.loop.post(() -> {
                next.ready.run();
                lookAgain(next.loop);
            });
            return;
        }
        promisedBytes.addAndGet(next.bytes);
        promisedMessages.addAndGet(next.messages);
        next.loop.post(() -> {
            promisedBytes.addAndGet(-next.bytes);
            promisedMessages.addAndGet(-next.messages);
            next.ready.run();
            if (!waiting.isEmpty()) {
                wake();
            }
        });
    }

    /** Those who were given credit may never use it. */
    private void lookAgain(Loop loop) {
        if (!waiting.isEmpty() && lookingAgain.compareAndSet(false, true)) {
            loop.schedule(() -> {
                lookingAgain.set(false);
                wake();
                if (bytesLeft.getAsLong() > 0 && messagesLeft.getAsLong() > 0) {
                    lookAgain(loop);
                }
            }, MOMENT_MILLIS);
        }
    }
}
