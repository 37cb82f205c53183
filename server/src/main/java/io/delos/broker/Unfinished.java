package io.delos.broker;

import io.delos.loop.Loop;

/**
 * What one connection holds of messages that are still arriving, in bytes of heap and direct memory, and whether it is read on. Owned by
 * the connection's loop.
 * <pre>
 *   FREE ── holds more than is left ──► WAITING ── its turn ──► GOING_ON ── a message is whole ──► FREE
 *   WAITING ── there is room again ──► FREE      any ── too slow, or too much ──► REFUSED ── the channel is gone ──► GONE
 * </pre>
 */
public final class Unfinished {

    /** What a connection may always hold, in bytes: no more than it takes otherwise. */
    static final int SMALL = 4096;
    /** So many ticks anybody may wait for its turn. */
    static final int PATIENCE = 30;
    /** So many ticks the one whose turn it is may bring nothing. */
    static final int SILENCE_IN_TURN = 3;
    /** So many ticks one who holds much may bring nothing while others wait; and after as many in its turn it must have been this fast: */
    static final int SILENCE = 10;
    /** What may still come of a socket that is read no more, in bytes: what had been read, and waited in a gate. */
    static final long AFTER = 64 << 10;
    /** Bytes a tick. */
    static final long SLOWEST = 64 << 10;

    private enum State { FREE, WAITING, GOING_ON, REFUSED, GONE }

    private final Intake intake;
    private final Loop loop;
    private final Socket socket;
    private State state = State.FREE;
    private long held;
    /** Bytes that were ever added; what is seen of it, tick by tick, says who is silent. */
    private long brought;
    private long seen;
    private int silent;
    /** Ticks in the state of waiting, or going on. */
    private int ticks;
    private long broughtBefore;
    private long peak;
    private long most;

    /** The connection, as far as this is concerned. Called on its loop. */
    public interface Socket {

        /** As of {@code spi.Connection}: nests. */
        void pauseReading(boolean pause);

        /** Whether it would not be read anyway, for another reason than this one. */
        boolean pausedOtherwise();

        /** Ends it, in its protocol's own words. */
        void refuse(BrokerException why);
    }

    Unfinished(Intake intake, Loop loop, Socket socket) {
        this.intake = intake;
        this.loop = loop;
        this.socket = socket;
    }

    Loop loop() {
        return loop;
    }

    /** So many bytes more, or fewer, are held of messages that are not whole. */
    public void add(long bytes) {
        loop.assertInside();
        if (state == State.GONE) {
            return;
        }
        held += bytes;
        brought += Math.max(0, bytes);
        intake.add(bytes);
        if (held <= SMALL && atLine()) {
            free();
        }
    }

    /** Whether it has the socket paused. */
    public boolean waiting() {
        return state == State.WAITING;
    }

    private boolean atLine() {
        return state == State.WAITING || state == State.GOING_ON;
    }

    /** Whether memory is so short that a buffer of so many bytes should not be larger than it need be. */
    public boolean tight(long bytes) {
        return bytes > SMALL && bytes > intake.left();
    }

    /** Bytes held now. */
    public long held() {
        return held;
    }

    /** To be called when what was read has been dealt with: decides whether it is read on. */
    public void judge() {
        if (held <= SMALL) {
            return;
        }
        if (state == State.GOING_ON) {
            judgeTurn();
        } else if (state == State.WAITING && brought - broughtBefore > AFTER) {
            refuse("its client has left: all that is still in its socket comes at once");
        }
        if (state == State.FREE && tight(held) && !socket.pausedOtherwise()) {
            state = State.WAITING;
            ticks = 0;
            broughtBefore = brought;
            socket.pauseReading(true);
            intake.waits(this);
        }
    }

    /** A message is whole when much of what was held is held no more; small ones in between are no matter. */
    private void judgeTurn() {
        if (held > most) {
            refuse("it is in the middle of more messages at once than memory has room for");
        } else if (held <= peak / 2 || !tight(held)) {
            free();
        } else {
            peak = Math.max(peak, held);
        }
    }

    /** It is its turn. */
    void takeTurn() {
        if (state != State.WAITING) {
            intake.done(this);
        } else if (socket.pausedOtherwise()) {
            free();
        } else {
            state = State.GOING_ON;
            ticks = 0;
            silent = 0;
            broughtBefore = brought;
            peak = held;
            most = held + intake.mostInTurn();
            socket.pauseReading(false);
        }
    }

    /** There is room again. */
    void letGo() {
        if (state == State.WAITING) {
            free();
        }
    }

    /** Waits no longer, or has had its turn. */
    private void free() {
        boolean paused = state == State.WAITING;
        state = State.FREE;
        intake.done(this);
        if (paused) {
            socket.pauseReading(false);
        }
    }

    /** Memory is short, and another tick has passed. */
    void look() {
        silent = brought == seen ? silent + 1 : 0;
        seen = brought;
        ticks++;
        if (socket.pausedOtherwise()) {
            silent = 0;
            if (atLine()) {
                free();
            }
        } else if (state == State.WAITING && ticks > PATIENCE) {
            refuse("it has waited too long for its turn to bring the rest of a message");
        } else if (state == State.GOING_ON && tooSlow()) {
            refuse("others wait, and it does not bring the rest of a message");
        } else if (state == State.FREE && silent >= SILENCE && tight(held)) {
            refuse("others wait for memory, and it has stopped in the middle of a message");
        }
    }

    private boolean tooSlow() {
        return silent >= SILENCE_IN_TURN || ticks >= SILENCE && brought - broughtBefore < SLOWEST * ticks;
    }

    private void refuse(String why) {
        if (atLine()) {
            free();
        }
        state = State.REFUSED;
        socket.refuse(new BrokerException(Reason.LIMIT_EXCEEDED, "Messages that are still arriving take " + intake.held()
                + " bytes of memory, of " + intake.limit() + " there are for them; this connection holds " + held + " of it, and " + why));
    }

    /** The connection is gone, and holds nothing more. */
    public void close() {
        loop.assertInside();
        if (state == State.GONE) {
            return;
        }
        if (atLine()) {
            intake.done(this);
        }
        state = State.GONE;
        intake.add(-held);
        held = 0;
        intake.close(this);
    }
}
