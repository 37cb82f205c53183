package io.delos.sim;

import io.delos.broker.Client;
import io.delos.broker.IncomingBody;
import io.delos.broker.Outcome;
import io.delos.broker.PlainFormat;
import io.delos.broker.QueueMessages;
import io.delos.broker.Reason;
import io.delos.broker.Reply;
import io.delos.broker.Session;
import io.delos.broker.SubscribeRequest;
import io.delos.broker.Transaction;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.queue.Delivery;
import io.delos.queue.Departures;
import io.delos.queue.Queue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The broker's end of a client's connection, with one session. All on its loop. */
final class Connection {
    final int producer;
    private final Node node;
    private final Model model;
    private final SimLoop loop;
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final List<Tx> transactions = new ArrayList<>();
    private Client client;
    private Session session;
    private Tx tx;
    private boolean ended;
    /** Whether it keeps what it acknowledges in branches that don't come true. */
    private final boolean keeping;
    private final Life life;

    /** A message that has arrived at the client. */
    record Held(Subscriber subscriber, Delivery delivery, Copy copy) {
    }

    Connection(Node node) {
        this.node = node;
        this.model = node.model();
        this.life = node.life();
        this.loop = life.nextLoop();
        this.producer = model.newProducer();
        this.keeping = producer % 2 == 0;
    }

    SimLoop loop() {
        return loop;
    }

    void open() {
        client = node.broker().openClient(loop, "connection-" + producer, "sim", this::end);
        session = client.openSession();
    }

    void send(Sent message, Reply<Void> answer) {
        session.afterAll(() -> {
            model.sending(message, producer, null);
            send(message, Optional.empty(), confirming(message, answer));
        });
    }

    /** Sends what was perhaps sent before, and never confirmed. */
    void sendAgain(Sent message, Reply<Void> answer) {
        session.afterAll(() -> {
            model.sending(message, producer, null);
            send(message, Optional.empty(), confirming(message, answer));
        });
    }

    private Reply<Void> confirming(Sent message, Reply<Void> answer) {
        return Reply.of(done -> {
            model.confirmed(message);
            answer.done(done);
        }, answer::failed);
    }

    // transactions

    void begin() {
        tx = new Tx(model.decisions.all().size(), session.begin());
        model.decisions.begun(tx);
        transactions.add(tx);
    }

    /** A branch of a distributed one. */
    void beginBranch() {
        Tx mine = new Tx(model.decisions.all().size());
        tx = mine;
        model.decisions.begun(mine);
        transactions.add(mine);
        if (keeping) {
            mine.keeper = this;
            session.xa().keepDeliveries();
        }
        session.xa().start(mine.xid.orElseThrow(), 0, Reply.of(mine::begun, refusal -> { }));
    }

    void sendInTransaction(Sent message) {
        Tx mine = tx;
        mine.whenBegun(() -> session.afterAll(() -> {
            model.sending(message, producer, mine);
            send(message, Optional.of(mine.real()), Reply.ignored());
            Shelves.keep(message, mine);
        }));
    }

    private void send(Sent message, Optional<Transaction> transaction, Reply<Void> answer) {
        if (message.body.length > 0) {
            IncomingBody body = session.receive(message.message.address(), message.message.durable(), () -> { });
            int half = message.body.length / 2;
            body.add(ByteBuffer.wrap(message.body, 0, half));
            body.add(ByteBuffer.wrap(message.body, half, message.body.length - half));
            session.sendLarge(body, message.message.toBuilder().body(body.body()).build(), Optional.empty(), transaction, Reply.of(done -> {
                model.routed(message);
                answer.done(done);
            }, refusal -> {
                model.routed(message);
                answer.failed(refusal);
            }));
        } else if (transaction.isPresent()) {
            session.send(message.message, transaction.get(), answer);
        } else {
            session.send(message.message, answer);
        }
    }

    void commit(Reply<Void> answer) {
        Tx mine = tx;
        tx = null;
        mine.whenBegun(() -> session.afterAll(() -> {
            Reply<Void> told = Reply.of(done -> {
                model.decisions.committed(mine);
                answer.done(done);
            }, refusal -> {
                model.decisions.refused(mine);
                keep(mine);
                answer.failed(refusal);
            });
            model.decisions.committing(mine);
            if (mine.xid.isEmpty()) {
                session.commit(mine.real(), told);
            } else {
                session.xa().end(mine.xid.get(), Reply.ignored());
                session.xa().commit(mine.xid.get(), true, told);
            }
        }));
    }

