package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.delos.server.TestServer;
import jakarta.jms.Connection;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import jakarta.jms.TransactionRolledBackException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections that break, brokers that stop, and what is left afterwards. */
class JmsReconnectIT {
    private static final long WAIT = 60_000;

    @RegisterExtension
    static final CoreServer SERVER = new CoreServer();

    private static ActiveMQConnectionFactory through(Wiretap wire, String parameters) {
        return new ActiveMQConnectionFactory("tcp://127.0.0.1:" + wire.port()
                + "?callTimeout=10000&useTopologyForLoadBalancing=false&reconnectAttempts=50&retryInterval=20&" + parameters);
    }

    private static String text(Message message) throws JMSException {
        return message == null ? null : ((TextMessage) message).getText();
    }

    @Test
    void aBrokenConnectionIsTakenUpAgain() throws Exception {
        try (Wiretap wire = new Wiretap(SERVER.port()); Connection connection = through(wire, "").createConnection()) {
            connection.setClientID("reconnecting." + SERVER.unique());
            connection.start();
            Session session = connection.createSession(false, Session.DUPS_OK_ACKNOWLEDGE);
            Queue queue = session.createQueue("reconnect." + SERVER.unique());
            TemporaryQueue temporary = session.createTemporaryQueue();
            MessageConsumer replies = session.createConsumer(temporary);
            MessageConsumer consumer = session.createConsumer(queue);
            session.createProducer(queue).send(session.createTextMessage("one"));
            assertThat(text(consumer.receive(WAIT))).isEqualTo("one");
            wire.cut();
            Message again = consumer.receive(WAIT);
            assertThat(text(again)).isEqualTo("one");
            assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
            MessageProducer producer = session.createProducer(temporary);
            producer.send(session.createTextMessage("reply"));
            assertThat(text(replies.receive(WAIT))).isEqualTo("reply");
        }
    }

    @Test
    void whatADeadConnectionHoldsIsFreedByItsSuccessor() throws Exception {
        try (Wiretap wire = new Wiretap(SERVER.port()); Connection connection = through(wire, "").createConnection()) {
            connection.start();
            Session session = connection.createSession(false, Session.DUPS_OK_ACKNOWLEDGE);
            Queue queue = session.createQueue("dead." + SERVER.unique());
            MessageConsumer consumer = session.createConsumer(queue);
            session.createProducer(queue).send(session.createTextMessage("one"));
            assertThat(text(consumer.receive(WAIT))).isEqualTo("one");
            wire.cutSilently();
            Message again = consumer.receive(WAIT);
            assertThat(text(again)).isEqualTo("one");
        }
    }

    @Test
    void clientsHearThatTheBrokerStopsAndDurableMessagesStay(@TempDir Path directory) throws Exception {
        try (TestServer server = TestServer.start(directory)) {
            Connection connection = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + server.port()).createConnection();
            CompletableFuture<JMSException> heard = new CompletableFuture<>();
            connection.setExceptionListener(heard::complete);
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue("durable");
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < 10; i++) {
                producer.send(session.createTextMessage("m" + i));
            }
            server.restart();
            assertThat(heard.get(WAIT, TimeUnit.MILLISECONDS).getErrorCode()).isEqualTo("DISCONNECT");
            connection.close();
            try (JMSContext context = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + server.port()).createContext()) {
                var consumer = context.createConsumer(queue);
                for (int i = 0; i < 10; i++) {
                    assertThat(text(consumer.receive(WAIT))).isEqualTo("m" + i);
                }
                assertThat(consumer.receiveNoWait()).isNull();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"136, 2", "131, 2", "130, -1", "125, -1", "124, -1"})
    void aStoppingBrokerSaysSoInTheFormThatTheClientKnows(int version, byte reason, @TempDir Path directory) throws Exception {
        try (TestServer server = TestServer.start(directory); RawConnection wire = new RawConnection(server.port())) {
            wire.speak(version);
            wire.send(0, new ConnectionPacket.SubscribeTopology(false, OptionalInt.of(version)));
            wire.claim(ConnectionPacket.Topology.class);
            String node = server.broker().nodeId();
            server.close();
            assertThat(wire.claim(ConnectionPacket.Disconnect.class)).isEqualTo(
                    new ConnectionPacket.Disconnect(Optional.of(node), reason, Optional.empty(), Optional.empty()));
            assertThat(wire.isHungUp()).isTrue();
        }
    }

    @Test
    void aTransactionThatWasCutThroughIsRolledBackAndItsSessionGoesOn() throws Exception {
        try (Wiretap wire = new Wiretap(SERVER.port()); Connection connection = through(wire, "").createConnection()) {
            connection.start();
            Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
            Queue queue = session.createQueue("cut." + SERVER.unique());
            MessageProducer producer = session.createProducer(queue);
            producer.send(session.createTextMessage("lost"));
            wire.cut();
            await().ignoreExceptions().until(() -> session.createTemporaryQueue() != null);
            assertThatThrownBy(session::commit).isInstanceOf(TransactionRolledBackException.class);
            producer.send(session.createTextMessage("kept"));
            session.commit();
            MessageConsumer consumer = session.createConsumer(queue);
            assertThat(text(consumer.receive(WAIT))).isEqualTo("kept");
            session.commit();
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @Test
    void silentClientsAreGivenUp() throws Exception {
        try (Connection connection = SERVER.factory("connectionTTL=300&clientFailureCheckPeriod=-1").createConnection()) {
            CompletableFuture<JMSException> heard = new CompletableFuture<>();
            connection.setExceptionListener(heard::complete);
            await().atMost(20, TimeUnit.SECONDS).until(heard::isDone);
        }
    }

    @Test
    void contextsWorkLikeConnections() {
        try (JMSContext context = SERVER.factory("").createContext("guest", "guest", JMSContext.SESSION_TRANSACTED)) {
            Queue queue = context.createQueue("context." + SERVER.unique());
            context.createProducer().setProperty("p", 1).setJMSCorrelationID("c").send(queue, "text");
            context.commit();
            var consumer = context.createConsumer(queue, "p = 1");
            assertThat(consumer.receiveBody(String.class, WAIT)).isEqualTo("text");
            context.rollback();
            assertThat(consumer.receiveBody(String.class, WAIT)).isEqualTo("text");
            context.commit();
        }
    }
}
