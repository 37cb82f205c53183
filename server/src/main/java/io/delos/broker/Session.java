package io.delos.broker;

import io.delos.config.Permission;
import io.delos.direct.Inlet;
import io.delos.loop.Loop;
import io.delos.message.LargeBody;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import io.delos.security.Identity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What one client may do, in order. Owned by its loop. While it waits for another owner (a queue being created, an address being full)
 * later operations wait behind, and the connection's socket is not read; so answers come in the order of the questions. A reply may run
 * before the call that asked for it returns.
 */
public final class Session {

    private final String name;
    private final long since;
    private final Client client;
    private final Broker broker;
    private final Loop loop;
    private final Sender sender;
    private final Acceptances acceptances;
    private final Turns turns;
    private final SessionSubscriptions subscriptions;
    private final SessionResources resources;
    private final SessionTransactions transactions;
    private final SessionBodies bodies;
    private Optional<XaSession> xa = Optional.empty();
    private volatile Optional<Identity> user = Optional.empty();
    private boolean closed;

    Session(Client client, Broker broker, Loop loop, String name) {
        this.name = name;
        this.since = loop.now();
        this.client = client;
        this.broker = broker;
        this.loop = loop;
        this.turns = new Turns(client, loop, broker.readAhead());
        this.sender = new Sender(this, broker);
        this.bodies = new SessionBodies(this, broker);
        this.subscriptions = new SessionSubscriptions(this, broker);
        this.resources = new SessionResources(this, broker);
        this.acceptances = new Acceptances(broker.settlements(), loop);
        this.transactions = new SessionTransactions(this, broker, sender);
    }

    Loop loop() {
        return loop;
    }

    /** From now on it does what it does as the user who is logged in now, though the connection's next session may be another's. */
    public void keepUser() {
        user = client.identity();
    }

    /** As whom it does what it does; empty before the login. */
    Optional<Identity> user() {
        return user.isPresent() ? user : client.identity();
    }

    /** That user's name; empty before the login and for anonymous users. Any thread. */
    public String userName() {
        return user().map(Identity::user).orElse("");
    }

    /** Whose it is. Any thread. */
    public Client client() {
        return client;
    }

    /** What management calls it. Any thread. */
    public String name() {
        return name;
    }

    /** When it began, in milliseconds since the epoch. Any thread. */
    public long since() {
        return since;
    }

    /** Its open subscriptions. */
    public List<Subscription> subscriptions() {
        loop.assertInside();
        return subscriptions.all();
    }

    /** Where it has sent to. */
    public Collection<Produced> produced() {
        loop.assertInside();
        return sender.addresses().produced();
    }

    /** Whether the connection's socket takes more; {@link Sink#roomAgain} tells when it does again. */
    public boolean writable() {
        return client.isWritable();
    }

    static BrokerException diskFailed(IOException cause) {
        return new BrokerException(Reason.UNAVAILABLE, "the broker can't write to its journal: " + cause.getMessage());
    }

    Broker broker() {
        return broker;
    }

    /** Runs a task on the session's loop, later. Any thread. */
    public void post(Runnable task) {
        loop.post(task);
    }

    Turns turns() {
        return turns;
    }

    void inOrder(Runnable operation) {
        turns.inOrder(operation, 0);
    }

    /** A reply that first lets the session go on; for questions to other owners. Called on the session's loop. */
    <T> Reply<T> thenUnblock(Reply<T> done) {
        return Reply.of(result -> {
            turns.answered(() -> done.done(result));
            turns.unblock();
        }, refusal -> {
            turns.answered(() -> done.failed(refusal));
            turns.unblock();
        });
    }

    /** Runs when everything asked of this session before has been started. */
    public void afterAll(Runnable ready) {
        inOrder(ready);
    }

    /**
     * Sends a message by itself. Done when it is durable (a durable message in a durable queue) or has been passed to its queues.
     * Refusals: NOT_PERMITTED, ADDRESS_NOT_FOUND, ADDRESS_FULL, TOO_LARGE, INVALID_REQUEST, UNAVAILABLE.
     */
    public void send(Message message, Reply<Void> done) {
        if (turns.free()) {
            sender.send(message, Optional.empty(), done);
        } else {
            turns.inOrder(() -> sender.send(message, Optional.empty(), done), message.size());
        }
    }

