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

    /** A message that has arrived at the client. */
    record Held(Subscriber subscriber, Delivery delivery, Copy copy) {
    }

    Connection(Node node) {
        this.node = node;
        this.model = node.model();
        this.loop = node.life().nextLoop();
        this.producer = model.newProducer();
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
        tx = new Tx(model.transactions().size(), session.begin());
        model.begun(tx);
        transactions.add(tx);
    }

    /** A branch of a distributed one. */
    void beginBranch() {
        Tx mine = new Tx(model.transactions().size());
        tx = mine;
        model.begun(mine);
        transactions.add(mine);
        session.xa().start(mine.xid.orElseThrow(), 0, Reply.of(mine::begun, refusal -> { }));
    }

    void sendInTransaction(Sent message) {
        Tx mine = tx;
        mine.whenBegun(() -> session.afterAll(() -> {
            model.sending(message, producer, mine);
            send(message, Optional.of(mine.real()), Reply.ignored());
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
                model.committed(mine);
                answer.done(done);
            }, refusal -> {
                model.refused(mine);
                answer.failed(refusal);
            });
            model.committing(mine);
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
            model.preparing(mine);
            session.xa().end(mine.xid.orElseThrow(), Reply.ignored());
            session.xa().prepare(mine.xid.get(), Reply.of(done -> {
                model.prepared(mine);
                answer.done(done);
            }, refusal -> {
                model.refused(mine);
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
                model.committing(branch);
                session.xa().commit(branch.xid.orElseThrow(), false, Reply.of(done -> {
                    model.committed(branch);
                    answer.done(done);
                }, answer::failed));
            } else {
                model.undoing(branch);
                session.xa().rollback(branch.xid.orElseThrow(), Reply.of(done -> {
                    model.undone(branch);
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
                model.undone(mine);
                session.rollback(mine.real(), Outcome.RELEASED, Reply.ignored());
            } else {
                model.givenUp(mine);
                session.xa().end(mine.xid.get(), Reply.ignored());
                session.xa().rollback(mine.xid.get(), Reply.ignored());
            }
        }));
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
                if (!one.subscriber.target.shared()) {
                    copies.add(one.copy);
                }
            }
        }
        if (part != null && part.state == Tx.State.OPEN) {
            copies.forEach(copy -> model.ending(copy, part));
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
            subscriber.unsettled.values().forEach(model::released);
        }
        subscriber.unsettled.clear();
        subscriber.over = true;
    }

    // queues

    void create(String queue, String address, boolean topic) {
        Target known = model.target(queue);
        if (known == null || known.state == Target.State.ABSENT) {
            Target target = model.creating(queue, address, topic);
            QueueRequest request = QueueRequest.of(queue, address, topic ? RoutingType.MULTICAST : RoutingType.ANYCAST);
            session.resources().createQueue(request, false, Reply.of(info -> model.created(target), refusal -> { }));
        }
    }

    void delete(Target target) {
        if (target.state == Target.State.THERE) {
            model.deleting(target);
            session.resources().deleteQueue(target.name, Reply.of(done -> model.deleted(target), refusal -> {
                if (refusal.reason() == Reason.QUEUE_IN_USE) {
                    model.notDeleted(target);
                }
            }));
        }
    }

    /** @param purge what the model has noted of it */
    void purge(Target target, Object purge) {
        // one of that name may have been made since
        Queue queue = target.state == Target.State.ABSENT ? null : node.broker().findQueue(target.name).orElse(null);
        if (queue == null) {
            model.purged(purge, false);
        } else {
            node.broker().administration().removeMessages(queue, loop,
                    Reply.of(count -> model.purged(purge, true), refusal -> model.purged(purge, false)));
        }
    }

    /** What management does to messages of one color that wait: they are treated as undeliverable. */
    void condemn(Target target, String color) {
        Queue queue = node.broker().findQueue(target.name).orElse(null);
        if (queue != null) {
            model.condemning(target);
            node.broker().messages().sendOff(new QueueMessages.Order(queue, message -> PlainFormat.text(message).contains(";c=" + color + ";"),
                    Long.MAX_VALUE, loop, Reply.of(count -> model.condemned(target), refusal -> model.condemned(target))), Departures.Cause.DEAD);
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
                model.undone(each);
            } else {
                model.givenUp(each);
            }
        });
        tx = null;
        client.close();
        subscribers.forEach(this::seeOff);
    }
}
