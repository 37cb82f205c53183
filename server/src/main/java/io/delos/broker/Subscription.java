package io.delos.broker;

import io.delos.config.SlowConsumerPolicy;
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
    private final Sink sink;
    private final DeliveryList unsettled = new DeliveryList();
    private final WholeBodies whole;
    private Consumer consumer;
    private long taken;
    private boolean withheld;
    private boolean asked;
    private boolean closed;

    Subscription(Session session, Broker broker, Queue queue, Sink sink) {
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
                    List<Delivery> left = unsettled.drain();
                    sink.closed(new BrokerException(Reason.QUEUE_NOT_FOUND, sentence));
                    // there is nothing left to settle, but until the queue has them back its address counts them and the journal keeps them
                    queue.loop().post(() -> queue.giveBack(left, false));
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
        try {
            if (sink.streams() || !whole.busy() && !WholeBodies.needed(burst)) {
                sink.deliver(burst);
            } else {
                withheld = true;
                whole.deliver(burst);
            }
        } catch (RuntimeException | Error fault) {
            // who knows which of them were written: with the connection's end they go back to where they stood
            session.client().disconnect();
            throw fault;
        }
        taken += bytes;
        report();
    }

    /** Tells the queue what the socket has taken; withheld while the socket is not writable, which stops the queue after a while. */
    void report() {
        if ((taken >= REPORT || asked && taken > 0) && session.writable() && !closed && !withheld) {
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

    /** Has everything delivered that can be with the present credit; then {@code done} runs on the session's loop. */
    public void flush(Runnable done) {
        queue.loop().post(() -> queue.flush(consumer, false, session.loop(), done));
    }

    /** As {@link #flush}, and what is then left of the credit in messages is gone. */
    public void drain(Runnable done) {
        queue.loop().post(() -> queue.flush(consumer, true, session.loop(), done));
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
        session.ended(this);
        List<Delivery> left = consumer.browsing() ? List.of() : new ArrayList<>(unsettled.drain());
        queue.loop().post(() -> {
            queue.detach(consumer);
            session.detached(queue, done);
        });
        session.settleTaken(left, forUnsettled, Reply.ignored());
    }

    /** The sink is told that it is over, and why. */
    void kick(BrokerException reason) {
        if (!closed) {
            sink.closed(reason);
        }
    }
}