    /** Goes out of its branch, which is to wait for a decision. */
    void prepare(Reply<Void> answer) {
        Tx mine = tx;
        tx = null;
        mine.whenBegun(() -> session.afterAll(() -> {
            model.decisions.preparing(mine);
            session.xa().end(mine.xid.orElseThrow(), Reply.ignored());
            session.xa().prepare(mine.xid.get(), Reply.of(done -> {
                model.decisions.prepared(mine);
                answer.done(done);
            }, refusal -> {
                model.decisions.refused(mine);
                keep(mine);
                answer.failed(refusal);
            }));
        }));
    }

    /** Decides any branch that waits. */
    void decide(Tx branch, boolean commit, Reply<Void> answer) {
        session.afterAll(() -> {
            if (branch.state != Tx.State.PREPARED) {
                answer.done(null);
            } else if (commit) {
                model.decisions.committing(branch);
                session.xa().commit(branch.xid.orElseThrow(), false, Reply.of(done -> {
                    model.decisions.committed(branch);
                    answer.done(done);
                }, answer::failed));
            } else {
                model.decisions.undoing(branch);
                session.xa().rollback(branch.xid.orElseThrow(), Reply.of(done -> {
                    model.decisions.undone(branch);
                    if (branch.keeper != null) {
                        branch.keeper.keep(branch);
                    }
                    answer.done(done);
                }, answer::failed));
            }
        });
    }

    void rollBack() {
        Tx mine = tx;
        tx = null;
        mine.whenBegun(() -> session.afterAll(() -> {
            if (mine.xid.isEmpty()) {
                model.decisions.undone(mine);
                session.rollback(mine.real(), Outcome.RELEASED, Reply.ignored());
            } else {
                if (keeping) {
                    model.decisions.givenBack(mine);
                    keep(mine);
                } else {
                    model.decisions.givenUp(mine);
                }
                session.xa().end(mine.xid.get(), Reply.ignored());
                session.xa().rollback(mine.xid.get(), Reply.of(done -> hearOf(mine.kept), refusal -> { }));
            }
        }));
    }

    /** Whether this is its own again when the branch does not come true. */
    boolean keeps(Tx branch, Copy copy) {
        return branch.kept.stream().anyMatch(held -> held.copy == copy && keeps(held));
    }

    private boolean keeps(Held held) {
        return !ended && !held.subscriber.over && node.life() == life;
    }

    /** A branch did not come true: what it acknowledged is this client's again, as far as its subscriptions are there. */
    private void keep(Tx branch) {
        for (Held held : branch.kept) {
            if (keeps(held)) {
                held.subscriber.again(held.delivery, held.copy);
            }
        }
    }

    /** The client knows that these are its own. */
    private void hearOf(List<Held> kept) {
        kept.stream().filter(this::keeps).forEach(held -> held.subscriber.hand(held.delivery, held.copy));
    }

    boolean inTransaction() {
        return tx != null;
    }

    // receiving

    void subscribe(Subscriber subscriber, SubscribeRequest request) {
        subscribers.add(subscriber);
        if (!subscriber.browsing) {
            model.coming(subscriber);
        }
        session.subscribe(request, subscriber, Reply.of(made -> subscriber.real = made, refusal -> subscriber.over = true));
    }

    void credit(Subscriber subscriber, int messages) {
        if (subscriber.real != null) {
            subscriber.real.addMessages(messages);
        }
    }

    void settle(List<Held> held, Outcome outcome, boolean transacted) {
        Tx mine = transacted ? tx : null;
        if (mine == null) {
            settle(held, outcome, null);
        } else {
            mine.whenBegun(() -> settle(held, outcome, mine));
        }
    }

    private void settle(List<Held> held, Outcome outcome, Tx part) {
        List<Delivery> deliveries = new ArrayList<>();
        List<Copy> copies = new ArrayList<>();
        for (Held one : held) {
            if (one.subscriber.unsettled.remove(one.delivery) != null) {
                deliveries.add(one.delivery);
                if (part != null && part.state == Tx.State.OPEN && part.keeper != null) {
                    part.kept.add(one);
                }
                if (!one.subscriber.target.shared()) {
                    copies.add(one.copy);
                }
            }
        }
        if (part != null && part.state == Tx.State.OPEN) {
            copies.forEach(copy -> model.decisions.ending(copy, part));
            session.settle(deliveries, outcome, part.real(), Reply.ignored());
        } else if (outcome.kind() == Outcome.Kind.ACCEPTED) {
            copies.forEach(model::ending);
            session.settle(deliveries, outcome, Reply.of(done -> copies.forEach(model::ended), refusal -> { }));
        } else {
            copies.forEach(outcome.kind() == Outcome.Kind.REJECTED ? model::rejected : outcome.deliveryFailed() ? model::failed : model::released);
            session.settle(deliveries, outcome, Reply.ignored());
        }
    }

