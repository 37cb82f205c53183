package io.delos.broker;

import io.delos.config.SlowConsumerPolicy;
import io.delos.message.Message;
import io.delos.queue.Consumer;
import io.delos.queue.Delivery;
import io.delos.queue.DeliveryList;
import io.delos.queue.Queue;
import java.util.ArrayList;
import java.util.List;

/** A session's claim on a queue's messages. Owned by the session's loop. */
public final class Subscription {

    /** Bytes taken by the socket are reported to the queue in portions, so that reporting costs nothing under light load. */
    private static final long REPORT = 128 << 10;

    private final Session session;
    private final Queue queue;
    /** Nobody's from the end on, so that what outlives the subscription does not keep its protocol's objects. */
    private Sink sink;
    private final DeliveryList unsettled = new DeliveryList();
    private final WholeBodies whole;
    private final Terms terms;
    private final long since;
    private volatile String name;
    private long delivered;
    private long deliveredBytes;
    private long deliveredAt;
    private Consumer consumer;
    private long taken;
    private boolean withheld;
    private boolean asked;
    private boolean closed;

    /** What does not change. */
    record Terms(long number, String selector, boolean browsing) { }

    Subscription(Session session, Broker broker, Queue queue, Sink sink, Terms terms) {
        this.terms = terms;
        this.since = session.loop().now();
        this.name = Long.toString(terms.number());
        this.session = session;
        this.queue = queue;
        this.sink = sink;
        this.whole = new WholeBodies(session, broker, sink, this);
    }

    void consumer(Consumer made) {
        consumer = made;
    }

    Consumer consumer() {
        return consumer;
    }

    DeliveryList unsettled() {
        return unsettled;
    }

    /** The consumer exists. */
    void opened() {
        if (!session.client().isOwn()) {
            session.broker().tell(() -> new BrokerEvent.ConsumerOpened(this, queue.counters().consumers()));
        }
    }

    private void tellClosed() {
        if (!session.client().isOwn()) {
            session.broker().tell(() -> new BrokerEvent.ConsumerClosed(this, queue.counters().consumers()));
        }
    }

    /** Says by which id its client knows it. */
    public void describe(String clientsName) {
        name = clientsName;
    }

    /** The id by which its client knows it. Any thread. */
    public String name() {
        return name;
    }

    /** A number that no other has in this process. Any thread. */
    public long number() {
        return terms.number();
    }

    /** The selector; empty for none. Any thread. */
    public String selector() {
        return terms.selector();
    }

    /** Whether it only looks. Any thread. */
    public boolean browsing() {
        return terms.browsing();
    }

    /** Whether the queue knows it as this consumer. Any thread. */
    public boolean isOf(Consumer one) {
        return consumer == one;
    }

    /** Any thread. */
    public Session session() {
        return session;
    }

    /** Any thread. */
    public Queue source() {
        return queue;
    }

    /** What management shows of it, on its session's loop. */
    public Progress progress() {
        session.loop().assertInside();
        return new Progress(since, unsettled.size(), unsettled.bytes(), delivered, deliveredBytes, delivered - unsettled.size(), deliveredAt,
                unsettled.takenAt());
    }

    /**
     * How far it has come; times in milliseconds since the epoch, 0 for never.
     *
     * @param since          when it began
     * @param inTransit      handed out and not settled
     * @param inTransitBytes the same in bytes
     * @param delivered      handed out in all
     * @param deliveredBytes the same in bytes
     * @param settled        settled in all
     * @param deliveredAt    when something was handed out last
     * @param settledAt      when something was settled last
     */
    public record Progress(long since, long inTransit, long inTransitBytes, long delivered, long deliveredBytes, long settled,
                           long deliveredAt, long settledAt) { }

    /** The receiver of the queue's bursts. */
    Consumer.Receiver receiver() {
        return new Consumer.Receiver() {
            @Override
            public void deliver(List<Delivery> burst) {
                arrived(burst);
            }

            @Override
            public void reportTaken() {
                asked = true;
                report();
            }

            @Override
            public void slow(SlowConsumerPolicy policy, int consumers) {
                if (!closed) {
                    session.broker().tell(() -> new BrokerEvent.ConsumerSlow(Subscription.this, consumers));
                }
                if (!closed && policy == SlowConsumerPolicy.KILL) {
                    session.client().kill();
                }
            }

            @Override
            public String describe() {
                Client client = session.client();
                return "the consumer of " + client.protocol() + " client \"" + client.clientId() + "\" at " + client.remoteAddress()
                        + " (connection " + client.connectionId() + ")";
            }

            @Override
            public void queueGone(String sentence) {
                if (!closed) {
                    closed = true;
                    whole.close();
                    session.ended(Subscription.this);
                    List<Delivery> left = unsettled.end();
                    letGo().closed(new BrokerException(Reason.QUEUE_NOT_FOUND, sentence));
                    // there is nothing left to settle, but until the queue has them back its address counts them and the journal keeps them
                    queue.loop().post(() -> queue.giveBack(left, false));
                    tellClosed();
                }
            }
        };
    }

    private void arrived(List<Delivery> burst) {
        if (closed) {
            if (!consumer.browsing()) {
                queue.loop().post(() -> queue.giveBack(burst, false));
            }
            return;
        }
        long bytes = 0;
        for (int i = 0; i < burst.size(); i++) {
            Delivery delivery = burst.get(i);
            bytes += delivery.transit();
            if (!delivery.browsed()) {
                unsettled.add(delivery);
            }
        }
        session.broker().watch().dispatched(burst);
        try {
            if (!whole.busy() && !whole.needed(burst)) {
                sink.deliver(burst);
            } else {
                whole.deliver(burst);
            }
        } catch (RuntimeException | Error fault) {
            // who knows which of them were written: with the connection's end they go back to where they stood
            session.client().disconnect();
            throw fault;
        }
        taken += bytes;
        delivered += burst.size();
        deliveredBytes += bytes;
        deliveredAt = session.loop().now();
        report();
    }