    /** Sends a message on credit of a direct address. */
    void pass(Message message, Inlet inlet, boolean settled, Reply<Void> done) {
        turns.inOrder(() -> sender.pass(message, inlet, settled, done), message.size());
    }

    /** Sends a message as part of a transaction: done when it is part of it. A refusal makes the transaction rollback-only. */
    public void send(Message message, Transaction transaction, Reply<Void> done) {
        turns.inOrder(() -> sender.send(message, Optional.of(transaction), spoiling(transaction, done)), message.size());
    }

    /**
     * Puts a message, as it is, into the queues with these ids, whatever their filters say: for who moves messages that have arrived elsewhere
     * before. Takes the right to manage the message's address beside that to send there. Refusals: those of sends, and INVALID_REQUEST if one
     * of the queues is not there.
     */
    public void sendTo(long[] queues, Message message, Optional<Transaction> transaction, Reply<Void> done) {
        Reply<Void> answer = transaction.map(whole -> spoiling(whole, done)).orElse(done);
        turns.inOrder(() -> sender.sendTo(queues, message, transaction, answer), message.size());
    }

    /**
     * Sends a message that is to be delivered more than once, by itself or as part of a transaction: done when it is as durable as it will be. What
     * is delivered are copies of it, each by the address's routes at its time. Refusals: those of sends, and NOT_IMPLEMENTED for direct addresses.
     */
    public void schedule(Message message, Repetition repetition, Optional<Transaction> transaction, Reply<Void> done) {
        Reply<Void> answer = transaction.map(whole -> spoiling(whole, done)).orElse(done);
        turns.inOrder(() -> scheduleNow(message, repetition, transaction, answer), message.size());
    }

    /** The same of a message whose body has come whole, as with {@link #sendLarge}. */
    public void scheduleLarge(IncomingBody body, Message message, Repetition repetition, Optional<Transaction> transaction, Reply<Void> done) {
        turns.inOrder(() -> bodies.send(body, transaction, done, answer -> scheduleNow(message, repetition, transaction, answer)), message.size());
    }

    private void scheduleNow(Message message, Repetition repetition, Optional<Transaction> transaction, Reply<Void> answer) {
        Timetable timetable = broker.timetable();
        Message first = timetable.first(message, repetition, loop.now());
        if (timetable.queue().isPresent()) {
            sender.schedule(timetable.queue().get(), first, transaction, answer);
        } else {
            turns.block();
            timetable.begin(loop, thenUnblock(Reply.of(made -> sender.schedule(made, first, transaction, answer), answer::failed)));
        }
    }

    /**
     * Begins the body of a large message that the client is about to send to {@code address}, which may be unknown yet. {@code progress} runs
     * when some of it has left the memory.
     */
    public IncomingBody receive(String address, boolean durable, Runnable progress) {
        loop.assertInside();
        return bodies.receive(address, durable, progress);
    }

    void forget(IncomingBody body) {
        bodies.forget(body);
    }

    void forget(OutgoingBody body) {
        bodies.forget(body);
    }

    /**
     * Sends a message whose body has come whole, when that is on the disk; what is asked of the session later waits. Otherwise as
     * {@link #send(Message, Reply)}, {@link #send(Message, Transaction, Reply)} and, with ids of queues, {@link #sendTo}. UNAVAILABLE if the body
     * could not be written.
     */
    public void sendLarge(IncomingBody body, Message message, Optional<long[]> queues, Optional<Transaction> transaction, Reply<Void> done) {
        turns.inOrder(() -> bodies.send(body, transaction, done, answer -> {
            if (queues.isEmpty()) {
                sender.send(message, transaction, answer);
            } else {
                sender.sendTo(queues.get(), message, transaction, answer);
            }
        }), message.size());
    }

    /** The body of a large message that was delivered or shown to this session; empty if it is gone. To be closed. */
    public Optional<OutgoingBody> read(LargeBody body) {
        loop.assertInside();
        return bodies.read(body);
    }

    private static Reply<Void> spoiling(Transaction transaction, Reply<Void> done) {
        return Reply.of(done::done, refusal -> {
            transaction.markRollbackOnly(refusal);
            done.failed(refusal);
        });
    }

    /** How this session's protocol holds producers back; by not reading the socket unless it says otherwise. */
    public void backPressure(BackPressure how) {
        turns.backPressure(how);
    }

