package io.delos.mqtt;

import io.delos.broker.IncomingBody;
import io.delos.broker.Session;
import io.delos.broker.Unfinished;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Owned by the connection's loop: the payload of a PUBLISH that goes into a file as it comes, or is read past. What of it waits for the disk is
 * counted as unfinished.
 */
final class LargeArrival {

    /** When nothing is arriving. */
    static final LargeArrival NONE = past(() -> { });

    private final Optional<IncomingBody> body;
    private final Optional<Unfinished> account;
    private final Optional<Utf8Pieces> text;
    private final Consumer<Optional<IncomingBody>> whole;
    private long counted;
    private boolean over;

    private LargeArrival(Runnable end) {
        this.body = Optional.empty();
        this.account = Optional.empty();
        this.text = Optional.empty();
        this.whole = nothing -> end.run();
    }

    /**
     * One that is kept.
     *
     * @param topic where it goes
     * @param text  whether it must be text
     * @param whole told when all has come; empty if it should be text and isn't, and then nothing of it is left
     */
    LargeArrival(Session session, Unfinished account, Topic topic, boolean text, Consumer<Optional<IncomingBody>> whole) {
        this.account = Optional.of(account);
        this.text = text ? Optional.of(new Utf8Pieces()) : Optional.empty();
        this.whole = whole;
        this.body = Optional.of(session.receive(topic.address(), topic.durable(), this::count));
    }

    /** Where a payload goes, and whether its message outlives the broker's process. */
    record Topic(String address, boolean durable) { }

    /** One that nobody wants; {@code end} runs when all of it has come. */
    static LargeArrival past(Runnable end) {
        return new LargeArrival(end);
    }

    /** The next bytes of the payload. */
    void add(ByteBuf bytes) {
        text.ifPresent(check -> check.add(bytes));
        if (body.isPresent()) {
            for (ByteBuffer part : bytes.nioBuffers()) {
                body.get().add(part);
            }
            count();
        }
    }

    private void count() {
        if (!over) {
            count(body.map(IncomingBody::waiting).orElse(0L));
        }
    }

    private void count(long now) {
        account.ifPresent(unfinished -> unfinished.add(now - counted));
        counted = now;
    }

    /** That was all of it. */
    void end() {
        over = true;
        count(0);
        if (text.map(Utf8Pieces::readable).orElse(true)) {
            whole.accept(body);
        } else {
            body.ifPresent(IncomingBody::close);
            whole.accept(Optional.empty());
        }
    }
}
