package io.delos.broker;

import io.delos.message.BodyPiece;
import io.delos.store.BodyReader;
import java.io.IOException;
import java.util.function.Consumer;

/** The body of a large message on its way to a consumer, piece by piece and in order; it stays readable until it or its session is closed. Owned by its session's loop. */
public final class OutgoingBody {

    private final Session session;
    private final BodyReader reader;

    OutgoingBody(Session session, BodyReader reader) {
        this.session = session;
        this.reader = reader;
    }

    /** Bytes that were not asked for yet. */
    public long left() {
        return reader.left();
    }

    /** How much it is good to ask for at once, in bytes, as memory is now. */
    public int portion() {
        return reader.portion();
    }

    /**
     * Reads the next bytes, at most so many, one piece at a time; what was read should be with the socket before the next is asked for. While
     * the disk itself fails it is tried again.
     *
     * @param got  told later, and has to release it, unless the body was closed meanwhile
     * @param lost told instead when the file is damaged or gone
     */
    public void read(int most, Consumer<BodyPiece> got, Consumer<IOException> lost) {
        reader.read(most, got, lost);
    }

    /** It is not needed any more. Again is allowed. */
    public void close() {
        reader.close();
        session.forget(this);
    }
}
