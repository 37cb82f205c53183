package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.Outcome;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.Transaction;
import io.delos.queue.Delivery;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Modified;

/** The connection's open transactions, which any of its sessions may use (AMQP document, section 10). Owned by the connection's loop. */
final class Transactions {

    private final Map<Binary, Open> open = new HashMap<>();

    /** One of them. */
    static final class Open {
        private final AmqpSession owner;
        private final Transaction transaction;
        private final List<org.apache.qpid.proton.engine.Delivery> unanswered = new ArrayList<>();
        private int underWay;
        private Optional<Runnable> discharge = Optional.empty();

        private Open(AmqpSession owner) {
            this.owner = owner;
            this.transaction = owner.broker().begin();
        }

        Transaction transaction() {
            return transaction;
        }

        /** A send in it has begun. */
        void sending() {
            underWay++;
        }

        /** A send in it is part of it now, or has failed. */
        void sent() {
            underWay--;
            proceed();
        }

        /** Settles in it; {@code waiting} are told when it ends. */
        void settle(AmqpSession session, List<Delivery> deliveries, Outcome outcome, List<org.apache.qpid.proton.engine.Delivery> waiting) {
            session.broker().settle(deliveries, outcome, transaction, Reply.of(done -> { }, transaction::markRollbackOnly));
            unanswered.addAll(waiting);
        }

        private void proceed() {
            if (underWay == 0 && discharge.isPresent()) {
                Runnable now = discharge.get();
                discharge = Optional.empty();
                now.run();
            }
        }

        /** Ends it when all its sends have been taken; {@code done} hears what came of it. */
        void discharge(boolean fail, Reply<Void> done) {
            discharge = Optional.of(() -> {
                if (fail) {
                    owner.broker().rollback(transaction, Outcome.FAILED, answering(false, done));
                } else {
                    owner.broker().commit(transaction, answering(true, done));
                }
            });
            proceed();
        }

        private Reply<Void> answering(boolean committing, Reply<Void> done) {
            return Reply.of(result -> {
                answer(committing);
                done.done(result);
            }, refusal -> {
                answer(false);
                done.failed(refusal);
            });
        }

        private void answer(boolean committed) {
            for (org.apache.qpid.proton.engine.Delivery delivery : unanswered) {
                if (!committed) {
                    Modified failed = new Modified();
                    failed.setDeliveryFailed(true);
                    delivery.disposition(failed);
                }
                delivery.settle();
            }
            unanswered.clear();
        }
    }

    /** Begins one; its id is 36 ASCII characters. */
    Binary declare(AmqpSession owner) {
        Binary id = new Binary(UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII));
        open.put(id, new Open(owner));
        return id;
    }

    /** The open one of this id. */
    Open find(Binary id) throws BrokerException {
        Open found = open.get(id);
        if (found == null) {
            throw unknown(id);
        }
        return found;
    }

    /** The open one of this id, which is no longer to be found after. */
    Open remove(Binary id) throws BrokerException {
        Open found = find(id);
        open.remove(id);
        return found;
    }

    private static BrokerException unknown(Binary id) {
        return new BrokerException(Reason.TRANSACTION_STATE, "AMQ119014: Transaction not found: xid=" + id);
    }

    /** The session is over: what it began is rolled back with it. */
    void forget(AmqpSession owner) {
        open.values().removeIf(transaction -> transaction.owner == owner);
    }
}
