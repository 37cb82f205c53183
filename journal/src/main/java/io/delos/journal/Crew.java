package io.delos.journal;

/**
 * Any thread. Runs a journal's workers: each on a thread of its own, or, where time and chance belong to a simulation, one step after the
 * other when that chooses.
 */
public interface Crew {

    /** Work that is done in steps, all by one thread at a time. */
    interface Worker {

        /** For ever; see {@link #patience}. */
        long FOREVER = Long.MAX_VALUE;

        /** Whether a step would do something. Any thread. */
        boolean ready();

        /** After how many nanoseconds a step is to be tried though the worker is not ready. Between two steps only. */
        default long patience() {
            return FOREVER;
        }

        /** Does a piece of work, if there is any; false if there never will be again. */
        boolean step();
    }

    /** Who does a worker's steps. Any thread. */
    interface Hand {

        /** The worker may be ready. */
        void wake();

        /** Does a step on the calling thread, which would otherwise wait for the worker; false if that is not how this crew works. */
        boolean help();

        /** Returns when the worker's last step has been done. */
        void join();
    }

    /** A thread for each worker. */
    static Crew threads() {
        return WorkerThread::begin;
    }

    /** Begins to do a worker's steps. */
    Hand begin(String name, Worker worker);
}
