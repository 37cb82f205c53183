package io.delos.broker;

import io.delos.loop.Loop;
import java.util.ArrayDeque;

/**
 * Keeps what is asked of a session in order while it waits, and says when its socket is read. Owned by the session's loop. It waits for
 * answers of other owners (blocks), and for room for a send (holds); both nest.
 */
final class Turns {

    /** With {@link BackPressure#READ_AHEAD} and credit: about so many bytes may wait behind a send that waits, then the socket is not read. */
    private static final long MOST_AHEAD = 256 << 10;
    /** What an operation that waits is counted as, beside the message it may bring. */
    private static final int OPERATION = 256;

    private final Client client;
    private final Loop loop;
    private final ReadAhead shared;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>(0);
    /** What an operation that had waited has asked for itself: it comes before what waited behind that one. */
    private final ArrayDeque<Runnable> within = new ArrayDeque<>(0);
    private BackPressure backPressure = BackPressure.SOCKET;
    private int blocks;
    private int holds;
    private boolean notRead;
    private long ahead;
    private boolean resuming;
    private boolean ended;

    Turns(Client client, Loop loop, ReadAhead shared) {
        this.client = client;
        this.loop = loop;
        this.shared = shared;
    }

    void backPressure(BackPressure how) {
        backPressure = how;
    }

    BackPressure backPressure() {
        return backPressure;
    }

    /** Whether an operation that comes now goes at once. */
    boolean free() {
        return !waits() && waiting.isEmpty();
    }

    /** Runs the operation now, or behind those that wait; {@code bytes} is what it brings. */
    void inOrder(Runnable operation, int bytes) {
        loop.assertInside();
        if (waits() || !(resuming ? within : waiting).isEmpty()) {
            (resuming ? within : waiting).add(operation);
            ahead += OPERATION + bytes;
            shared.add(OPERATION + bytes);
            if (tooFarAhead()) {
                stopReading();
            }
        } else {
            operation.run();
        }
    }

    private boolean waits() {
        return blocks + holds > 0;
    }

    /** Later operations wait until {@link #unblock}, and the socket is not read. */
    void block() {
        if (!ended) {
            blocks++;
            stopReading();
        }
    }

    /** The end of one {@link #block}. */
    void unblock() {
        if (!ended) {
            blocks--;
            goOn();
        }
    }

    /** Takes the answer to what a {@link #block} waits for: what it asks for comes before what waits behind that block. */
    void answered(Runnable answer) {
        boolean inside = resuming;
        resuming = true;
        try {
            answer.run();
        } finally {
            resuming = inside;
            if (!inside) {
                putBack();
            }
        }
    }

    /** Whether it waits for room, which may take as long as it likes. */
    boolean holding() {
        return holds > 0;
    }

    /** As {@link #block}, for a send that waits for room, until {@link #letGo}: how long the socket is read is the protocol's to say. */
    void hold() {
        if (!ended) {
            holds++;
            if (!readsAhead()) {
                stopReading();
            }
        }
    }

    /** The end of one {@link #hold}. */
    void letGo() {
        if (!ended) {
            holds--;
            goOn();
        }
    }

    private boolean readsAhead() {
        return blocks == 0 && backPressure != BackPressure.SOCKET && !tooFarAhead();
    }

    private boolean tooFarAhead() {
        return ahead > MOST_AHEAD || shared.full();
    }

    private void caughtUp() {
        if (ahead > 0) {
            shared.add(-ahead);
            ahead = 0;
        }
    }

    private void stopReading() {
        if (!notRead) {
            notRead = true;
            client.pauseReading(true);
        }
    }

    private void read() {
        if (notRead) {
            notRead = false;
            client.pauseReading(false);
        }
    }

    private void goOn() {
        loop.assertInside();
        if (!waits()) {
            resume();
        }
        if (!waits() || readsAhead()) {
            read();
        }
    }

    private void resume() {
        if (resuming) {
            // an operation that waited for something in the middle: those behind it go on when it has returned
            return;
        }
        resuming = true;
        try {
            Runnable next;
            while (!waits() && (next = waiting.poll()) != null) {
                next.run();
                putBack();
            }
        } finally {
            putBack();
            resuming = false;
            if (waiting.isEmpty()) {
                caughtUp();
            }
        }
    }

    private void putBack() {
        while (!within.isEmpty()) {
            waiting.addFirst(within.removeLast());
        }
    }

    /** The session is over: nothing that waits is done any more, and nothing waits from now on. */
    void end() {
        ended = true;
        blocks = 0;
        holds = 0;
        waiting.clear();
        within.clear();
        caughtUp();
        read();
    }
}
