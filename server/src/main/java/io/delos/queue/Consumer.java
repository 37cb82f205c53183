package io.delos.queue;

import io.delos.config.SlowConsumerPolicy;
import io.delos.loop.Loop;
import io.delos.message.Formats;
import io.delos.message.Message;
import io.delos.selector.PropertyLookup;
import io.delos.selector.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Somebody with credit and perhaps a selector. Owned by its queue's loop; what it is handed goes to its own loop in bursts. */
public final class Consumer {

    private static final Logger LOG = LogManager.getLogger(Consumer.class);

    /** No limit of credit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** Takes bursts; called on the consumer's own loop. */
    public interface Receiver {

        /** Deliveries in order. */
        void deliver(List<Delivery> burst);

        /** The queue is gone. */
        void queueGone(String sentence);

        /** The queue wants {@link Queue#arrived} called as soon as the socket has taken anything: it has nothing more to give until then. */
        default void reportTaken() { }

        /** It acknowledges too slowly, and this is to be done about it; its queue has so many consumers. */
        default void slow(SlowConsumerPolicy policy, int consumers) { }

        /** Who it is, for the operator's eyes. Any thread. */
        default String describe() {
            return "a consumer";
        }
    }

    private final Loop loop;
    private final Receiver receiver;
    private final Optional<Selector> selector;
    private final PropertyLookupOf lookup;
    private final boolean browsing;
    private final int priority;
    private final int overhead;
    private long messages;
    private long bytes;
    private long inTransit;
    private long held;
    private boolean exclusive;
    private boolean stopped;
    private boolean asked;
    private boolean detached;
    /** Messages it has settled since somebody asked for its pace, and since when it is attached. */
    private long settled;
    private long since;
    private WindowBudget budget;
    private ArrayList<Delivery> burst = new ArrayList<>();
    /** Entries it has sent back and does not want again; made when there is one. */
    private Set<Long> refused = Set.of();
    BrowseCursor cursor;
    /** Where it stands in a queue that is not consumed; made when it is served. */
    TailCursor tail;
    /** For each priority, the order up to which it has looked at the backlog; made when it has. */
    private long[] seen;

    /**
     * @param loop     where {@code receiver} is called
     * @param selector what it wants; empty for everything
     * @param browsing whether it only looks
     * @param priority higher ones are served first
     * @param overhead bytes added to each message's own when bytes of credit are charged
     */
    public Consumer(Loop loop, Receiver receiver, Optional<Selector> selector, Formats formats, boolean browsing, int priority,
                    int overhead) {
        this.loop = loop;
        this.receiver = receiver;
        this.selector = selector;
        this.lookup = new PropertyLookupOf(formats);
        this.browsing = browsing;
        this.priority = priority;
        this.overhead = overhead;
    }

    /** The consumer of deliveries that nobody asked for: what leaves its queue expired or dead. It is never attached. */
    static Consumer nobody() {
        return new Consumer(null, null, Optional.empty(), null, false, 0, 0);
    }

    /** Who it is, for the operator's eyes. Any thread. */
    public String describe() {
        return receiver.describe();
    }

    /** Whether it only looks. */
    public boolean browsing() {
        return browsing;
    }

    /** It wants its queue for itself as long as it is there; to be said before it is attached. */
    public void wantsAll() {
        exclusive = true;
    }

    boolean exclusive() {
        return exclusive;
    }

    int priority() {
        return priority;
    }

    boolean selective() {
        return selector.isPresent() || !refused.isEmpty();
    }

    /** Never to be offered this entry again. */
    void refuse(Entry entry) {
        if (refused.isEmpty()) {
            refused = new HashSet<>();
        }
        refused.add(entry.id);
    }

    boolean wants(Entry entry) {
        return wants(entry.id, entry.message());
    }

    /** Whether it wants this message, which has or will have this id in its entry. */
    boolean wants(long id, Message message) {
        return (refused.isEmpty() || !refused.contains(id)) && wants(message);
    }

    /** The order up to which it has looked at the backlog's messages of one priority. */
    long seen(int level) {
        return seen == null ? Long.MIN_VALUE : seen[level];
    }

    void seen(int level, long order) {
        if (seen == null) {
            seen = new long[Window.LEVELS];
            Arrays.fill(seen, Long.MIN_VALUE);
        }
        seen[level] = order;
    }

    /** Whether it can be handed one more now. A byte of credit is enough for a message of any size, as CORE has it. */
    boolean ready() {
        return messages > 0 && bytes > 0 && budget != null && (inTransit < budget.transitBytes() || arrivalAsked());
    }

    /** Has what its socket has taken reported, however little; until then it gets no more. */
    private boolean arrivalAsked() {
        if (!asked) {
            asked = true;
            loop.post(receiver::reportTaken);
        }
        return false;
    }

