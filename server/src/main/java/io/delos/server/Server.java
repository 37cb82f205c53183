package io.delos.server;

import io.delos.broker.Broker;
import io.delos.broker.BrokerFiles;
import io.delos.broker.BrokerStart;
import io.delos.config.AcceptorConfig;
import io.delos.config.AddressConfig;
import io.delos.config.BrokerConfig;
import io.delos.config.BrokerSettings;
import io.delos.config.QueueRequest;
import io.delos.config.WildcardSyntax;
import io.delos.journal.Disk;
import io.delos.journal.JournalConfig;
import io.delos.loop.Fatal;
import io.delos.loop.Loop;
import io.delos.loop.Loops;
import io.delos.management.Catalogue;
import io.delos.management.ManagedAcceptor;
import io.delos.management.ManagementMessages;
import io.delos.management.Notifications;
import io.delos.message.Formats;
import io.delos.queue.BacklogFiles;
import io.delos.security.Authenticator;
import io.delos.security.Login;
import io.delos.security.LoginConfig;
import io.delos.security.Permissions;
import io.delos.spi.ProtocolProvider;
import io.delos.spi.SessionDirectory;
import io.delos.store.MemoryBudget;
import io.delos.transport.Acceptor;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.Log4J2LoggerFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A running broker with its ports: reads the journal, puts the broker together, and only then listens; stops in reverse, and the journal is
 * the last thing closed. Any thread may stop it.
 */
public final class Server implements AutoCloseable {

    private static final Logger LOG = LogManager.getLogger(Server.class);
    /** What Artemis writes unless told otherwise; it stands for our own default, which journals on today's disks deserve. */
    private static final int CONVENTIONAL_FILE_SIZE = 10 << 20;

    private final ServerOptions options;
    private final long startedAt = System.nanoTime();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final List<AutoCloseable> closing = new ArrayList<>();
    private final List<Acceptor> acceptors = new ArrayList<>();
    private final List<ManagedAcceptor> managed = new CopyOnWriteArrayList<>();
    private volatile boolean stopping;
    private Broker broker;

    private Server(ServerOptions options) {
        this.options = options;
    }

    /** Starts a server; when this returns clients can connect. StartException when it can't be, with everything undone. */
    public static Server start(ServerOptions options) throws StartException {
        Server server = new Server(options);
        try {
            server.start();
            return server;
        } catch (StartException refused) {
            server.stop();
            throw refused;
        } catch (IOException | RuntimeException failure) {
            server.stop();
            throw new StartException(Refusal.of(failure, options.base().resolve(options.config().storage().journalDirectory()).normalize()), failure);
        }
    }

    private void start() throws StartException, IOException {
        // the network library would try three logging libraries in turn, and find this one through the slowest
        InternalLoggerFactory.setDefaultFactory(Log4J2LoggerFactory.INSTANCE);
        BrokerConfig config = options.config();
        LOG.info("AMQ221000: Primary message broker is starting with configuration {} in {}", config.name(), options.base());
        Path journal = options.base().resolve(config.storage().journalDirectory()).normalize();
        Optional<String> foreign = ForeignData.in(journal, options.base().resolve(config.storage().bindingsDirectory()).normalize());
        if (foreign.isPresent()) {
            throw new StartException(foreign.get());
        }
        DirectoryLock lock = DirectoryLock.take(journal);
        closing.add(lock);
        List<ProtocolProvider> protocols = protocols();
        Formats formats = formats(protocols, config.wildcards());
        Loops loops = new Loops(Math.max(1, Math.min(8, Runtime.getRuntime().availableProcessors())));
        closing.add(loops);
        ExecutorService workers = Executors.newFixedThreadPool(6, new DefaultThreadFactory("delos-worker", true));
        closing.add(() -> endWorkers(workers));
        LOG.info("AMQ221013: Using NIO Journal in {}", journal);
        long began = System.nanoTime();
        BrokerStart start = new BrokerStart(new BrokerStart.Parts(config, files(config, journal),
                MemoryBudget.ofHeap(), loops, workers, formats, authenticator(config, workers), Permissions.of(config), this::diskFailed));
        closing.add(start);
        broker = start.broker();
        LOG.info("Read the journal in {} ms: {} record(s) behind the last checkpoint", millisSince(began), start.replayed());
        manage(loops.next(), new Surroundings(journal, start, options), sessions(protocols, loops));
        tellAddresses(config);
        for (ProtocolProvider protocol : protocols) {
            Loop loop = loops.next();
            loop.post(() -> protocol.started(broker, loop));
        }
        listen(protocols, loops);
        LOG.info("AMQ221007: Server is now active");
        LOG.info("AMQ221001: Delos Message Broker version {} [{}, nodeID={}]", Version.text(), config.name(), broker.nodeId());
    }

    private BrokerFiles files(BrokerConfig config, Path journal) {
        Path bodies = options.base().resolve(config.storage().largeMessagesDirectory()).normalize();
        return new BrokerFiles(journalConfig(config, journal), bodies, Disk.real(), BacklogFiles.Depth.USUAL);
    }

    private Map<String, SessionDirectory> sessions(List<ProtocolProvider> protocols, Loops loops) {
        Map<String, SessionDirectory> sessions = new HashMap<>();
        protocols.forEach(protocol -> protocol.sessions(broker, loops.next()).ifPresent(found -> sessions.put(protocol.name(), found)));
        return sessions;
    }

