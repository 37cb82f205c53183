package io.delos.broker;

import io.delos.config.FullPolicy;
import io.delos.message.LargeBody;
import io.delos.store.BodyWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The body of a large message that a client is sending, on its way into a file. Owned by its session's loop. While much of it waits for the
 * disk, or the disk has no room, the session waits and its socket is not read.
 */
public final class IncomingBody {

    /** Beyond so many bytes that wait the sender waits too; it goes on when there are half as many. */
    private static final long MOST_WAITING = 1 << 20;

    private final Session session;
    private final BodyWriter writer;
    private final DiskGuard guard;
    private final boolean waitsForRoom;
    private final Runnable progress;
    private boolean behind;
    private boolean awaitingRoom;

    IncomingBody(Session session, BodyWriter writer, DiskGuard guard, FullPolicy whenDiskFull, Runnable progress) {
        this.session = session;
        this.writer = writer;
        this.guard = guard;
        this.waitsForRoom = whenDiskFull == FullPolicy.BLOCK;
        this.progress = progress;
        writer.onProgress(this::written);
    }

    /** The next bytes, all that are left in the buffer. */
    public void add(ByteBuffer bytes) {
        writer.add(bytes);
        if (!behind && writer.waiting() > MOST_WAITING) {
            behind = true;
            session.turns().block();
        }
        if (waitsForRoom && !awaitingRoom && guard.full()) {
            awaitingRoom = true;
            session.turns().block();
            guard.await(session.loop(), () -> {
                awaitingRoom = false;
                session.turns().unblock();
            });
        }
    }

    /** Bytes of memory it takes. */
    public long waiting() {
        return writer.waiting();
    }

    /** What has come so far. */
    public LargeBody body() {
        return writer.body();
    }

    private void written() {
        if (behind && writer.waiting() <= MOST_WAITING / 2) {
            goOn();
        }
        progress.run();
    }

    private void goOn() {
        if (behind) {
            behind = false;
            session.turns().unblock();
        }
    }

    /** That was all; {@code done} is told when it is on the disk, or what went wrong. */
    void seal(Consumer<Optional<IOException>> done) {
        writer.seal(result -> {
            goOn();
            progress.run();
            done.accept(result);
        });
    }

    /** Nothing more comes, and nobody needs it for this sender's sake: unless it is part of a message it is removed. Again is allowed. */
    public void close() {
        writer.close();
        goOn();
        session.forget(this);
    }
}
