package io.delos.stomp;

import io.delos.broker.BrokerException;
import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.broker.Transaction;
import io.delos.queue.Delivery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Owned by the connection's loop: the transactions a client has begun and not ended, by the names it gave them. */
final class Transactions {

    private static final int MOST = 1000;

    private final Conversation conversation;
    private final Map<String, Open> open = new HashMap<>();

    /** What was acknowledged in a transaction, and on which subscription. */
    private record Acknowledged(StompSubscription subscription, List<Delivery> deliveries) { }

    /** A transaction under way. */
    static final class Open {
        private final Transaction transaction;
        private final List<Acknowledged> acknowledged = new ArrayList<>();

        private Open(Transaction transaction) {
            this.transaction = transaction;
        }

        Transaction transaction() {
            return transaction;
        }

        /** Has the deliveries become unacknowledged again if it is aborted. */
        void add(StompSubscription subscription, List<Delivery> deliveries) {
            acknowledged.add(new Acknowledged(subscription, deliveries));
        }
    }

    Transactions(Conversation conversation) {
        this.conversation = conversation;
    }

    /** The transaction of that name, if it has been begun. */
    Optional<Open> find(String name) {
        return Optional.ofNullable(open.get(name));
    }

    void begin(Headers headers) throws StompException {
        String name = headers.text(Header.TRANSACTION);
        if (name.isEmpty()) {
            throw StompErrors.noTransactionToBegin();
        }
        if (open.containsKey(name)) {
            throw StompErrors.alreadyBegun(name);
        }
        if (open.size() == MOST) {
            throw StompErrors.tooMany("transactions", MOST);
        }
        open.put(name, new Open(conversation.session().begin()));
        conversation.confirm(headers.text(Header.RECEIPT));
    }

    void commit(Headers headers) throws StompException {
        String name = headers.text(Header.TRANSACTION);
        if (name.isEmpty()) {
            throw StompErrors.noTransactionToCommit();
        }
        Open ended = open.remove(name);
        if (ended == null) {
            throw StompErrors.cannotCommit(name, "no such transaction was begun");
        }
        conversation.session().commit(ended.transaction, conversation.answer(headers.text(Header.RECEIPT),
                (BrokerException why) -> StompErrors.cannotCommit(name, why.getMessage())));
    }

    void abort(Headers headers) throws StompException {
        String name = headers.text(Header.TRANSACTION);
        if (name.isEmpty()) {
            throw StompErrors.noTransactionToAbort();
        }
        Open ended = open.remove(name);
        if (ended == null) {
            throw StompErrors.notBegun(name);
        }
        Session session = conversation.session();
        Reply<Void> answer = conversation.answer(headers.text(Header.RECEIPT),
                (BrokerException why) -> StompErrors.cannotCommit(name, why.getMessage()));
        session.rollbackToUnsettled(ended.transaction, Reply.of(done -> {
            for (Acknowledged acknowledged : ended.acknowledged) {
                if (acknowledged.subscription.open()) {
                    acknowledged.subscription.restore(acknowledged.deliveries);
                } else {
                    session.settle(acknowledged.deliveries, Outcome.FAILED, Reply.ignored());
                }
            }
            answer.done(done);
        }, answer::failed));
    }
}
