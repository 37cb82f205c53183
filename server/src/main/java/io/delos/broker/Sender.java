package io.delos.broker;

import io.delos.address.Route;
import io.delos.config.Permission;
import io.delos.config.RoutingType;
import io.delos.direct.Inlet;
import io.delos.message.Message;
import io.delos.queue.Queue;
import io.delos.store.Unit;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** A session's way out: resolves, authorises, admits, writes. Owned by the session's loop. */
final class Sender {

    private static final Logger LOG = LogManager.getLogger(Sender.class);

    private final Session session;
    private final Broker broker;
    private final Targets addresses;
    private final QueuesById byId;
    private int underWay;
    private boolean posted;
    private final Admission admission;
    private final DirectSends direct;

    /** What is to become of a message: by the address's routes, or, as it is, into the queues that its sender named. */
    record Way(Targets.Target target, Queue[] named) {
        private static final Queue[] NONE = {};

        static Way by(Targets.Target target) {
            return new Way(target, NONE);
        }

        Route route() {
            return target.route();
        }

        boolean isNamed() {
            return named.length > 0;
        }
    }

    Sender(Session session, Broker broker) {
        this.session = session;
        this.broker = broker;
        this.addresses = new Targets(session, broker);
        this.byId = new QueuesById(broker.routes());
        this.admission = new Admission(session, broker);
        this.direct = new DirectSends(session, broker);
    }

    Session session() {
        return session;
    }

    Broker broker() {
        return broker;
    }

    Targets addresses() {
        return addresses;
    }

    Admission admission() {
        return admission;
    }

    void ended() {
        underWay--;
    }

    /** Whether the journal has something of it that it has not answered. */
    boolean sending() {
        return underWay > 0;
    }

    void send(Message message, Optional<Transaction> transaction, Reply<Void> done) {
        if (broker.isManagement(message.address())) {
            broker.management(session, message, done);
            return;
        }
        Targets.Target target = addresses.find(message.address());
        if (target == null ? addresses.isWild(message.address()) : target.wild()) {
            done.failed(new BrokerException(Reason.WILDCARD_ADDRESS, "AMQ229260: Wildcard addresses are not supported on producers. "
                    + "Only on consumers. Please send to a real address. " + message.address()));
        } else if (target == null && addresses.vanishes(message)) {
            nowhere(message, done);
        } else if (target == null || target.lacks(message)) {
            create(message, transaction, done);
        } else {
            sendTo(Way.by(target), message, transaction, done);
        }
    }

    /** Sends on credit of a direct address, if the address is one still. */
    void pass(Message message, Inlet inlet, boolean settled, Reply<Void> done) {
        Targets.Target target = addresses.find(message.address());
        if (target == null || !target.passes()) {
            send(message, Optional.empty(), done);
        } else if (addresses.permitted(message.address(), done)) {
            direct.send(target, message, Optional.of(inlet), settled, done);
        }
    }

    /** Who does not say what kind of address it is that isn't there gets none, and no refusal either: the message finds no queue. */
    private void nowhere(Message message, Reply<Void> done) {
        if (session.permitted(Permission.SEND, message.address(), done)) {
            done.done(null);
        }
    }

    /** Sends to queues by their ids. */
    void sendTo(long[] queues, Message message, Optional<Transaction> transaction, Reply<Void> done) {
        Targets.Target target = addresses.find(message.address());
        if (target == null) {
            done.failed(new BrokerException(Reason.ADDRESS_NOT_FOUND, "AMQ229203: Address Does Not Exist: " + message.address()));
            return;
        }
        if (!session.permitted(Permission.MANAGE, message.address(), done)) {
            return;
        }
        if (queues.length == 0) {
            done.failed(new BrokerException(Reason.INVALID_REQUEST, "a message for no queue at all, or for what can't be the ids of queues"));
            return;
        }
        Queue[] named = new Queue[queues.length];
        for (int i = 0; i < queues.length; i++) {
            named[i] = byId.get(queues[i]);
            if (named[i] == null) {
                done.failed(new BrokerException(Reason.INVALID_REQUEST, "a message for the queue with the id " + queues[i] + ", which is not there"));
                return;
            }
        }
        sendTo(new Way(target, named), message, transaction, done);
    }

    /** Puts a message that is to be delivered repeatedly into the queue where it waits; it takes no more rights than to send it, and no less. */
    void schedule(Queue where, Message message, Optional<Transaction> transaction, Reply<Void> done) {
        boolean queueToo = message.routing() == Message.ROUTE_ANYCAST || message.address().contains("::");
        if (session.permitted(Permission.SEND, message.address(), done)) {
            session.resources().ensureNow(message.address(), RoutingType.ofCode(message.routing()), queueToo,
                    Reply.of(info -> putDown(where, message, transaction, done), refusal -> done.failed(Targets.missing(refusal))));
        }
    }

