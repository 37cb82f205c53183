package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.config.RoutingType;
import io.delos.loop.Loop;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import java.util.Optional;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.LinkError;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.engine.Delivery;
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
    private Optional<SendTarget> target = Optional.empty();
    /** Where messages go: on an anonymous link, where the last one went. */
    private String lastAddress = "";
    private boolean open;
    private boolean ended;
    private boolean awaitingSpace;
    private Optional<Loop.Timer> draining = Optional.empty();
    private int unsettled;
    private int transfers;
    /** What is counted of a message that isn't whole, in bytes. */
    private long gathered;

    ReceiverLink(AmqpSession session, Receiver link) {
        this.session = session;
        this.link = link;
        this.options = session.connection().options();
        this.refusals = new Refusals(link.getRemoteSource(), options.settlement().modifiedWhenFull());
    }

    /** In bytes: by the acceptor's settings, and by what the heap can hold. */
    private long largestMessage() {
        return Math.min(options.frames().maxMessageSize(), session.connection().connection().broker().largestInMemory());
    }

    // ---- the link

    @Override
    public void attach() {
        SendTarget.resolve(session, link, Reply.of(this::opened, this::refused));
    }

    private void opened(SendTarget resolved) {
        if (ended) {
            resolved.abandon(session, () -> { });
            return;
        }
        target = Optional.of(resolved);
        lastAddress = Capabilities.addressOf(resolved.address());
        open = true;
        link.setSource(link.getRemoteSource());
        link.setTarget(resolved.answer());
        link.setSenderSettleMode(link.getRemoteSenderSettleMode());
        link.setReceiverSettleMode(ReceiverSettleMode.FIRST);
        Symbol[] desired = link.getRemoteDesiredCapabilities();
        if (Capabilities.contains(desired, DELAYED_DELIVERY)) {
            link.setOfferedCapabilities(new Symbol[] {DELAYED_DELIVERY});
        }
        link.open();
        session.connection().engine().changed();
        topUp();
    }

    private void refused(BrokerException refusal) {
        if (!ended) {
            end(AmqpErrors.condition(refusal));
        }
    }

    /** Ends the link from this side. */
    private void end(ErrorCondition condition) {
        open = false;
        gather(0);
        session.close(link, condition);
    }

    @Override
    public void detached(boolean closed, Runnable done) {
        end(done);
    }

    @Override
    public void sessionEnded() {
        end(() -> { });
    }

    private void end(Runnable done) {
        ended = true;
        open = false;
        gather(0);
        stopDraining();
        if (target.isPresent()) {
            target.get().abandon(session, done);
        } else {
            done.run();
        }
    }

    // ---- credit

    /** Fills the credit up when little is left and the address has room. */
    private void topUp() {
        if (!open || awaitingSpace || draining.isPresent()) {
            return;
        }
        if (link.getCredit() + unsettled > options.flow().lowCredits()) {
            return;
        }
        awaitingSpace = true;
        int wanted = options.flow().credits() - link.getCredit() - unsettled;
        session.broker().awaitSpace(lastAddress, wanted, -1, Reply.of(room -> giveCredit(), full -> giveCredit()));
    }

    /** There is room, or a message for which there is none is to be refused one by one. */
    private void giveCredit() {
        awaitingSpace = false;
        int missing = options.flow().credits() - link.getCredit() - unsettled;
        if (open && draining.isEmpty() && missing > 0) {
            link.flow(missing);
            session.connection().engine().changed();
        }
    }

    /** The address is full: takes the credit back; a client that does not answer is cut off. */
    private void drain() {
        if (!options.flow().drainWhenFull() || draining.isPresent() || !open) {
            return;
        }
        long patience = options.flow().quiesceTimeout();
        draining = Optional.of(session.connection().connection().loop().schedule(this::drainUnanswered,
                patience > 0 ? patience : Integer.MAX_VALUE));
        link.drain(0);
        session.connection().engine().changed();
    }

    private void drainUnanswered() {
        if (open && draining.isPresent()) {
            draining = Optional.empty();
            end(new ErrorCondition(LinkError.DETACH_FORCED, "Timed out waiting for remote sender to drain"));
        }
    }

    @Override
    public void flow() {
        if (draining.isPresent() && link.getRemoteCredit() <= 0) {
            stopDraining();
            link.drained();
            link.setDrain(false);
            session.connection().engine().changed();
            topUp();
        }
    }

    private void stopDraining() {
        draining.ifPresent(Loop.Timer::cancel);
        draining = Optional.empty();
    }

    // ---- messages

    @Override
    public void delivery(Delivery delivery) {
        if (!delivery.isReadable()) {
            return;
        }
        boolean whole = !delivery.isPartial() || delivery.isAborted();
        if (!open) {
            discard(delivery, whole);
            return;
        }
        transfers++;
        if (delivery.pending() > largestMessage() || transfers > options.frames().maxTransfers()) {
            discard(delivery, whole);
            end(new ErrorCondition(LinkError.MESSAGE_SIZE_EXCEEDED,
                    "a message may have " + largestMessage() + " bytes in " + options.frames().maxTransfers() + " transfers"));
        } else if (whole) {
            transfers = 0;
            gather(0);
            take(delivery);
        } else {
            gather(delivery.pending() + transfers * TRANSFER);
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

    private void take(Delivery delivery) {
        byte[] bytes = Payloads.bytes(link.recv());
        link.advance();
        if (delivery.isAborted()) {
            delivery.settle();
            link.flow(1);
        } else if (link.getCredit() < 0) {
            delivery.settle();
            end(new ErrorCondition(LinkError.TRANSFER_LIMIT_EXCEEDED, "more messages than there was credit for"));
        } else {
            send(bytes, delivery);
        }
    }

    private void send(byte[] bytes, Delivery delivery) {
        Optional<Transactions.Open> transaction;
        Message message;
        try {
            transaction = transaction(delivery.getRemoteState());
            message = message(bytes);
        } catch (BrokerException refusal) {
            refuse(delivery, refusals.of(refusal));
            return;
        } catch (MalformedMessageException damaged) {
            refuse(delivery, refusals.rejected(new ErrorCondition(AmqpError.DECODE_ERROR, damaged.getMessage())));
            return;
        }
        unsettled++;
        if (transaction.isPresent()) {
            transaction.get().sending();
            session.broker().send(message, transaction.get().transaction(), new Receipt(delivery, transaction));
        } else {
            session.broker().send(message, new Receipt(delivery, transaction));
        }
    }

    private Optional<Transactions.Open> transaction(DeliveryState state) throws BrokerException {
        if (state instanceof TransactionalState) {
            return Optional.of(session.connection().transactions().find(((TransactionalState) state).getTxnId()));
        }
        return Optional.empty();
    }

    private Message message(byte[] bytes) throws BrokerException {
        Envelope envelope = new Envelope(bytes);
        SendTarget fixed = target.orElseThrow();
        String address = fixed.address();
        Optional<RoutingType> type = fixed.type();
        if (fixed.anonymous()) {
            if (envelope.to().isEmpty()) {
                throw new BrokerException(Reason.INVALID_REQUEST, "Missing 'to' field for message sent to an anonymous producer");
            }
            Prefixes.Stripped to = session.connection().prefixes().strip(envelope.to());
            address = to.name();
            type = to.type();
            lastAddress = Capabilities.addressOf(address);
        }
        byte routing = envelope.annotatedRouting();
        if (type.isPresent() && (!fixed.anonymous() || routing == Message.ROUTE_BOTH)) {
            routing = type.get().code();
        }
        // only topics have subscribers that don't want their own messages
        String sender = routing == Message.ROUTE_ANYCAST ? "" : session.connection().containerId();
        return envelope.message(address, routing, sender, options.settlement().detectDuplicates(), System.currentTimeMillis());
    }

    /** What becomes of one message; tells the client. */
    private final class Receipt implements Reply<Void> {
        private final Delivery delivery;
        private final Optional<Transactions.Open> transaction;

        Receipt(Delivery delivery, Optional<Transactions.Open> transaction) {
            this.delivery = delivery;
            this.transaction = transaction;
        }

        @Override
        public void done(Void nothing) {
            unsettled--;
            transaction.ifPresent(Transactions.Open::sent);
            answer(delivery, accepted());
            topUp();
        }

        private DeliveryState accepted() {
            if (transaction.isEmpty()) {
                return Accepted.getInstance();
            }
            TransactionalState state = new TransactionalState();
            state.setTxnId(((TransactionalState) delivery.getRemoteState()).getTxnId());
            state.setOutcome(Accepted.getInstance());
            return state;
        }

        @Override
        public void failed(BrokerException refusal) {
            unsettled--;
            transaction.ifPresent(Transactions.Open::sent);
            refuse(delivery, refusals.of(refusal));
            if (refusal.reason() == Reason.ADDRESS_FULL) {
                drain();
            }
        }
    }

    private void refuse(Delivery delivery, DeliveryState state) {
        answer(delivery, state);
        topUp();
    }

    private void answer(Delivery delivery, DeliveryState state) {
        if (!ended) {
            delivery.disposition(state);
            delivery.settle();
            session.connection().engine().changed();
        }
    }
}
