package io.delos.core;

import io.delos.loop.Loop;

/**
 * Tells a client which of its packets are dealt with, so that it can forget them (section 5.3). Owned by the connection's loop. Counts
 * from the first packet of the session; a confirmation is due when a window's worth of bytes was dealt with, and at latest two seconds
 * after the first of them.
 */
final class Confirmations {
    private static final long DELAY_MILLIS = 2000;

    private final CoreSession session;
    private final Loop loop;
    private final int window;
    private int last = -1;
    private long bytes;
    private int confirmed = -1;
    private boolean scheduled;

    /** @param window bytes; negative: the client wants to hear nothing */
    Confirmations(CoreSession session, Loop loop, int window) {
        this.session = session;
        this.loop = loop;
        this.window = window;
    }

    boolean active() {
        return window >= 0;
    }

    /** Whether both sides count this packet. */
    static boolean counts(Packet packet) {
        if (packet instanceof SessionPacket.AddMetadata metadata) {
            return metadata.form() != SessionPacket.AddMetadata.Form.OLD && metadata.answer();
        }
        return !(packet instanceof AnswerPacket.Confirmed) && !(packet instanceof ConnectionPacket);
    }

    /** One more packet of {@code size} bytes is dealt with. */
    void dealtWith(int size) {
        last++;
        bytes += size;
        if (bytes >= window) {
            confirm();
        } else if (!scheduled) {
            scheduled = true;
            loop.schedule(this::confirmLate, DELAY_MILLIS);
        }
    }

    private void confirmLate() {
        scheduled = false;
        if (!session.closed()) {
            confirm();
        }
    }

    void confirm() {
        if (active() && confirmed < last) {
            confirmed = last;
            bytes = 0;
            session.send(new AnswerPacket.Confirmed(last));
        }
    }
}
