package io.delos.broker;

import io.delos.address.AddressBook;
import io.delos.address.AddressRecord;
import io.delos.address.RefusedException;
import io.delos.address.Routes;
import io.delos.config.AddressConfig;
import io.delos.config.BrokerConfig;
import io.delos.config.ConfigException;
import io.delos.config.Origin;
import io.delos.config.QueueConfig;
import io.delos.config.QueueRequest;
import io.delos.config.Settings;
import io.delos.direct.DirectAddress;
import io.delos.loop.Loop;
import io.delos.loop.LoopPool;
import io.delos.message.Formats;
import io.delos.queue.AddressUsage;
import io.delos.queue.BacklogFiles;
import io.delos.queue.GlobalUsage;
import io.delos.queue.Queue;
import io.delos.queue.QueueSnapshot;
import io.delos.queue.WindowBudget;
import io.delos.security.Authenticator;
import io.delos.security.Permissions;
import io.delos.selector.InvalidSelectorException;
import io.delos.selector.Selector;
import io.delos.store.BodyFiles;
import io.delos.store.Fact;
import io.delos.store.MemoryBudget;
import io.delos.store.Notes;
import io.delos.store.Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Opens the journal, replays it, and puts a broker together from what it says and what the configuration asks for. One thread. */
public final class BrokerStart implements AutoCloseable {

    /** How often, in milliseconds, is looked whether the journal could make its files after all, where the disk isn't looked at otherwise. */
    private static final long DISK_TROUBLE_PERIOD = 5000;
    /** How often, in milliseconds, is looked whether the journal is idle and its newest checkpoint old. */
    private static final long IDLE_CHECKPOINT_PERIOD = 30_000;

    /** How often, in milliseconds, queues are asked for slow consumers; they look once in the period of their settings. */
    private static final long PACE_PERIOD = 1000;

    private final BrokerConfig config;
    private final LoopPool loops;
    private final Executor workers;
    private final Routes routes = new Routes();
    private final QueueRegistry registry = new QueueRegistry();
    private final Checkpoints checkpoints;
    private final OpenTransactions transactions;
    private final Notes notes = new Notes();
    private final Restorer restored;
    private final Store store;
    private final AddressBook book;
    private final Broker broker;
    private final MemoryBudget memory;
    private final WindowBudget budget;
    private final GlobalUsage usage;
    private final BacklogFiles backlogs;
    private final DeadLettersOf departures = new DeadLettersOf();
    private final Loop.Timer[] timers = new Loop.Timer[6];
    private final DiskGuard guard;
    private final Retroactive retroactive;
    private final Reaper reaper;
    private final List<Fact.Divert> divertsKept = new ArrayList<>();
    private long nextQueueId;

    /** The dead letters need the broker, which needs the queues, which need the dead letters: tied here, once. */
    private static final class DeadLettersOf implements io.delos.queue.Departures {
        private DeadLetters letters;

        @Override
        public void leave(Queue queue, List<io.delos.queue.Delivery> departing, Cause cause) {
            letters.leave(queue, departing, cause);
        }

        @Override
        public void consumed(List<io.delos.queue.Delivery> consumed) {
            letters.consumed(consumed);
        }

        @Override
        public void removed(Queue queue, io.delos.queue.Removed removed) {
            letters.removed(queue, removed);
        }
    }

    /**
     * What a broker is given.
     *
     * @param onDiskFailure journal thread, once: a write or sync has failed and nothing more will be confirmed
     */
    public record Parts(BrokerConfig config, BrokerFiles files, MemoryBudget memory, LoopPool loops, Executor workers, Formats formats,
                        Authenticator authenticator, Permissions permissions, Consumer<IOException> onDiskFailure) { }

