package io.delos.broker;

import io.delos.message.Message;
import io.delos.store.Fact;
import java.util.Optional;

/**
 * A message on its way that is more than one, or may become one somewhere else: what it becomes is one unit, or part of its transaction. Owned
 * by the session's loop.
 */
final class ForkedSend {

    private final Sender sender;
    private final Session session;
    private final Sending sending;
    private final Optional<Transaction> transaction;
    private final Reply<Void> done;

    /** A message as its client sent it, and with what the settings of its address have made of it. */
    record Sending(Sender.Way way, Message asSent, Message message) { }

    ForkedSend(Sender sender, Sending sending, Optional<Transaction> transaction, Reply<Void> done) {
        this.sender = sender;
        this.session = sender.session();
        this.sending = sending;
        this.transaction = transaction;
        this.done = done;
    }

    /** Sends it; {@code again} if what was missing for it has been created, as far as that could be. */
    void go(boolean again) {
        Fork fork = Fork.of(sender.broker(), session.loop(), sending.way.route(), sending.way.target().only(), sending.message);
        if (fork.missing().isPresent() && !again) {
            session.turns().block();
            sender.broker().administration().ensureDeadLetters(fork.missing().get(), session.loop(), Reply.of(info -> resume(), refusal -> resume()));
        } else if (fork.refusal().isPresent()) {
            refuse(fork.refusal().get());
        } else if (transaction.isPresent() && transaction.get().ended()) {
            refuse(new BrokerException(Reason.TRANSACTION_STATE, "the transaction has ended"));
        } else {
            send(fork);
        }
    }

    private void resume() {
        if (session.isClosed()) {
            refuse(new BrokerException(Reason.UNAVAILABLE, "the session has ended"));
            return;
        }
        go(true);
        session.turns().unblock();
    }

    private void refuse(BrokerException refusal) {
        if (transaction.isEmpty() && !sending.message.duplicateId().isEmpty()) {
            sending.way.route().duplicates().release(sending.message.duplicateId());
        }
        done.failed(refusal);
    }

    private void send(Fork fork) {
        if (!fork.counted()) {
            sender.anew(sending.asSent, sending.way, transaction, done);
            return;
        }
        if (transaction.isPresent()) {
            addTo(transaction.get(), fork);
            sender.admission().sentIn(transaction.get());
            done.done(null);
            session.sent(transaction.get());
        } else if (fork.sends().isEmpty()) {
            session.confirmId(sending.message);
            done.done(null);
        } else if (fork.sends().size() == 1 && fork.keepsOriginal()) {
            sender.write(sending.message, fork.sends().get(0).targets(), done);
        } else {
            Transaction whole = session.begin();
            if (!sending.message.duplicateId().isEmpty()) {
                whole.claims().addTaken(sending.way.route().duplicates(), sending.message.duplicateId());
            }
            addTo(whole, fork);
            session.sendTogether(whole, done);
        }
    }

    private void addTo(Transaction whole, Fork fork) {
        fork.sends().forEach(send -> whole.add(send.message(), send.targets()));
        if (!sending.message.duplicateId().isEmpty() && sending.message.durable() && !fork.keepsOriginal()) {
            whole.note(new Fact.Claimed(sending.way.route().address(), sending.message.duplicateId()));
        }
    }
}
