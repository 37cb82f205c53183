package io.delos.amqp;

import io.delos.broker.BrokerException;
import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.broker.Transaction;
import io.delos.queue.Delivery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.DeliveryState;

/** A transaction that a peer has declared and not discharged (AMQP 1.0 part 4 §4.4). Owned by the connection's loop. */
final class OpenTransaction {

    private final Binary id;
    private final AmqpSession owner;
    private final CoordinatorLink declaredOn;
    private final Transaction transaction;
    /** What the peer has settled itself: if it comes to nothing, that was an attempt that failed. */
    private final Map<AmqpSession, List<Delivery>> settled = new HashMap<>();
    /** What it has not settled: that goes on if it comes to nothing. */
    private final Map<org.apache.qpid.proton.engine.Delivery, Delivery> unsettled = new HashMap<>();
    /** What was handed out within it and has no outcome yet. */
    private final Map<org.apache.qpid.proton.engine.Delivery, AmqpSession> acquired = new HashMap<>();
    private Optional<BrokerException> failure = Optional.empty();
    private int underWay;
    private int partial;
    private boolean over;
    private Optional<Runnable> discharge = Optional.empty();

    OpenTransaction(Binary id, AmqpSession owner, CoordinatorLink declaredOn) {
        this.id = id;
        this.owner = owner;
        this.declaredOn = declaredOn;
        this.transaction = owner.broker().begin();
    }

    Transaction transaction() {
        return transaction;
    }

    /** The link it was declared on. */
    CoordinatorLink declaredOn() {
        return declaredOn;
    }

    AmqpSession owner() {
        return owner;
    }

    /** Whether it has been discharged. */
    boolean over() {
        return over;
    }

    /** A state within it. */
    TransactionalState state(Optional<org.apache.qpid.proton.amqp.messaging.Outcome> outcome) {
        TransactionalState state = new TransactionalState();
        state.setTxnId(id);
        outcome.ifPresent(state::setOutcome);
        return state;
    }

    /** A message in it has begun to come, or ({@code -1}) has come or will not. */
    void arriving(int more) {
        partial += more;
    }

    /** Whether a message in it has not come whole. */
    boolean incomplete() {
        return partial > 0;
    }

    /** A send in it has begun. */
    void sending() {
        underWay++;
    }

    /** A send in it is part of it now. */
    void sent() {
        underWay--;
        proceed();
    }

    /** A send in it has failed, and so will it. */
    void failed(BrokerException refusal) {
        failure = Optional.of(failure.orElse(refusal));
        transaction.markRollbackOnly(refusal);
        sent();
    }

    /** Settles in it what the peer has settled, or, if {@code waiting} isn't empty, waits to hear of: then that has one for each delivery. */
    void settle(AmqpSession session, List<Delivery> deliveries, Outcome outcome, List<org.apache.qpid.proton.engine.Delivery> waiting) {
        session.broker().settle(deliveries, outcome, transaction, Reply.of(done -> { }, transaction::markRollbackOnly));
        if (waiting.isEmpty()) {
            settled.computeIfAbsent(session, first -> new ArrayList<>()).addAll(deliveries);
        }
        for (int i = 0; i < waiting.size(); i++) {
            unsettled.put(waiting.get(i), deliveries.get(i));
        }
    }

    /** Has handed out a message within it. */
    void acquired(AmqpSession session, org.apache.qpid.proton.engine.Delivery sent) {
        acquired.put(sent, session);
    }

    /** Whether the message was handed out within it. */
    boolean hasAcquired(org.apache.qpid.proton.engine.Delivery sent) {
        return acquired.containsKey(sent);
    }

    /** What was handed out within it has an outcome, which the transaction carries. */
    void retiring(org.apache.qpid.proton.engine.Delivery sent) {
        acquired.remove(sent);
    }

    /** Ends it when all its sends have been taken; {@code done} hears what came of it. */
    void discharge(boolean fail, Reply<Void> done) {
        over = true;
        discharge = Optional.of(() -> {
            if (fail) {
                rollBack(done);
            } else if (failure.isPresent()) {
                rollBack(Reply.of(nothing -> done.failed(failure.get()), done::failed));
            } else {
                owner.broker().commit(transaction, Reply.of(nothing -> {
                    committed();
                    done.done(nothing);
                }, refusal -> {
                    refused();
                    done.failed(refusal);
                }));
            }
        });
        proceed();
    }

    private void proceed() {
        if (underWay == 0 && discharge.isPresent()) {
            Runnable now = discharge.get();
            discharge = Optional.empty();
            now.run();
        }
    }

    private void rollBack(Reply<Void> done) {
        owner.broker().rollbackToUnsettled(transaction, Reply.of(nothing -> {
            settled.forEach((session, deliveries) -> {
                if (!session.over()) {
                    session.broker().settle(deliveries, Outcome.FAILED, Reply.ignored());
                }
            });
            unsettled.forEach((sent, delivery) -> sent.setContext(delivery));
            returnAcquired();
            done.done(nothing);
        }, done::failed));
    }

    private void returnAcquired() {
        acquired.forEach((sent, session) -> {
            if (!session.over() && sent.getContext() instanceof Delivery) {
                Delivery delivery = (Delivery) sent.getContext();
                sent.setContext(null);
                session.broker().settle(List.of(delivery), Outcome.RELEASED, Reply.ignored());
                end(sent, Released.getInstance());
            }
        });
    }

    private void committed() {
        unsettled.keySet().forEach(sent -> end(sent, ((TransactionalState) sent.getRemoteState()).getOutcome() instanceof DeliveryState
                ? (DeliveryState) ((TransactionalState) sent.getRemoteState()).getOutcome() : sent.getRemoteState()));
    }

    /** The commit itself has failed: what it would have settled has gone back by then. */
    private void refused() {
        Modified failed = new Modified();
        failed.setDeliveryFailed(true);
        unsettled.keySet().forEach(sent -> end(sent, failed));
        returnAcquired();
    }

    private void end(org.apache.qpid.proton.engine.Delivery sent, DeliveryState state) {
        sent.disposition(state);
        sent.settle();
        owner.connection().engine().changed();
    }
}
