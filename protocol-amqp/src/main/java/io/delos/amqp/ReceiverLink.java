package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.IncomingBody;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.spi.Connection;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Outcome;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.LinkError;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Receiver;

/**
 * A client's sender: takes messages from it and answers each (AMQP document, sections 4 and 5). Owned by the connection's loop. What is
 * sent has a fixed address, or, on an anonymous link, the one in its own {@code to}.
 */
final class ReceiverLink implements AmqpLink {

    static final Symbol DELAYED_DELIVERY = Symbol.valueOf("DELAYED_DELIVERY");

    /** What a transfer takes beside its bytes, roughly. */
    private static final long TRANSFER = 64;

    private final AmqpSession session;
    private final Receiver link;
    private final AmqpOptions options;
    private final Refusals refusals;
    private final IncomingCredit credit;
    private Optional<SendTarget> target = Optional.empty();
    /** Where messages go: on an anonymous link, where the last one went. */
    private String lastAddress = "";
    private boolean second;
    private boolean open;
    private boolean ended;
    private int transfers;
    /** The transaction of a message that isn't whole. */
    private Optional<OpenTransaction> unfinished = Optional.empty();
    /** What is counted of a message that isn't whole, in bytes. */
    private long gathered;
    private Optional<LargeArrival> large = Optional.empty();
    /** For a direct address. */
    private Optional<DirectCredit> direct = Optional.empty();
    /** More is to come of a message that is too large for it. */
    private boolean skipping;
    /** If what it leaves unsettled is to be kept. */
    private Optional<Arrivals> arrivals;

    ReceiverLink(AmqpSession session, Receiver link) {
        this.session = session;
        this.link = link;
        this.options = session.connection().options();
        this.refusals = new Refusals(link.getRemoteSource(), options.settlement().modifiedWhenFull());
        this.credit = new IncomingCredit(session, link, options.flow(), new IncomingCredit.Owner() {
            @Override
            public String address() {
                return lastAddress;
            }

            @Override
            public void dismiss(ErrorCondition condition) {
                ReceiverLink.this.dismiss(condition);
            }
        });
        this.arrivals = Standing.of(session, link, keep()).map(standing -> new Arrivals(session, link, standing));
    }

    /** In bytes: by the acceptor's settings, and by what the heap can hold of one that does not go into a file. */
    private long largestMessage() {
        long most = options.frames().maxMessageSize() < 0 ? Long.MAX_VALUE : options.frames().maxMessageSize();
        return large.isPresent() && !large.get().inMemory() ? most
                : Math.min(most, session.connection().connection().broker().largestInMemory());
    }

    /** Whether a message of which so many bytes are here is to go through a file. */
    private boolean isLarge(long bytes) {
        if (direct.isPresent()) {
            return false;
        }
        int least = options.frames().minLargeMessage();
        Connection connection = session.connection().connection();
        return large.isPresent() || least >= 0 && bytes >= least
                && (bytes > connection.broker().largestInline() || connection.unfinished().tight(bytes));
    }

    // ---- the link

    /** What it asks for, if what it sends to is not gone with it anyway. */
    private Optional<Keep> keep() {
        boolean dynamic = link.getRemoteTarget() instanceof Target && ((Target) link.getRemoteTarget()).getDynamic();
        return dynamic ? Optional.empty() : Keep.of(link.getRemoteTarget(), session.connection().engine().reattachment(link).isPresent(), false,
                options.settlement().resumeTimeout());
    }

    @Override
    public void attach() {
        arrivals.ifPresentOrElse(asking -> asking.take(this::stolen, this::resolve), this::resolve);
    }

    private void resolve() {
        if (ended) {
            arrivals.ifPresent(asking -> asking.leave(Keep.End.CONNECTION));
            letGo();
        } else {
            SendTarget.resolve(session, link, Reply.of(this::opened, this::refused));
        }
    }

    private void letGo() {
        arrivals.ifPresent(Arrivals::letGo);
    }

    private void stolen() {
        if (!ended) {
            leave(Keep.End.DETACH);
            dismiss(new ErrorCondition(LinkError.STOLEN, "the link was attached again, by another connection of its container"));
        }
    }

    /** What is unsettled is kept for when it comes back, if it asks for that. */
    private void leave(Keep.End how) {
        if (open) {
            arrivals.ifPresent(asking -> asking.leave(how));
        }
    }

