package io.delos.cli;

import io.delos.config.AcceptorConfig;
import io.delos.config.BrokerConfig;
import io.delos.config.BrokerXml;
import io.delos.server.Server;
import io.delos.server.ServerOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An instance as {@code create} makes it, its broker in this process on a port of its own choice, and commands that talk to it. */
final class RunningBroker implements AutoCloseable {

    private final Path home;
    private final Path instance;
    private final Server server;

    private RunningBroker(Path home, Path instance, Server server) {
        this.home = home;
        this.instance = instance;
        this.server = server;
    }

    static RunningBroker start(Path directory, String... createOptions) throws Exception {
        Path home = directory.resolve("home");
        Path instance = directory.resolve("instance");
        List<String> args = new ArrayList<>(List.of("create", instance.toString(), "--silent", "--no-autotune", "--user", "admin",
                "--password", "secret", "--require-login"));
        args.addAll(List.of(createOptions));
        Cli.Result created = Cli.atHome(home).run(args.toArray(String[]::new));
        if (created.exit() != 0) {
            throw new IllegalStateException(created.err());
        }
        Surroundings surroundings = new Surroundings(home, Optional.of(instance), Optional.of(instance.resolve("etc")));
        Bootstrap bootstrap = Bootstrap.read(surroundings, null);
        BrokerConfig config = BrokerXml.read(bootstrap.brokerXml()).config()
                .withAcceptors(List.of(AcceptorConfig.of("artemis", "tcp://127.0.0.1:0")));
        return new RunningBroker(home, instance, Server.start(
                new ServerOptions(config, instance, Optional.of(Logins.of(bootstrap, instance.resolve("etc"))),
                        Logins.files(bootstrap, instance.resolve("etc")), List.of(), false)));
    }

    String url() {
        return "tcp://127.0.0.1:" + server.port("artemis");
    }

    Path instance() {
        return instance;
    }

    Cli cli() {
        return Cli.inInstance(home, instance);
    }

    /** Runs a command as the administrator. */
    Cli.Result run(String command, String... more) {
        List<String> args = new ArrayList<>(List.of(command.split(" ")));
        args.addAll(List.of("--url", url(), "--user", "admin", "--password", "secret"));
        args.addAll(List.of(more));
        return cli().run(args.toArray(String[]::new));
    }

    @Override
    public void close() {
        server.stop();
    }
}
