package io.delos.stomp;

import io.delos.broker.BrokerException;
import io.delos.broker.Outcome;
import io.delos.broker.OutgoingBody;
import io.delos.broker.Reply;
import io.delos.broker.Sink;
import io.delos.broker.Subscription;
import io.delos.message.Formats;
import io.delos.message.MalformedMessageException;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.delos.queue.Delivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Owned by the connection's loop: one subscription; writes what it is handed, and knows what was not acknowledged yet, in order. */
final class StompSubscription implements Sink {

    private static final Logger LOG = LogManager.getLogger(StompSubscription.class);
    /** What the lines of a MESSAGE add to what is stored, about; in bytes. */
    static final int OVERHEAD = 200;

    /**
     * What a SUBSCRIBE asked for.
     *
     * @param number unique on the connection; part of the message ids
     * @param key    the client's id for it
     * @param mode   when messages count as consumed
     * @param window bytes in the client's hands; 0 for one message, negative for any number
     * @param noLocal whether it leaves the connection's own messages out
     * @param browsing whether it looks at the messages of a queue and leaves them there
     * @param shownAs what its messages say they were sent to; empty for what they were
     */
    record Wish(long number, String key, AckMode mode, int window, boolean noLocal, boolean browsing, String shownAs) { }

    private final Wish wish;
    private final Conversation conversation;
    private final Subscriptions owner;
    private final Formats formats;
    private final MessageFrame frame;
    private final Map<Long, Delivery> unacknowledged = new LinkedHashMap<>();
    private Optional<Subscription> handle = Optional.empty();
    private Optional<String> temporaryQueue = Optional.empty();
    /** What the queue may send more and was not told yet; fewer than 0 when an aborted transaction has taken back what it was told. */
    private long owedBytes;
    private long owedMessages;
    private boolean open = true;
    /** What can't be written before a large message has gone out. */
    private final ArrayDeque<Delivery> behind = new ArrayDeque<>(0);
    /** Whether {@link #writeBehind} will be run. */
    private boolean waits;
    /** Whether a browser was handed all there is. */
    private boolean allShown;
    /** Whether the large message that is going out is one of its own. */
    private boolean streaming;
    /** Run when that has gone out. */
    private Runnable whenWhole = () -> { };

    StompSubscription(Wish wish, Conversation conversation, Subscriptions owner) {
        this.wish = wish;
        this.conversation = conversation;
        this.owner = owner;
        this.formats = conversation.connection().broker().formats();
        this.frame = new MessageFrame(wish, conversation.out());
    }

    Wish wish() {
        return wish;
    }

    boolean open() {
        return open;
    }

    /** The queue was made for this subscription alone. */
    void collectsIn(String queue) {
        temporaryQueue = Optional.of(queue);
    }

    /** The queue to delete with the subscription. */
    Optional<String> temporaryQueue() {
        return temporaryQueue;
    }

    void begun(Subscription subscription) {
        handle = Optional.of(subscription);
        if (wish.browsing()) {
            subscription.flush(() -> {
                allShown = true;
                if (!waits) {
                    writeBehind();
                }
            });
        }
    }

    /** All that was there has been shown: the client is told, and nothing follows. */
    private void browsed() {
        open = false;
        frame.writeEndOfBrowsing(handle.orElseThrow().address());
        handle.get().close(Outcome.RELEASED, Reply.ignored());
    }

    /**
     * Delivers no more; what is unacknowledged goes back as one attempt spent. A large message that is going out is sent to its end, since nobody
     * can break it off, and with mode {@code auto} it is consumed then.
     */
    void end(Reply<Void> done) {
        open = false;
        unacknowledged.clear();
        conversation.session().settle(List.copyOf(behind), Outcome.RELEASED, Reply.ignored());
        behind.clear();
        if (handle.isEmpty()) {
            done.done(null);
        } else if (streaming && wish.mode() == AckMode.AUTO) {
            whenWhole = () -> handle.get().close(Outcome.FAILED, done);
        } else {
            handle.get().close(Outcome.FAILED, done);
        }
    }

    @Override
    public void deliver(List<Delivery> burst) {
        if (!open || !conversation.out().open()) {
            return;
        }
        if (conversation.out().streaming() || !behind.isEmpty() || hasLarge(burst)) {
            behind.addAll(burst);
            if (!waits) {
                writeBehind();
            }
            return;
        }
        for (int i = 0; i < burst.size(); i++) {
            write(burst.get(i));
        }
        if (wish.mode() == AckMode.AUTO && !wish.browsing()) {
            conversation.session().settle(burst, Outcome.ACCEPTED, Reply.ignored());
        }
    }

