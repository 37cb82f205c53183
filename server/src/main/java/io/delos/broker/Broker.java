package io.delos.broker;

import io.delos.address.AddressBook;
import io.delos.address.Route;
import io.delos.address.RouteWatcher;
import io.delos.address.Routes;
import io.delos.config.AddressSettings;
import io.delos.config.BrokerConfig;
import io.delos.config.Permission;
import io.delos.config.SecuritySettings;
import io.delos.loop.Loop;
import io.delos.message.Formats;
import io.delos.message.Message;
import io.delos.queue.Consumer;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import io.delos.security.Permissions;
import io.delos.selector.InvalidSelectorException;
import io.delos.selector.Selector;
import io.delos.store.Fact;
import io.delos.store.MemoryBudget;
import io.delos.store.Shelf;
import io.delos.store.Shelving;
import io.delos.store.Store;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Opens clients; the one object a protocol is given. Any thread; replies come on the loop that is named. */
public final class Broker {

    static final Logger LOG = LogManager.getLogger(Broker.class);

    /** What a transaction of moderate size weighs, in bytes. */
    private static final long MOST_STAGING = 1 << 20;
    private static final long LEAST_STAGING = 4 << 10;
    /** Beyond this a file is no dearer than the journal. */
    private static final long LARGEST_INLINE = 1 << 20;

    private final Parts parts;
    private final Settlements settlements;
    private final ClientNames names = new ClientNames();
    private final Clients clients = new Clients();
    private final ReadAhead readAhead = new ReadAhead(Runtime.getRuntime().maxMemory() / 16);
    private final Intake intake;
    private final Branches branches;
    private final Timetable timetable;
    private final MessageWatch watch = new MessageWatch(this);
    private final AtomicLong transactionNumbers;
    private final long stagingBytes;
    private final WholeBodies.Loads wholeLoads = new WholeBodies.Loads();
    private final List<BrokerListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong consumerNumbers = new AtomicLong();
    private final AtomicReference<ManagementDoor> managementDoor = new AtomicReference<>(ManagementDoor.CLOSED);

    /** What a broker is made of. */
    record Parts(BrokerConfig config, Store store, Routes routes, AddressBook book, Administration administration, Diverts diverts,
                 Formats formats, Access access, Loop control, Executor workers, DiskGuard guard, OpenTransactions openTransactions, MemoryBudget memory) { }

    Broker(Parts parts) {
        this.parts = parts;
        this.settlements = new Settlements(parts.store());
        this.intake = new Intake(parts.memory(), parts.control());
        this.branches = new Branches(this, parts.control());
        this.timetable = new Timetable(this);
        this.transactionNumbers = new AtomicLong(parts.store().durablePosition());
        this.stagingBytes = Math.min(MOST_STAGING, maxMessageBytes() / 4);
    }

    /** The broker's name, from its configuration. */
    public String name() {
        return parts.config().name();
    }

    /** The broker's identity as a UUID's text; stays with its data. */
    public String nodeId() {
        return parts.store().id().toString();
    }

    public BrokerConfig config() {
        return parts.config();
    }

    /** The dialects of all installed protocols. */
    public Formats formats() {
        return parts.formats();
    }

    /** For work that may block; never for a loop's own. */
    public Executor workers() {
        return parts.workers();
    }

    /** What is published of addresses and queues. */
    public Routes routes() {
        return parts.routes();
    }

    /** The door for changes that management makes; rights are the caller's to check. */
    public Administration administration() {
        return parts.administration();
    }

    /** The door for changes of diverts; rights are the caller's to check. */
    public Diverts diverts() {
        return parts.diverts();
    }

    /** What management does to messages that wait. */
    public QueueMessages messages() {
        return new QueueMessages(this);
    }

    /** Who is connected. */
    public Clients clients() {
        return clients;
    }

    /** What connections hold of messages that are still arriving. */
    public Intake intake() {
        return intake;
    }

    /** What all queues hold: messages, and their bytes. */
    public record Holdings(long messages, long bytes) { }

    /** What is in all queues now; looks at each of them. */
    public Holdings holdings() {
        long messages = 0;
        long bytes = 0;
        for (Queue queue : parts.routes().queues()) {
            messages += queue.counters().messages();
            bytes += queue.counters().bytes();
        }
        return new Holdings(messages, bytes);
    }

    /** The settings of an address, whether it exists or not. */
    public AddressSettings settingsFor(String address) {
        return parts.routes().find(address).map(route -> route.settings()).orElseGet(() -> parts.config().addressSettings().resolve(address));
    }

    /** Whether an address keeps nothing, or would not if it were there. */
    boolean isDirect(String address) {
        return parts.routes().find(address).map(route -> route.direct().isPresent()).orElseGet(() -> settingsFor(address).direct().passes());
    }

