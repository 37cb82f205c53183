package io.delos.queue;

import io.delos.config.AddressSettings;
import io.delos.config.QueueConfig;
import io.delos.direct.DirectAddress;
import io.delos.direct.Outlet;
import io.delos.journal.Census;
import io.delos.loop.Loop;
import io.delos.message.Formats;
import io.delos.message.Message;
import io.delos.selector.Selector;
import io.delos.store.ColdMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One queue. Owned by its loop: everything not marked otherwise is called there. It is told what became durable ({@link #enqueue},
 * {@link #forget}) and decides only who gets what next; it writes nothing itself. What it holds is in one of four places: the window,
 * the backlog, the schedule, or handed out.
 */
public final class Queue extends QueueView {

    /** Stands for "this message has no place in the journal". */
    public static final long NO_POSITION = -1;

    private final ColdMessages cold;
    private final Dispatcher dispatcher;
    private final Retention retention;
    private final Storage storage;
    private final Inventory inventory;
    private final Browsing browsing;
    private final Handed handed;
    private final Seeker seeker;
    private final Dispatch dispatch;
    private final Entrance entrance;
    private final Amendments amendments;
    private final Visitors visitors;
    private final ExpiryScan expiry;
    private final Custody custody;
    private final Optional<Outlet> outlet;
    /** Made when it is first asked for. */
    private Pace pace;
    private boolean closed;
    private boolean discarded;

    /**
     * What a queue is made with: its identity and those it works with.
     *
     * @param direct the address, on the same loop, if the queue keeps nothing and what comes is passed through
     */
    public record Parts(long id, Loop loop, ColdMessages cold, Departures departures, AddressUsage usage, WindowBudget budget,
                        BacklogFiles files, Formats formats, Optional<DirectAddress> direct) { }

    /** Any thread; the queue starts with its loop's first task. */
    public Queue(Parts parts, QueueConfig config, Optional<Selector> filter, AddressSettings settings) {
        super(parts, config, filter, settings);
        this.cold = parts.cold();
        this.amendments = new Amendments(config.name());
        this.handed = new Handed(this, parts.departures());
        this.dispatcher = new Dispatcher(this, parts.formats());
        this.retention = new Retention(this, config, parts.formats());
        this.storage = new Storage(this, parts.budget(), parts.files());
        this.inventory = new Inventory(this, storage);
        this.browsing = new Browsing(this);
        this.seeker = new Seeker(this, dispatcher);
        this.dispatch = new Dispatch(this, dispatcher, handed, browsing, seeker);
        this.visitors = new Visitors(this, parts.budget(), dispatcher, dispatch, browsing, seeker);
        this.entrance = new Entrance(this, dispatcher, dispatch, seeker);
        this.expiry = new ExpiryScan(this, dispatch);
        goBy(config);
        Optional<Relay> relay = parts.direct().map(address -> new Relay(this, address, parts, dispatcher, handed));
        this.outlet = relay.map(passes -> passes);
        this.custody = relay.isPresent() ? relay.get()
                : new Keeping(this, dispatcher, handed, entrance, new Returns(this, dispatch), expiry);
    }

    private void goBy(QueueConfig config) {
        dispatcher.configure(config);
        retention.configure(config);
        dispatch.shared(config.nonDestructive());
        entrance.configure(config);
    }

    /**
     * A message has entered.
     *
     * @param position where the journal has it; {@link #NO_POSITION} when it is in memory only
     */
    public void enqueue(Message message, long position) {
        loop.assertInside();
        custody.enter(message, position);
    }

    /**
     * A message of a transaction has entered that was written before the transaction was decided, and is in memory still; one life of it,
     * counted there, is the queue's from now on.
     *
     * @param position where the journal has it
     */
    public void enqueueStaged(Message message, long position) {
        loop.assertInside();
        custody.enterStaged(message, position);
    }

    /**
     * A message of a large transaction has entered, which lies on disk already; one life of it, counted there, is the queue's from now on.
     *
     * @param position where the journal or the spill log has it
     */
    public void enqueueStaged(long position, int size, int priority, long deliverAt) {
        loop.assertInside();
        custody.enterStaged(position, size, priority, deliverAt);
    }

    /** Whether one more consumer may attach. */
    public boolean admits() {
        loop.assertInside();
        return config().maxConsumers() < 0 || dispatcher.count() < config().maxConsumers();
    }

    /** Somebody wants messages. Its credit counts from now on. */
    public void attach(Consumer consumer) {
        loop.assertInside();
        visitors.attach(consumer);
        custody.changed();
    }

    /** It wants no more; what it holds is still its own until it is settled. */
    public void detach(Consumer consumer) {
        loop.assertInside();
        visitors.detach(consumer);
        custody.changed();
        entrance.settleDown();
    }

    /** More credit; either may be {@link Consumer#UNLIMITED}. */
    public void credit(Consumer consumer, long messages, long bytes) {
        loop.assertInside();
        visitors.credit(consumer, messages, bytes);
        custody.changed();
    }

    /** What was under way to a consumer has reached its socket. */
    public void arrived(Consumer consumer, long charge) {
        loop.assertInside();
        visitors.arrived(consumer, charge);
        custody.changed();
    }

    /** Takes a consumer's message credit away, and its credit in bytes too if {@code alsoBytes}. */
    public void stopCredit(Consumer consumer, boolean alsoBytes) {
        loop.assertInside();
        consumer.stopCredit(alsoBytes);
        custody.changed();
    }

    /** Hands out what can be handed out now, then posts {@code done} behind it to the consumer's loop; draining takes what credit is left. */
    public void flush(Consumer consumer, boolean drain, Loop to, Runnable done) {
        loop.assertInside();
        custody.sendBursts();
        visitors.flush(consumer, drain, to, done);
        custody.changed();
    }

    /** These are gone for good: acknowledged, durably where they were durable. */
    public void forget(List<Delivery> settled) {
        handed.consumed(settled);
        forget(settled, true);
    }

    /** As {@link #forget(List)}, for messages that left for another reason when {@code acknowledged} is false. */
    public void forget(List<Delivery> settled, boolean acknowledged) {
        loop.assertInside();
        custody.forget(settled, acknowledged);
    }

    /** These were replaced by newer ones, and are gone for good. */
    public void dropped(List<Delivery> replaced) {
        loop.assertInside();
        handed.dropped(replaced);
    }

    /** A message is gone that had an entry. */
    void gone(Entry entry) {
        amendments.gone(entry.id);
        gone(entry.place(), entry.size(), entry.durable());
    }

    /** A message is gone, from wherever it was. */
    private void gone(long place, int size, boolean durable) {
        counters.left(size, durable);
        if (place != NO_POSITION) {
            cold.retain(place, -1);
        }
    }

    Amendments amendments() {
        return amendments;
    }

    Handed handed() {
        return handed;
    }

    /** The consumers of these, which are about to come back, are never to be offered them again. */
    public void refused(List<Delivery> deliveries) {
        loop.assertInside();
        custody.refused(deliveries);
    }

    /** These come back, to where they stood; with {@code failed}, one attempt of delivery is spent. */
    public void giveBack(List<Delivery> returned, boolean failed) {
        loop.assertInside();
        custody.giveBack(returned, failed);
    }

    /** Reads the messages of these, which are handed out, once more; posts them to {@code to} in their order, null for one that can't be read. */
    public void read(List<Delivery> handedOut, Loop to, java.util.function.Consumer<List<Message>> then) {
        loop.assertInside();
        Rereading.of(this, handedOut, messages -> to.post(() -> then.accept(messages)));
    }

    /** These are refused by their consumer: to the dead-letter address. */
    public void reject(List<Delivery> refused) {
        loop.assertInside();
        custody.reject(refused);
    }

    /** Expires what is over, wherever it waits; called now and then. */
    public void expire(long now) {
        loop.assertInside();
        expiry.begin(now);
        storage.refill();
    }

    /** Looks for slow consumers if it is time to; called each second or so where they are not wanted. */
    public void checkPace(long now) {
        loop.assertInside();
        if (pace == null) {
            pace = new Pace(this);
        }
        pace.look(dispatcher.all(), now);
    }

    /** An entry has come into the window. */
    void noticed(Entry entry) {
        dispatch.noticed(entry);
        retention.came(entry);
    }

    /** Takes an entry out of the window, for whatever is to become of it. */
    void takeOut(Entry entry) {
        dispatch.take(entry);
    }

    /** The message of an entry of the window can't be read any more. */
    void lost(Entry entry) {
        dispatch.lost(entry);
    }

    /** Takes an entry out of the window and puts it among those that leave. */
    void leave(Entry entry) {
        dispatch.leave(entry);
    }

    /** How many wait to be handed out. */
    long waiting() {
        return counters.messages() - counters.delivering() - counters.scheduled();
    }

    /** Whether what was scheduled comes to the end of the queue when it is due, not to its head: order means something there. */
    boolean dueLast() {
        return dispatch.isShared() || retention.whole();
    }

    Entrance entrance() {
        return entrance;
    }

    Retention retention() {
        return retention;
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

    /** Where an offer that names this queue goes; empty if the queue is not a direct address's. Any thread. */
    public Optional<Outlet> outlet() {
        return outlet;
    }

    /** How many message groups have a consumer of their own. */
    public int groups() {
        loop.assertInside();
        return dispatcher.groups().count();
    }

    /** Has a message group given to whoever comes next; all of them if the name is empty. */
    public void resetGroups(String group) {
        loop.assertInside();
        if (group.isEmpty()) {
            dispatcher.groups().clear();
        } else {
            dispatcher.groups().forget(group);
        }
        dispatch.rescan();
    }

    /** Stops or resumes handing out. */
    public void pause(boolean pause) {
        loop.assertInside();
        setPaused(pause);
        custody.changed();
        if (!pause) {
            dispatch.rescan();
        }
    }

    /** New settings of its address. */
    public void settings(AddressSettings changed) {
        loop.assertInside();
        setSettings(changed);
    }

    /** New attributes; name, address and routing type stay. */
    public void configure(QueueConfig changed, Optional<Selector> newFilter) {
        loop.assertInside();
        setConfig(changed, newFilter);
        goBy(changed);
        custody.changed();
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
        removal.removed(entrance.lastPosition(), handed.durablePositions(), then);
    }

    /** Takes out what is chosen, at most so many, a bounded number at a time. */
    public void sweep(Sweep.Choice choice, long most, Sweep.Receiver receiver) {
        loop.assertInside();
        Sweep.begin(this, choice, most, receiver);
    }

    /** So many were removed. */
    public void countKilled(long count) {
        counters.killed(count);
    }

    /** Whose each message group is. */
    public Map<String, Consumer> groupOwners() {
        loop.assertInside();
        return dispatcher.groups().all();
    }

    /** Looks at what no browser sees. */
    public Glance glance() {
        return new Glance(this);
    }

    /** What was taken out goes to where dead or expired messages go. */
    public void sendOff(List<Delivery> takenOut, Departures.Cause cause) {
        loop.assertInside();
        handed.leaving(takenOut);
        handed.depart(cause);
    }

    /** An entry of the window leaves its line, for nobody. */
    Delivery pick(Entry entry) {
        dispatch.take(entry);
        return handed.takeOut(entry);
    }

    /** The queue is deleted, durably: consumers are told, everything left is forgotten. */
    public void close(String sentence) {
        loop.assertInside();
        closed = true;
        custody.close();
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
        return inventory.snapshot(handed.entries());
    }

    /** Says which messages of the journal it keeps alive, then runs {@code answered}. */
    public void living(Census.Tally tally, Runnable answered) {
        loop.assertInside();
        inventory.living(handed.entries(), tally, answered);
    }

    /**
     * Before the loop's first task: what the queue held when the broker stopped.
     *
     * @throws java.io.UncheckedIOException if references that the journal speaks of are missing
     */
    public void restore(QueueSnapshot saved) {
        long[] sum = storage.restore(saved);
        entrance.lastPosition(saved.lastPosition());
        counters.restored(sum[0], sum[1]);
        usage.add(sum[1], sum[0]);
        loop.post(() -> {
            storage.backlog().tend();
            // nothing is read until somebody wants it: there may be very many queues, and a start must be short
            storage.awaitDue();
            if (!retention.plain()) {
                retention.read();
                retention.trim();
                storage.refill();
            }
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
