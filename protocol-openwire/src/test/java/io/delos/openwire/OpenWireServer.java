package io.delos.openwire;

import io.delos.config.AcceptorConfig;
import io.delos.config.BrokerConfig;
import io.delos.server.TestServer;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A broker for the tests of one class, and ways to connect to it. */
final class OpenWireServer implements BeforeAllCallback, AfterAllCallback {

    private final String acceptorParameters;
    private final UnaryOperator<BrokerConfig> change;
    private final AtomicInteger counter = new AtomicInteger();
    private Path directory;
    private TestServer server;

    OpenWireServer() {
        this("", config -> config);
    }

    /** @param acceptorParameters as in an acceptor's URL, separated by semicolons */
    OpenWireServer(String acceptorParameters, UnaryOperator<BrokerConfig> change) {
        this.acceptorParameters = acceptorParameters;
        this.change = change;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        directory = Files.createTempDirectory("openwire");
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

    TestServer server() {
        return server;
    }

    int port() {
        return server.port();
    }

    /** A name nobody else got. */
    String unique(String prefix) {
        return prefix + "." + counter.incrementAndGet();
    }

    /** @param parameters of the client's URL, separated by ampersands */
    ActiveMQConnectionFactory factory(String parameters) {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port() + "?" + parameters);
        factory.setConnectResponseTimeout(10_000);
        factory.setTrustAllPackages(true);
        return factory;
    }

    ActiveMQConnection connect(String parameters) throws JMSException {
        Connection connection = factory(parameters).createConnection("guest", "guest");
        connection.start();
        return (ActiveMQConnection) connection;
    }

    /** Takes the texts of all that can be taken from a queue now. */
    List<String> drain(String queue) throws JMSException {
        List<String> texts = new ArrayList<>();
        try (ActiveMQConnection connection = connect("jms.prefetchPolicy.all=0");
             Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
             MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
            Message message;
            while ((message = consumer.receiveNoWait()) != null) {
                texts.add(((TextMessage) message).getText());
            }
        }
        return texts;
    }

    /** Takes as many texts from a queue as are expected, which may be on their way. */
    List<String> drain(String queue, int expected) {
        List<String> texts = new ArrayList<>();
        Awaitility.await().until(() -> texts.addAll(drain(queue)) && texts.size() >= expected);
        return texts;
    }
}
