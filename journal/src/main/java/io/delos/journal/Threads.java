package io.delos.journal;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** How the journal's threads treat others: a bug in a callback is logged and stops nothing. */
final class Threads {
    private static final Logger LOG = LogManager.getLogger(Threads.class);

    private Threads() {
    }

    static void guard(String what, Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException | Error e) {
            passOnFatal(e);
            LOG.error("A callback of the journal threw ({})", what, e);
        }
    }

    /** From a heap that is used up, or a machine that is broken, nobody may go on: the thread ends with it, and whoever runs the process hears of that. */
    static void passOnFatal(Throwable fault) {
        boolean direct = fault instanceof OutOfMemoryError && String.valueOf(fault.getMessage()).contains("direct");
        if (fault instanceof VirtualMachineError error && !(fault instanceof StackOverflowError) && !direct) {
            throw error;
        }
    }

    /** Waits for a thread's end; an interrupt is kept for the caller to see afterwards. */
    static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
