package io.delos.cli;

import io.delos.config.BrokerConfig;
import io.delos.config.BrokerXml;
import io.delos.config.ConfigException;
import io.delos.config.PropertyFiles;
import io.delos.config.PropertySource;
import io.delos.security.Login;
import io.delos.security.UserFiles;
import io.delos.server.Server;
import io.delos.server.ServerOptions;
import io.delos.server.StartException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the broker until a signal, {@code artemis stop} or a failed disk ends it. */
@Command(name = "run", description = "Run the broker of this instance in the foreground.")
final class RunCommand extends Action {

    private static final Logger LOG = LogManager.getLogger(RunCommand.class);

    @Option(names = "--allow-kill", description = "Let 'artemis kill' end the broker at once.")
    boolean allowKill;

    @Option(names = "--broker", paramLabel = "<path>", description = "Another broker.xml.")
    Path broker;

    @Option(names = "--properties", paramLabel = "<list>", description = "Files and folders/ of properties that override broker.xml.")
    String properties;

    @Option(names = "--journal", paramLabel = "<path>", description = "Another directory for the journal.")
    String journal;

    @Option(names = "--bindings", paramLabel = "<path>", description = "Another directory for the bindings.")
    String bindings;

    @Option(names = "--large-messages", paramLabel = "<path>", description = "Another directory for large messages.")
    String largeMessages;

    @Option(names = "--paging", paramLabel = "<path>", description = "Another directory for paging.")
    String paging;

    @Option(names = "--salvage", description = "Read a damaged journal as far as it goes instead of refusing it.")
    boolean salvage;

    @Parameters(paramLabel = "<configuration>", arity = "0..1", description = "Another bootstrap.xml.")
    String configuration;

    /** How long who ends the process waits for a start to be over. */
    private static final int START_PATIENCE_SECONDS = 5;

    private final AtomicBoolean told = new AtomicBoolean();

    @Override
    @SuppressWarnings("try") // the lock is held, not used
    int perform() throws Exception {
        Banner.lines().forEach(this::out);
        Server.watchThreads();
        Path instance = surroundings().requireInstance();
        try (InstanceLock lock = InstanceLock.take(instance)) {
            Bootstrap bootstrap = Bootstrap.read(surroundings(), configuration);
            BrokerXml.Result read = read(broker != null ? broker : bootstrap.brokerXml());
            if (bootstrap.web()) {
                LOG.info("bootstrap.xml asks for the web console, which this version does not have; management is reached by messages");
            }
            Login login = Logins.of(bootstrap, surroundings().requireEtc());
            Optional<UserFiles> users = Logins.files(bootstrap, surroundings().requireEtc());
            return run(new ServerOptions(placed(read.config()), instance, Optional.of(login), users, read.sources(), salvage));
        } catch (ConfigException | StartException refused) {
            LOG.error("The broker cannot start: {}", refused.getMessage());
            return FAILED;
        }
    }

    private BrokerXml.Result read(Path file) {
        String list = System.getProperty("broker.properties", properties);
        List<PropertySource> overrides = list == null ? List.of() : PropertyFiles.load(list);
        BrokerXml.Result read = BrokerXml.read(file, overrides);
        read.warnings().forEach(LOG::warn);
        return read;
    }

    private BrokerConfig placed(BrokerConfig read) {
        BrokerConfig config = journal == null ? read : read.with("journal-directory", journal);
        config = bindings == null ? config : config.with("bindings-directory", bindings);
        config = largeMessages == null ? config : config.with("large-messages-directory", largeMessages);
        return paging == null ? config : config.with("paging-directory", paging);
    }

    @SuppressWarnings("try") // the watch watches, nothing more
    private int run(ServerOptions options) throws CliException, ConfigException, StartException, InterruptedException {
        CompletableFuture<Server> starting = new CompletableFuture<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopOnSignal(starting), "delos-shutdown"));
        Server server;
        try {
            server = Server.start(options);
            starting.complete(server);
        } finally {
            starting.cancel(false);
        }
        try (SignalWatch watch = SignalWatch.start(surroundings().requireEtc(), allowKill, server::stop, () -> Runtime.getRuntime().halt(FAILED))) {
            server.stopped().get();
            tellStopped();
            return DONE;
        } catch (ExecutionException failed) {
            LOG.error("The broker has stopped by itself: {}", String.valueOf(failed.getCause()));
            return FAILED;
        }
    }

    private void tellStopped() {
        if (told.compareAndSet(false, true)) {
            out("Server stopped!");
        }
    }

    /**
     * A signal has begun to end this process; ending well is no failure, so the exit code is ours to say. A start that is nearly done is waited
     * for and stopped in order; one that takes long is cut off, which loses nothing.
     */
    private void stopOnSignal(CompletableFuture<Server> starting) {
        Optional<Server> running = started(starting).filter(server -> !server.stopped().isDone());
        if (running.isPresent()) {
            running.get().stop();
            tellStopped();
            terminal().flush();
            LogManager.shutdown();
            Runtime.getRuntime().halt(DONE);
        }
    }

    private static Optional<Server> started(CompletableFuture<Server> starting) {
        try {
            return Optional.of(starting.get(START_PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (TimeoutException | ExecutionException | CancellationException noneToStop) {
            return Optional.empty();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
