package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Connections that break, brokers that stop, and what is left afterwards. */
class JmsReconnectIT {
    private static final long WAIT = 10_000;

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
