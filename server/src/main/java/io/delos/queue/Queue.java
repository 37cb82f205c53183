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
    /** Entries that one turn hands out at most; the rest waits for the next turn. */
    private static final int TURN = 1024;
    /** Milliseconds after which consumers that hold too much are looked at again. */
    private static final long LOOK_AGAIN = 20;

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
    private volatile QueueConfig config;
    private volatile Optional<Selector> filter;
    private volatile AddressSettings settings;
    private volatile boolean paused;
    private Entry scan;
    private boolean dispatchPosted;
    private boolean lookingAgain;
    private boolean closed;
    private long wakeAt = Long.MAX_VALUE;
    private long lastPosition;

    /** What a queue is made with: its identity and those it works with. */
    public record Parts(long id, Loop loop, ColdMessages cold, Departures departures, AddressUsage usage, WindowBudget budget,
                        Formats formats) { }

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
        this.storage = new Storage(this, parts.budget());
        this.browsing = new Browsing(this);
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
        counters.entered(message.size(), durable);
        if (message.deliverAt() > System.currentTimeMillis()) {
            schedule(message.deliverAt(), position, message, 0, false);
            return;
        }
        Entry entry = storage.admit(message, position);
        if (entry != null) {
            noticed(entry);
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
        if (deliverAt > System.currentTimeMillis()) {
            schedule(deliverAt, position, size, mark, null);
        } else {
            storage.admitStaged(position, size, mark);
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
        rescan();
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
            rescan();
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
        boolean was = consumer.ready();
        consumer.arrived(charge);
        if (!was) {
            wake(consumer);
        }
    }

    private void wake(Consumer consumer) {
        if (consumer.browsing()) {
            browsing.serve(consumer);
        } else {
            rescan();
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
        if (storage.loading() && consumer.ready() && storage.windowEmpty()) {
            storage.afterLoad(() -> flush(consumer, drain, to, done));
            return;
        }
        dispatch(Integer.MAX_VALUE);
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

    /** A message is gone, from wherever it was. */
    void gone(long entryId, int size, boolean durable) {
        counters.left(size, durable);
        if (durable) {
            cold.retain(entryId, -1);
        }
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
        for (int i = 0; i < returned.size(); i++) {
            takeBack(returned.get(i), failed);
        }
        handed.depart(Departures.Cause.DEAD);
        dispatchSoon();
    }

    private void takeBack(Delivery delivery, boolean failed) {
        Entry entry = delivery.entry;
        Handed.Return how = handed.takeBack(delivery, failed, settings);
        if (how == Handed.Return.DEPARTS) {
            return;
        }
        if (closed) {
            usage.remove(entry.message.size(), 1);
            gone(entry.id, entry.message.size(), entry.durable());
        } else if (how == Handed.Return.TO_SCHEDULE) {
            schedule(System.currentTimeMillis() + handed.delay(entry, settings), entry.durable() ? entry.id : NO_POSITION, entry.message,
                    entry.failures, entry.staged);
        } else {
            storage.putBack(entry);
            noticed(entry);
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
            if (entry.message.expired(now)) {
                leave(entry);
            }
            entry = next;
        }
        handed.depart(Departures.Cause.EXPIRED);
        storage.refill();
    }

    private void leave(Entry entry) {
        take(entry);
        handed.leaving(entry);
    }

    // dispatch

    private void noticed(Entry entry) {
        if (scan == null || Window.before(entry, scan)) {
            scan = entry;
        }
        dispatchSoon();
    }

    private void rescan() {
        scan = storage.window().first();
        dispatchSoon();
    }

    void dispatchSoon() {
        if (!dispatchPosted) {
            dispatchPosted = true;
            loop.post(this::dispatchTurn);
        }
    }

    private void dispatchTurn() {
        dispatchPosted = false;
        dispatch(TURN);
        browsing.serveAll();
    }

    private void dispatch(int most) {
        if (paused || closed) {
            return;
        }
        Window window = storage.window();
        long now = System.currentTimeMillis();
        int left = most;
        while (scan != null && dispatcher.anyReady()) {
            if (left-- == 0) {
                dispatchSoon();
                break;
            }
            Entry entry = scan;
            if (entry.message.expired(now)) {
                leave(entry);
                continue;
            }
            Consumer consumer = dispatcher.pick(entry);
            if (consumer != null) {
                take(entry);
                handed.add(entry);
                consumer.hand(this, entry);
            } else if (dispatcher.mayTakeLater(entry)) {
                scan = window.after(entry);
            } else {
                break;
            }
        }
        sendBursts();
        lookAgain();
        handed.depart(Departures.Cause.EXPIRED);
        storage.refill();
    }

    /** Who holds too much may go on when somebody, perhaps on another queue, has acknowledged. */
    private void lookAgain() {
        if (dispatcher.passedOver() && !lookingAgain) {
            lookingAgain = true;
            loop.schedule(() -> {
                lookingAgain = false;
                rescan();
            }, LOOK_AGAIN);
        }
    }

    /** Takes an entry out of the window. */
    private void take(Entry entry) {
        if (entry == scan) {
            scan = storage.window().after(entry);
        }
        storage.remove(entry);
    }

    private void sendBursts() {
        List<Consumer> all = dispatcher.all();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).hasBurst()) {
                all.get(i).sendBurst();
            }
        }
    }

    /** The storage has brought messages into the window. */
    void loaded(Entry first) {
        noticed(first);
    }

    /** A message of the backlog can't be read any more: its damage was reported; here it only stops being counted. */
    void lost(long position, int size) {
        usage.remove(size, 1);
        gone(position, size, position != NO_POSITION && !ColdMessages.spilled(position));
    }

    // schedule

    private void schedule(long at, long position, Message message, int failures, boolean staged) {
        schedule(at, position, message.size(), Refs.mark(message.priority(), failures, staged), position == NO_POSITION ? message : null);
    }

    private void schedule(long at, long position, int size, int mark, Message message) {
        storage.schedule().add(at, position, size, mark, message);
        counters.scheduled(1);
        wakeFor(at);
    }

    void wakeFor(long at) {
        if (at < wakeAt) {
            wakeAt = at;
            loop.schedule(this::due, Math.max(1, at - System.currentTimeMillis()));
        }
    }

    private void due() {
        wakeAt = Long.MAX_VALUE;
        counters.scheduled(-storage.loadDue(System.currentTimeMillis()));
        if (!storage.schedule().isEmpty()) {
            wakeFor(storage.schedule().nextAt());
        }
    }

    // management and lifecycle

    /** Stops or resumes handing out. */
    public void pause(boolean pause) {
        loop.assertInside();
        paused = pause;
        if (!pause) {
            rescan();
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
        rescan();
    }

    /** Takes out everything that waits (not what is handed out); the caller writes the facts of that to the journal. It counts as killed. */
    public Removed removeAll() {
        loop.assertInside();
        Removal removal = storage.removeAll();
        scan = null;
        counters.killed(removal.count());
        return removal.removed(lastPosition, handed.durablePositions());
    }

    private void departAll() {
        Entry entry;
        while ((entry = storage.window().first()) != null) {
            leave(entry);
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
        scan = null;
    }

    /** The durable part as references, for a checkpoint. */
    public QueueSnapshot snapshot() {
        loop.assertInside();
        return storage.snapshot(handed.entries());
    }

    /** Says which messages of the journal it keeps alive, then runs {@code answered}. */
    public void living(Census.Tally tally, Runnable answered) {
        loop.assertInside();
        storage.living(handed.entries(), tally);
        answered.run();
    }

    /** Before the loop's first task: what the queue held when the broker stopped. Every reference was retained by the caller. */
    public void restore(QueueSnapshot saved) {
        storage.restore(saved);
        lastPosition = saved.lastPosition();
        counters.restored(saved.count(), saved.bytes());
        usage.add(saved.bytes(), saved.count());
        counters.scheduled(storage.schedule().count());
        loop.post(() -> {
            storage.refill();
            due();
        });
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
