package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.Reply;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Section;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transaction.Declare;
import org.apache.qpid.proton.amqp.transaction.Declared;
import org.apache.qpid.proton.amqp.transaction.Discharge;
import org.apache.qpid.proton.amqp.transaction.TransactionErrors;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.message.Message;

/** The link on which a client begins and ends transactions (AMQP 1.0 part 4). Owned by the connection's loop. */
final class CoordinatorLink implements AmqpLink {

    private static final int MAX_REQUEST = 4096;

    private final AmqpSession session;
    private final Receiver link;
    private boolean ended;

    CoordinatorLink(AmqpSession session, Receiver link) {
        this.session = session;
        this.link = link;
    }

    @Override
    public void attach() {
        Coordinator coordinator = new Coordinator();
        coordinator.setCapabilities(Symbol.valueOf("amqp:local-transactions"), Symbol.valueOf("amqp:multi-txns-per-ssn"),
                Symbol.valueOf("amqp:multi-ssns-per-txn"));
        link.setSource(link.getRemoteSource());
        link.setTarget(coordinator);
        link.setSenderSettleMode(link.getRemoteSenderSettleMode());
        link.setReceiverSettleMode(ReceiverSettleMode.FIRST);
        link.open();
        link.flow(session.connection().options().flow().credits());
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
        if (delivery.pending() > MAX_REQUEST) {
            dismiss(new ErrorCondition(AmqpError.INVALID_FIELD, "a request to a coordinator can't be so large"));
        }
        if (ended) {
            link.recv();
            return;
        }
        if (delivery.isPartial() && !delivery.isAborted()) {
            return;
        }
        byte[] bytes = Payloads.bytes(link.recv());
        link.advance();
        if (delivery.isAborted()) {
            delivery.settle();
        } else if (delivery.remotelySettled()) {
            dismiss(new ErrorCondition(AmqpError.NOT_ALLOWED, "a request to a coordinator that is settled can't be answered"));
        } else {
            request(bytes, delivery);
        }
        if (ended) {
            return;
        }
        AmqpOptions.Flow flow = session.connection().options().flow();
        if (link.getCredit() < flow.lowCredits()) {
            link.flow(flow.credits());
        }
    }

    private void request(byte[] bytes, Delivery delivery) {
        Object request = decode(bytes);
        if (request instanceof Declare && ((Declare) request).getGlobalId() != null) {
            refuse(delivery, new ErrorCondition(AmqpError.NOT_IMPLEMENTED, "transactions are local ones"));
        } else if (request instanceof Declare) {
            Declared declared = new Declared();
            declared.setTxnId(session.connection().transactions().declare(session, this));
            answer(delivery, declared);
        } else if (request instanceof Discharge) {
            Discharge discharge = (Discharge) request;
            discharge(discharge.getTxnId(), Boolean.TRUE.equals(discharge.getFail()), delivery);
        } else {
            refuse(delivery, new ErrorCondition(AmqpError.NOT_IMPLEMENTED, "a coordinator knows declare and discharge"));
        }
    }

    private static Object decode(byte[] bytes) {
        try {
            Message message = Message.Factory.create();
            message.decode(bytes, 0, bytes.length);
            Section body = message.getBody();
            return body instanceof AmqpValue ? ((AmqpValue) body).getValue() : "";
        } catch (RuntimeException damaged) {
            return "";
        }
    }

    private void discharge(Binary id, boolean fail, Delivery delivery) {
        session.connection().flushSettlements();
        try {
            OpenTransaction transaction = session.connection().transactions().remove(id);
            if (transaction.incomplete()) {
                transaction.discharge(true, Reply.ignored());
                transaction.declaredOn().rolledBack("a message sent in the transaction has not come whole");
                return;
            }
            transaction.discharge(fail, Reply.of(done -> answer(delivery, Accepted.getInstance()),
                    refusal -> refuse(delivery, new ErrorCondition(TransactionErrors.TRANSACTION_ROLLBACK, refusal.getMessage()))));
        } catch (BrokerException unknown) {
            refuse(delivery, Transactions.unknown(unknown));
        }
    }

    /** Says why a request failed: by an outcome, or, to a client that does not know that one, by the link's end (part 4 §4.2). */
    private void refuse(Delivery delivery, ErrorCondition condition) {
        if (Refusals.understandsRejected(link.getRemoteSource())) {
            Rejected rejected = new Rejected();
            rejected.setError(condition);
            answer(delivery, rejected);
        } else {
            dismiss(condition);
        }
    }

    /** A transaction declared on this link was rolled back for a fault of the client's, and it with all others declared here. */
    void rolledBack(String sentence) {
        dismiss(new ErrorCondition(TransactionErrors.TRANSACTION_ROLLBACK, sentence));
    }

    @Override
    public void dismiss(ErrorCondition condition) {
        if (!ended) {
            ended = true;
            session.close(link, condition);
            session.connection().transactions().forget(this);
        }
    }

    private void answer(Delivery delivery, DeliveryState state) {
        if (!session.over()) {
            delivery.disposition(state);
            delivery.settle();
            session.connection().engine().changed();
        }
    }

    @Override
    public void detached(boolean closed, Runnable done) {
        session.flushSettlements();
        ended = true;
        session.connection().transactions().forget(this);
        done.run();
    }

    @Override
    public void sessionEnded(Keep.End how) {
        // its transactions are rolled back with the session
    }
}
