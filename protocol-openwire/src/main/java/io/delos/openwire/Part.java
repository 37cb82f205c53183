package io.delos.openwire;

import io.delos.broker.BrokerException;
import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.broker.Sink;
import io.delos.broker.Subscription;
import io.delos.message.MalformedMessageException;
import io.delos.queue.Delivery;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** What a consumer reads from one destination; owned by its connection's loop. */
final class Part implements Sink {

    private static final Logger LOG = LogManager.getLogger(Part.class);

    private final OpenWireConsumer consumer;
    private final WireDestination destination;
    private final Sources.Source source;
    private final DispatchWriter writer;
    private Optional<Subscription> subscription = Optional.empty();
    /** Credit that came back and isn't lent to the queue again yet; below 0 after the prefetch has shrunk. */
    private int kept;
    private long shown;
    private boolean browsed;
    private boolean stuck;
    private boolean closed;

    Part(OpenWireConsumer consumer, WireDestination destination, Sources.Source source) {
        this.consumer = consumer;
        this.destination = destination;
        this.source = source;
        this.writer = new DispatchWriter(consumer.member(), consumer.info().consumer(), destination.kind());
    }

    void attach(Subscription made) {
        subscription = Optional.of(made);
    }

    /** Others are told that this is consumed. */
    void announce(Advisories advisories) {
        subscription.ifPresent(open -> advisories.consumes(open, consumer.info(), destination));
    }

    // deliveries

    @Override
    public void deliver(List<Delivery> burst) {
        for (int i = 0; i < burst.size() && !closed; i++) {
            deliver(burst.get(i));
        }
    }

    private void deliver(Delivery delivery) {
        shown++;
        try {
            long sequence = consumer.nextSequence();
            writer.write(delivery, sequence);
            delivery.sent();
            consumer.dispatched(delivery, sequence, this);
        } catch (MalformedMessageException unreadable) {
            LOG.warn("message {} of queue {} cannot be shown to OpenWire clients and goes to the dead-letter address: {}",
                    delivery.messageId(), delivery.queue(), unreadable.getMessage());
            consumer.member().session().settle(delivery, Outcome.REJECTED, Reply.ignored());
            credit();
        }
    }

    @Override
    public void closed(BrokerException reason) {
        if (!closed) {
            closed = true;
            consumer.member().sourceGone(reason);
        }
    }

    // credit

    /** One message is off the client's hands. Credit goes back to the queue in portions: the client has others meanwhile. */
    void credit() {
        if (consumer.prefetch() == 0) {
            return;
        }
        kept++;
        if (kept >= Math.max(1, consumer.prefetch() / 4)) {
            lend(kept);
            kept = 0;
        }
    }

    /** The prefetch has grown by so many, or shrunk. */
    void changeCredit(int change) {
        kept += change;
        if (kept > 0) {
            lend(kept);
            kept = 0;
        }
    }

    void lendOne() {
        lend(1);
    }

    private void lend(int messages) {
        subscription.ifPresent(open -> open.addMessages(messages));
    }

    /** Has delivered what credit there is for; then there is no more credit, and {@code done} runs. */
    void drain(Runnable done) {
        subscription.ifPresentOrElse(open -> open.drain(done), done);
    }

    // browsing

    boolean browsed() {
        return browsed;
    }

    /** Finds out when everything was shown. While the socket is stuck there is no saying. */
    void browse() {
        if (closed || browsed || subscription.isEmpty()) {
            return;
        }
        if (!consumer.member().line().writable()) {
            stuck = true;
            return;
        }
        long before = shown;
        subscription.get().flush(() -> {
            if (shown != before || !consumer.member().line().writable()) {
                browse();
            } else if (!closed) {
                browsed = true;
                consumer.partBrowsed();
            }
        });
    }

    void writable() {
        if (stuck) {
            stuck = false;
            browse();
        }
    }

    // the end

    void close(Runnable done) {
        closed = true;
        if (subscription.isEmpty()) {
            deleteOwn(done);
        } else {
            subscription.get().close(Outcome.RELEASED, Reply.of(gone -> deleteOwn(done), refusal -> deleteOwn(done)));
        }
    }

    private void deleteOwn(Runnable done) {
        if (source.own()) {
            consumer.member().destinations().deleteQueue(source.queue(), Reply.of(gone -> done.run(), refusal -> done.run()));
        } else {
            done.run();
        }
    }

    void abandon() {
        closed = true;
    }
}