    /**
     * Starts the broker; clients may come when this returns.
     *
     * @throws IOException when the journal can't be opened; the message says which file and why
     * @throws ConfigException when the configuration asks for something impossible
     */
    public BrokerStart(Parts parts) throws IOException {
        config = parts.config();
        loops = parts.loops();
        workers = parts.workers();
        memory = parts.memory();
        budget = new WindowBudget(memory, windowMemory(config));
        backlogs = new BacklogFiles(parts.files().disk(), parts.files().journal().directory().resolve("backlog"), workers,
                parts.files().depth(), parts.files().journal().salvage());
        transactions = new OpenTransactions(this::idsKept);
        checkpoints = new Checkpoints(registry, routes, loops.control(), workers, transactions);
        BodyFiles bodies = new BodyFiles(parts.files().bodies(), parts.files().disk(), workers, memory,
                parts.files().journal().sync() && config.storage().largeMessageSync());
        restored = new Restorer(notes, this::idsKept, bodies.refs());
        usage = new GlobalUsage(config.memory().effectiveGlobalMaxSize(Runtime.getRuntime().maxMemory()), config.memory().globalMaxMessages());
        guard = new DiskGuard(parts.files().journal().directory(), parts.files().disk(), config.memory(), this::freeSegments);
        store = Store.open(parts.files().journal().withOnDiskTrouble(guard::trouble), parts.files().disk(), restored, notes, workers,
                new Store.Listener(this::durable, checkpoints::begin, parts.onDiskFailure()), memory, bodies);
        long checkpoint = restored.replayed() == 0 ? store.durablePosition() : -1;
        restored.discardUndecided();
        bodies.begin(store.id(), store.durablePosition());
        book = new AddressBook(routes, new AddressBook.Terms(config.wildcards(), config.addressSettings(), usage,
                Set.of(config.management().address(), config.management().notificationAddress()), config.general().internalNamingPrefix(),
                loops::next), this::make);
        nextQueueId = restored.greatestQueueId() + 1;
        BookChanges changes = new BookChanges(store, loops.control());
        retroactive = new Retroactive(book, registry, changes, config);
        Administration administration = new Administration(book, routes, store, changes, registry, retroactive);
        reaper = new Reaper(book, registry, administration, loops.control());
        Access access = new Access(config.security().enabled(), parts.authenticator(), parts.permissions());
        broker = new Broker(new Broker.Parts(config, store, routes, book, administration, new Diverts(book, routes, changes), parts.formats(), access,
                loops.control(), workers, guard, transactions, memory));
        retroactive.serve(broker);
        departures.letters = new DeadLetters(broker);
        backlogs.find();
        restore();
        backlogs.deleteLeftovers();
        configure();
        onControl(() -> {
            book.addresses().forEach(book::publish);
            List.copyOf(book.diverts()).forEach(book::publish);
            checkpoints.serve(store, book, checkpoint);
            registry.serve();
            retroactive.unwanted().forEach(name -> administration.deleteAddress(name, true, loops.control(), Reply.ignored()));
            if (config.timing().addressQueueScanPeriod() > 0) {
                reaper.removeLeftovers(broker.branches()::feed);
            }
        });
        undeploy(administration);
        broker.timetable().resume();
        guard.look();
        startTimers();
    }

    /** How many duplicate ids of an address outlive a restart. */
    private int idsKept(String address) {
        return config.memory().persistIdCache() ? config.addressSettings().resolve(address).observation().duplicateIds() : 0;
    }

    private static long windowMemory(BrokerConfig config) {
        long configured = config.memory().globalMaxSize();
        return configured > 0 ? configured : Long.MAX_VALUE;
    }

    /** The broker. */
    public Broker broker() {
        return broker;
    }

    /** Bytes of messages in memory. */
    public long windowBytes() {
        return budget.used();
    }

    /** How many bytes of messages may be in memory. */
    public long windowLimit() {
        return budget.total();
    }

    /** Facts read behind the last checkpoint. */
    public long replayed() {
        return restored.replayed();
    }

    private void durable(Fact fact) {
        if (fact instanceof Fact.QueueGone gone) {
            registry.remove(gone.id()).ifPresent(queue -> queue.loop().post(queue::discard));
        }
    }

    private Queue make(QueueConfig queue, AddressRecord address) throws RefusedException {
        return make(nextQueueId++, queue, address);
    }

    private Queue make(long id, QueueConfig queue, AddressRecord address) throws RefusedException {
        Optional<Selector> filter = filterOf(queue);
        AddressUsage usage = address.usage();
        Optional<DirectAddress> direct = address.direct().filter(passes -> !queue.durable());
        Loop loop = direct.map(DirectAddress::loop).orElseGet(loops::next);
        return new Queue(new Queue.Parts(id, loop, store, departures, usage, budget, backlogs, broker.formats(), direct), queue, filter,
                address.settings());
    }

