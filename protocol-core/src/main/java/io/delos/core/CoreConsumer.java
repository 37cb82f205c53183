package io.delos.core;

import io.delos.broker.BrokerException;
import io.delos.broker.OutgoingBody;
import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.broker.Sink;
import io.delos.broker.SubscribeRequest;
import io.delos.broker.Subscription;
import io.delos.core.ConsumerPacket.ConsumerGone;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.queue.Delivery;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * One consumer of a session; owned by the connection's loop. It keeps the balance of the client's credit, in bytes of frames, and lends
 * it to the broker while delivery is wanted:
 * <pre>
 *   SHUT ──open──► OPEN ──shut──► CLOSING ──all that was under way has come──► SHUT
 * </pre>
 */
final class CoreConsumer implements Sink, LargeStream.Payer {
    private static final Logger LOG = LogManager.getLogger(CoreConsumer.class);
    private static final long UNLIMITED = SubscribeRequest.UNLIMITED;
    /** Milliseconds that credit which must be on its way is waited for. */
    private static final long CREDIT_PATIENCE = 1000;
    private static final long NOTHING = -1;

    private enum State { SHUT, OPEN, CLOSING }

    private final CoreSession session;
    private final long id;
    private final boolean browsing;
    private final MessageWriter writer;
    private final List<Runnable> onShut = new ArrayList<>();
    /** Delivered and not acknowledged, in the order of delivery. */
    private final Unacknowledged unacknowledged = new Unacknowledged();
    private Optional<Subscription> subscription = Optional.empty();
    private State state = State.SHUT;
    private boolean wanted;
    private long balance;
    /** The client took its credit back: what is still under way costs it nothing. */
    private boolean reset;
    /** How often messages came from the queue, or credit from the client. */
    private long changes;
    /** The marker that waits for credit. */
    private long awaiting = NOTHING;
    /** What was delivered behind a large message that is still being written. */
    private final ArrayDeque<Delivery> behind = new ArrayDeque<>(0);
    private Optional<LargeStream> stream = Optional.empty();
    private Optional<Delivery> streamed = Optional.empty();
    /** What the broker charged for the message that is being written and was not paid yet. */
    private long unpaid;
    /** The marker that waits for the end of a large message. */
    private long afterStream = NOTHING;

    CoreConsumer(CoreSession session, long id, boolean browsing) {
        this.session = session;
        this.id = id;
        this.browsing = browsing;
        this.writer = new MessageWriter(session, id);
    }

    void attach(Subscription made) {
        subscription = Optional.of(made);
    }

    boolean browsing() {
        return browsing;
    }

    /** Whether messages may flow; changes take effect when what is under way has arrived. */
    void want(boolean flow) {
        wanted = flow;
        if (flow && state == State.SHUT) {
            open();
        } else if (!flow && state == State.OPEN) {
            shut();
        }
    }

    /** Runs {@code then} when nothing is under way; delivery must not be wanted. */
    void whenShut(Runnable then) {
        if (state == State.SHUT) {
            then.run();
        } else {
            onShut.add(then);
        }
    }

    private void open() {
        if (subscription.isPresent()) {
            state = State.OPEN;
            subscription.get().addMessages(UNLIMITED);
            if (balance == UNLIMITED || balance != unpaid) {
                subscription.get().addBytes(balance == UNLIMITED ? balance : balance - unpaid);
            }
        }
    }

    private void shut() {
        state = State.CLOSING;
        Subscription stopping = subscription.orElseThrow();
        stopping.stopCredit();
        stopping.flush(this::isShut);
    }

    private void isShut() {
        state = State.SHUT;
        reset = false;
        List<Runnable> waiting = List.copyOf(onShut);
        onShut.clear();
        waiting.forEach(Runnable::run);
        if (wanted && state == State.SHUT) {
            open();
        }
    }

