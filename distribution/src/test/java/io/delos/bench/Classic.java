package io.delos.bench;

import io.delos.proof.BrokerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Makes an instance of ActiveMQ Classic that can be compared: its own configuration, but for ports, a user, and no web server. */
final class Classic {
    private static final String USERS = """
                    <plugins>
                        <simpleAuthenticationPlugin>
                            <users><authenticationUser username="%s" password="%s" groups="users"/></users>
                        </simpleAuthenticationPlugin>
                    </plugins>
                    <persistenceAdapter>""".formatted(BrokerProcess.USER, BrokerProcess.PASSWORD);

    private Classic() { }

    static BrokerProcess create(Path home, Path instance, String memory) throws IOException {
        Path conf = instance.resolve("conf");
        Files.createDirectories(conf);
        try (Stream<Path> files = Files.list(home.resolve("conf"))) {
            for (Path each : files.toList()) {
                Files.copy(each, conf.resolve(each.getFileName()));
            }
        }
        BrokerProcess broker = BrokerProcess.of(instance, List.of(home.resolve("bin").resolve("activemq").toString(), "console"), ") started");
        broker.environment("ACTIVEMQ_BASE", instance.toString());
        broker.environment("ACTIVEMQ_CONF", conf.toString());
        broker.environment("ACTIVEMQ_DATA", instance.resolve("data").toString());
        broker.environment("ACTIVEMQ_OPTS_MEMORY", "-Xmx" + memory);
        Path file = conf.resolve("activemq.xml");
        Files.writeString(file, Files.readString(file)
                .replaceAll("<transportConnector name=\"(amqp|mqtt|ws)\"[^>]*/>", "")
                .replace("0.0.0.0:61616", "127.0.0.1:" + broker.port())
                .replace("0.0.0.0:61613", "127.0.0.1:" + broker.stompPort())
                .replace("<import resource=\"jetty.xml\"/>", "")
                .replace("<persistenceAdapter>", USERS));
        return broker;
    }
}
