package io.delos.core;

import io.delos.core.SessionPacket.AddMetadata;
import io.delos.core.SessionPacket.Bare;
import io.delos.loop.Loop;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Tells a client which of its packets are dealt with, so that it can forget them (section 5.3). Owned by the connection's loop. Packets
 * count from the session's first, in their order; a confirmation is due when a window's worth of bytes was dealt with, and at latest two
 * seconds after the first of them.
 */
final class Confirmations {
    /** For packets that nobody counts. */
    static final Runnable NOBODY = () -> { };
    private static final long DELAY_MILLIS = 2000;

    private final CoreSession session;
    private final Loop loop;
    private final int window;
    private final Queue<Counted> underWay = new ArrayDeque<>();
    private int last = -1;
    private int confirmed = -1;
    private long bytes;
    private boolean scheduled;

    /** A packet on its way; run when it is dealt with. */
    private final class Counted implements Runnable {
        private final int size;
        private boolean dealtWith;

        private Counted(int size) {
            this.size = size;
        }

        @Override
        public void run() {
            dealtWith = true;
            advance();
        }
    }

    /** @param window bytes; negative: the client wants to hear nothing */
    Confirmations(CoreSession session, Loop loop, int window) {
        this.session = session;
        this.loop = loop;
        this.window = window;
    }

    /** What to run when the packet, whose frame has {@code size} bytes, is dealt with. */
    Runnable expect(Packet packet, int size) {
        if (window < 0 || !counts(packet)) {
            return NOBODY;
        }
        Counted counted = new Counted(size);
        underWay.add(counted);
        return counted;
    }

    /** Whether both sides count this packet; a session's last is counted where it ends. */
    private static boolean counts(Packet packet) {
        if (packet instanceof AddMetadata metadata) {
            return metadata.form() != AddMetadata.Form.OLD && metadata.answer();
        }
        return !(packet instanceof AnswerPacket.Confirmed) && packet != Bare.CLOSE;
    }

    private void advance() {
        while (!underWay.isEmpty() && underWay.peek().dealtWith) {
            bytes += underWay.remove().size;
            last++;
        }
        session.checkIdle();
        if (bytes >= window) {
            confirm();
        } else if (!scheduled && confirmed < last) {
            scheduled = true;
            loop.schedule(this::confirmLate, DELAY_MILLIS);
        }
    }

    /** Whether everything that was expected is dealt with. */
    boolean idle() {
        return underWay.isEmpty();
    }

    /** The number of the last packet that is dealt with. */
    int last() {
        return last;
    }

    private void confirmLate() {
        scheduled = false;
        confirm();
    }

    /** The session closes: what was dealt with is confirmed, and with it the packet that asks for the end, unless something is still under way. */
    void confirmEnd() {
        if (window >= 0 && underWay.isEmpty()) {
            last++;
        }
        confirm();
    }

    void confirm() {
        if (confirmed < last) {
            confirmed = last;
            bytes = 0;
            session.send(new AnswerPacket.Confirmed(last));
        }
    }
}
