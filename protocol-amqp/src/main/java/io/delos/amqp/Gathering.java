package io.delos.amqp;

import io.delos.broker.IncomingBody;
import io.delos.spi.Connection;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.LinkError;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Receiver;

/**
 * Makes messages of what comes over a client's sender in one transfer or many, as long as they keep to its credit and to the limits of size. Owned by
 * the connection's loop.
 */
final class Gathering {

    /** What a transfer takes beside its bytes, roughly. */
    private static final long TRANSFER = 64;

    private final AmqpSession session;
    private final Receiver link;
    private final AmqpOptions options;
    private final Posting posting;
    private final Consumer<ErrorCondition> dismiss;
    private int transfers;
    /** The transaction of a message that isn't whole. */
    private Optional<OpenTransaction> unfinished = Optional.empty();
    /** What is counted of a message that isn't whole, in bytes. */
    private long gathered;
    private Optional<LargeArrival> large = Optional.empty();
    /** More is to come of a message that is too large for a direct address. */
    private boolean skipping;

    /** @param dismiss ends the link */
    Gathering(AmqpSession session, Receiver link, Posting posting, Consumer<ErrorCondition> dismiss) {
        this.session = session;
        this.link = link;
        this.options = session.connection().options();
        this.posting = posting;
        this.dismiss = dismiss;
    }

    /** In bytes: by the acceptor's settings, and by what the heap can hold of one that does not go into a file. */
    private long largestMessage() {
        long most = options.frames().maxMessageSize() < 0 ? Long.MAX_VALUE : options.frames().maxMessageSize();
        return large.isPresent() && !large.get().inMemory() ? most
                : Math.min(most, session.connection().connection().broker().largestInMemory());
    }

    /** Whether a message of which so many bytes are here is to go through a file. */
    private boolean isLarge(long bytes) {
        if (posting.direct().isPresent()) {
            return false;
        }
        int least = options.frames().minLargeMessage();
        Connection connection = session.connection().connection();
        return large.isPresent() || least >= 0 && bytes >= least
                && (bytes > connection.broker().largestInline() || connection.unfinished().tight(bytes));
    }

    /** A message has come, or a part of one. */
    void add(Delivery delivery) {
        boolean whole = !delivery.isPartial() || delivery.isAborted();
        transfers++;
        if (transfers == 1 && posting.direct().map(DirectCredit::exceeded).orElseGet(() -> link.getCredit() <= 0)) {
            end(delivery, new ErrorCondition(LinkError.TRANSFER_LIMIT_EXCEEDED, "more messages than there was credit for"));
        } else if (posting.forbids(delivery)) {
            end(delivery, new ErrorCondition(AmqpError.NOT_ALLOWED,
                    "a new delivery, though the link was attached with an incomplete map of what is unsettled"));
        } else if (posting.resumes(delivery)) {
            resumed(delivery, whole);
        } else {
            arriving(delivery, whole);
            gather(delivery, whole);
        }
    }

    private void gather(Delivery delivery, boolean whole) {
        if (posting.direct().isPresent() && (skipping || delivery.pending() > posting.direct().get().largest())) {
            skip(delivery, whole);
        } else if (delivery.pending() + large.map(LargeArrival::length).orElse(0L) > largestMessage() || transfers > options.frames().maxTransfers()) {
            end(delivery, new ErrorCondition(LinkError.MESSAGE_SIZE_EXCEEDED,
                    "a message may have " + largestMessage() + " bytes in " + options.frames().maxTransfers() + " transfers"));
        } else if (isLarge(delivery.pending())) {
            addToLarge(delivery, whole);
        } else if (whole) {
            transfers = 0;
            gather(0);
            byte[] bytes = Payloads.bytes(link.recv());
            posting.take(delivery, () -> posting.message(bytes, delivery.getMessageFormat()), Optional.empty());
        } else {
            gather(delivery.pending() + transfers * TRANSFER);
        }
    }

    private void end(Delivery delivery, ErrorCondition why) {
        discard(link, delivery);
        dismiss.accept(why);
    }

    /** Reads on after the link has been ended, so that nothing gathers. */
    static void discard(Receiver link, Delivery delivery) {
        link.recv();
        if (!delivery.isPartial() || delivery.isAborted()) {
            link.advance();
            delivery.settle();
        }
    }

    /** One that has come before: what it brings is known. */
    private void resumed(Delivery delivery, boolean whole) {
        link.recv();
        if (whole) {
            transfers = 0;
            link.advance();
            posting.resumed(delivery);
        }
    }

    /** A transaction must know of what has begun to come in it. */
    private void arriving(Delivery delivery, boolean whole) {
        if (whole) {
            unfinished.ifPresent(transaction -> transaction.arriving(-1));
            unfinished = Optional.empty();
        } else if (unfinished.isEmpty() && delivery.getRemoteState() instanceof TransactionalState) {
            unfinished = session.connection().transactions().known(delivery.getRemoteState());
            unfinished.ifPresent(transaction -> transaction.arriving(1));
        }
    }

    private void gather(long bytes) {
        session.connection().connection().unfinished().add(bytes - gathered);
        gathered = bytes;
    }

    /** Reads over a message that is too large to be passed through. */
    private void skip(Delivery delivery, boolean whole) {
        link.recv();
        gather(0);
        skipping = !whole;
        if (whole) {
            transfers = 0;
            link.advance();
            posting.tooLarge(delivery);
        }
    }

    private void addToLarge(Delivery delivery, boolean whole) {
        if (large.isEmpty()) {
            large = Optional.of(new LargeArrival(session, bytes -> posting.message(bytes, delivery.getMessageFormat()), this::countLarge));
            session.connection().engine().streams(1);
        }
        LargeArrival arriving = large.get();
        arrived(ByteBuffer.wrap(Payloads.bytes(link.recv())));
        if (whole) {
            endLarge();
            transfers = 0;
            gather(0);
            posting.take(delivery, arriving::message, arriving.body());
        }
    }

    /** Whether what comes next belongs to a message that goes to the disk as it comes. */
    boolean streams() {
        return large.isPresent();
    }

    /** More of that message, which is not waited for: its transfer comes behind it. */
    void arrived(ByteBuffer more) {
        large.ifPresent(arriving -> arriving.add(more));
        countLarge();
    }

    private void endLarge() {
        session.connection().engine().streams(large.isPresent() ? -1 : 0);
        large = Optional.empty();
    }

    private void countLarge() {
        large.ifPresent(arriving -> gather(arriving.held() + transfers * TRANSFER));
    }

    /** What isn't whole never will be. */
    void forget() {
        large.flatMap(LargeArrival::body).ifPresent(IncomingBody::close);
        endLarge();
        gather(0);
    }
}