    /** Tells the queue what the socket has taken; withheld while the socket is not writable, which stops the queue after a while. */
    void report() {
        if ((taken >= REPORT || asked && taken > 0) && session.writable() && !closed && !withheld && !whole.busy()) {
            asked = false;
            long now = taken;
            taken = 0;
            queue.loop().post(() -> queue.arrived(consumer, now));
        }
    }

    /** The socket takes more, or no more. */
    void writable() {
        report();
        if (session.writable() && !closed) {
            sink.roomAgain();
        }
    }

    /** For a sink that streams: whether what it was handed waits behind a large message, so that the queue is to hand out little more. */
    public void withhold(boolean waits) {
        withheld = waits;
        report();
    }

    /** The queue's name. */
    public String queue() {
        return queue.name();
    }

    /** The queue's address. */
    public String address() {
        return queue.address();
    }

    /** Adds credit in messages; {@link SubscribeRequest#UNLIMITED} stays until it is taken away. */
    public void addMessages(long messages) {
        credit(messages, 0);
    }

    /** Adds credit in bytes; {@link SubscribeRequest#UNLIMITED} stays until it is taken away. */
    public void addBytes(long bytes) {
        credit(0, bytes);
    }

    /** Adds both. */
    public void credit(long messages, long bytes) {
        if (!closed) {
            queue.loop().post(() -> queue.credit(consumer, messages, bytes));
        }
    }

    /** Takes all credit away, in messages and in bytes; what is under way still arrives. */
    public void stopCredit() {
        if (!closed) {
            queue.loop().post(() -> queue.stopCredit(consumer, true));
        }
    }

    /** Takes the credit in messages away, and leaves that in bytes; what is under way still arrives. */
    public void stopMessages() {
        if (!closed) {
            queue.loop().post(() -> queue.stopCredit(consumer, false));
        }
    }

    /** Has everything delivered that can be with the present credit; then {@code done} runs on the session's loop. */
    public void flush(Runnable done) {
        queue.loop().post(() -> queue.flush(consumer, false, session.loop(), () -> whole.whenIdle(done)));
    }

    /** As {@link #flush}, and what is then left of the credit in messages is gone. */
    public void drain(Runnable done) {
        queue.loop().post(() -> queue.flush(consumer, true, session.loop(), () -> whole.whenIdle(done)));
    }

    /**
     * Takes deliveries it was handed, and that are unsettled, out of its hands: from now on they are the caller's, to {@link Broker#settle settle}
     * or to give to another subscription of the same queue ({@link #adopt}), on any loop. Returns those it had, without what can't be parted from
     * it: what was only shown, stays in its queue or is passed through.
     */
    public List<Delivery> part(List<Delivery> deliveries) {
        session.loop().assertInside();
        return deliveries.stream().filter(delivery -> delivery.movable() && delivery.take()).toList();
    }

    /** Takes over deliveries that another subscription of this queue has parted with: they are unsettled here. */
    public void adopt(List<Delivery> deliveries) {
        session.loop().assertInside();
        deliveries.forEach(unsettled::add);
    }

    /**
     * Hands deliveries that it has to its sink once more, whatever its credit, when their messages have been read. Those that can't be read go back,
     * and {@code lost} hears of them first.
     */
    public void again(List<Delivery> deliveries, java.util.function.Consumer<Delivery> lost) {
        queue.loop().post(() -> queue.read(deliveries, session.loop(), messages -> again(deliveries, messages, lost)));
    }

    private void again(List<Delivery> deliveries, List<Message> messages, java.util.function.Consumer<Delivery> lost) {
        if (closed) {
            return;
        }
        List<Delivery> there = new ArrayList<>(deliveries.size());
        for (int i = 0; i < messages.size(); i++) {
            Delivery delivery = deliveries.get(i);
            if (messages.get(i) == null) {
                lost.accept(delivery);
                session.settle(delivery, Outcome.RELEASED, Reply.ignored());
            } else {
                delivery.message(messages.get(i));
                there.add(delivery);
            }
        }
        if (whole.busy() || whole.needed(there)) {
            whole.deliver(there);
        } else {
            sink.deliver(there);
        }
    }

    /**
     * Ends it. What it was handed and has not settled goes by {@code forUnsettled}; deliveries that are part of an open transaction stay in
     * it. {@code done} runs when the queue has let go.
     */
    public void close(Outcome forUnsettled, Reply<Void> done) {
        session.loop().assertInside();
        if (closed) {
            done.done(null);
            return;
        }
        closed = true;
        whole.close();
        letGo();
        session.ended(this);
        List<Delivery> left = consumer.browsing() ? List.of() : unsettled.end();
        queue.loop().post(() -> {
            queue.detach(consumer);
            session.detached(queue, Reply.of(gone -> {
                tellClosed();
                done.done(gone);
            }, done::failed));
        });
        session.settleTaken(left, forUnsettled, Reply.ignored());
    }

    /** Its session's owner ends it: the sink is told that it is over, and why. */
    public void kick(BrokerException reason) {
        if (!closed) {
            Sink told = sink;
            close(Outcome.RELEASED, Reply.ignored());
            told.closed(reason);
        }
    }

    private Sink letGo() {
        Sink told = sink;
        sink = Sink.NONE;
        return told;
    }
}
