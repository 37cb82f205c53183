package io.delos.amqp;

import io.delos.broker.OutgoingBody;
import io.delos.message.BodyPiece;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.engine.Sender;

/**
 * The body of a large message on its way to a client, in frames as its window and its socket take them: a piece is read from the file when
 * the one before is as good as written. Owned by the connection's loop.
 */
final class LargeDelivery {

    private final Engine engine;
    private final Sender link;
    private final OutgoingBody body;
    private final Listener listener;
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

    /** Reads what can be sent now. */
    void go() {
        waiting = false;
        if (over || reading) {
            return;
        }
        if (body.left() == 0) {
            finish();
        } else if (engine.takesMore(link.getSession())) {
            read();
        } else {
            await();
        }
    }

    private void read() {
        reading = true;
        body.read(body.portion(), piece -> {
            reading = false;
            send(piece);
            if (body.left() == 0) {
                finish();
            } else {
                await();
            }
            engine.changed();
        }, cause -> {
            end();
            listener.lost(cause);
        });
    }

    /** The engine keeps bytes until it has made frames of them, and does not say when: they are its own. */
    private void send(BodyPiece piece) {
        byte[] bytes = new byte[piece.contents().stream().mapToInt(ByteBuffer::remaining).sum()];
        piece.moveTo(bytes, 0);
        link.sendNoCopy(ReadableBuffer.ByteBufferReader.wrap(bytes));
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
        body.close();
    }
}
