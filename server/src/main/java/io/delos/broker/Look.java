package io.delos.broker;

import io.delos.loop.Loop;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Glance;
import io.delos.queue.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Looks through what waits in a queue as a browser does, for management: a bounded number of messages is in memory at any time. Owned by
 * the loop that is named.
 */
public final class Look implements Sink {

    private final Client client;
    private final Predicate<Glance.Seen> visitor;
    private final Reply<Void> done;
    private boolean enough;
    private boolean ended;

    private Look(Client client, Predicate<Glance.Seen> visitor, Reply<Void> done) {
        this.client = client;
        this.visitor = visitor;
        this.done = done;
    }

    /**
     * Shows the messages in order to {@code visitor}, until it says that it has seen enough, by false. Refusals: INVALID_SELECTOR,
     * QUEUE_NOT_FOUND.
     *
     * @param filter a selector; empty for all
     * @param most   at most so many
     */
    public static void at(Broker broker, Queue queue, String filter, long most, Loop loop, Predicate<Glance.Seen> visitor, Reply<Void> done) {
        Client own = broker.openOwnClient(loop);
        Look look = new Look(own, visitor, done);
        loop.post(() -> own.openSession().subscribe(SubscribeRequest.of(queue.name(), most).withSelector(filter).browse(), look,
                Reply.of(subscription -> subscription.flush(look::finish), look::fail)));
    }

    /** The messages from number {@code from} on, counted from 0. */
    public static void page(Broker broker, Queue queue, String filter, Page page, Loop loop, Reply<List<Glance.Seen>> done) {
        List<Glance.Seen> seen = new ArrayList<>();
        long[] at = {0};
        at(broker, queue, filter, page.from() + page.count(), loop, one -> {
            if (at[0]++ >= page.from()) {
                seen.add(one);
            }
            return true;
        }, Reply.of(end -> done.done(seen), done::failed));
    }

    /** A part of what is there. */
    public record Page(long from, long count) { }

    @Override
    public void deliver(List<Delivery> burst) {
        for (Delivery delivery : burst) {
            if (!enough) {
                enough = !visitor.test(new Glance.Seen(delivery.messageId(), delivery.message(), delivery.deliveryCount() - 1, 0,
                        Optional.empty()));
            }
            delivery.sent();
        }
        if (enough) {
            finish();
        }
    }

    /** Bodies that lie in files are not looked at. */
    @Override
    public boolean streams(Message large) {
        return true;
    }

    @Override
    public void closed(BrokerException reason) {
        finish();
    }

    private void finish() {
        if (!ended) {
            ended = true;
            client.loop().post(client::close);
            done.done(null);
        }
    }

    private void fail(BrokerException refusal) {
        ended = true;
        client.loop().post(client::close);
        done.failed(refusal);
    }
}
