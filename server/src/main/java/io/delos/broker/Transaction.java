package io.delos.broker;

import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import io.delos.store.BodyFiles;
import io.delos.store.Fact;
import io.delos.store.Shelving;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sends and settlements that happen together or not at all; made by {@link Session#begin()} and ended by its session, or, made by
 * {@link XaSession}, a share of a branch, which is handed over. Owned by the session's loop. A small one becomes one unit of the journal, so
 * it needs no record of its beginning or end. Of a large one the messages are written as they come ({@link Stager}); it then has a number, and
 * keeps of each message only what its queues must know.
 */
public final class Transaction {

    /** A message and the queues it was routed to when it was sent. */
    record Send(Message message, Queue[] targets) {
        boolean durable() {
            return journalled().length > 0;
        }

        /** The ids of the queues that get it by its place in the journal. */
        long[] journalled() {
            return SendUnit.journalled(message, targets);
        }
    }

    /** Deliveries and what becomes of them. */
    record Settled(List<Delivery> deliveries, Outcome outcome) { }

    private final Claims claims;
    private final Consumer<Long> holding;
    private final BodyFiles bodies;
    private final List<StagedMessages> staged = new ArrayList<>(0);
    private final List<Settled> settled = new ArrayList<>();
    private final List<Fact> notes = new ArrayList<>();
    private List<Send> sends = new ArrayList<>();
    private long bufferedBytes;
    private boolean holdsLarge;
    private long number;
    private int spilling;
    private Runnable afterSpills = () -> { };
    private Optional<BrokerException> cause = Optional.empty();
    private Optional<Session> keeper = Optional.empty();
    private boolean ended;

    /** {@code holding} is told of bytes it holds in memory, or holds no more; of {@code bodies} it keeps those of its large messages. */
    Transaction(Claims claims, Consumer<Long> holding, BodyFiles bodies) {
        this.bodies = bodies;
        this.claims = claims;
        this.holding = holding;
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

    /** Has the broker keep a value under a key in the journal, for {@link Broker#shelf}, if it commits. */
    public void shelve(String key, byte[] value) {
        notes.add(new Shelving.Shelved(key, value));
    }

    /** Has the broker keep no value under a key any more, if it commits. */
    public void unshelve(String key) {
        notes.add(Shelving.Unshelved.any(key));
    }

    /** Has something else become true if it commits. */
    void note(Fact fact) {
        notes.add(fact);
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
        letGo();
        ended = true;
        return first;
    }

    /** Whether nothing can be added any more. */
    public boolean ended() {
        return ended;
    }

    /** Its session adds nothing any more: it is a share of a branch from now on, and owned by the control loop. */
    void handOver() {
        ended = true;
    }

    void add(Message message, Queue[] targets) {
        sends.add(new Send(message, targets));
        if (message.large()) {
            holdsLarge = true;
            bodies.pin(message.body().file());
        }
        bufferedBytes += message.size();
        holding.accept((long) message.size());
    }

    void add(List<Delivery> deliveries, Outcome outcome) {
        settled.add(new Settled(deliveries, outcome));
    }

    /** The session's client keeps what it acknowledged here if this doesn't come true, and tries that again by itself. */
    void keptBy(Session session) {
        keeper = Optional.of(session);
    }

    /** Whose client keeps what it acknowledged. */
    Optional<Session> keeper() {
        return keeper;
    }

    Claims claims() {
        return claims;
    }

    /** The messages that are not staged, in the order they came, behind those that are. */
    List<Send> sends() {
        return sends;
    }

    /** Whether anything is part of it. */
    boolean worked() {
        return holdsMessages() || !settled.isEmpty() || !notes.isEmpty();
    }

    /** Whether messages are part of it, staged or not. */
    boolean holdsMessages() {
        return !sends.isEmpty() || !staged.isEmpty();
    }

    /** Whether one of those that are not staged is large. */
    boolean holdsLarge() {
        return holdsLarge;
    }

    /** The files of large messages that are not staged need not be kept for its sake any more. */
    void unpin() {
        if (holdsLarge) {
            unpin(sends);
        }
    }

    /** The same of messages that were taken out of it. */
    void unpin(List<Send> taken) {
        for (Send send : taken) {
            if (send.message().large()) {
                bodies.unpin(send.message().body().file());
            }
        }
    }

    /** What those messages weigh. */
    long bufferedBytes() {
        return bufferedBytes;
    }

    /** Takes the messages that are not staged: they are being written; they count as held until {@link #letGo}. */
    List<Send> takeSends() {
        List<Send> taken = sends;
        sends = new ArrayList<>();
        holdsLarge = false;
        return taken;
    }

    /** What it has of messages is held for something else now, or not at all. */
    void letGo() {
        holding.accept(-bufferedBytes);
        bufferedBytes = 0;
    }

    List<Settled> settled() {
        return settled;
    }

    List<Fact> notes() {
        return notes;
    }

    /** Whether part of it is in the journal already, under {@link #number}. */
    boolean large() {
        return number != 0;
    }

    /** What the journal calls it; 0 as long as it has no part there. Any thread that was handed it since. */
    long number() {
        return number;
    }

    void number(long given) {
        number = given;
    }

    void staged(StagedMessages messages) {
        staged.add(messages);
    }

    List<StagedMessages> staged() {
        return staged;
    }

    /** A message without durability is on its way to the disk too. */
    void spilling() {
        spilling++;
    }

    void spilled() {
        if (--spilling == 0) {
            Runnable then = afterSpills;
            afterSpills = () -> { };
            then.run();
        }
    }

    /** Whether all of it has a place; if not, {@code then} runs when it has. */
    boolean placed(Runnable then) {
        if (spilling > 0) {
            afterSpills = then;
        }
        return spilling == 0;
    }

    /** It will never be: addresses weigh less, ids may be used again. What the journal holds of it is somebody else's to undo. */
    void undo() {
        for (Send send : sends) {
            for (Queue target : send.targets()) {
                target.usage().remove(send.message().size(), 1);
            }
        }
        staged.forEach(StagedMessages::undo);
        claims.release();
    }
}
