package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.IncomingBody;
import io.delos.broker.Reply;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A message that is too long for the memory: what comes in front of its body is read when it is there, and the body goes into a file as it
 * comes. Of one that is refused the rest is only counted. Owned by the connection's loop.
 */
final class LargeArrival {

    private final AmqpSession session;
    private final Front front;
    private final Runnable progress;
    private ByteArrayOutputStream beginning = new ByteArrayOutputStream(0);
    private int tryAt;
    private long length;
    private Optional<Message> head = Optional.empty();
    private Optional<IncomingBody> body = Optional.empty();
    private Optional<BrokerException> refusal = Optional.empty();
    private Optional<MalformedMessageException> damage = Optional.empty();

    /** Reads what comes in front of a body. */
    interface Front {
        Message read(byte[] bytes) throws BrokerException;
    }

    /** @param progress run when some of it has left the memory */
    LargeArrival(AmqpSession session, Front front, Runnable progress) {
        this.session = session;
        this.front = front;
        this.progress = progress;
    }

    /** The next bytes, all that are left in the buffer. */
    void add(ByteBuffer piece) {
        length += piece.remaining();
        if (body.isPresent()) {
            body.get().add(piece);
        } else if (!refused()) {
            gather(piece);
        }
    }

    private void gather(ByteBuffer piece) {
        byte[] bytes = new byte[piece.remaining()];
        piece.get(bytes);
        if (beginning.size() == 0 && begin(bytes)) {
            return;
        }
        beginning.writeBytes(bytes);
        if (beginning.size() > tryAt && begin(beginning.toByteArray())) {
            beginning = new ByteArrayOutputStream(0);
        }
    }

    /** Whether what comes in front of the body is there, so that this is decided. */
    private boolean begin(byte[] bytes) {
        int split = LargeForm.split(bytes);
        if (split < 0) {
            tryAt = 2 * bytes.length;
            return false;
        }
        begin(bytes, split);
        return true;
    }

    private void begin(byte[] bytes, int split) {
        try {
            Message message = front.read(Arrays.copyOf(bytes, split));
            check(message.address());
            IncomingBody made = session.broker().receive(message.address(), message.durable(), progress);
            made.add(ByteBuffer.wrap(bytes, split, bytes.length - split));
            head = Optional.of(message);
            body = Optional.of(made);
        } catch (BrokerException refused) {
            refusal = Optional.of(refused);
        } catch (MalformedMessageException damaged) {
            damage = Optional.of(damaged);
        }
    }

    private void check(String address) throws BrokerException {
        AtomicReference<BrokerException> no = new AtomicReference<>();
        session.broker().checkSend(address, Reply.of(may -> { }, no::set));
        if (no.get() != null) {
            throw no.get();
        }
    }

    private boolean refused() {
        return refusal.isPresent() || damage.isPresent();
    }

    /** Whether all that has come is in memory. */
    boolean inMemory() {
        return body.isEmpty() && !refused();
    }

    /** Bytes that have come. */
    long length() {
        return length;
    }

    /** Bytes of memory it takes. */
    long held() {
        return beginning.size() + head.map(message -> (long) message.size()).orElse(0L) + body.map(IncomingBody::waiting).orElse(0L);
    }

    /** Where the body goes; empty as long as all of it is in memory, and if it is refused. */
    Optional<IncomingBody> body() {
        return body;
    }

    /** What is to be sent on when all has come. Throws why it is not taken; MalformedMessageException if it is no message. */
    Message message() throws BrokerException {
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        damage.ifPresent(damaged -> {
            throw damaged;
        });
        return body.isPresent() ? head.orElseThrow().toBuilder().body(body.get().body()).build() : front.read(beginning.toByteArray());
    }
}