    /** Who may do what from now on; without security this changes nothing. */
    public void permissions(SecuritySettings settings) {
        BrokerConfig config = parts.config().withSecuritySettings(settings);
        parts.access().permissions(Permissions.of(config));
    }

    /** How often who came was let in, and what was asked allowed. */
    public AccessCounters accessCounters() {
        return parts.access().counters();
    }

    /** Forgets what is known of logins: the next of each user is checked anew. */
    public void forgetLogins() {
        parts.access().forgetLogins();
    }

    /** Forgets which settings are the best match of which address; the next question finds them anew. */
    public void forgetMatches() {
        parts.access().forgetMatches();
    }

    /** All that is granted on an address: permission to roles. */
    public Map<Permission, Set<String>> grants(String address) {
        return parts.access().grants(address);
    }

    /** Opens the client behind a connection; {@code close} ends the connection, on any thread. */
    public Client openClient(Loop loop, String connectionId, String remoteAddress, Runnable close) {
        Client client = new Client(this, loop, new Client.Wire(connectionId, remoteAddress, close));
        clients.add(client);
        tell(() -> new BrokerEvent.Connected(client));
        return client;
    }

    /** Opens a client of the broker's own, behind no connection, which may do everything; whoever opens it closes it. */
    public Client openOwnClient(Loop loop) {
        return Client.own(this, loop);
    }

    /**
     * Opens a client for a user of management, behind no connection and in no list of them; it has the rights of who logs in. Whoever opens it
     * closes it.
     */
    public Client openVisitor(Loop loop) {
        return new Client(this, loop, new Client.Wire("management", "management", () -> { }));
    }

    /** Keeps bytes under a key, durably, until they are replaced or forgotten; {@code done} runs on {@code loop}. */
    public void remember(String key, byte[] value, Loop loop, Reply<Void> done) {
        settlements.note(new Fact.Remembered(key, value), loop, done);
    }

    /** Forgets a key, durably; {@code done} runs on {@code loop}. */
    public void forget(String key, Loop loop, Reply<Void> done) {
        settlements.note(new Fact.Forgotten(key), loop, done);
    }

    /** What is remembered under this key. */
    public Optional<byte[]> recall(String key) {
        return parts.store().notes().get(key);
    }

    /** What is remembered under keys with this prefix, sorted by key; a live view. */
    public Map<String, byte[]> recallAll(String prefix) {
        return parts.store().notes().under(prefix);
    }

    /** Values that are kept in the journal and not in memory; see {@link Transaction#shelve}. */
    public Shelf shelf() {
        return parts.store().notes().shelf();
    }

    /** Keeps a value no longer, durably, unless it has been replaced. */
    public void unshelve(Shelf.Spot spot) {
        settlements.note(new Shelving.Unshelved(spot.key(), spot.position()), controlLoop(), Reply.ignored());
    }

    /** Has somebody told of what happens from now on. */
    public void listen(BrokerListener listener) {
        if (listeners.isEmpty()) {
            parts.routes().watch(new Watch());
        }
        listeners.add(listener);
    }

    /** Tells those who listen; the event is only made if there is somebody. */
    public void tell(Supplier<BrokerEvent> event) {
        if (!listeners.isEmpty()) {
            BrokerEvent made = event.get();
            listeners.forEach(listener -> listener.happened(made));
        }
    }

    /** Says of which moments of messages' ways listeners are told. */
    public MessageWatch watch() {
        return watch;
    }

    /** Passes on what appears and goes. */
    private final class Watch implements RouteWatcher {

        @Override
        public void added(Route address) {
            tell(() -> new BrokerEvent.AddressAdded(address.address(), address.types(), address.temporary()));
        }

        @Override
        public void removed(Route address) {
            tell(() -> new BrokerEvent.AddressRemoved(address.address(), address.types(), address.temporary()));
        }

        @Override
        public void added(Queue queue) {
            tell(() -> new BrokerEvent.QueueAdded(queue));
        }

        @Override
        public void removed(Queue queue) {
            tell(() -> new BrokerEvent.QueueRemoved(queue));
        }
    }

    /** A number that no consumer has had since the start. */
    long nextConsumer() {
        return consumerNumbers.incrementAndGet();
    }

    /** Installs what answers messages to the management address. */
    public void management(ManagementDoor door) {
        managementDoor.set(door);
    }

    boolean isManagement(String address) {
        return address.equals(managementAddress());
    }

    void management(Session session, Message message, Reply<Void> done) {
        if (session.permitted(Permission.MANAGE, message.address(), done)) {
            managementDoor.get().request(session, message, done);
        }
    }

    /** Where rights for management are asked. */
    String managementAddress() {
        return parts.config().management().address();
    }

    ManagementDoor management() {
        return managementDoor.get();
    }

    Store store() {
        return parts.store();
    }

    AddressBook book() {
        return parts.book();
    }

    ReadAhead readAhead() {
        return readAhead;
    }

