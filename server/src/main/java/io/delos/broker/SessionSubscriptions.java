package io.delos.broker;

import io.delos.config.Permission;
import io.delos.queue.Queue;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a session consumes and browses. Owned by the session's loop. */
final class SessionSubscriptions {

    private final Session session;
    private final Broker broker;
    private final Set<Subscription> open = new LinkedHashSet<>();

    SessionSubscriptions(Session session, Broker broker) {
        this.session = session;
        this.broker = broker;
    }

    /** Those there are now, in the order in which they came. */
    List<Subscription> all() {
        return List.copyOf(open);
    }

    /** Closes them all, at once; {@code done} runs when the last has left its queue. */
    void closeAll(Outcome forUnsettled, Runnable done) {
        List<Subscription> leaving = all();
        if (leaving.isEmpty()) {
            done.run();
            return;
        }
        Set<Subscription> left = new HashSet<>(leaving);
        for (Subscription subscription : leaving) {
            Runnable one = () -> {
                left.remove(subscription);
                if (left.isEmpty()) {
                    done.run();
                }
            };
            subscription.close(forUnsettled, Reply.of(gone -> one.run(), refusal -> one.run()));
        }
    }

    void ended(Subscription subscription) {
        open.remove(subscription);
    }

    /** In its turn. */
    void open(SubscribeRequest request, Sink sink, Reply<Subscription> done) {
        Optional<Queue> queue = broker.findQueue(request.queue());
        if (queue.isEmpty()) {
            done.failed(new BrokerException(Reason.QUEUE_NOT_FOUND, "AMQ229017: Queue " + request.queue() + " does not exist"));
            return;
        }
        if (request.browsing() && queue.get().outlet().isPresent()) {
            done.failed(new BrokerException(Reason.NOT_IMPLEMENTED, "there is nothing to browse on the direct address " + queue.get().address()));
            return;
        }
        Permission permission = request.browsing() ? Permission.BROWSE : Permission.CONSUME;
        if (session.permitted(permission, queue.get().address() + "::" + queue.get().name(), done)) {
            attach(queue.get(), request, sink, done);
        }
    }

    private void attach(Queue queue, SubscribeRequest request, Sink sink, Reply<Subscription> done) {
        if (session.isClosed()) {
            done.failed(new BrokerException(Reason.UNAVAILABLE, "the session has ended"));
            return;
        }
        Subscription.Terms terms = new Subscription.Terms(broker.nextConsumer(), request.selector(), request.browsing());
        Subscription subscription = new Subscription(session, broker, queue, sink, terms);
        try {
            subscription.consumer(broker.consumerFor(subscription, request, session.loop(), queue));
        } catch (BrokerException refusal) {
            done.failed(refusal);
            return;
        }
        open.add(subscription);
        session.turns().block();
        Reply<Subscription> answer = session.thenUnblock(done);
        queue.loop().post(() -> {
            if (!request.browsing() && !queue.admits()) {
                session.post(() -> {
                    open.remove(subscription);
                    answer.failed(full(queue));
                });
                return;
            }
            session.post(() -> {
                answer.done(subscription);
                subscription.opened();
            });
            queue.attach(subscription.consumer());
            queue.credit(subscription.consumer(), request.messages(), request.bytes());
        });
    }

    private static BrokerException full(Queue queue) {
        return new BrokerException(Reason.QUEUE_IN_USE, "AMQ229200: Maximum Consumer Limit Reached on Queue:(address=" + queue.address() + ",queue="
                + queue.name() + ")");
    }
}
