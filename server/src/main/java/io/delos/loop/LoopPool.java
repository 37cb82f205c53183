package io.delos.loop;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The loops that a broker is put together on. Any thread. */
public interface LoopPool {

    /** The next loop in turn, to place a queue on. */
    Loop next();

    /** The loop that owns the address book. */
    Loop control();

    /** Waits, on a thread that is no loop, for what loops and workers do; false if that takes longer. */
    boolean await(CountDownLatch latch, long timeout, TimeUnit unit) throws InterruptedException;
}
