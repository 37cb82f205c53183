package io.delos.loop;

import java.util.concurrent.Executor;

/**
 * One thread with a mailbox: the owner of connections and queues. A post made from inside another loop waits in that loop's outbox
 * until its turn ends, when each target receives one bundle; posts from one thread to one loop are run in the order they were made.
 */
public interface Loop extends Executor {

    /** Runs {@code task} on this loop, after everything posted to it before from the same thread; never inline. Any thread. */
    void post(Runnable task);

    /**
     * Hands over now what this turn has posted to other loops so far: to be called before anybody hears by another way, a socket for one, of what
     * was done here, so that whoever acts on that comes after it. On this loop.
     */
    default void handOver() {
    }

    /** Runs {@code task} on this loop after {@code delayMillis} milliseconds. Any thread. */
    Timer schedule(Runnable task, long delayMillis);

    /** The time, in milliseconds since the epoch. Any thread. */
    default long now() {
        return System.currentTimeMillis();
    }

    /** Whether the calling thread is this loop's. */
    boolean inside();

    /** The thread's name, for logs. */
    String name();

    @Override
    default void execute(Runnable task) {
        post(task);
    }

    /** Fails an assertion when the caller is not this loop: the first line of every owner-only method. Free in production. */
    default void assertInside() {
        assert inside() : "called on " + Thread.currentThread().getName() + " but owned by " + name();
    }

    /** A scheduled task that can be taken back. */
    interface Timer {
        /** Stops the task from running if it has not started; harmless otherwise. Any thread. */
        void cancel();
    }
}