    private static boolean hasLarge(List<Delivery> burst) {
        for (int i = 0; i < burst.size(); i++) {
            if (burst.get(i).message().large()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean streams(Message large) {
        return formats.streams(large, MessageFormat.STOMP);
    }

    /** Writes what waits, up to the next large message and with it; what is behind that waits until it has gone out. */
    private void writeBehind() {
        while (open && !behind.isEmpty() && !conversation.out().streaming()) {
            Delivery next = behind.remove();
            boolean large = next.message().large();
            write(next);
            if (!large && wish.mode() == AckMode.AUTO) {
                conversation.session().settle(next, Outcome.ACCEPTED, Reply.ignored());
            }
        }
        if (open && allShown && behind.isEmpty() && !conversation.out().streaming()) {
            browsed();
        }
        waits = open && (!behind.isEmpty() || allShown);
        handle.ifPresent(subscription -> subscription.withhold(waits));
        if (waits) {
            conversation.out().whenFree(this::writeBehind);
        }
    }

    private void write(Delivery delivery) {
        Message message;
        try {
            message = formats.translate(delivery.message(), MessageFormat.STOMP);
        } catch (MalformedMessageException damaged) {
            LOG.warn("Message {} of queue {} can't be shown to {}: {}", delivery.messageId(), delivery.queue(),
                    conversation.connection().remoteAddress(), damaged.getMessage());
            conversation.session().settle(delivery, Outcome.REJECTED, Reply.ignored());
            return;
        }
        if (message.large()) {
            stream(delivery, message);
            return;
        }
        frame.write(delivery, message);
        handedOut(delivery);
    }

    private void handedOut(Delivery delivery) {
        delivery.sent();
        if (wish.mode() != AckMode.AUTO) {
            unacknowledged.put(delivery.messageId(), delivery);
        }
    }

    private void stream(Delivery delivery, Message message) {
        Optional<OutgoingBody> body = conversation.session().read(message.body());
        if (body.isEmpty()) {
            LOG.debug("large message {} of queue {} has left it while it was shown to a browser", delivery.messageId(), delivery.queue());
            return;
        }
        frame.head(delivery, message);
        handedOut(delivery);
        streaming = true;
        conversation.out().stream(conversation.session(), body.get(), () -> {
            streaming = false;
            if (wish.mode() == AckMode.AUTO) {
                conversation.session().settle(delivery, Outcome.ACCEPTED, Reply.ignored());
            }
            whenWhole.run();
        }, cause -> {
            LOG.error("large message {} of queue {} can't be read and goes to the dead-letter address; the connection to {} that was being sent"
                    + " it is closed: {}", delivery.messageId(), delivery.queue(), conversation.connection().remoteAddress(), cause.getMessage());
            conversation.session().settle(delivery, Outcome.REJECTED, Reply.ignored());
            conversation.connection().close();
        });
    }

    @Override
    public void closed(BrokerException reason) {
        if (open) {
            open = false;
            owner.forget(this);
            conversation.refuse(StompErrors.consumerGone(wish.number()), "");
        }
    }

    /** What acknowledging this message takes out of the client's hands: in mode {@code client} everything up to it. Empty if it isn't there. */
    List<Delivery> take(long messageId) {
        Delivery named = unacknowledged.get(messageId);
        if (named == null) {
            return List.of();
        }
        if (wish.mode() == AckMode.CLIENT_INDIVIDUAL) {
            unacknowledged.remove(messageId);
            return List.of(named);
        }
        List<Delivery> taken = new ArrayList<>();
        for (Iterator<Delivery> all = unacknowledged.values().iterator(); all.hasNext();) {
            Delivery delivery = all.next();
            all.remove();
            taken.add(delivery);
            if (delivery == named) {
                break;
            }
        }
        return taken;
    }

    /** Puts back what was taken, in front: it is older than what is there. */
    void restore(List<Delivery> deliveries) {
        Map<Long, Delivery> younger = new LinkedHashMap<>(unacknowledged);
        unacknowledged.clear();
        for (Delivery delivery : deliveries) {
            unacknowledged.put(delivery.messageId(), delivery);
            owedBytes -= delivery.charge();
            owedMessages--;
        }
        unacknowledged.putAll(younger);
    }

    /** Lets the queue send as much again; in portions of half a window. */
    void giveCredit(List<Delivery> taken) {
        if (handle.isEmpty() || wish.window() < 0) {
            return;
        }
        for (Delivery delivery : taken) {
            owedBytes += delivery.charge();
            owedMessages++;
        }
        if (wish.window() == 0 && owedMessages > 0) {
            handle.get().addMessages(owedMessages);
            owedMessages = 0;
        } else if (wish.window() > 0 && owedBytes >= wish.window() / 2) {
            handle.get().addBytes(owedBytes);
            owedBytes = 0;
        }
    }
}
