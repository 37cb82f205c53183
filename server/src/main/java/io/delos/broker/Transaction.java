package io.delos.broker;

import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import io.delos.store.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sends and settlements that happen together or not at all; made by {@link Session#begin()}, ended by its session. Owned by the session's
 * loop. It becomes one unit of the journal, so it needs no record of its beginning or end.
 */
public final class Transaction {

    /** A message and the queues it was routed to when it was sent. */
    record Send(Message message, Queue[] targets) {
        boolean durable() {
            return message.durable() && SendUnit.durableIds(targets).length > 0;
        }
    }

    /** Deliveries and what becomes of them. */
    record Settled(List<Delivery> deliveries, Outcome outcome) { }

    private final List<Send> sends = new ArrayList<>();
    private final List<Settled> settled = new ArrayList<>();
    private final List<Fact> notes = new ArrayList<>();
    private final List<Runnable> onRollback = new ArrayList<>();
    private Optional<BrokerException> cause = Optional.empty();
    private boolean ended;

    Transaction() {
    }

    /** Whether something in it failed, so that it can only be rolled back. */
    public boolean rollbackOnly() {
        return cause.isPresent();
    }

    /** From now on it can only be rolled back; a commit fails with the first cause given. */
    public void markRollbackOnly(BrokerException why) {
        if (cause.isEmpty()) {
            cause = Optional.of(why);
        }
    }

    /** Has the broker keep bytes under a key (see {@link Broker#remember}) if it commits. */
    public void remember(String key, byte[] value) {
        notes.add(new Fact.Remembered(key, value));
    }

    /** Has the broker forget a key if it commits. */
    public void forget(String key) {
        notes.add(new Fact.Forgotten(key));
    }

    Optional<BrokerException> cause() {
        return cause;
    }

    /** Closes it for good; false if it was closed before. */
    boolean end() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    boolean ended() {
        return ended;
    }

    void add(Message message, Queue[] targets) {
        sends.add(new Send(message, targets));
    }

    void add(List<Delivery> deliveries, Outcome outcome) {
        settled.add(new Settled(deliveries, outcome));
    }

    void onRollback(Runnable undo) {
        onRollback.add(undo);
    }

    List<Send> sends() {
        return sends;
    }

    List<Settled> settled() {
        return settled;
    }

    List<Fact> notes() {
        return notes;
    }

    void undo() {
        for (Send send : sends) {
            for (Queue target : send.targets()) {
                target.usage().remove(send.message().size(), 1);
            }
        }
        onRollback.forEach(Runnable::run);
    }
}
