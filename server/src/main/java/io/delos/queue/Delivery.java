package io.delos.queue;

import io.delos.direct.Fate;
import io.delos.message.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A message in a consumer's hands. It belongs to the consumer's session from hand-out to settlement: nobody else expires, moves or
 * purges it; but the queue may let go of the message's memory. Owned by the session's loop; the message itself is immutable.
 */
public final class Delivery {

    final Queue queue;
    final Consumer consumer;
    final Entry entry;
    /** The session's own hold on the message, until it has been written: the queue may let go of it meanwhile. */
    private Message message;
    private final int count;
    private final long charge;
    /** Whether the message stays in its queue, whatever becomes of this. */
    final boolean stays;
    private final long transit;
    /** What the consumer said of it. */
    private Map<String, Object> remark = Map.of();
    /** What consumers, this one among them, have noted on the message. */
    private Map<String, Object> notes;

    /** The session's own list of what is unsettled, so that settling costs no search. */
    private Delivery previous;
    private Delivery next;
    private DeliveryList list;
    private DeliveryList home;

    Delivery(Queue queue, Consumer consumer, Entry entry, Message message, long charge, boolean stays) {
        this.queue = queue;
        this.consumer = consumer;
        this.entry = entry;
        this.message = message;
        this.count = entry.failures + 1;
        this.charge = charge;
        this.stays = stays;
        this.notes = queue.amendments().of(entry.id);
        this.transit = message == null ? charge : charge - message.body().length();
    }

    /** Unique among the messages of the broker; for a durable message the same after a restart. Positive. */
    public long messageId() {
        return entry.id + 1;
    }

    /** What was handed out, until {@link #sent}. */
    public Message message() {
        return message;
    }

    /** The same message in another form, for who delivers it. */
    public void message(Message instead) {
        message = instead;
    }

    /** The message has been written to the client's connection: the session does not need it any more, {@link #message} is null from now on. */
    public void sent() {
        message = null;
    }

    /** The message as the queue has it; only for one that departs, and on its queue's loop. */
    public Message departing() {
        return entry.message();
    }

    /** Properties that the message gets if it departs for the dead letters; to be said before it is settled. */
    public void remark(Map<String, Object> properties) {
        remark = properties;
    }

    /** See {@link #remark(Map)}; for one that departs, on its queue's loop. */
    public Map<String, Object> remark() {
        return remark;
    }

    /** Properties that the message has from now on if it is given back, beside those it has; to be said before that. Those that would be too many are not kept. */
    public void note(Map<String, Object> properties) {
        Map<String, Object> all = new LinkedHashMap<>(notes);
        all.putAll(properties);
        if (Amendments.fits(all)) {
            notes = all;
        }
    }

    /** What consumers have noted on the message: before it was handed out, until that was said here. */
    public Map<String, Object> notes() {
        return notes;
    }

    /** What the consumer said of a message that is passed through, for its producer; nothing of any other. To be said before it is settled. */
    public void word(Fate said) {
        if (entry instanceof Passing) {
            ((Passing) entry).word = Optional.of(said);
        }
    }

    /** Whether the queue has let go of it for good; on its loop. */
    public boolean gone() {
        return entry.chain == null;
    }

    /** 1 for the first attempt. */
    public int deliveryCount() {
        return count;
    }

    /** Whether there were attempts before. */
    public boolean redelivered() {
        return count > 1;
    }

    /** What it took from the consumer's credit in bytes. */
    public long charge() {
        return charge;
    }

    /** What it takes of the memory on its way to the socket, in bytes: as {@link #charge}, but for a body that lies in a file. */
    public long transit() {
        return transit;
    }

    /** The queue it came from. */
    public Queue source() {
        return queue;
    }

    /** The name of the queue it came from. */
    public String queue() {
        return queue.name();
    }

    /** Whether it was only shown: settling it has no effect. */
    public boolean browsed() {
        return consumer.browsing();
    }

    /** Whether its end must be written to the journal. */
    public boolean durable() {
        return !stays && entry.durable();
    }

    /** Where the message lies in the journal; meaningful when {@link #durable()}. */
    public long position() {
        return entry.id;
    }

    /** Whether it may go from one session to another: it is neither only shown, nor passed through, nor stays in its queue anyway. */
    public boolean movable() {
        return !stays && !browsed() && !(entry instanceof Passing);
    }

    /** The consumer it was handed to. */
    public Consumer consumer() {
        return consumer;
    }

    /** Whether somebody still has to settle it. */
    public boolean held() {
        return list != null;
    }

    /** Takes it out of the list of what is unsettled; false if somebody has settled it, or it was only shown. */
    public boolean take() {
        if (list == null) {
            return false;
        }
        home = list;
        list.remove(this);
        return !browsed();
    }

    /** The list it was taken from. */
    public DeliveryList home() {
        return home;
    }

    /** Puts it back to the end of the list it was taken from: it is unsettled again. */
    public void untake() {
        if (entry instanceof Passing) {
            ((Passing) entry).word = Optional.empty();
        }
        home.add(this);
    }

    void link(DeliveryList owner, Delivery after) {
        list = owner;
        previous = after;
        next = null;
        if (after != null) {
            after.next = this;
        }
    }

    DeliveryList list() {
        return list;
    }

    Delivery next() {
        return next;
    }

    Delivery previous() {
        return previous;
    }

    void unlink() {
        if (previous != null) {
            previous.next = next;
        }
        if (next != null) {
            next.previous = previous;
        }
        previous = null;
        next = null;
        list = null;
    }
}
