package io.delos.amqp;

import io.delos.broker.Reply;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Sender;

/**
 * A client's receiver from the management node: brings the answers to requests whose {@code reply-to} is this link's target. Owned by the
 * connection's loop.
 */
final class ManagementReplies implements AmqpLink {

    private final AmqpSession session;
    private final Sender link;
    private final Tags tags = new Tags();
    private final Queue<Waiting> waiting = new ArrayDeque<>(1);
    private boolean open;

    /** An answer for which there was no credit yet. */
    private record Waiting(byte[] answer, Runnable gone) { }

    /** A connection's links from the management node, by the places they lead to. */
    static final class Places {
        private final Map<String, ManagementReplies> places = new HashMap<>(1);

        /** The link that leads there; empty if none does. */
        Optional<ManagementReplies> to(String place) {
            return Optional.ofNullable(places.get(place));
        }
    }

    ManagementReplies(AmqpSession session, Sender link) {
        this.session = session;
        this.link = link;
    }

    private String place() {
        String address = link.getRemoteTarget() instanceof Target ? ((Target) link.getRemoteTarget()).getAddress() : null;
        return address == null ? NodeConversation.NODE : address;
    }

    private Map<String, ManagementReplies> places() {
        return session.connection().replies().places;
    }

    @Override
    public void attach() {
        session.broker().resources().checkManage(Reply.of(allowed -> {
            open = true;
            places().put(place(), this);
            link.setSource(link.getRemoteSource());
            link.setTarget(link.getRemoteTarget());
            link.setSenderSettleMode(link.getRemoteSenderSettleMode());
            link.setReceiverSettleMode(ReceiverSettleMode.FIRST);
            link.open();
            session.connection().engine().changed();
            flow();
        }, refusal -> dismiss(AmqpErrors.condition(refusal))));
    }

    /** Sends an answer, when there is credit; {@code gone} runs then, or when there will be none any more. */
    void give(byte[] answer, Runnable gone) {
        waiting.add(new Waiting(answer, gone));
        flow();
    }

    @Override
    public void flow() {
        while (open && link.getCredit() > 0 && !waiting.isEmpty()) {
            write(waiting.remove());
        }
        if (open && link.getDrain()) {
            link.drained();
            session.connection().engine().changed();
        }
    }

    private void write(Waiting next) {
        boolean settled = link.getRemoteSenderSettleMode() != SenderSettleMode.UNSETTLED;
        Delivery delivery = link.delivery(settled ? Tags.NONE : tags.take());
        link.send(next.answer(), 0, next.answer().length);
        link.advance();
        if (settled) {
            delivery.settle();
        }
        session.connection().engine().changed();
        next.gone().run();
    }

    @Override
    public void echo() {
        session.connection().engine().echo(link);
    }

    @Override
    public void delivery(Delivery delivery) {
        if (delivery.remotelySettled()) {
            tags.giveBack(delivery.getTag());
            delivery.settle();
        } else if (delivery.getRemoteState() != null) {
            delivery.disposition(delivery.getRemoteState());
            tags.giveBack(delivery.getTag());
            delivery.settle();
            session.connection().engine().changed();
        }
    }

    @Override
    public void dismiss(ErrorCondition condition) {
        end();
        session.close(link, condition);
    }

    @Override
    public void detached(boolean closed, Runnable done) {
        end();
        done.run();
    }

    @Override
    public void sessionEnded(Keep.End how) {
        end();
    }

    private void end() {
        open = false;
        places().remove(place(), this);
        while (!waiting.isEmpty()) {
            waiting.remove().gone().run();
        }
    }
}