    private void opened(SendTarget resolved) {
        if (ended || link.getLocalState() == EndpointState.CLOSED) {
            resolved.abandon(session, () -> { });
            return;
        }
        target = Optional.of(resolved);
        lastAddress = Capabilities.addressOf(resolved.address());
        open = true;
        direct = DirectCredit.of(session, link, resolved, this::addressGone);
        if (direct.isPresent()) {
            letGo();
            arrivals = Optional.empty();
        }
        arrivals.ifPresent(asking -> resolved.answer().setTimeout(UnsignedInteger.valueOf(asking.seconds())));
        link.setSource(link.getRemoteSource());
        link.setTarget(resolved.answer());
        link.setSenderSettleMode(link.getRemoteSenderSettleMode());
        second = link.getRemoteReceiverSettleMode() == ReceiverSettleMode.SECOND;
        link.setReceiverSettleMode(link.getRemoteReceiverSettleMode());
        Symbol[] desired = link.getRemoteDesiredCapabilities();
        if (Capabilities.contains(desired, DELAYED_DELIVERY)) {
            link.setOfferedCapabilities(new Symbol[] {DELAYED_DELIVERY});
        }
        link.open();
        session.connection().engine().changed();
        if (direct.isEmpty()) {
            credit.open();
        }
    }

    private void addressGone() {
        if (open) {
            dismiss(new ErrorCondition(AmqpError.RESOURCE_DELETED, "Address deleted: " + lastAddress));
        }
    }

    private void refused(BrokerException refusal) {
        if (!ended) {
            dismiss(AmqpErrors.condition(refusal));
        }
    }

    @Override
    public void dismiss(ErrorCondition condition) {
        open = false;
        credit.close();
        direct.ifPresent(DirectCredit::close);
        forgetLarge();
        letGo();
        session.close(link, condition);
    }

    @Override
    public void detached(boolean closed, Runnable done) {
        if (!closed) {
            leave(Keep.End.DETACH);
        }
        end(done);
    }

    @Override
    public void sessionEnded(Keep.End how) {
        leave(how);
        end(() -> { });
    }

    private void end(Runnable done) {
        ended = true;
        open = false;
        credit.close();
        direct.ifPresent(DirectCredit::close);
        forgetLarge();
        letGo();
        if (target.isPresent()) {
            target.get().abandon(session, done);
        } else {
            done.run();
        }
    }

    @Override
    public void flow() {
        credit.flow();
    }

    @Override
    public void echo() {
        session.connection().engine().echo(link);
    }

    // ---- messages

    @Override
    public void delivery(Delivery delivery) {
        if (delivery.getContext() == this && delivery.remotelySettled()) {
            settledByPeer(delivery);
            return;
        }
        if (!delivery.isReadable()) {
            return;
        }
        boolean whole = !delivery.isPartial() || delivery.isAborted();
        if (!open) {
            discard(delivery, whole);
            return;
        }
        transfers++;
        if (transfers == 1 && direct.map(DirectCredit::exceeded).orElseGet(() -> link.getCredit() <= 0)) {
            discard(delivery, whole);
            dismiss(new ErrorCondition(LinkError.TRANSFER_LIMIT_EXCEEDED, "more messages than there was credit for"));
            return;
        }
        if (arrivals.isPresent() && comesAgain(delivery, whole, arrivals.get())) {
            return;
        }
        arriving(delivery, whole);
        if (direct.isPresent() && (skipping || delivery.pending() > direct.get().largest())) {
            skip(delivery, whole, direct.get());
        } else if (delivery.pending() + large.map(LargeArrival::length).orElse(0L) > largestMessage() || transfers > options.frames().maxTransfers()) {
            discard(delivery, whole);
            dismiss(new ErrorCondition(LinkError.MESSAGE_SIZE_EXCEEDED,
                    "a message may have " + largestMessage() + " bytes in " + options.frames().maxTransfers() + " transfers"));
        } else if (isLarge(delivery.pending())) {
            addToLarge(delivery, whole);
        } else if (whole) {
            transfers = 0;
            gather(0);
            byte[] bytes = Payloads.bytes(link.recv());
            take(delivery, () -> message(bytes, delivery.getMessageFormat()), Optional.empty());
        } else {
            gather(delivery.pending() + transfers * TRANSFER);
        }
    }