    private void manage(Loop loop, Surroundings facts, Map<String, SessionDirectory> sessions) {
        Catalogue catalogue = new Catalogue(broker, loop, facts, managed, sessions);
        catalogue.begin();
        broker.listen(new Notifications(broker, loop));
        broker.management(new ManagementMessages(broker, catalogue));
    }

    private Authenticator authenticator(BrokerConfig config, Executor workers) {
        BrokerSettings.Security security = config.security();
        Authenticator.Cache cache = new Authenticator.Cache(security.authenticationCacheSize(), security.invalidationInterval(), System::nanoTime);
        Login login = options.login().orElseGet(() -> Login.of(new LoginConfig(Map.of("none", List.of())), "none", options.base()));
        return new Authenticator(login, Optional.of(Authenticator.ClusterUser.of(security)), workers, cache);
    }

    private static List<ProtocolProvider> protocols() {
        List<ProtocolProvider> found = new ArrayList<>();
        for (ProtocolProvider provider : ServiceLoader.load(ProtocolProvider.class)) {
            LOG.info("AMQ221043: Protocol module found. Adding protocol support for: {}", provider.name());
            found.add(provider);
        }
        return found;
    }

    private static Formats formats(List<ProtocolProvider> protocols, WildcardSyntax syntax) {
        return new Formats(protocols.stream().map(protocol -> protocol.format(syntax)).toList());
    }

    /** All dialects that messages may have been stored in; addresses are taken to be written as by default. */
    static Formats formats() {
        return formats(ServiceLoader.load(ProtocolProvider.class).stream().map(ServiceLoader.Provider::get).toList(), WildcardSyntax.DEFAULT);
    }

    private JournalConfig journalConfig(BrokerConfig config, Path directory) {
        int wanted = config.storage().journalFileSize();
        JournalConfig journal = JournalConfig.in(directory).withSync(config.storage().journalDatasync() && config.storage().persistence())
                .withSalvage(options.salvage());
        return wanted == CONVENTIONAL_FILE_SIZE ? journal : journal.withSegmentBytes(Math.max(1 << 20, (wanted + 4095) & ~4095));
    }

    private static void tellAddresses(BrokerConfig config) {
        for (AddressConfig address : config.addresses()) {
            LOG.info("AMQ221080: Deploying address {} supporting {}", address.name(), address.routingTypes());
            for (QueueRequest queue : address.queues()) {
                LOG.info("AMQ221003: Deploying {} queue {} on address {}", queue.routingType(), queue.name(), address.name());
            }
        }
    }

    private void listen(List<ProtocolProvider> protocols, Loops loops) throws StartException {
        closing.add(this::stopAcceptors);
        for (AcceptorConfig config : options.config().acceptors()) {
            Acceptor acceptor = new Acceptor(config, protocols, broker, loops);
            acceptors.add(acceptor);
            managed.add(new AcceptorFacts(acceptor, broker));
            try {
                acceptor.start();
            } catch (IOException refused) {
                String where = String.join(",", config.hosts()) + ":" + config.port();
                throw new StartException("AMQ229230: Failed to bind acceptor " + config.name() + " to " + where + ": " + refused.getMessage(),
                        refused);
            }
        }
    }

    private void stopAcceptors() {
        acceptors.forEach(Acceptor::stop);
    }

    private static void endWorkers(ExecutorService workers) throws InterruptedException {
        workers.shutdown();
        if (!workers.awaitTermination(10, TimeUnit.SECONDS)) {
            workers.shutdownNow();
        }
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    /** From now on no thread of this process ends in silence, and a fault that nobody may go on from ends the process. */
    public static void watchThreads() {
        Thread.setDefaultUncaughtExceptionHandler((thread, fault) -> {
            Fatal.check(fault);
            LOG.error("The thread {} has ended with a fault", thread.getName(), fault);
        });
    }

    /** The broker behind the ports. */
    public Broker broker() {
        return broker;
    }

    /** The port an acceptor listens on, by its name; IllegalArgumentException if there is none such. */
    public int port(String acceptor) {
        return acceptors.stream().filter(a -> a.name().equals(acceptor)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no acceptor " + acceptor)).port();
    }

    /** The acceptors, in the order of the configuration. */
    public List<Acceptor> acceptors() {
        return List.copyOf(acceptors);
    }

    /** Completes when the server has stopped; exceptionally with what made it stop by itself. */
    public CompletableFuture<Void> stopped() {
        return stopped;
    }

    private void diskFailed(IOException cause) {
        LOG.error("AMQ224025: The journal can't be written any more: {}. Nothing that was not confirmed is safe; the broker stops. "
                + "Repair the disk and start it again", cause.toString());
        Thread stopper = new Thread(() -> stop(cause), "delos-stop");
        stopper.setDaemon(true);
        stopper.start();
    }

    /** Stops it: clients are told, everything confirmed is on disk, the journal is closed. Blocks; again is allowed. */
    public void stop() {
        stop(null);
    }

    private synchronized void stop(Throwable cause) {
        if (stopping) {
            return;
        }
        stopping = true;
        for (int i = closing.size() - 1; i >= 0; i--) {
            try {
                closing.get(i).close();
            } catch (Exception failure) {
                LOG.warn("A part of the broker did not stop cleanly", failure);
            }
        }
        String uptime = Surroundings.words(millisSince(startedAt));
        LOG.info("AMQ221002: Delos Message Broker version {} [{}] stopped, uptime {}", Version.text(), broker == null ? "" : broker.nodeId(), uptime);
        if (cause == null) {
            stopped.complete(null);
        } else {
            stopped.completeExceptionally(cause);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
