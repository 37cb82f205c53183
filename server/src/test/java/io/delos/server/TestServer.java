package io.delos.server;

import io.delos.broker.Broker;
import io.delos.config.AcceptorConfig;
import io.delos.config.BrokerConfig;
import io.delos.security.Login;
import io.delos.security.UserFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A broker in this process on a port of its own choice, with all protocols on the class path, for tests with real clients. Dead-letter
 * address DLQ and expiry address ExpiryQueue as a new instance has them.
 */
public final class TestServer implements AutoCloseable {

    private final Path directory;
    private final Optional<Login> login;
    private final Optional<UserFiles> users;
    private BrokerConfig config;
    private Server server;

    private TestServer(Path directory, BrokerConfig config, Optional<Login> login, Optional<UserFiles> users) throws StartException {
        this.directory = directory;
        this.config = config;
        this.login = login;
        this.users = users;
        start();
    }

    /** Without security, on an ephemeral port. */
    public static TestServer start(Path directory) throws StartException {
        return start(directory, config -> config);
    }

    /** Without security, and with the configuration changed. */
    public static TestServer start(Path directory, UnaryOperator<BrokerConfig> change) throws StartException {
        return new TestServer(directory, change.apply(open()), Optional.empty(), Optional.empty());
    }

    /** With security as the configuration and the login have it. */
    public static TestServer secured(Path directory, UnaryOperator<BrokerConfig> change, Login login) throws StartException {
        return new TestServer(directory, change.apply(open().with("security-enabled", true)), Optional.of(login), Optional.empty());
    }

    /** With security, and users that can be managed. */
    public static TestServer secured(Path directory, UnaryOperator<BrokerConfig> change, Login login, UserFiles users) throws StartException {
        return new TestServer(directory, change.apply(open().with("security-enabled", true)), Optional.of(login), Optional.of(users));
    }

    private static BrokerConfig open() {
        return BrokerConfig.defaults().with("security-enabled", false).with("name", "test").with("journal-file-size", 8 << 20)
                .withAddressSettings("#", Map.of("dead-letter-address", "DLQ", "expiry-address", "ExpiryQueue",
                        "auto-delete-queues", "false", "auto-delete-addresses", "false"))
                .withAddresses(List.of(address("DLQ"), address("ExpiryQueue")))
                .withAcceptors(List.of(AcceptorConfig.of("artemis", "tcp://127.0.0.1:0")));
    }

    private static io.delos.config.AddressConfig address(String name) {
        return new io.delos.config.AddressConfig(name, java.util.Set.of(io.delos.config.RoutingType.ANYCAST),
                List.of(io.delos.config.QueueRequest.of(name, name, io.delos.config.RoutingType.ANYCAST)));
    }

    private void start() throws StartException {
        server = Server.start(new ServerOptions(config, directory, login, users, List.of(), false));
    }

    /** Stops it and starts it again on the same data; the port changes. */
    public void restart() throws StartException {
        server.stop();
        start();
    }

    /** The same with another configuration, made of the one there was before any change. */
    public void restart(UnaryOperator<BrokerConfig> change) throws StartException {
        server.stop();
        config = change.apply(open());
        start();
    }

    public int port() {
        return server.port("artemis");
    }

    public Broker broker() {
        return server.broker();
    }

    public Server server() {
        return server;
    }

    @Override
    public void close() {
        server.stop();
    }
}
