package io.delos.core;

import io.delos.broker.BrokerException;
import io.delos.broker.IncomingBody;
import io.delos.broker.Reason;
import io.delos.message.LargeBody;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A message whose body is still arriving; owned by the connection's loop. As long as the body is short it is kept in memory, then it goes
 * into a file. Of one that is refused only the length is counted.
 */
final class ArrivingLarge {
    /** What a chunk takes beside its bytes, roughly. */
    private static final long CHUNK = 32;
    private static final long UNSAID = -1;

    private final CoreSession session;
    private final CoreMessage head;
    private final String address;
    private final long inline;
    private final Runnable progress;
    private final Optional<BrokerException> refusal;
    private final List<byte[]> chunks = new ArrayList<>();
    private Optional<IncomingBody> file = Optional.empty();
    private long length;

    /**
     * @param inline   how many bytes are kept in memory
     * @param refusal  why it is not taken; empty if it is
     * @param progress run when some of it has left the memory
     */
    ArrivingLarge(CoreSession session, CoreMessage head, String address, long inline, Optional<BrokerException> refusal, Runnable progress) {
        this.session = session;
        this.head = head;
        this.address = address;
        this.inline = inline;
        this.refusal = refusal;
        this.progress = progress;
    }

    /** The next bytes, all that are left in the buffer. */
    void add(ByteBuffer chunk) {
        length += chunk.remaining();
        if (refusal.isPresent() || !chunk.hasRemaining()) {
            return;
        }
        if (file.isEmpty() && length <= inline && !session.handler().connection().unfinished().tight(length)) {
            byte[] kept = new byte[chunk.remaining()];
            chunk.get(kept);
            chunks.add(kept);
            return;
        }
        IncomingBody body = file.orElseGet(this::begin);
        body.add(chunk);
    }

    private IncomingBody begin() {
        IncomingBody body = session.broker().receive(address, head.durable(), progress);
        file = Optional.of(body);
        chunks.forEach(chunk -> body.add(ByteBuffer.wrap(chunk)));
        chunks.clear();
        return body;
    }

    /** Bytes of memory it takes. */
    long held() {
        long kept = file.map(IncomingBody::waiting).orElseGet(() -> chunks.isEmpty() ? 0 : length + chunks.size() * CHUNK);
        return head.bytes().length + kept;
    }

    /**
     * Why it is not taken now that it has come; empty if it is.
     *
     * @param announced the size of the body as its sender said it last, before compression; -1 if he did not say
     */
    Optional<BrokerException> refusal(long announced) {
        if (refusal.isPresent() || announced == UNSAID || announced == length) {
            return refusal;
        }
        if (announced < 0 || !Boolean.TRUE.equals(head.property(Names.LARGE_COMPRESSED))) {
            return Optional.of(new BrokerException(Reason.INVALID_REQUEST,
                    "a large message of " + length + " bytes that was to have " + announced));
        }
        return refusal;
    }

    /** Where the body goes, if not into memory. */
    Optional<IncomingBody> file() {
        return file;
    }

    /** What its sender wrote, whole or, if the body is in a file, without it. {@code bodySize} is what the client says of its size before compression; negative if it does not say. */
    CoreMessage complete(long bodySize) {
        CoreMessage whole = file.isPresent() ? head : head.withBody(joined());
        return bodySize < 0 ? whole : whole.withProperties(Map.of(Names.LARGE_SIZE, bodySize));
    }

    /** The body as the broker knows it. */
    LargeBody body() {
        return file.map(IncomingBody::body).orElse(LargeBody.NONE);
    }

    private byte[] joined() {
        byte[] body = new byte[(int) length];
        int at = 0;
        for (byte[] chunk : chunks) {
            System.arraycopy(chunk, 0, body, at, chunk.length);
            at += chunk.length;
        }
        return body;
    }

    /** It will never be whole. */
    void abandon() {
        chunks.clear();
        file.ifPresent(IncomingBody::close);
    }
}
