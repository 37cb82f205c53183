package io.delos.transport;

import io.delos.loop.Loop;

/**
 * The time between a connection's last words and its close, in which what its peer had sent already is read over: a socket that is closed with
 * bytes unread forgets what its peer has not read yet. Owned by the connection's loop; nothing of what comes is kept.
 */
final class Lingering {

    /** Until nothing has come for so long, in milliseconds. */
    private static final long QUIET_MILLIS = 20;
    /** So many times that at most: a second. */
    private static final int LOOKS = 50;

    private final Loop loop;
    private final Runnable end;
    private boolean heard = true;
    private int looks = LOOKS;
    private Loop.Timer next = () -> { };

    /** Begins; {@code end} runs once, on the loop, unless this is {@link #over} before. */
    Lingering(Loop loop, Runnable end) {
        this.loop = loop;
        this.end = end;
        look();
    }

    private void look() {
        if (!heard || looks-- == 0) {
            end.run();
        } else {
            heard = false;
            next = loop.schedule(this::look, QUIET_MILLIS);
        }
    }

    /** Bytes have come, and been thrown away. */
    void heard() {
        heard = true;
    }

    /** The connection ends for another reason. */
    void over() {
        next.cancel();
    }
}
