package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.IncomingBody;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import java.util.Optional;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Outcome;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.LinkError;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Receiver;

/**
 * Sends on what has come whole over a client's sender, and answers it (AMQP document, section 5). Owned by the connection's loop; until {@link #end}
 * the client hears of it.
 */
final class Posting {

    private final AmqpSession session;
    private final Receiver link;
    private final SendTarget target;
    private final Refusals refusals;
    private final IncomingCredit credit;
    private final Optional<DirectCredit> direct;
    private final Optional<Arrivals> arrivals;
    private final boolean second;
    /** Where messages go: on an anonymous link, where the last one went. */
    private String lastAddress;
    private boolean ended;

    /**
     * What it works with.
     *
     * @param direct   for a direct address
     * @param arrivals if what the link leaves unsettled is to be kept
     */
    record Means(SendTarget target, IncomingCredit credit, Optional<DirectCredit> direct, Optional<Arrivals> arrivals) { }

    Posting(AmqpSession session, Receiver link, Means means) {
        this.session = session;
        this.link = link;
        this.target = means.target();
        this.refusals = new Refusals(link.getRemoteSource(), session.connection().options().settlement().modifiedWhenFull());
        this.credit = means.credit();
        this.direct = means.direct();
        this.arrivals = means.arrivals();
        this.second = link.getRemoteReceiverSettleMode() == ReceiverSettleMode.SECOND;
        this.lastAddress = Capabilities.addressOf(target.address());
    }

    String lastAddress() {
        return lastAddress;
    }

    Optional<DirectCredit> direct() {
        return direct;
    }

    /** The client hears nothing more. */
    void end() {
        ended = true;
    }

    /** What came, when it has come whole. */
    interface Arrived {
        Message read() throws BrokerException;
    }

    /** A message of the link's, as it goes on. */
    Message message(byte[] bytes, int format) throws BrokerException {
        if (format >>> Byte.SIZE != 0) {
            throw new BrokerException(Reason.INVALID_REQUEST, "messages of format " + Integer.toUnsignedString(format) + " can't be read here");
        }
        Message message = target.message(new Envelope(bytes), session);
        if (target.anonymous()) {
            lastAddress = Capabilities.addressOf(message.address());
        }
        return message;
    }

    /** @param body what lies in a file of it */
    void take(Delivery delivery, Arrived arrived, Optional<IncomingBody> body) {
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
        if (target.anonymous() && message.address().equals(NodeConversation.NODE)) {
            body.ifPresent(IncomingBody::close);
            ask(delivery, body.isPresent() ? Optional.empty() : Optional.of(message), transaction);
        } else {
            send(delivery, message, body, transaction);
        }
    }

    private void send(Delivery delivery, Message message, Optional<IncomingBody> body, Optional<OpenTransaction> transaction) {
        credit.unsettled(1);
        transaction.ifPresent(OpenTransaction::sending);
        if (arrivals.isPresent() && transaction.isEmpty() && !delivery.remotelySettled()) {
            arrivals.get().begun(delivery);
        }
        Receipt receipt = new Receipt(delivery, transaction);
        if (body.isPresent()) {
            session.broker().sendLarge(body.get(), message, Optional.empty(), transaction.map(OpenTransaction::transaction), receipt);
        } else if (transaction.isPresent()) {
            direct.ifPresent(DirectCredit::inVain);
            session.broker().send(message, transaction.get().transaction(), receipt);
        } else if (direct.isPresent()) {
            direct.get().send(message, delivery.remotelySettled(), receipt);
        } else {
            session.broker().send(message, receipt);
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

    /** One for a direct address that can't be passed through: it was read over. */
    void tooLarge(Delivery delivery) {
        DirectCredit passing = direct.orElseThrow();
        passing.came();
        passing.inVain();
        refuse(delivery, refusals.rejected(new ErrorCondition(LinkError.MESSAGE_SIZE_EXCEEDED,
                "a message to a direct address may have " + passing.largest() + " bytes")));
    }

    /** Whether it may not come, for a map of what is unsettled was incomplete. */
    boolean forbids(Delivery delivery) {
        return arrivals.isPresent() && arrivals.get().forbids(delivery);
    }

    /** Whether it has come before, on an attachment of the link that is gone. */
    boolean resumes(Delivery delivery) {
        return arrivals.isPresent() && arrivals.get().resumes(delivery);
    }

    /** That one has come to its end: the client hears what has become of it, unless it has given it up. */
    void resumed(Delivery delivery) {
        arrivals.orElseThrow().resumed(delivery).ifPresentOrElse(state -> answer(delivery, state), delivery::settle);
        credit.topUp();
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
                // it went with its session, as if it had never come
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

    /** Whether the client has settled what it was answered; nothing more is said of it then. */
    boolean settledByPeer(Delivery delivery) {
        if (delivery.getContext() != this || !delivery.remotelySettled()) {
            return false;
        }
        delivery.setContext(null);
        delivery.settle();
        arrivals.ifPresent(asking -> asking.forget(delivery));
        credit.unsettled(-1);
        credit.topUp();
        return true;
    }
}