    /** Section 8.2. */
    void addCredit(int credits) {
        if (credits == 0) {
            balance = 0;
            if (state == State.OPEN) {
                shut();
            }
            reset = state == State.CLOSING;
            return;
        }
        changes++;
        long more = credits < 0 ? UNLIMITED : credits;
        if (balance != UNLIMITED) {
            balance = more == UNLIMITED ? UNLIMITED : balance + more;
            lend(more);
        }
        stream.ifPresent(LargeStream::go);
        if (awaiting != NOTHING) {
            long sequence = awaiting;
            awaiting = NOTHING;
            forceDelivery(sequence);
        }
    }

    private void lend(long more) {
        if (state == State.OPEN) {
            subscription.orElseThrow().addBytes(more);
        }
    }

    /** Counts {@code cost} bytes written for which the broker charged {@code charge}. */
    private void spend(long charge, long cost) {
        if (balance == UNLIMITED || reset) {
            return;
        }
        balance -= cost;
        if (charge != cost) {
            lend(charge - cost);
        }
    }

    /** Sends everything that can be delivered now, then the marker the client waits for. */
    void forceDelivery(long sequence) {
        if (stream.isPresent()) {
            afterStream = sequence;
            return;
        }
        if (state == State.CLOSING) {
            onShut.add(() -> session.handler().connection().loop().post(() -> forceDelivery(sequence)));
            return;
        }
        long before = changes;
        subscription.ifPresent(open -> open.flush(() -> {
            if (state == State.OPEN && balance <= 0) {
                awaitCredit(sequence);
            } else if (changes != before) {
                // credit that came meanwhile, or that they were charged too much, is on its way to the queue: there may be more
                forceDelivery(sequence);
            } else {
                mark(open, sequence);
            }
        }));
    }

    /**
     * A client that has read all it was sent owes credit for it; it sends that on another thread, so that its question may come first. To answer
     * it then would tell the client that the queue is empty, which it takes for the end, of a browser for instance.
     */
    private void awaitCredit(long sequence) {
        awaiting = sequence;
        session.handler().connection().loop().schedule(() -> {
            if (awaiting == sequence && state == State.OPEN && !session.closed()) {
                awaiting = NOTHING;
                mark(subscription.orElseThrow(), sequence);
            }
        }, CREDIT_PATIENCE);
    }

    private void mark(Subscription open, long sequence) {
        byte[] marker = CoreMessage.create(new CoreMessage.Head(0, Optional.of(open.queue()), Optional.empty(),
                CoreMessage.DEFAULT_KIND, false, 0, 0, (byte) 0, Map.of(Names.FORCED_DELIVERY, sequence)),
                Unpooled.wrappedBuffer(new byte[Integer.BYTES])).bytes();
        writer.write(marker, 0, 0);
    }

    @Override
    public void deliver(List<Delivery> burst) {
        for (Delivery delivery : burst) {
            if (session.closed()) {
                return;
            }
            if (stream.isPresent()) {
                behind.add(delivery);
            } else {
                deliver(delivery);
            }
        }
    }

    private void deliver(Delivery delivery) {
        changes++;
        byte[] block;
        try {
            block = writer.block(delivery.message());
        } catch (MalformedMessageException e) {
            LOG.warn("message {} of queue {} cannot be shown to CORE clients and goes to the dead-letter address: {}",
                    delivery.messageId(), delivery.queue(), e.getMessage());
            spend(delivery.charge(), 0);
            session.broker().settle(delivery, Outcome.REJECTED, session.answering(false));
            return;
        }
        if (delivery.message().large()) {
            stream(delivery, block);
            return;
        }
        int count = handedOut(delivery);
        int bodyLength = CoreMessage.bodyEnd(block) - Integer.BYTES;
        int size = bodyLength > session.request().minLargeMessageSize()
                ? writer.inChunks(block, delivery.messageId(), count) : writer.write(block, delivery.messageId(), count);
        spend(delivery.charge(), size);
    }

    /** It is the client's now; returns the delivery count it is told. */
    private int handedOut(Delivery delivery) {
        delivery.sent();
        if (!browsing && session.request().preAcknowledge()) {
            session.broker().settle(delivery, Outcome.ACCEPTED, session.answering(false));
        } else if (!browsing) {
            unacknowledged.add(delivery);
        }
        return browsing ? 0 : delivery.deliveryCount();
    }

