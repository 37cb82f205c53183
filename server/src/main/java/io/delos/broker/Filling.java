package io.delos.broker;

import io.delos.address.Route;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Copies what one queue holds into another, some hundred messages at a time, each lot as a transaction. Owned by the control loop. */
final class Filling implements Sink {

    private static final int AT_ONCE = 256;

    private final Broker broker;
    private final Queue from;
    private final Queue to;
    private final Runnable then;
    private final Client client;
    private Session session;
    private Subscription subscription;
    private List<Delivery> arrived = new ArrayList<>();

    Filling(Broker broker, Queue from, Queue to, Runnable then) {
        this.broker = broker;
        this.from = from;
        this.to = to;
        this.then = then;
        this.client = broker.openOwnClient(broker.controlLoop());
    }

    void start() {
        session = client.openSession();
        session.subscribe(SubscribeRequest.of(from.name(), AT_ONCE).browse(), this, Reply.of(made -> {
            subscription = made;
            next();
        }, refusal -> end()));
    }

    private void next() {
        subscription.flush(this::copy);
    }

    @Override
    public void deliver(List<Delivery> burst) {
        arrived.addAll(burst);
    }

    private void copy() {
        List<Delivery> some = arrived;
        arrived = new ArrayList<>();
        if (some.isEmpty()) {
            end();
            return;
        }
        Transaction whole = session.begin();
        Queue[] targets = {to};
        for (Delivery delivery : some) {
            Message copy = copy(delivery.message());
            if (Route.accepts(to, copy, broker.formats())) {
                to.usage().add(copy.size());
                whole.add(copy, targets);
            }
        }
        session.sendTogether(whole, Reply.of(done -> {
            subscription.addMessages(AT_ONCE);
            next();
        }, failed -> end()));
    }

    private Message copy(Message kept) {
        Message readdressed = kept.toBuilder().address(to.address()).build();
        byte[] bytes = broker.formats().of(kept.format()).annotate(readdressed, Map.of(), kept.expiration());
        return readdressed.toBuilder().encoded(kept.format(), bytes).build();
    }

    private void end() {
        client.close();
        then.run();
    }

    @Override
    public void closed(BrokerException reason) {
        // the queue is gone that held them: what was on its way is all there will be
    }
}
