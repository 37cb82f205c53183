package io.delos.queue;

import io.delos.config.AddressSettings;
import io.delos.config.QueueConfig;
import io.delos.config.RoutingType;
import io.delos.journal.Census;
import io.delos.loop.Loop;
import io.delos.message.Formats;
import io.delos.message.Message;
import io.delos.selector.Selector;
import io.delos.store.ColdMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One queue. Owned by its loop: everything not marked otherwise is called there. It is told what became durable ({@link #enqueue},
 * {@link #forget}) and decides only who gets what next; it writes nothing itself. What it holds is in one of four places: the window,
 * the backlog, the schedule, or handed out.
 */
public final class Queue {

    /** Stands for "this message has no place in the journal". */
    public static final long NO_POSITION = -1;

    private final long id;
    private final Loop loop;
    private final ColdMessages cold;
    private final AddressUsage usage;
    private final QueueCounters counters = new QueueCounters();
    private final WindowBudget budget;
    private final Dispatcher dispatcher;
    private final Storage storage;
    private final Browsing browsing;
    private final Handed handed;
    private final Seeker seeker;
    private final Dispatch dispatch;
    private volatile QueueConfig config;
    private volatile Optional<Selector> filter;
    private volatile AddressSettings settings;
    private volatile boolean paused;
    private boolean closed;
    private boolean discarded;
    private long lastPosition;

    /** What a queue is made with: its identity and those it works with. */
    public record Parts(long id, Loop loop, ColdMessages cold, Departures departures, AddressUsage usage, WindowBudget budget,
                        BacklogFiles files, Formats formats) { }

    /** Any thread; the queue starts with its loop's first task. */
    public Queue(Parts parts, QueueConfig config, Optional<Selector> filter, AddressSettings settings) {
        this.id = parts.id();
        this.loop = parts.loop();
        this.cold = parts.cold();
        this.usage = parts.usage();
        this.config = config;
        this.filter = filter;
        this.settings = settings;
        this.handed = new Handed(this, parts.departures());
        this.budget = parts.budget();
        this.dispatcher = new Dispatcher(this);
        this.storage = new Storage(this, parts.budget(), parts.files());
        this.browsing = new Browsing(this);
        this.seeker = new Seeker(this, dispatcher);
        this.dispatch = new Dispatch(this, dispatcher, handed, browsing, seeker);
        this.dispatcher.exclusive(config.exclusive());
    }

    // what anybody may ask

    /** Never reused; what the journal calls the queue. Any thread. */
    public long id() {
        return id;
    }

    /** Any thread. */
    public String name() {
        return config.name();
    }

    /** Any thread. */
    public String address() {
        return config.address();
    }

    /** Any thread. */
    public RoutingType routingType() {
        return config.routingType();
    }

    /** Any thread. */
    public boolean durable() {
        return config.durable();
    }

    /** The owner; post to it. Any thread. */
    public Loop loop() {
        return loop;
    }

    /** Any thread. */
    public QueueConfig config() {
        return config;
    }

    /** Any thread. */
    public AddressSettings settings() {
        return settings;
    }

    /** Any thread. */
    public QueueCounters counters() {
        return counters;
    }

    /** The selector a message must pass to enter; empty for none. Any thread. */
    public Optional<Selector> filter() {
        return filter;
    }

    /** What its address weighs. Any thread. */
    public AddressUsage usage() {
        return usage;
    }

    /** Any thread. */
    public boolean paused() {
        return paused;
    }

    // what its owner is told

    /**
     * A message has entered.
     *
     * @param position where the journal has it; {@link #NO_POSITION} when it is in memory only
     */
    public void enqueue(Message message, long position) {
        loop.assertInside();
        boolean durable = position != NO_POSITION;
        if (closed) {
            usage.remove(message.size(), 1);
            return;
        }
        if (durable) {
            cold.retain(position, 1);
            lastPosition = position;
        }
        enter(message, position, false);
    }

    /**
     * A message of a transaction has entered that was written before the transaction was decided, and is in memory still; one life of it,
     * counted there, is the queue's from now on.
     *
     * @param position where the journal has it
     */
    public void enqueueStaged(Message message, long position) {
        loop.assertInside();
        if (closed) {
            usage.remove(message.size(), 1);
            cold.retain(position, -1);
            return;
        }
        enter(message, position, true);
    }

    private void enter(Message message, long position, boolean staged) {
        counters.entered(message.size(), position != NO_POSITION);
        if (message.deliverAt() > loop.now()) {
            storage.later().add(message.deliverAt(), position, message, Refs.mark(message.priority(), 0, staged));
            return;
        }
        Entry entry = storage.admit(message, position, staged);
        if (entry != null) {
            dispatch.noticed(entry);
        } else {
            seeker.arrived(message, position);
        }
    }

    /**
     * A message of a large transaction has entered, which lies on disk already; one life of it, counted there, is the queue's from now on.
     *
     * @param position where the journal or the spill log has it
     */
    public void enqueueStaged(long position, int size, int priority, long deliverAt) {
        loop.assertInside();
        if (closed) {
            usage.remove(size, 1);
            cold.retain(position, -1);
            return;
        }
        counters.entered(size, !ColdMessages.spilled(position));
        int mark = Refs.mark(priority, 0, true);
        if (deliverAt > loop.now()) {
            storage.later().addPlaced(deliverAt, position, size, mark);
        } else {
            storage.admitStaged(position, size, mark);
            if (dispatcher.selective()) {
                dispatch.soon();
            }
        }
    }

    /** Whether one more consumer may attach. */
    public boolean admits() {
        loop.assertInside();
        return config.maxConsumers() < 0 || dispatcher.count() < config.maxConsumers();
    }

    /** Somebody wants messages. Its credit counts from now on. */
    public void attach(Consumer consumer) {
        loop.assertInside();
        if (closed) {
            consumer.queueGone("the queue " + name() + " was deleted");
            return;
        }
        consumer.attached(budget);
        if (consumer.browsing()) {
            browsing.attach(consumer);
            return;
        }
        dispatcher.attach(consumer);
        counters.consumers(dispatcher.count());
        dispatch.rescan();
    }

    /** It wants no more; what it holds is still its own until it is settled. */
    public void detach(Consumer consumer) {
        loop.assertInside();
        consumer.detached();
        if (consumer.browsing()) {
            browsing.detach(consumer);
            return;
        }
        if (dispatcher.detach(consumer)) {
            counters.consumers(dispatcher.count());
            dispatch.rescan();
        }
        if (dispatcher.count() == 0 && config.purgeOnNoConsumers()) {
            departAll();
        }
    }

    /** More credit; either may be {@link Consumer#UNLIMITED}. */
    public void credit(Consumer consumer, long messages, long bytes) {
        loop.assertInside();
        boolean was = consumer.ready();
        consumer.addCredit(messages, bytes);
        if (!was) {
            wake(consumer);
        }
    }

    /** What was under way to a consumer has reached its socket. */
    public void arrived(Consumer consumer, long charge) {
        loop.assertInside();
        if (consumer.arrived(charge)) {
            wake(consumer);
        }
    }

    private void wake(Consumer consumer) {
        if (consumer.browsing()) {
            browsing.serve(consumer);
        } else {
            dispatch.rescan();
        }
    }

    /** Takes a consumer's message credit away, and its credit in bytes too if {@code alsoBytes}. */
    public void stopCredit(Consumer consumer, boolean alsoBytes) {
        loop.assertInside();
        consumer.stopCredit(alsoBytes);
    }

    /** Hands out what can be handed out now, then posts {@code done} behind it to the consumer's loop; draining takes what credit is left. */
    public void flush(Consumer consumer, boolean drain, Loop to, Runnable done) {
        loop.assertInside();
        if (consumer.browsing()) {
            browsing.whenCaughtUp(consumer, () -> to.post(done));
            return;
        }
        dispatch.run(Integer.MAX_VALUE);
        if (consumer.ready() && (storage.bringing() || dispatch.recalling() || seeker.lookingFor(consumer))) {
            storage.afterLoad(() -> flush(consumer, drain, to, done));
            return;
        }
        if (drain) {
            consumer.stopCredit(false);
        }
        to.post(done);
    }

    /** These are gone for good: acknowledged, durably where they were durable. */
    public void forget(List<Delivery> settled) {
        forget(settled, true);
    }

    /** As {@link #forget(List)}, for messages that left for another reason when {@code acknowledged} is false. */
    public void forget(List<Delivery> settled, boolean acknowledged) {
        loop.assertInside();
        handed.forget(settled);
        if (acknowledged) {
            counters.acknowledged(settled.size());
        }
    }

    /** A message is gone that had an entry. */
    void gone(Entry entry) {
        gone(entry.place(), entry.size(), entry.durable());
    }

    /** A message is gone, from wherever it was. */
    private void gone(long place, int size, boolean durable) {
        counters.left(size, durable);
        if (place != NO_POSITION) {
            cold.retain(place, -1);
        }
    }

    Handed handed() {
        return handed;
    }

    /** The consumers of these, which are about to come back, are never to be offered them again. */
    public void refused(List<Delivery> deliveries) {
        loop.assertInside();
        for (int i = 0; i < deliveries.size(); i++) {
            dispatcher.refused(deliveries.get(i).consumer, deliveries.get(i).entry);
        }
    }

    /** These come back, to where they stood; with {@code failed}, one attempt of delivery is spent. */
    public void giveBack(List<Delivery> returned, boolean failed) {
        loop.assertInside();
        List<Entry> back = new ArrayList<>(returned.size());
        for (int i = 0; i < returned.size(); i++) {
            takeBack(returned.get(i), failed, back);
        }
        // from behind, so that each finds its place at the head of the window at once
        for (int i = back.size() - 1; i >= 0; i--) {
            storage.putBack(back.get(i));
            dispatch.noticed(back.get(i));
        }
        handed.depart(Departures.Cause.DEAD);
        dispatchSoon();
    }

    private void takeBack(Delivery delivery, boolean failed, List<Entry> back) {
        Entry entry = delivery.entry;
        Handed.Return how = handed.takeBack(delivery, failed, settings);
        if (how == Handed.Return.DEPARTS) {
            return;
        }
        if (closed) {
            usage.remove(entry.size(), 1);
            gone(entry);
        } else if (how == Handed.Return.TO_SCHEDULE) {
            storage.later().add(loop.now() + handed.delay(entry, settings), entry);
        } else {
            back.add(entry);
        }
    }

    /** These are refused by their consumer: to the dead-letter address. */
    public void reject(List<Delivery> refused) {
        loop.assertInside();
        handed.leaving(refused);
        handed.depart(Departures.Cause.DEAD);
    }

    /** Expires what is over, as far as it is in memory; called now and then. */
    public void expire(long now) {
        loop.assertInside();
        Entry entry = storage.window().first();
        while (entry != null) {
            Entry next = storage.window().after(entry);
            if (!entry.bare() && entry.message().expired(now)) {
                dispatch.leave(entry);
            }
            entry = next;
        }
        handed.depart(Departures.Cause.EXPIRED);
        storage.refill();
    }

    /** An entry has come into the window. */
    void noticed(Entry entry) {
        dispatch.noticed(entry);
    }

    /** Consumers that were passed over may be ready again. */
    void dispatchAgain() {
        dispatch.rescan();
    }

    void dispatchSoon() {
        dispatch.soon();
    }

    /** A message of the backlog can't be read any more: its damage was reported; here it only stops being counted. */
    void lost(long position, int size) {
        usage.remove(size, 1);
        gone(position, size, position != NO_POSITION && !ColdMessages.spilled(position));
    }

    // management and lifecycle

    /** Stops or resumes handing out. */
    public void pause(boolean pause) {
        loop.assertInside();
        paused = pause;
        if (!pause) {
            dispatch.rescan();
        }
    }

    /** New settings of its address. */
    public void settings(AddressSettings changed) {
        loop.assertInside();
        settings = changed;
    }

    /** New attributes; name, address and routing type stay. */
    public void configure(QueueConfig changed, Optional<Selector> newFilter) {
        loop.assertInside();
        config = changed;
        filter = newFilter;
        dispatcher.exclusive(changed.exclusive());
        dispatch.rescan();
    }

    /**
     * Takes out everything that waits (not what is handed out), which counts as killed. The caller, who is told what it was, perhaps later,
     * writes the facts of that to the journal.
     */
    public void removeAll(java.util.function.Consumer<Removed> then) {
        loop.assertInside();
        Removal removal = storage.removeAll();
        dispatch.nothingLeft();
        counters.killed(removal.count());
        removal.removed(lastPosition, handed.durablePositions(), then);
    }

    private void departAll() {
        Entry entry;
        while ((entry = storage.window().first()) != null) {
            dispatch.leave(entry);
        }
        handed.depart(Departures.Cause.DEAD);
    }

    /** The queue is deleted, durably: consumers are told, everything left is forgotten. */
    public void close(String sentence) {
        loop.assertInside();
        closed = true;
        dispatcher.all().forEach(consumer -> consumer.queueGone(sentence));
        browsing.closeAll(sentence);
        storage.removeAll();
        dispatch.nothingLeft();
        if (!durable() || discarded) {
            storage.backlog().deleteFiles();
        }
    }

    /** The durable part as references, for a checkpoint. */
    public QueueSnapshot snapshot() {
        loop.assertInside();
        return storage.snapshot(handed.entries());
    }

    /** Says which messages of the journal it keeps alive, then runs {@code answered}. */
    public void living(Census.Tally tally, Runnable answered) {
        loop.assertInside();
        storage.living(handed.entries(), tally, answered);
    }

    /**
     * Before the loop's first task: what the queue held when the broker stopped.
     *
     * @throws java.io.UncheckedIOException if references that the journal speaks of are missing
     */
    public void restore(QueueSnapshot saved) {
        long[] sum = storage.restore(saved);
        lastPosition = saved.lastPosition();
        counters.restored(sum[0], sum[1]);
        usage.add(sum[1], sum[0]);
        loop.post(() -> {
            storage.backlog().tend();
            // nothing is read until somebody wants it: there may be very many queues, and a start must be short
            storage.awaitDue();
        });
    }

    /**
     * Before the loop's first task, behind {@link #restore}: takes out of their places those messages that undecided transactions have
     * acknowledged, as if they had just been handed out. To give one back puts it where it stood.
     *
     * @param positions ascending; those of which nothing is here are passed over
     * @throws java.io.UncheckedIOException if references that have to be read can't be
     */
    public List<Delivery> hold(long[] positions) {
        List<Delivery> held = new ArrayList<>();
        for (Entry entry : new Holding(storage, positions).take()) {
            held.add(handed.hold(entry));
        }
        counters.backlog(storage.backlog().count());
        return held;
    }

    /** The end of a deleted queue is durable: nothing on disk is needed any more. */
    public void discard() {
        loop.assertInside();
        discarded = true;
        if (closed) {
            storage.backlog().deleteFiles();
        }
    }

    Storage storage() {
        return storage;
    }

    ColdMessages cold() {
        return cold;
    }

    boolean closed() {
        return closed;
    }
}