    @Override
    public boolean streams(Message large) {
        return session.handler().connection().broker().formats().streams(large, MessageFormat.CORE);
    }

    @Override
    public void roomAgain() {
        stream.ifPresent(LargeStream::go);
    }

    /** Writes the header; the body follows as credit and socket allow, and nothing else to this client's consumer meanwhile. */
    private void stream(Delivery delivery, byte[] block) {
        Optional<OutgoingBody> body = session.broker().read(delivery.message().body());
        if (body.isEmpty()) {
            LOG.debug("large message {} of queue {} has left it while it was shown to a browser", delivery.messageId(), delivery.queue());
            spend(delivery.charge(), 0);
            return;
        }
        int size = writer.header(block, delivery.messageId(), handedOut(delivery), body.get().left());
        LargeStream made = new LargeStream(session, this, id, body.get());
        stream = Optional.of(made);
        streamed = Optional.of(delivery);
        unpaid = balance == UNLIMITED || reset ? 0 : delivery.charge();
        pay(size);
        subscription.ifPresent(open -> open.withhold(true));
        made.go();
    }

    @Override
    public long credit() {
        return balance;
    }

    @Override
    public void pay(int size) {
        if (balance != UNLIMITED && !reset) {
            balance -= size;
            unpaid -= size;
        }
    }

    @Override
    public void streamed() {
        endStream();
        while (stream.isEmpty() && !behind.isEmpty() && !session.closed()) {
            deliver(behind.remove());
        }
        if (stream.isEmpty() && afterStream != NOTHING) {
            long sequence = afterStream;
            afterStream = NOTHING;
            forceDelivery(sequence);
        }
    }

    private void endStream() {
        if (stream.isPresent()) {
            stream.get().end();
            stream = Optional.empty();
            streamed = Optional.empty();
            if (unpaid != 0) {
                lend(unpaid);
            }
            unpaid = 0;
            subscription.ifPresent(open -> open.withhold(false));
        }
    }

    /** The client waits for bytes that do not exist: its consumer ends, and the message goes where it can be looked at. */
    @Override
    public void lost(IOException cause) {
        Delivery broken = streamed.orElseThrow();
        LOG.error("large message {} of queue {} can't be read and goes to the dead-letter address; the consumer that was being sent it is"
                + " closed: {}", broken.messageId(), broken.queue(), cause.getMessage());
        if (!browsing && !unacknowledged.take(broken.messageId()).isEmpty()) {
            session.broker().settle(broken, Outcome.REJECTED, session.answering(false));
        }
        session.consumers().gone(id);
        session.send(new ConsumerGone(id));
        close(Reply.ignored());
    }

    @Override
    public void closed(BrokerException reason) {
        endStream();
        behind.clear();
        session.consumers().gone(id);
        session.send(new ConsumerGone(id));
    }

    /** Takes what a cumulative acknowledgement means: all up to that message; nothing when it was not delivered here. */
    List<Delivery> takeUpTo(long messageId) {
        return unacknowledged.takeUpTo(messageId);
    }

    /** Takes just that message. */
    List<Delivery> take(long messageId) {
        return unacknowledged.take(messageId);
    }

    /** Gives everything unacknowledged back to its queue. */
    void giveBack(boolean firstWasDelivered, Countdown countdown) {
        endStream();
        List<Delivery> back = unacknowledged.takeAll();
        if (firstWasDelivered && !back.isEmpty()) {
            settle(List.of(back.remove(0)), Outcome.FAILED, countdown);
        }
        back.addAll(behind);
        behind.clear();
        if (!back.isEmpty()) {
            settle(back, Outcome.RELEASED, countdown);
        }
    }

    private void settle(List<Delivery> deliveries, Outcome outcome, Countdown countdown) {
        countdown.expect();
        session.broker().settle(deliveries, outcome, countdown.reply());
    }

    /** Ends it; what is unacknowledged goes back as if it had never been handed out. */
    void close(Reply<Void> done) {
        wanted = false;
        endStream();
        behind.clear();
        unacknowledged.takeAll();
        if (subscription.isPresent()) {
            subscription.get().close(Outcome.RELEASED, done);
        } else {
            done.done(null);
        }
    }
}