    private static Optional<Selector> filterOf(QueueConfig queue) throws RefusedException {
        try {
            return queue.filter().isBlank() ? Optional.empty() : Optional.of(Selector.parse(queue.filter()));
        } catch (InvalidSelectorException invalid) {
            throw new RefusedException(RefusedException.Kind.INVALID_SELECTOR, invalid.getMessage());
        }
    }

    /** What the journal says exists. */
    private void restore() {
        onControl(() -> {
            for (Fact.Address address : restored.addresses().values()) {
                book.addAddress(address.name(), AddressBook.types(address.types()), address.autoCreated(), false);
            }
            InDoubt inDoubt = new InDoubt(restored.prepared());
            for (Iterator<Fact.Queue> rest = restored.queues().values().iterator(); rest.hasNext(); rest.remove()) {
                restore(rest.next(), inDoubt);
            }
            restored.duplicateIds().forEach((address, id) -> book.address(address).ifPresent(record -> {
                record.duplicates().claim(id);
                record.duplicates().confirm(id);
            }));
            divertsKept.addAll(restored.diverts().values());
            inDoubt.restore(broker, registry.byId());
            notes.shelf().serve(store);
            restored.forget();
        });
    }

    private void restore(Fact.Queue fact, InDoubt inDoubt) throws RefusedException {
        QueueConfig queue = Settings.read(QueueConfig.class, fact.attributes());
        if (book.address(queue.address()).isEmpty()) {
            book.addAddress(queue.address(), java.util.Set.of(queue.routingType()), true, false);
        }
        Queue made = book.addQueue(queue, (config, address) -> make(fact.id(), config, address));
        if (made.outlet().isEmpty() && book.address(queue.address()).flatMap(AddressRecord::direct).isPresent()) {
            Broker.LOG.warn("Address '{}' is declared direct, but its queue '{}' was made before and keeps messages: nothing sent from now on reaches it."
                    + " Consume what is left there, then delete it, so that it is made anew", queue.address(), queue.name());
        }
        registry.add(made);
        QueueSnapshot contents = restored.takeContentsOf(fact.id());
        made.restore(contents);
        inDoubt.hold(made);
    }

    /** What the configuration asks for and the journal does not know yet. */
    private void configure() {
        List<Fact> facts = new ArrayList<>();
        onControl(() -> {
            for (AddressConfig address : config.addresses()) {
                configure(address, facts);
            }
            Diverts.configure(book, divertsKept, config.diverts(), facts);
            retroactive.configure(facts);
        });
        if (!facts.isEmpty()) {
            CountDownLatch written = new CountDownLatch(1);
            store.write(new Settlements.NoteUnit(facts, Optional.of(loops.control()),
                    Reply.of(done -> written.countDown(), failed -> written.countDown())));
            await(written);
        }
    }

    private void configure(AddressConfig address, List<Fact> facts) throws RefusedException {
        Optional<AddressRecord> there = book.address(address.name());
        if (there.isEmpty()) {
            book.addAddress(address.name(), address.routingTypes(), false, false);
            facts.add(new Fact.Address(address.name(), AddressBook.bits(address.routingTypes()), false));
        } else if (there.get().types().addAll(address.routingTypes())) {
            facts.add(new Fact.Address(address.name(), AddressBook.bits(there.get().types()), there.get().autoCreated()));
        }
        for (QueueRequest request : address.queues()) {
            Optional<Queue> known = book.queue(request.name());
            if (known.isPresent()) {
                reconfigure(known.get(), request, facts);
            } else {
                Queue queue = book.addQueue(request.resolve(book.settingsOf(address.name()), Origin.CONFIGURED));
                registry.add(queue);
                if (queue.durable()) {
                    facts.add(new Fact.Queue(queue.id(), Administration.texts(queue.config())));
                }
            }
        }
    }