    /** For a protocol in which a message without a routing type, for an address that isn't there, finds no queue and is no error. */
    public void dropUntypedToNowhere() {
        sender.addresses().noAddressForUntyped();
    }

    /** For a protocol in which topics are many and come and go: one that nobody subscribes to by its name gets no address. */
    public void letTopicsPass() {
        sender.addresses().letTopicsPass();
    }

    /**
     * Asks, for a protocol that grants credit, to be told (perhaps at once) when producers may have credit for so many messages and bytes;
     * fewer than 0 bytes for what so many messages are likely to weigh. ADDRESS_FULL if the address refuses what doesn't fit. Does not hold
     * up the session.
     */
    public void awaitSpace(String address, long messages, long bytes, Reply<Void> answer) {
        loop.assertInside();
        sender.admission().grant(new Admission.Credit(address, messages, bytes, answer));
    }

    /** Whether this user may send to the address. */
    public void checkSend(String address, Reply<Void> done) {
        if (permitted(Permission.SEND, address, done)) {
            done.done(null);
        }
    }

    /** The message is durable, or as durable as it will be. Journal thread. */
    void confirmId(Message message) {
        Claims.confirm(broker.routes(), message);
    }

    /** Whether something it has sent is on its way to the disk, and its answer will come; even when the session is over. */
    public boolean sending() {
        loop.assertInside();
        return sender.sending();
    }

    void sendEnded() {
        sender.ended();
    }

    /** Subscribes to a queue that exists. Refusals: NOT_PERMITTED, QUEUE_NOT_FOUND, INVALID_SELECTOR, QUEUE_IN_USE (no room for one more). */
    public void subscribe(SubscribeRequest request, Sink sink, Reply<Subscription> done) {
        inOrder(() -> subscriptions.open(request, sink, done));
    }

    /** A queue that is to be consumed, by whom, and who is told. */
    public record Wanted(SubscribeRequest request, Sink sink, Reply<Subscription> done) { }

    /** Subscribes to all of these at once: what is asked later waits for all answers. */
    public void subscribe(List<Wanted> all) {
        inOrder(() -> all.forEach(wanted -> subscriptions.open(wanted.request, wanted.sink, wanted.done)));
    }

    /** A consumer has been detached, on the queue's loop; the queue may go with it. Done, on the session's loop, when it has. */
    void detached(Queue queue, Reply<Void> done) {
        if (queue.config().goesWithLastConsumer() && queue.counters().consumers() == 0) {
            broker.administration().deleteQueue(queue.name(), false, loop, Reply.of(done::done, refusal -> done.done(null)));
        } else {
            loop.post(() -> done.done(null));
        }
    }

    void ended(Subscription subscription) {
        subscriptions.ended(subscription);
    }

    /** Settles by itself; done when that is durable. Deliveries settled before, and browsed ones, are passed over. */
    public void settle(List<Delivery> deliveries, Outcome outcome, Reply<Void> done) {
        loop.assertInside();
        settleTaken(take(deliveries), outcome, done);
    }

    /** Settles one by itself. */
    public void settle(Delivery delivery, Outcome outcome, Reply<Void> done) {
        settle(List.of(delivery), outcome, done);
    }

    /** Settles as part of a transaction. Until it ends the deliveries belong to it. */
    public void settle(List<Delivery> deliveries, Outcome outcome, Transaction transaction, Reply<Void> done) {
        loop.assertInside();
        if (transaction.ended()) {
            done.failed(new BrokerException(Reason.TRANSACTION_STATE, "the transaction has ended"));
            return;
        }
        transaction.add(take(deliveries), outcome);
        done.done(null);
    }

    /**
     * Has a delivery's message go to another queue in this form, whatever the limits of addresses, when the transaction commits; false if that
     * queue is not there or about to be removed, and then nothing has happened. It asks for no rights: that is for who moves what its client holds anyway.
     */
    public boolean move(Delivery delivery, Message as, String queue, Transaction transaction) {
        loop.assertInside();
        Queue[] target = broker.routes().queue(queue).stream().toArray(Queue[]::new);
        if (transaction.ended() || target.length == 0 || !Sender.counted(as, target)) {
            return false;
        }
        transaction.add(as, target);
        transaction.add(take(List.of(delivery)), Outcome.ACCEPTED);
        transactions.sent(transaction);
        return true;
    }