    private void putDown(Queue where, Message message, Optional<Transaction> transaction, Reply<Void> done) {
        Targets.Target target = session.isClosed() ? null : addresses.find(message.address());
        String id = transaction.isPresent() ? "" : message.duplicateId();
        if (target == null || target.wild()) {
            done.failed(new BrokerException(Reason.ADDRESS_NOT_FOUND, "AMQ229203: Address Does Not Exist: " + message.address()));
        } else if (target.passes()) {
            done.failed(new BrokerException(Reason.NOT_IMPLEMENTED, "the direct address " + message.address() + " keeps nothing for later"));
        } else if (id.isEmpty()) {
            sendTo(new Way(target, new Queue[] {where}), message, transaction, done);
        } else if (target.route().duplicates().claim(id)) {
            sendTo(new Way(target, new Queue[] {where}), message, transaction, Reply.of(done::done, refusal -> {
                target.route().duplicates().release(id);
                done.failed(refusal);
            }));
        } else if (!target.route().duplicates().await(id, () -> session.post(() -> putDown(where, message, transaction, done)))) {
            tellDuplicate(target.route().address(), id);
            done.done(null);
        }
    }

    private void create(Message message, Optional<Transaction> transaction, Reply<Void> done) {
        addresses.make(message, Reply.of(target -> created(target, message, transaction, done), done::failed));
    }

    /** What was missing is there, unless it has gone again ({@code target} is null). */
    private void created(Targets.Target target, Message message, Optional<Transaction> transaction, Reply<Void> done) {
        if (session.isClosed()) {
            // nobody keeps its body any more
            done.failed(new BrokerException(Reason.UNAVAILABLE, "the session has ended"));
        } else if (target == null) {
            done.failed(new BrokerException(Reason.ADDRESS_NOT_FOUND, "AMQ229203: Address Does Not Exist: " + message.address()));
        } else {
            sendTo(Way.by(target), message, transaction, done);
        }
    }

    private void sendTo(Way way, Message asSent, Optional<Transaction> transaction, Reply<Void> done) {
        if (!addresses.permitted(asSent.address(), done)) {
            return;
        }
        Route route = way.route();
        if (asSent.bytes().length > broker.maxMessageBytes()) {
            done.failed(new BrokerException(Reason.TOO_LARGE, "a message of " + asSent.bytes().length + " bytes; at most "
                    + broker.maxMessageBytes() + " are taken"));
            return;
        }
        if (way.target.passes() && !way.isNamed()) {
            direct.send(way.target, asSent, transaction, done);
            return;
        }
        if (admission.open(route)
                || admission.admits(new Admission.Arriving(route, asSent, transaction, done), () -> take(way, asSent, transaction, done))) {
            take(way, asSent, transaction, done);
        }
    }

    /** Routes and writes a message for which there is room. */
    private void take(Way way, Message asSent, Optional<Transaction> transaction, Reply<Void> done) {
        Route route = way.route();
        if (transaction.isPresent() && transaction.get().ended()) {
            done.failed(new BrokerException(Reason.TRANSACTION_STATE, "the transaction has ended"));
            return;
        }
        if (!asSent.duplicateId().isEmpty() && !claim(way, asSent, transaction, done)) {
            return;
        }
        Message message = way.isNamed() ? asSent : Arrival.apply(route, asSent, session.loop(), broker.formats());
        if (route.forks() && !way.isNamed()) {
            new ForkedSend(this, new ForkedSend.Sending(way, asSent, message), transaction, done).go(false);
            return;
        }
        Queue[] targets = targets(way, message);
        if (targets.length == 0) {
            route.counters().unroutedOne();
            broker.watch().unrouted(route.address(), message);
            session.confirmId(message);
            done.done(null);
            return;
        }
        if (!counted(message, targets)) {
            anew(asSent, way, transaction, done);
            return;
        }
        route.counters().routedOne();
        way.target.produced().sent(message.size());
        if (transaction.isPresent()) {
            transaction.get().add(message, targets);
            admission.sentIn(transaction.get());
            done.done(null);
            session.sent(transaction.get());
        } else {
            write(message, targets, done);
        }
    }

    /** Counts the message at its queues; false, and it is not, if one of them is about to be removed. */
    static boolean counted(Message message, Queue[] targets) {
        boolean stay = true;
        for (Queue queue : targets) {
            queue.usage().add(message.size());
            stay &= !queue.retired();
        }
        if (!stay) {
            for (Queue queue : targets) {
                queue.usage().remove(message.size(), 1);
            }
        }
        return stay;
    }

