package io.delos.core;

import io.delos.broker.BrokerException;
import io.delos.broker.Outcome;
import io.delos.broker.Reply;
import io.delos.broker.Sink;
import io.delos.broker.SubscribeRequest;
import io.delos.broker.Subscription;
import io.delos.core.ConsumerPacket.ConsumerGone;
import io.delos.core.MessagePacket.Receive;
import io.delos.core.MessagePacket.ReceiveChunk;
import io.delos.core.MessagePacket.ReceiveLarge;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.queue.Delivery;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
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
final class CoreConsumer implements Sink {
    private static final Logger LOG = LogManager.getLogger(CoreConsumer.class);
    private static final long UNLIMITED = SubscribeRequest.UNLIMITED;
    private static final CoreFormat FORMAT = new CoreFormat();
    /** Milliseconds that credit which must be on its way is waited for. */
    private static final long CREDIT_PATIENCE = 1000;
    private static final long NOTHING = -1;

    private enum State { SHUT, OPEN, CLOSING }

    private final CoreSession session;
    private final long id;
    private final boolean browsing;
    private final List<Runnable> onShut = new ArrayList<>();
    /** Delivered and not acknowledged, in the order of delivery. */
    private final ArrayDeque<Delivery> unacknowledged = new ArrayDeque<>();
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

    CoreConsumer(CoreSession session, long id, boolean browsing) {
        this.session = session;
        this.id = id;
        this.browsing = browsing;
    }

    void attach(Subscription made) {
        subscription = Optional.of(made);
    }

    boolean browsing() {
        return browsing;
    }

    // ---- credit

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
            if (balance != 0) {
                subscription.get().addBytes(balance);
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
        write(marker, 0, 0);
    }

    // ---- deliveries

    @Override
    public void deliver(List<Delivery> burst) {
        for (Delivery delivery : burst) {
            if (session.closed()) {
                return;
            }
            deliver(delivery);
        }
    }

    private void deliver(Delivery delivery) {
        changes++;
        byte[] block;
        try {
            block = block(delivery.message());
        } catch (MalformedMessageException e) {
            LOG.warn("message {} of queue {} cannot be shown to CORE clients and goes to the dead-letter address: {}",
                    delivery.messageId(), delivery.queue(), e.getMessage());
            spend(delivery.charge(), 0);
            session.broker().settle(delivery, Outcome.REJECTED, session.answering(false));
            return;
        }
        delivery.sent();
        int count = browsing ? 0 : delivery.deliveryCount();
        if (!browsing && session.request().preAcknowledge()) {
            session.broker().settle(delivery, Outcome.ACCEPTED, session.answering(false));
        } else if (!browsing) {
            unacknowledged.add(delivery);
        }
        int bodyLength = CoreMessage.bodyEnd(block) - Integer.BYTES;
        int size = bodyLength > session.request().minLargeMessageSize()
                ? writeLarge(block, delivery.messageId(), count) : write(block, delivery.messageId(), count);
        spend(delivery.charge(), size);
    }

    /** The message as CORE writes it, sent to where it now is. */
    private byte[] block(Message message) {
        Message core = session.handler().connection().broker().formats().translate(message, MessageFormat.CORE);
        return CoreMessage.sentTo(core.bytes(), core.address()) ? core.bytes() : FORMAT.annotate(core, Map.of(), core.expiration());
    }

    private int write(byte[] block, long messageId, int count) {
        CoreHome handler = session.handler();
        ByteBuf out = handler.outbox().room(block.length + Receive.OVERHEAD + Integer.BYTES);
        int start = out.writerIndex();
        out.writeInt(0).writeByte(Receive.TYPE).writeLong(session.channel());
        Receive.write(out, block, messageId, id, count, handler.version());
        int size = CoreCodec.finish(out, start);
        handler.outbox().written();
        return size;
    }

    /** In chunks, as the client asked for messages of this size; the header part comes first. */
    private int writeLarge(byte[] block, long messageId, int count) {
        CoreHome handler = session.handler();
        int bodyEnd = CoreMessage.bodyEnd(block);
        int size = handler.outbox().write(session.channel(),
                new ReceiveLarge(parse(block), messageId, id, count, bodyEnd - Integer.BYTES), handler.version());
        int chunk = Math.max(1, session.request().minLargeMessageSize());
        for (int at = Integer.BYTES; at < bodyEnd; at += chunk) {
            int length = Math.min(chunk, bodyEnd - at);
            ByteBuf out = handler.outbox().room(length + ReceiveChunk.OVERHEAD);
            size += ReceiveChunk.write(out, session.channel(), block, at, length, at + length < bodyEnd, id);
            handler.outbox().written();
        }
        return size;
    }

    private static CoreMessage parse(byte[] block) {
        try {
            return CoreMessage.of(block);
        } catch (MalformedPacketException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void closed(BrokerException reason) {
        session.consumers().gone(id);
        session.send(new ConsumerGone(id));
    }

    // ---- acknowledgements

    /** Takes what a cumulative acknowledgement means: all up to that message; nothing when it was not delivered here. */
    List<Delivery> takeUpTo(long messageId) {
        Delivery first = unacknowledged.peekFirst();
        if (first != null && first.messageId() == messageId) {
            return List.of(unacknowledged.removeFirst());
        }
        int count = 0;
        for (Delivery delivery : unacknowledged) {
            count++;
            if (delivery.messageId() == messageId) {
                List<Delivery> taken = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    taken.add(unacknowledged.removeFirst());
                }
                return taken;
            }
        }
        return List.of();
    }

    /** Takes just that message. */
    List<Delivery> take(long messageId) {
        for (Iterator<Delivery> all = unacknowledged.iterator(); all.hasNext();) {
            Delivery delivery = all.next();
            if (delivery.messageId() == messageId) {
                all.remove();
                return List.of(delivery);
            }
        }
        return List.of();
    }

    /** Gives everything unacknowledged back to its queue. */
    void giveBack(boolean firstWasDelivered, Countdown countdown) {
        List<Delivery> back = new ArrayList<>(unacknowledged);
        unacknowledged.clear();
        if (firstWasDelivered && !back.isEmpty()) {
            settle(List.of(back.remove(0)), Outcome.FAILED, countdown);
        }
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
        unacknowledged.clear();
        if (subscription.isPresent()) {
            subscription.get().close(Outcome.RELEASED, done);
        } else {
            done.done(null);
        }
    }
}
