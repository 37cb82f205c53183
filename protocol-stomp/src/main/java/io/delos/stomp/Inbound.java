package io.delos.stomp;

import io.netty.buffer.ByteBuf;

/** What the codec finds in the stream. */
sealed interface Inbound {

    /**
     * A client's frame.
     *
     * @param headers belongs to the codec, which uses it again for the next frame
     * @param body    belongs to whoever takes the frame, to be released
     */
    record Frame(Command command, Headers headers, ByteBuf body) implements Inbound { }

    /** A SEND whose body is too long for the memory: it follows in {@link Piece}s, and then comes {@link LargeEnd}. */
    record LargeBegin(Headers headers) implements Inbound { }

    /** The next bytes of such a body; they belong to whoever takes them, to be released. */
    record Piece(ByteBuf bytes) implements Inbound { }

    /** That was all of it. */
    record LargeEnd() implements Inbound { }

    /** The stream makes no sense from here on; nothing follows. */
    record Broken(StompException why) implements Inbound { }
}