    DiskGuard diskGuard() {
        return parts.guard();
    }

    /** What the journal thread knows of undecided transactions; its alone. */
    OpenTransactions openTransactions() {
        return parts.openTransactions();
    }

    /** A number that no transaction has had: more positions are written than numbers given, so those of other openings are smaller. */
    long nextTransaction() {
        return transactionNumbers.incrementAndGet();
    }

    /** A transaction with nothing in it. */
    Transaction newTransaction() {
        return new Transaction(new Claims(this::duplicateIds), this::inTransactions, parts.store().bodies());
    }

    /** The branches of distributed transactions; the control loop's. */
    Branches branches() {
        return branches;
    }

    /** Delivers what is to be delivered repeatedly. */
    Timetable timetable() {
        return timetable;
    }

    /** What an operator may do about distributed transactions that wait for a decision. */
    public XaAdministration xa() {
        return new XaAdministration(this, branches);
    }

    /** How much one transaction may hold of messages before they are written; little when many transactions hold some. */
    long stagingBytes() {
        return parts.memory().exhausted(MemoryBudget.Share.TRANSACTIONS) ? LEAST_STAGING : stagingBytes;
    }

    /** Transactions hold so many bytes more, or fewer. */
    void inTransactions(long bytes) {
        parts.memory().add(MemoryBudget.Share.TRANSACTIONS, bytes);
    }

    Loop controlLoop() {
        return parts.control();
    }

    /** How many duplicate ids the address remembers. */
    int duplicateIds(String address) {
        return settingsFor(address).observation().duplicateIds();
    }

    /** Whether what is under way to sockets leaves room for what is kept. */
    boolean mayKeepForPeers() {
        return !parts.memory().exhausted(MemoryBudget.Share.SENDING);
    }

    /** Protocols keep so many bytes more, or fewer, to send them again: they count as under way to sockets. */
    void keptForPeers(long bytes) {
        parts.memory().add(MemoryBudget.Share.SENDING, bytes);
    }

    /** Whose turn it is to have a large message in memory whole. */
    WholeBodies.Loads wholeLoads() {
        return wholeLoads;
    }

    Settlements settlements() {
        return settlements;
    }

    /** Settles deliveries that a subscription has parted with; {@code done} runs on {@code loop}, perhaps before this returns. Any loop. */
    public void settle(List<Delivery> parted, Outcome outcome, Loop loop, Reply<Void> done) {
        settlements.settle(parted, outcome, loop, done);
    }

    ClientNames names() {
        return names;
    }

    Access access() {
        return parts.access();
    }

    /** The most that a client may send in one piece, in bytes, whatever its acceptor's settings: more can't be moved through this heap. */
    public long largestInMemory() {
        return parts.memory().largestMessage();
    }

    /** How long the body of a message that its client sends in pieces may be without having a file of its own, in bytes. */
    public long largestInline() {
        return Math.min(LARGEST_INLINE, Math.min(largestInMemory() / 8, maxMessageBytes() / 2));
    }

    long maxMessageBytes() {
        return parts.store().maxMessageBytes();
    }

    /** A queue by its name or FQQN; empty if there is none, or it is on another address than the FQQN says. */
    public Optional<Queue> findQueue(String name) {
        int separator = name.indexOf("::");
        if (separator < 0) {
            return parts.routes().queue(name);
        }
        String address = name.substring(0, separator);
        return parts.routes().queue(name.substring(separator + 2)).filter(queue -> address.isEmpty() || queue.address().equals(address));
    }

    Consumer consumerFor(Subscription subscription, SubscribeRequest request, Loop loop, Queue queue) throws BrokerException {
        Optional<Selector> selector = request.selector().isBlank() ? Optional.empty() : Optional.of(selector(request.selector()));
        int priority = request.priority() != 0 ? request.priority() : queue.config().consumerPriority();
        Consumer consumer = new Consumer(loop, subscription.receiver(), selector, formats(), request.browsing(), priority, request.overhead());
        if (request.exclusive()) {
            consumer.wantsAll();
        }
        return consumer;
    }

    private static Selector selector(String text) throws BrokerException {
        try {
            return Selector.parse(text.trim());
        } catch (InvalidSelectorException invalid) {
            throw new BrokerException(Reason.INVALID_SELECTOR, invalid.getMessage());
        }
    }

    /** Whether properties pass a selector, for what a protocol tells by itself: a blank one passes all. INVALID_SELECTOR if it is none. */
    public static Predicate<Function<String, Object>> filter(String selector) throws BrokerException {
        Selector parsed = selector(selector);
        return properties -> parsed.matches(properties::apply);
    }

    /** Why this session's user may not; empty if it may. The one place where rights are decided, on the resolved address. */
    Optional<BrokerException> refusal(Session session, Permission permission, String address) {
        return parts.access().refusal(session, permission, address);
    }
}
