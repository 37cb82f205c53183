package io.delos.core;

import io.delos.config.AcceptorConfig;
import io.delos.config.BrokerConfig;
import io.delos.server.TestServer;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A broker for the tests of one class, and ways to connect to it. */
final class CoreServer implements BeforeAllCallback, AfterAllCallback {
    private final String acceptorParameters;
    private final UnaryOperator<BrokerConfig> change;
    private final AtomicInteger counter = new AtomicInteger();
    private Path directory;
    private TestServer server;

    CoreServer() {
        this("");
    }

    /** @param acceptorParameters as in an acceptor's URL, separated by semicolons */
    CoreServer(String acceptorParameters) {
        this(acceptorParameters, config -> config);
    }

    CoreServer(String acceptorParameters, UnaryOperator<BrokerConfig> change) {
        this.acceptorParameters = acceptorParameters;
        this.change = change;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        directory = Files.createTempDirectory("core");
        server = TestServer.start(directory, config -> change.apply(config.withAcceptors(
                List.of(AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?" + acceptorParameters)))));
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        server.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
    }

    /** The names of the files of large messages' bodies. */
    List<String> bodies() throws IOException {
        Path bodies = directory.resolve("data/largemessages");
        if (!Files.isDirectory(bodies)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(bodies)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    TestServer server() {
        return server;
    }

    int port() {
        return server.port();
    }

    /** A number nobody else got. */
    int unique() {
        return counter.incrementAndGet();
    }

    /** @param parameters of the client's URL, separated by ampersands */
    ActiveMQConnectionFactory factory(String parameters) {
        return new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port() + "?callTimeout=10000&" + parameters);
    }

    Connection connect(String parameters) throws JMSException {
        return factory(parameters).createConnection("guest", "guest");
    }

    CoreClient client() throws IOException {
        return CoreClient.connect(CoreClient.Options.of("127.0.0.1", port(), "guest", "guest"));
    }
}