    /** What the file says of a queue that is there already, for what may change of it. */
    private void reconfigure(Queue queue, QueueRequest request, List<Fact> facts) throws RefusedException {
        QueueConfig was = queue.config();
        QueueConfig asked = request.resolve(queue.settings(), Origin.CONFIGURED).with("name", was.name()).with("address", was.address())
                .with("routing-type", was.routingType()).with("durable", was.durable()).with("temporary", was.temporary())
                .with("internal", was.internal()).with("auto-created", was.autoCreated())
                .with("last-value", was.lastValue()).with("last-value-key", was.lastValueKey());
        if (!asked.equals(was)) {
            Optional<Selector> filter = filterOf(asked);
            queue.loop().post(() -> queue.configure(asked, filter));
            if (queue.durable()) {
                facts.add(new Fact.Queue(queue.id(), Administration.texts(asked)));
            }
        }
    }

    /** What the configuration no longer names and is to go with that is gone before anybody comes. */
    private void undeploy(Administration administration) {
        if (!Undeployment.wanted(config)) {
            return;
        }
        CountDownLatch gone = new CountDownLatch(1);
        onControl(() -> new Undeployment(book, config).run(administration, broker.diverts(), loops.control(), gone::countDown));
        await(gone);
    }

    private interface ControlTask {
        void run() throws RefusedException;
    }

    /** Runs a task on the control loop and waits for it. */
    private void onControl(ControlTask task) {
        CountDownLatch done = new CountDownLatch(1);
        List<Throwable> failure = new ArrayList<>();
        loops.control().post(() -> {
            try {
                task.run();
            } catch (RefusedException | RuntimeException refused) {
                failure.add(refused);
            } finally {
                done.countDown();
            }
        });
        await(done);
        if (!failure.isEmpty()) {
            throw new IllegalStateException("the broker can't be put together: " + failure.get(0).getMessage(), failure.get(0));
        }
    }

    private void await(CountDownLatch latch) {
        try {
            if (!loops.await(latch, 5, TimeUnit.MINUTES)) {
                throw new IllegalStateException("a part of the broker did not answer within five minutes");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    private void startTimers() {
        every(0, config.timing().addressQueueScanPeriod(), now -> reaper.removeUnused(now, broker.branches()::feed));
        every(1, config.timing().messageExpiryScanPeriod(), now ->
                registry.all().forEach(queue -> queue.loop().post(() -> queue.expire(now))));
        every(2, config.memory().diskScanPeriod() > 0 ? config.memory().diskScanPeriod() : DISK_TROUBLE_PERIOD, now -> workers.execute(guard::look));
        every(3, config.timing().transactionTimeoutScanPeriod(), now -> broker.branches().expire(now));
        every(5, IDLE_CHECKPOINT_PERIOD, now -> checkpoints.whenIdle());
        every(4, PACE_PERIOD, this::checkPaces);
    }

    /** Has queues look for slow consumers where those are not wanted. */
    private void checkPaces(long now) {
        for (Queue queue : registry.all()) {
            if (queue.settings().slowConsumers().threshold() > 0) {
                queue.loop().post(() -> queue.checkPace(now));
            }
        }
    }

    private int freeSegments() {
        return store.freeSegments();
    }

    private void every(int slot, long period, java.util.function.LongConsumer pass) {
        if (period > 0) {
            timers[slot] = loops.control().schedule(() -> {
                pass.accept(loops.control().now());
                every(slot, period, pass);
            }, period);
        }
    }

    /** Takes a last checkpoint, so that the next start reads nothing else, and closes the journal. All clients must be gone. */
    @Override
    public void close() {
        for (Loop.Timer timer : timers) {
            if (timer != null) {
                timer.cancel();
            }
        }
        await(checkpoints.current());
        CountDownLatch done = new CountDownLatch(1);
        store.write(new LastCheckpoint(done));
        await(done);
        await(checkpoints.current());
        backlogs.close();
        store.close();
    }

    /** Begins a checkpoint at its own place in the journal's order. */
    private final class LastCheckpoint extends io.delos.store.Unit {
        private final CountDownLatch done;

        LastCheckpoint(CountDownLatch done) {
            super(List.of());
            this.done = done;
        }

        @Override
        protected void completed(io.delos.store.Completions completions) {
            store.atGroupEnd(position -> checkpoints.last(position, done));
        }

        @Override
        protected void refused(io.delos.store.Completions completions, IOException cause) {
            done.countDown();
        }
    }
}
