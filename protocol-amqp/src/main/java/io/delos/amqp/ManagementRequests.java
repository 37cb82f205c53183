package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.Reply;
import io.delos.config.RoutingType;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.LinkError;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Receiver;

/**
 * A client's sender to the management node. Each request is answered where it says: over the connection's own link from the node if there
 * is one to that place ({@link ManagementReplies}), else as a message like others. A request uses up credit until its answer has gone, so no
 * client has many under way. Owned by the connection's loop.
 */
final class ManagementRequests implements AmqpLink {

    /** Where AMQP clients look for management. */
    static final String NODE = "$management";

    private static final Logger LOG = LogManager.getLogger(ManagementRequests.class);
    private static final int CREDIT = 10;
    private static final int LONGEST = 64 * 1024;

    private final AmqpSession session;
    private final Receiver link;
    private boolean open;

    ManagementRequests(AmqpSession session, Receiver link) {
        this.session = session;
        this.link = link;
    }

    @Override
    public void attach() {
        session.broker().resources().checkManage(Reply.of(allowed -> {
            open = true;
            link.setSource(link.getRemoteSource());
            link.setTarget(link.getRemoteTarget());
            link.setSenderSettleMode(link.getRemoteSenderSettleMode());
            link.setReceiverSettleMode(ReceiverSettleMode.FIRST);
            link.open();
            link.flow(CREDIT);
            session.connection().engine().changed();
        }, refusal -> dismiss(AmqpErrors.condition(refusal))));
    }

    @Override
    public void flow() {
        // a client's word about its own credit changes nothing here
    }

    @Override
    public void echo() {
        session.connection().engine().echo(link);
    }

    @Override
    public void delivery(Delivery delivery) {
        if (!delivery.isReadable()) {
            return;
        }
        boolean whole = !delivery.isPartial() || delivery.isAborted();
        if (open && link.getCredit() <= 0) {
            dismiss(new ErrorCondition(LinkError.TRANSFER_LIMIT_EXCEEDED, "more requests than there was credit for"));
        } else if (open && delivery.pending() > LONGEST) {
            dismiss(new ErrorCondition(LinkError.MESSAGE_SIZE_EXCEEDED, "a request to the management node may have " + LONGEST + " bytes"));
        }
        if (open && !whole) {
            return;
        }
        byte[] bytes = Payloads.bytes(link.recv());
        if (!whole) {
            return;
        }
        link.advance();
        if (open && !delivery.isAborted()) {
            request(bytes, delivery);
        } else {
            delivery.settle();
            more();
        }
    }

    private void request(byte[] bytes, Delivery delivery) {
        if (delivery.getRemoteState() != null) {
            refuse(delivery, new ErrorCondition(AmqpError.NOT_IMPLEMENTED, "management takes part in no transaction"));
            return;
        }
        NodeRequest request;
        try {
            request = NodeRequest.read(bytes);
        } catch (MalformedMessageException damaged) {
            refuse(delivery, new ErrorCondition(AmqpError.DECODE_ERROR, damaged.getMessage()));
            return;
        }
        if (request.replyTo().isEmpty()) {
            refuse(delivery, new ErrorCondition(AmqpError.INVALID_FIELD, "a request to the management node needs a reply-to"));
            return;
        }
        settle(delivery, Accepted.getInstance());
        session.broker().resources().manage(request.asked(), answer -> reply(request.replyTo(), request.answer(answer)));
    }

    private void refuse(Delivery delivery, ErrorCondition why) {
        Rejected rejected = new Rejected();
        rejected.setError(why);
        settle(delivery, rejected);
        more();
    }

    private void settle(Delivery delivery, DeliveryState state) {
        delivery.disposition(state);
        delivery.settle();
        session.connection().engine().changed();
    }

    private void reply(String where, byte[] answer) {
        if (session.over()) {
            return;
        }
        Optional<ManagementReplies> here = session.connection().replies().to(where);
        if (here.isPresent()) {
            here.get().give(answer, this::more);
            return;
        }
        Prefixes.Stripped to = session.connection().prefixes().strip(where);
        byte routing = to.type().map(RoutingType::code).orElse(Message.ROUTE_BOTH);
        session.broker().send(new Envelope(answer).message(to.name(), routing, "", false, System.currentTimeMillis()),
                Reply.of(sent -> more(), this::unsent));
    }

    private void unsent(BrokerException refusal) {
        LOG.warn("The answer to a request to the management node could not be sent: {}", refusal.getMessage());
        more();
    }

    /** Another request may come. */
    private void more() {
        if (open && !session.over()) {
            link.flow(1);
            session.connection().engine().changed();
        }
    }

    @Override
    public void dismiss(ErrorCondition condition) {
        open = false;
        session.close(link, condition);
    }

    @Override
    public void detached(boolean closed, Runnable done) {
        open = false;
        done.run();
    }

    @Override
    public void sessionEnded(Keep.End how) {
        open = false;
    }
}
