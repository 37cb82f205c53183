package io.delos.amqp;

import io.delos.broker.Reply;
import io.delos.config.BrokerConfig;
import io.delos.loop.Loops;
import io.delos.server.TestServer;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.qpid.jms.JmsConnection;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A broker for the tests of one class, and the unmodified JMS client to it. */
final class AmqpServer implements BeforeAllCallback, AfterAllCallback {

    private static final AtomicInteger NAMES = new AtomicInteger();

    private final UnaryOperator<BrokerConfig> change;
    private Path directory;
    private TestServer server;

    AmqpServer() {
        this(config -> config);
    }

    AmqpServer(UnaryOperator<BrokerConfig> change) {
        this.change = change;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        directory = Files.createTempDirectory("amqp");
        server = TestServer.start(directory, change);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        server.close();
        try (var files = Files.walk(directory)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
    }

    TestServer server() {
        return server;
    }

    int port() {
        return server.port();
    }

    /** The names of the files of large messages' bodies. */
    List<String> bodies() throws IOException {
        Path bodies = directory.resolve("data/largemessages");
        if (!Files.isDirectory(bodies)) {
            return List.of();
        }
        try (var files = Files.list(bodies)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** A name nobody else uses. */
    String unique(String what) {
        return what + NAMES.incrementAndGet();
    }

    /** Deletes a queue as an operator does, consumers or not. */
    void deleteQueue(String name) {
        Loops loops = new Loops(1);
        try {
            CompletableFuture<Void> done = new CompletableFuture<>();
            server.broker().administration().deleteQueue(name, true, loops.control(), Reply.of(done::complete, done::completeExceptionally));
            done.orTimeout(10, TimeUnit.SECONDS).join();
        } finally {
            loops.close();
        }
    }

    JmsConnection connect() throws JMSException {
        return connect("", "");
    }

    /** A started connection; {@code clientId} may be empty, {@code options} is the URI's query. */
    JmsConnection connect(String clientId, String options) throws JMSException {
        JmsConnectionFactory factory = new JmsConnectionFactory("amqp://127.0.0.1:" + port() + "?jms.closeTimeout=3000"
                + (options.isEmpty() ? "" : "&" + options));
        JmsConnection connection = (JmsConnection) factory.createConnection("user", "password");
        if (!clientId.isEmpty()) {
            connection.setClientID(clientId);
        }
        connection.start();
        return connection;
    }
}