    /** Begins again with a message whose queue has just been removed, or would have been. */
    void anew(Message asSent, Way way, Optional<Transaction> transaction, Reply<Void> done) {
        if (transaction.isEmpty() && !asSent.duplicateId().isEmpty()) {
            way.route().duplicates().release(asSent.duplicateId());
        }
        if (way.isNamed()) {
            done.failed(new BrokerException(Reason.INVALID_REQUEST, "a message for a queue that has just been removed"));
            return;
        }
        session.turns().block();
        broker.administration().whenDecided(session.loop(), () -> {
            if (session.isClosed()) {
                done.failed(new BrokerException(Reason.UNAVAILABLE, "the session has ended"));
                return;
            }
            send(asSent, transaction, done);
            session.turns().unblock();
        });
    }

    private Queue[] targets(Way way, Message message) {
        if (way.isNamed()) {
            return way.named;
        }
        Targets.Target target = way.target;
        return target.only().isPresent() ? onlyOne(target.only().get(), message) : target.route().targets(message, broker.formats());
    }

    private Queue[] onlyOne(Queue queue, Message message) {
        return Route.accepts(queue, message, broker.formats()) ? new Queue[] {queue} : new Queue[0];
    }

    void write(Message message, Queue[] targets, Reply<Void> done) {
        boolean durable = message.large() || message.durable() && anyDurable(targets);
        if (!durable && underWay == 0) {
            for (Queue queue : targets) {
                queue.loop().post(() -> queue.enqueue(message, Queue.NO_POSITION));
            }
            posted();
            broker.watch().arrived(message, targets);
            session.confirmId(message);
            done.done(null);
            return;
        }
        append(message, targets, durable, done);
    }

    private void append(Message message, Queue[] targets, boolean durable, Reply<Void> done) {
        underWay++;
        journal(new SendUnit(session, message, targets, durable, done));
        waitUnderPressure();
    }

    /** The session goes on when so much isn't under way to the disk any more. */
    void waitUnderPressure() {
        if (broker.store().underPressure()) {
            session.turns().block();
            broker.store().whenRelieved(session.loop(), session.turns()::unblock);
        }
    }

    /** Messages have been posted to their queues; they leave when this turn ends. */
    private void posted() {
        if (!posted) {
            posted = true;
            session.loop().post(() -> posted = false);
        }
    }

    /** Hands a unit to the journal, but not before what this turn posted has left: the journal may be quicker than the turn. */
    private void journal(Unit unit) {
        if (posted) {
            session.loop().post(() -> broker.store().write(unit));
        } else {
            broker.store().write(unit);
        }
    }

    private static boolean anyDurable(Queue[] targets) {
        for (Queue target : targets) {
            if (target.durable()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the message may go on. One whose queues are named was accepted before, and is not refused for it. Of others the first with its id
     * goes on; another one is answered when that is durable, or sent after all when it never will be.
     */
    private boolean claim(Way way, Message message, Optional<Transaction> transaction, Reply<Void> done) {
        Route route = way.route();
        String id = message.duplicateId();
        if (transaction.isPresent()) {
            return note(way, id, transaction.get().claims(), done);
        }
        if (route.duplicates().claim(id) || way.isNamed()) {
            return true;
        }
        if (!route.duplicates().await(id, () -> session.post(() -> takeUnlessClosed(way, message, done)))) {
            tellDuplicate(route.address(), id);
            done.done(null);
        }
        return false;
    }

    /** In a transaction an id is taken when that commits; what is there already is refused at once. */
    private boolean note(Way way, String id, Claims claims, Reply<Void> done) {
        String address = way.route().address();
        if (way.isNamed()) {
            claims.addIfFree(address, id);
        } else if (way.route().duplicates().has(id)) {
            tellDuplicate(address, id);
            done.failed(Claims.refusal(id));
            return false;
        } else {
            claims.add(address, id);
        }
        return true;
    }

    void tellDuplicate(String address, String id) {
        LOG.warn("AMQ222059: Duplicate message detected - message will not be routed. Address: {}, duplicate id: {}", address, id);
    }

    private void takeUnlessClosed(Way way, Message message, Reply<Void> done) {
        if (!session.isClosed()) {
            take(way, message, Optional.empty(), done);
        }
    }

    /** Writes a transaction's last unit in its turn. */
    void commit(CommitUnit unit) {
        underWay++;
        journal(unit);
    }
}
