package io.delos.amqp;

import io.delos.broker.OutgoingBody;
import io.delos.message.BodyPiece;
import java.io.IOException;
import java.util.Optional;
import org.apache.qpid.proton.engine.Sender;

/**
 * The body of a large message on its way to a client, in frames as its window and its socket take them: a piece is given to the link when
 * the one before has become frames, and the next is read meanwhile. Owned by the connection's loop.
 */
final class LargeDelivery {

    private final Engine engine;
    private final Sender link;
    private final OutgoingBody body;
    private final Listener listener;
    private Optional<BodyPiece> next = Optional.empty();
    private boolean reading;
    private boolean waiting;
    private boolean over;

    /** Is told how it ends. */
    interface Listener {

        /** The link has all of it, and can be given the next. */
        void sent();

        /** The rest can't be had. */
        void lost(IOException cause);
    }

    /** What comes in front of the body was given to the link, whose current delivery it is. */
    LargeDelivery(Engine engine, Sender link, OutgoingBody body, Listener listener) {
        this.engine = engine;
        this.link = link;
        this.body = body;
        this.listener = listener;
    }

    /** Reads and gives to the link what can be now. */
    void go() {
        waiting = false;
        if (over) {
            return;
        }
        if (next.isPresent() && link.current().pending() == 0) {
            link.sendNoCopy(new PiecePayload(next.get()));
            next = Optional.empty();
            engine.changed();
        }
        if (next.isEmpty() && !reading && body.left() == 0) {
            finish();
        } else if (next.isPresent()) {
            await();
        } else if (!reading) {
            read();
        }
    }

    private void read() {
        reading = true;
        body.read(body.portion(), piece -> {
            reading = false;
            next = Optional.of(piece);
            go();
        }, cause -> {
            end();
            listener.lost(cause);
        });
    }

    private void await() {
        if (!waiting) {
            waiting = true;
            engine.whenWritten(this::go);
        }
    }

    /** That was all, or the client wants no more of it. */
    void finish() {
        end();
        link.advance();
        listener.sent();
    }

    /** Nothing more is read. */
    void end() {
        over = true;
        next.ifPresent(BodyPiece::release);
        next = Optional.empty();
        body.close();
    }
}