    void unsubscribe(Subscriber subscriber) {
        if (subscriber.real != null) {
            letGo(subscriber);
            subscribers.remove(subscriber);
            subscriber.real.close(Outcome.RELEASED, Reply.ignored());
            seeOff(subscriber);
        }
    }

    /** As {@link #unsubscribe}; but what it holds is nobody's for so long, and then acknowledged or given back by nobody's session. */
    void leaveBehind(Subscriber subscriber, long millis, Outcome then) {
        if (subscriber.real == null || subscriber.target == null || subscriber.target.shared() || !subscriber.keeps.isEmpty()) {
            unsubscribe(subscriber);
            return;
        }
        List<Delivery> left = subscriber.real.part(List.copyOf(subscriber.unsettled.keySet()));
        LeftBehind behind = new LeftBehind(node, left, left.stream().map(subscriber.unsettled::remove).toList());
        unsubscribe(subscriber);
        loop.schedule(() -> behind.settle(then, loop), millis);
    }

    /** Tells the model when the queue has let go of a subscriber, and has back what was on its way. */
    private void seeOff(Subscriber subscriber) {
        Queue queue = node.broker().findQueue(subscriber.queue).orElse(null);
        Target target = subscriber.target;
        if (queue != null && target != null) {
            model.leaving(target);
            queue.loop().post(() -> loop.post(() -> queue.loop().post(() -> model.left(target))));
        }
    }

    private void letGo(Subscriber subscriber) {
        if (subscriber.target == null || !subscriber.target.shared()) {
            subscriber.unsettled.values().forEach(copy -> {
                if (subscriber.keeps.contains(copy)) {
                    model.failed(copy);
                } else {
                    model.released(copy);
                }
            });
        }
        subscriber.unsettled.clear();
        subscriber.over = true;
    }

    // queues

    void create(String queue, String address, boolean topic) {
        Target known = model.target(queue);
        if (known == null || known.state == Target.State.ABSENT) {
            Target target = model.upkeep.creating(queue, address, topic);
            QueueRequest request = QueueRequest.of(queue, address, topic ? RoutingType.MULTICAST : RoutingType.ANYCAST);
            session.resources().createQueue(request, false, Reply.of(info -> model.upkeep.created(target), refusal -> { }));
        }
    }

    void delete(Target target) {
        if (target.state == Target.State.THERE) {
            model.upkeep.deleting(target);
            session.resources().deleteQueue(target.name, Reply.of(done -> model.upkeep.deleted(target), refusal -> {
                if (refusal.reason() == Reason.QUEUE_IN_USE) {
                    model.upkeep.notDeleted(target);
                }
            }));
        }
    }

    /** @param purge what the model has noted of it */
    void purge(Target target, Object purge) {
        // one of that name may have been made since
        Queue queue = target.state == Target.State.ABSENT ? null : node.broker().findQueue(target.name).orElse(null);
        if (queue == null) {
            model.upkeep.purged(purge, false);
        } else {
            node.broker().administration().removeMessages(queue, loop,
                    Reply.of(count -> model.upkeep.purged(purge, true), refusal -> model.upkeep.purged(purge, false)));
        }
    }

    /** What management does to messages of one color that wait: they are treated as undeliverable. */
    void condemn(Target target, String color) {
        Queue queue = node.broker().findQueue(target.name).orElse(null);
        if (queue != null) {
            model.upkeep.condemning(target);
            node.broker().messages().sendOff(new QueueMessages.Order(queue, message -> PlainFormat.text(message).contains(";c=" + color + ";"),
                    Long.MAX_VALUE, loop, Reply.of(count -> model.upkeep.condemned(target), refusal -> model.upkeep.condemned(target))), Departures.Cause.DEAD);
        }
    }

    /** The connection is gone. */
    void end() {
        if (client == null || ended) {
            return;
        }
        ended = true;
        new ArrayList<>(subscribers).forEach(this::letGo);
        transactions.forEach(each -> {
            if (each.xid.isEmpty()) {
                model.decisions.undone(each);
            } else {
                model.decisions.givenUp(each);
            }
        });
        tx = null;
        client.close();
        subscribers.forEach(this::seeOff);
    }
}
