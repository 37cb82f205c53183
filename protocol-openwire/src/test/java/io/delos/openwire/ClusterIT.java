package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.AcceptorConfig;
import io.delos.config.ClusterConfig;
import io.delos.config.ConnectorConfig;
import io.delos.server.StartException;
import io.delos.server.TestServer;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ConnectionControl;
import org.apache.activemq.transport.DefaultTransportListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are told of more than one broker. */
class ClusterIT {

    private static final int WAIT = 60_000;

    @TempDir
    private Path directory;
    private final List<ActiveMQConnection> connections = new ArrayList<>();
    private List<ConnectorConfig> members;
    private TestServer first;
    private TestServer second;

    @BeforeEach
    void ports() throws IOException {
        try (ServerSocket one = new ServerSocket(0); ServerSocket two = new ServerSocket(0)) {
            members = List.of(ConnectorConfig.of("one", "tcp://127.0.0.1:" + one.getLocalPort()),
                    ConnectorConfig.of("two", "tcp://127.0.0.1:" + two.getLocalPort()));
        }
    }

    private void start(String parameters) throws StartException {
        first = start(0, parameters);
        second = start(1, parameters);
    }

    private TestServer start(int index, String parameters) throws StartException {
        return TestServer.start(directory.resolve("broker" + index), config -> config.withClusters(List.of(new ClusterConfig("my-cluster", members)))
                .withAcceptors(List.of(AcceptorConfig.of("artemis", url(index) + "?" + parameters))));
    }

    private String url(int index) {
        return "tcp://127.0.0.1:" + members.get(index).port();
    }

    @AfterEach
    void stop() throws JMSException {
        for (ActiveMQConnection connection : connections) {
            connection.close();
        }
        first.close();
        second.close();
    }

    /** Connects to the first broker, and knows no other. */
    private ActiveMQConnection connect(Queue<ConnectionControl> told) throws JMSException {
        ActiveMQConnection connection = (ActiveMQConnection) new ActiveMQConnectionFactory("failover:(" + url(0)
                + ")?randomize=false&initialReconnectDelay=10&maxReconnectDelay=50").createConnection();
        connections.add(connection);
        connection.addTransportListener(new DefaultTransportListener() {
            @Override
            public void onCommand(Object command) {
                if (command instanceof ConnectionControl control) {
                    told.add(control);
                }
            }
        });
        connection.start();
        return connection;
    }

    private static int clients(TestServer server) {
        return server.broker().clients().all().size();
    }

    @Test
    void whoWasToldOfAnotherBrokerGoesOnThere() throws Exception {
        start("updateClusterClients=true");
        Queue<ConnectionControl> told = new ConcurrentLinkedQueue<>();
        ActiveMQConnection connection = connect(told);
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        jakarta.jms.Queue queue = session.createQueue("q");
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(told).singleElement().satisfies(control -> {
            assertThat(control.getConnectedBrokers()).isEqualTo(url(0) + "," + url(1));
            assertThat(control.isRebalanceConnection()).isFalse();
        });
        assertThat(clients(second)).isZero();
        first.close();
        session.createProducer(queue).send(session.createTextMessage("on"));
        assertThat(((TextMessage) consumer.receive(WAIT)).getText()).isEqualTo("on");
        assertThat(clients(second)).isEqualTo(1);
    }

    @Test
    void whoIsToldToDivideThemselvesDo() throws Exception {
        start("updateClusterClients=true;rebalanceClusterClients=true");
        for (int i = 0; i < 4; i++) {
            ActiveMQConnection connection = connect(new ConcurrentLinkedQueue<>());
            connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(connection.createSession(false, 1).createQueue("q" + i));
        }
        await().until(() -> clients(first) == 2 && clients(second) == 2);
    }

    @Test
    void nobodyIsToldUnlessTheAcceptorSaysSo() throws Exception {
        start("rebalanceClusterClients=true");
        Queue<ConnectionControl> told = new ConcurrentLinkedQueue<>();
        ActiveMQConnection connection = connect(told);
        connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createTemporaryQueue();
        assertThat(told).isEmpty();
    }
}