    /** What it was handed and has not settled, in bytes of memory. */
    long held() {
        return held;
    }

    /** So many bytes of that are settled, or let go of. */
    void released(long size) {
        held -= size;
        budget.handed(-size);
    }

    /** From now, {@code now}, on it counts against this. */
    void attached(WindowBudget to, long now) {
        budget = to;
        since = now;
    }

    boolean attachedBefore(long moment) {
        return since <= moment;
    }

    /** It has settled a message. */
    void settledOne() {
        settled++;
    }

    /** How many messages it has settled since this was asked last. */
    long acknowledgedSinceAsked() {
        long was = settled;
        settled = 0;
        return was;
    }

    void tellSlow(SlowConsumerPolicy policy, int consumers) {
        loop.post(() -> receiver.slow(policy, consumers));
    }


    /** It is served no more: what is under way to it is its connection's concern. */
    void detached() {
        if (budget != null) {
            budget.underWay(-inTransit);
        }
        inTransit = 0;
        detached = true;
    }

    /** Whether it may hold more than it does. */
    boolean mayHold() {
        return budget.mayHold(held);
    }

    /** Whether it holds so much, though its queue has let go of what it could, that it gets no more for now; told once each time this begins. */
    boolean holdsTooMuch(Queue queue) {
        boolean now = !mayHold() && !queue.handed().letGo(this);
        if (now && !stopped && !queue.handed().lettingGo()) {
            LOG.warn("Queue {}: {} holds {} bytes of messages that it has not acknowledged, which is more than its share of the {} that all"
                    + " consumers may hold: it gets no more until it acknowledges. Others go on", queue.name(), receiver.describe(), held,
                    budget.handedLimit());
        }
        stopped = now && !queue.handed().lettingGo();
        return now;
    }

    /** Whether it has credit, if perhaps what is under way must arrive first. */
    boolean hasCredit() {
        return messages > 0 && bytes > 0;
    }

    /** How many messages of about so many bytes it could be handed now, if it is ready. */
    long room(long size) {
        long weight = Math.max(1, size + overhead);
        long onTheWay = Math.max(1, (budget.transitBytes() - inTransit) / weight);
        return Math.min(Math.min(messages, onTheWay), bytes == UNLIMITED ? UNLIMITED : Math.max(1, bytes / weight));
    }

    /** Messages it has credit for. */
    long credit() {
        return messages;
    }

    private boolean wants(Message message) {
        return selector.isEmpty() || selector.get().matches(lookup.of(message));
    }

    void addCredit(long moreMessages, long moreBytes) {
        messages = plus(messages, moreMessages);
        bytes = plus(bytes, moreBytes);
    }

    private static long plus(long credit, long more) {
        return credit == UNLIMITED || more == UNLIMITED ? UNLIMITED : credit + more;
    }

    void stopCredit(boolean alsoBytes) {
        messages = 0;
        if (alsoBytes) {
            bytes = 0;
        }
    }

    /** So much has arrived; whether it was passed over for what had not. It may be ready again by then, since all share what may be under way. */
    boolean arrived(long charge) {
        if (detached) {
            return false;
        }
        boolean waited = asked;
        asked = false;
        inTransit -= charge;
        budget.underWay(-charge);
        return waited;
    }

    /** Takes a message from its credit; returns how many bytes. */
    private long spend(Message message) {
        long transit = (long) message.bytes().length + overhead;
        long charge = transit + message.body().length();
        if (messages != UNLIMITED) {
            messages--;
        }
        if (bytes != UNLIMITED) {
            bytes -= charge;
        }
        inTransit += transit;
        budget.underWay(transit);
        return charge;
    }

    /** Hands it an entry, as this message. */
    void hand(Queue queue, Entry entry, Message message) {
        long charge = spend(message);
        if (!browsing) {
            entry.holder = this;
            released(-entry.weight());
        }
        burst.add(new Delivery(queue, this, entry, message, charge, false));
    }

    /** Hands it a message that stays in its queue. */
    void show(Queue queue, Entry entry) {
        burst.add(new Delivery(queue, this, entry, entry.message(), spend(entry.message()), true));
    }

    boolean hasBurst() {
        return !burst.isEmpty();
    }

    void sendBurst() {
        List<Delivery> full = burst;
        burst = new ArrayList<>();
        loop.post(() -> receiver.deliver(full));
    }

    void queueGone(String sentence) {
        loop.post(() -> receiver.queueGone(sentence));
    }

    /** One lookup for the consumer's life, so that evaluating a selector allocates nothing. */
    private static final class PropertyLookupOf implements PropertyLookup {
        private final Formats formats;
        private Message message;

        PropertyLookupOf(Formats formats) {
            this.formats = formats;
        }

        PropertyLookup of(Message now) {
            message = now;
            return this;
        }

        @Override
        public Object get(String name) {
            return formats.property(message, name);
        }
    }
}