    private List<Delivery> take(List<Delivery> deliveries) {
        List<Delivery> taken = new ArrayList<>(deliveries.size());
        for (int i = 0; i < deliveries.size(); i++) {
            Delivery delivery = deliveries.get(i);
            if (delivery.take()) {
                taken.add(delivery);
            }
        }
        if (!taken.isEmpty()) {
            taken.get(taken.size() - 1).home().takenAt(loop.now());
        }
        return taken;
    }

    /** Settles deliveries that have been taken out of their lists. */
    void settleTaken(List<Delivery> deliveries, Outcome outcome, Reply<Void> done) {
        if (outcome.kind() == Outcome.Kind.ACCEPTED) {
            acceptances.add(deliveries, done);
        } else {
            broker.settlements().settle(deliveries, outcome, loop, done);
        }
    }

    /** Begins a local transaction. */
    public Transaction begin() {
        return transactions.begin();
    }

    /** Makes it true, all at once; done when it is durable. On refusal nothing has happened and it is rolled back, its deliveries released. */
    public void commit(Transaction transaction, Reply<Void> done) {
        inOrder(() -> transactions.commit(transaction, done));
    }

    /** Undoes it: its sends are forgotten, and the deliveries it settled are settled with {@code deliveries} instead. */
    public void rollback(Transaction transaction, Outcome deliveries, Reply<Void> done) {
        rollback(transaction, Optional.of(deliveries), done);
    }

    /**
     * Undoes it: its sends are forgotten, and the deliveries it settled are unsettled again, as AMQP has it; those of subscriptions that are over
     * have failed.
     */
    public void rollbackToUnsettled(Transaction transaction, Reply<Void> done) {
        rollback(transaction, Optional.empty(), done);
    }

    private void rollback(Transaction transaction, Optional<Outcome> deliveries, Reply<Void> done) {
        inOrder(() -> {
            transactions.rollBack(transaction, deliveries);
            done.done(null);
        });
    }

    /** What one send has become. */
    void sendTogether(Transaction whole, Reply<Void> done) {
        transactions.sendTogether(whole, done);
    }

    /** What it does in distributed transactions. */
    public XaSession xa() {
        if (xa.isEmpty()) {
            client.usesXa();
            xa = Optional.of(new XaSession(this, broker));
        }
        return xa.get();
    }

    /** Undoes what is part of a transaction now; nothing can be added to it any more. */
    void undo(Transaction transaction, Outcome deliveries) {
        transactions.rollBack(transaction, transaction.keeper().isPresent() ? Optional.empty() : Optional.of(deliveries));
    }

    /** A message has become part of a transaction. */
    void sent(Transaction transaction) {
        transactions.sent(transaction);
    }

    /** The addresses and queues that it makes, asks for and removes. */
    public SessionResources resources() {
        return resources;
    }

    /** Whether the user may; if not, tells {@code done} why. */
    boolean permitted(Permission permission, String address, Reply<?> done) {
        Optional<BrokerException> refusal = broker.refusal(this, permission, address);
        if (refusal.isPresent()) {
            broker.tell(() -> new BrokerEvent.PermissionRefused(userName(), permission, address));
            done.failed(refusal.get());
        }
        return refusal.isEmpty();
    }

    /** Why the user may not; empty if he may. */
    public Optional<BrokerException> refusal(Permission permission, String address) {
        return broker.refusal(this, permission, address);
    }

    /** The socket takes more, or no more. */
    void writabilityChanged() {
        subscriptions.all().forEach(Subscription::writable);
    }

    /** Ends it: open transactions roll back, subscriptions close, and everything unsettled is settled by {@code forUnsettled}. Again is allowed. */
    public void close(Outcome forUnsettled) {
        close(forUnsettled, () -> { });
    }

    /** The same; {@code left} runs when its subscriptions have left their queues. */
    public void close(Outcome forUnsettled, Runnable left) {
        loop.assertInside();
        if (closed) {
            left.run();
            return;
        }
        closed = true;
        bodies.close();
        client.forgetSession(this);
        xa.ifPresent(XaSession::close);
        transactions.rollBackAll(forUnsettled);
        subscriptions.closeAll(forUnsettled, left);
        turns.end();
    }

    /** Whether it is over. On its loop. */
    public boolean isClosed() {
        return closed;
    }
}