    /** Deals with a message that has come before on this link, or may not come; whether it was one. */
    private boolean comesAgain(Delivery delivery, boolean whole, Arrivals known) {
        if (known.forbids(delivery)) {
            discard(delivery, whole);
            dismiss(new ErrorCondition(AmqpError.NOT_ALLOWED, "a new delivery, though the link was attached with an incomplete map of what is unsettled"));
            return true;
        }
        if (!known.resumes(delivery)) {
            return false;
        }
        link.recv();
        if (whole) {
            transfers = 0;
            link.advance();
            known.resumed(delivery).ifPresentOrElse(state -> answer(delivery, state), delivery::settle);
            credit.topUp();
        }
        return true;
    }

    /** A transaction must know of what has begun to come in it. */
    private void arriving(Delivery delivery, boolean whole) {
        if (whole || !open) {
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

    /** Reads on after the link has been ended, so that nothing gathers. */
    private void discard(Delivery delivery, boolean whole) {
        link.recv();
        if (whole) {
            link.advance();
            delivery.settle();
        }
    }

    /** Reads over a message that is too large to be passed through. */
    private void skip(Delivery delivery, boolean whole, DirectCredit passing) {
        link.recv();
        gather(0);
        skipping = !whole;
        if (whole) {
            transfers = 0;
            link.advance();
            passing.came();
            passing.inVain();
            refuse(delivery, refusals.rejected(new ErrorCondition(LinkError.MESSAGE_SIZE_EXCEEDED,
                    "a message to a direct address may have " + passing.largest() + " bytes")));
        }
    }

    private void addToLarge(Delivery delivery, boolean whole) {
        if (large.isEmpty()) {
            large = Optional.of(new LargeArrival(session, bytes -> message(bytes, delivery.getMessageFormat()), this::countLarge));
            session.connection().engine().streams(1);
        }
        LargeArrival arriving = large.get();
        arrived(ByteBuffer.wrap(Payloads.bytes(link.recv())));
        if (whole) {
            endLarge();
            transfers = 0;
            gather(0);
            take(delivery, arriving::message, arriving.body());
        }
    }

    /** Whether what comes next belongs to a message that goes to the disk as it comes. */
    boolean streams() {
        return open && large.isPresent();
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

    private void forgetLarge() {
        large.flatMap(LargeArrival::body).ifPresent(IncomingBody::close);
        endLarge();
        gather(0);
    }

    /** What came, when it has come whole. */
    private interface Arrived {
        Message read() throws BrokerException;
    }

    /** @param body what lies in a file of it */
    private void take(Delivery delivery, Arrived arrived, Optional<IncomingBody> body) {
        link.advance();
        if (delivery.isAborted()) {
            body.ifPresent(IncomingBody::close);
            delivery.settle();
            link.flow(1);
            return;
        }
        direct.ifPresent(DirectCredit::came);
        Optional<OpenTransaction> transaction = Optional.empty();
        Message message;
        try {
            transaction = session.connection().transactions().of(delivery.getRemoteState());
        } catch (BrokerException unknown) {
            body.ifPresent(IncomingBody::close);
            refuse(delivery, transaction, refusals.rejected(Transactions.unknown(unknown)), unknown);
            return;
        }
        try {
            message = arrived.read();
        } catch (BrokerException refusal) {
            refuse(delivery, transaction, refusals.of(refusal), refusal);
            return;
        } catch (MalformedMessageException damaged) {
            refuse(delivery, transaction, refusals.rejected(new ErrorCondition(AmqpError.DECODE_ERROR, damaged.getMessage())),
                    new BrokerException(Reason.INVALID_REQUEST, damaged.getMessage()));
            return;
        }
        if (target.orElseThrow().anonymous() && message.address().equals(NodeConversation.NODE)) {
            body.ifPresent(IncomingBody::close);
            ask(delivery, body.isPresent() ? Optional.empty() : Optional.of(message), transaction);
            return;
        }
        credit.unsettled(1);
        transaction.ifPresent(OpenTransaction::sending);
        if (arrivals.isPresent() && transaction.isEmpty() && !delivery.remotelySettled()) {
            arrivals.get().begun(delivery);
        }
        if (body.isPresent()) {
            session.broker().sendLarge(body.get(), message, Optional.empty(), transaction.map(OpenTransaction::transaction),
                    new Receipt(delivery, transaction));
        } else if (transaction.isPresent()) {
            direct.ifPresent(DirectCredit::inVain);
            session.broker().send(message, transaction.get().transaction(), new Receipt(delivery, transaction));
        } else if (direct.isPresent()) {
            direct.get().send(message, delivery.remotelySettled(), new Receipt(delivery, transaction));
        } else {
            session.broker().send(message, new Receipt(delivery, transaction));
        }
    }

    /**
     * A message on an anonymous link is for the management node: it counts against the link's credit until its answer has gone.
     *
     * @param request empty for one that is much too large
     */
    private void ask(Delivery delivery, Optional<Message> request, Optional<OpenTransaction> transaction) {
        if (request.isEmpty() || transaction.isPresent()) {
            ErrorCondition why = request.isEmpty() ? NodeConversation.tooLarge() : NodeConversation.transacted();
            refuse(delivery, transaction, refusals.rejected(why), new BrokerException(Reason.INVALID_REQUEST, why.getDescription()));
            return;
        }
        credit.unsettled(1);
        new NodeConversation(session).ask(request.get().bytes(), false, state -> answer(delivery, state), () -> {
            credit.unsettled(-1);
            credit.topUp();
        });
    }

    /** A message that could not even be sent; in a transaction that fails, too. */
    private void refuse(Delivery delivery, Optional<OpenTransaction> transaction, DeliveryState state, BrokerException why) {
        direct.ifPresent(DirectCredit::inVain);
        transaction.ifPresent(open -> {
            open.sending();
            open.failed(why);
        });
        refuse(delivery, within(transaction, state));
    }

    private static DeliveryState within(Optional<OpenTransaction> transaction, DeliveryState outcome) {
        return transaction.isEmpty() ? outcome : transaction.get().state(Optional.of((Outcome) outcome));
    }

    private Message message(byte[] bytes, int format) throws BrokerException {
        if (format >>> Byte.SIZE != 0) {
            throw new BrokerException(Reason.INVALID_REQUEST, "messages of format " + Integer.toUnsignedString(format) + " can't be read here");
        }
        SendTarget fixed = target.orElseThrow();
        Message message = fixed.message(new Envelope(bytes), session);
        if (fixed.anonymous()) {
            lastAddress = Capabilities.addressOf(message.address());
        }
        return message;
    }

    /** What becomes of one message; tells the client. */
    private final class Receipt implements Reply<Void> {
        private final Delivery delivery;
        private final Optional<OpenTransaction> transaction;

        Receipt(Delivery delivery, Optional<OpenTransaction> transaction) {
            this.delivery = delivery;
            this.transaction = transaction;
        }

        @Override
        public void done(Void nothing) {
            credit.unsettled(-1);
            answer(delivery, within(transaction, Accepted.getInstance()));
            transaction.ifPresent(OpenTransaction::sent);
            credit.topUp();
        }

        @Override
        public void failed(BrokerException refusal) {
            credit.unsettled(-1);
            if (ended && transaction.isEmpty() && refusal.reason() == Reason.UNAVAILABLE) {
                arrivals.ifPresent(asking -> asking.forget(delivery));
                return;
            }
            refuse(delivery, within(transaction, refusals.of(refusal)));
            transaction.ifPresent(open -> open.failed(refusal));
            if (refusal.reason() == Reason.ADDRESS_FULL) {
                credit.full();
            }
        }
    }

    private void refuse(Delivery delivery, DeliveryState state) {
        answer(delivery, state);
        credit.topUp();
    }

    /** Tells the client; in mode second it settles first, and until it has the message counts against its credit. */
    private void answer(Delivery delivery, DeliveryState state) {
        arrivals.ifPresent(asking -> asking.decided(delivery, state));
        if (!ended) {
            delivery.disposition(state);
            if (second && !delivery.remotelySettled()) {
                credit.unsettled(1);
                delivery.setContext(this);
            } else {
                delivery.settle();
                arrivals.ifPresent(asking -> asking.forget(delivery));
            }
            session.connection().engine().changed();
        }
    }

    /** The client has settled what it was answered; nothing more is said of it. */
    private void settledByPeer(Delivery delivery) {
        delivery.setContext(null);
        delivery.settle();
        arrivals.ifPresent(asking -> asking.forget(delivery));
        credit.unsettled(-1);
        credit.topUp();
    }
}
