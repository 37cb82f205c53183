package io.delos.cli;

import io.delos.core.RawMessage;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * A message in an export.
 *
 * @param id what its broker called it
 * @param message without its body if that is too long for the memory
 * @param queues the names of the queues that hold it
 * @param address where it was sent, if that is not the address of its first queue
 * @param body the body that {@code message} lacks; good as long as whoever was told of the message has not returned
 */
record ExportedMessage(long id, RawMessage message, List<String> queues, Optional<String> address, Optional<Body> body) {

    /** Bytes that are not in memory. */
    interface Body {

        long length();

        /** They are the next that it gives; there may be others behind them. */
        InputStream open() throws IOException;
    }

    ExportedMessage(long id, RawMessage message, List<String> queues, Optional<String> address) {
        this(id, message, queues, address, Optional.empty());
    }

    /** How long the body is, in bytes. */
    long bodyLength() {
        return body.map(Body::length).orElse((long) message.body().length);
    }
}
