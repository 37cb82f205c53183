package io.delos.amqp;

import io.delos.broker.Reply;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.LinkError;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Receiver;

/**
 * A client's sender to the management node. A request uses up credit until its answer has gone, so no client has many under way. Owned by the
 * connection's loop.
 */
final class ManagementRequests implements AmqpLink {

    private static final int CREDIT = 10;

    private final AmqpSession session;
    private final Receiver link;
    private final NodeConversation node;
    private boolean open;

    ManagementRequests(AmqpSession session, Receiver link) {
        this.session = session;
        this.link = link;
        this.node = new NodeConversation(session);
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
        } else if (open && delivery.pending() > NodeConversation.LONGEST) {
            dismiss(NodeConversation.tooLarge());
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
        node.ask(bytes, delivery.getRemoteState() != null, state -> {
            delivery.disposition(state);
            delivery.settle();
            session.connection().engine().changed();
        }, this::more);
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
