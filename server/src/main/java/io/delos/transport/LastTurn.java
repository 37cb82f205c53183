package io.delos.transport;

import io.delos.loop.Loop;

/**
 * The time between the end of a socket and that of its connection, in which what the peer had said before is still done: a client that sends
 * and leaves has sent. Owned by the connection's loop; ends once.
 */
final class LastTurn {
    /** As long as that may take, in milliseconds; it is the broker's own work, and ends when that is done. */
    private static final long PATIENCE = 10_000;
    private static final long LOOK_MILLIS = 50;

    private final Loop loop;
    private final Work work;
    private final Runnable end;
    private final long deadline;
    private Loop.Timer next;
    private boolean over;

    /** What is still being done for the connection. */
    interface Work {

        /** Whether there is none left, or none of which the end is near. */
        boolean over();
    }

    LastTurn(Loop loop, Work work, Runnable end) {
        this.loop = loop;
        this.work = work;
        this.end = end;
        this.deadline = IdleScan.nowMillis() + PATIENCE;
        this.next = loop.schedule(this::look, LOOK_MILLIS);
    }

    private void look() {
        if (work.over() || IdleScan.nowMillis() >= deadline) {
            end();
        } else {
            next = loop.schedule(this::look, LOOK_MILLIS);
        }
    }

    /** Something was done: looks when all that follows from it at once is done, too. */
    void soon() {
        loop.post(() -> {
            if (!over && work.over()) {
                end();
            }
        });
    }

    /** Ends it now. */
    void end() {
        if (!over) {
            over = true;
            next.cancel();
            end.run();
        }
    }
}
