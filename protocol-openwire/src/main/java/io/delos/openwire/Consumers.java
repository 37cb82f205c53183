package io.delos.openwire;

import io.delos.broker.BrokerException;
import io.delos.broker.Reply;
import io.delos.openwire.Command.ConsumerControl;
import io.delos.openwire.Command.ConsumerInfo;
import io.delos.openwire.Command.MessageAck;
import io.delos.openwire.Command.MessagePull;
import io.delos.openwire.Command.RemoveSubscriptionInfo;
import io.delos.openwire.Id.ConsumerId;
import io.delos.openwire.Id.SessionId;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** A client's consumers (section 7); owned by its connection's loop. */
final class Consumers {

    private final Member member;
    private final Sources sources;
    private final Numbering numbering = new Numbering();
    private final Map<ConsumerId, OpenWireConsumer> consumers = new HashMap<>();
    private final Map<ConsumerId, AdvisoryConsumer> listeners = new HashMap<>();

    /**
     * Numbers of messages on one connection. They begin with the time, so that what a reconnecting client says of messages it got earlier
     * is not mistaken for others.
     */
    static final class Numbering {
        private long last = System.currentTimeMillis() << 20;

        long next() {
            return ++last;
        }
    }

    Consumers(Member member) {
        this.member = member;
        this.sources = new Sources(member);
    }

    void open(ConsumerInfo info) throws MalformedFrameException {
        if (consumers.containsKey(info.consumer()) || listeners.containsKey(info.consumer())) {
            member.line().done(info.head());
            return;
        }
        if (!info.destination().present()) {
            throw new MalformedFrameException("a consumer without a destination");
        }
        List<WireDestination> parts = info.destination().parts();
        if (parts.stream().allMatch(WireDestination::advisory)) {
            listen(info, parts);
            return;
        }
        OpenWireConsumer consumer = new OpenWireConsumer(member, numbering, info);
        member.line().hold();
        subscribe(consumer, parts, 0, Reply.of(done -> {
            consumers.put(info.consumer(), consumer);
            member.line().done(info.head());
            consumer.start();
            member.line().release();
        }, refusal -> consumer.close(Command.RemoveInfo.NOTHING_DELIVERED, () -> {
            member.line().refuse(info.head(), refusal);
            member.line().release();
        })));
    }

    private void listen(ConsumerInfo info, List<WireDestination> topics) {
        Optional<BrokerException> refusal = topics.stream().flatMap(topic -> AdvisoryConsumer.refusal(member.session(), topic).stream()).findFirst();
        if (refusal.isPresent()) {
            member.line().refuse(info.head(), refusal.get());
            return;
        }
        AdvisoryConsumer listener;
        try {
            listener = new AdvisoryConsumer(member, numbering, info, topics);
        } catch (BrokerException unreadable) {
            member.line().refuse(info.head(), unreadable);
            return;
        }
        listeners.put(info.consumer(), listener);
        Iterator<News> there = member.protocol().options().supportAdvisory() ? member.protocol().advisories().listen(listener)
                : Collections.emptyIterator();
        // a client that has been answered sends to no temporary destination that it hasn't heard of
        listener.catchUp(there, () -> member.line().done(info.head()));
    }

    private void subscribe(OpenWireConsumer consumer, List<WireDestination> parts, int next, Reply<Void> done) {
        if (next == parts.size()) {
            done.done(null);
            return;
        }
        WireDestination part = parts.get(next);
        sources.find(consumer.info(), part, parts.size() > 1, Reply.of(source -> consumer.add(part, source, Reply.of(
                added -> subscribe(consumer, parts, next + 1, done), done::failed)), done::failed));
    }

    /** Forgets a durable subscription. */
    void forget(RemoveSubscriptionInfo info) {
        String clientId = info.clientId().isEmpty() ? member.info().clientId() : info.clientId();
        member.session().resources().deleteQueue(Sources.durableName(clientId, info.subscription()),
                member.line().holding(member.line().answering(info.head())));
    }

    // flow

    void acknowledge(MessageAck ack) {
        OpenWireConsumer consumer = ack.consumer().map(consumers::get).orElse(null);
        if (consumer == null || ack.last() == MessageAck.ABSENT) {
            member.line().done(ack.head());
            return;
        }
        Optional<Transactions.Open> transaction = ack.transaction().flatMap(member.transactions()::find);
        boolean settles = ack.kind() == MessageAck.STANDARD || ack.kind() == MessageAck.INDIVIDUAL;
        if (settles && ack.transaction().isPresent() && transaction.isEmpty()) {
            BrokerException unknown = Transactions.unknown(ack.transaction());
            if (ack.head().answer()) {
                member.line().refuse(ack.head(), unknown);
            } else {
                member.error(OpenWireErrors.problem(unknown));
            }
            return;
        }
        consumer.acknowledge(ack, transaction);
    }

    void pull(MessagePull pull) {
        pull.consumer().map(consumers::get).ifPresent(consumer -> consumer.pull(pull.timeout()));
        member.line().done(pull.head());
    }

    void control(ConsumerControl control) {
        Optional<OpenWireConsumer> consumer = control.consumer().map(consumers::get);
        if (consumer.isPresent() && control.close()) {
            member.line().hold();
            close(consumer.get().info().consumer(), Command.RemoveInfo.NOTHING_DELIVERED, () -> {
                member.line().done(control.head());
                member.line().release();
            });
        } else {
            consumer.ifPresent(c -> c.prefetch(control.prefetch()));
            member.line().done(control.head());
        }
    }

    void writable() {
        consumers.values().forEach(OpenWireConsumer::writable);
        listeners.values().forEach(AdvisoryConsumer::writable);
    }

    // ends

    private void leave(AdvisoryConsumer listener) {
        member.protocol().advisories().leave(listener);
        listener.end();
    }

    /** @param done runs when the consumer has nothing any more; at once if there is none */
    void close(ConsumerId id, long lastDelivered, Runnable done) {
        Optional.ofNullable(listeners.remove(id)).ifPresent(this::leave);
        OpenWireConsumer consumer = consumers.remove(id);
        if (consumer == null) {
            done.run();
        } else {
            consumer.close(lastDelivered, done);
        }
    }

    void closeAll(SessionId session, long lastDelivered, Runnable done) {
        closeThose(id -> id.connection().equals(session.connection()) && id.session() == session.value(), lastDelivered, done);
    }

    void closeAll(long lastDelivered, Runnable done) {
        closeThose(id -> true, lastDelivered, done);
    }

    private void closeThose(Predicate<ConsumerId> which, long lastDelivered, Runnable done) {
        listeners.entrySet().removeIf(listener -> {
            boolean closes = which.test(listener.getKey());
            if (closes) {
                leave(listener.getValue());
            }
            return closes;
        });
        closeNext(consumers.keySet().stream().filter(which).toList(), 0, lastDelivered, done);
    }

    private void closeNext(List<ConsumerId> closing, int next, long lastDelivered, Runnable done) {
        if (next == closing.size()) {
            done.run();
        } else {
            close(closing.get(next), lastDelivered, () -> closeNext(closing, next + 1, lastDelivered, done));
        }
    }

    /** The socket is gone. */
    void abandon() {
        listeners.values().forEach(this::leave);
        consumers.values().forEach(OpenWireConsumer::abandon);
    }
}
