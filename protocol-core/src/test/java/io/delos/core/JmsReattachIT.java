package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.broker.Client;
import io.delos.core.AnswerPacket.Confirmed;
import io.delos.core.AnswerPacket.Done;
import io.delos.core.ConnectionPacket.CreateSession;
import io.delos.core.ConnectionPacket.Ping;
import io.delos.core.ConnectionPacket.Reattach;
import io.delos.core.ConnectionPacket.Reattached;
import io.delos.core.ConnectionPacket.SessionCreated;
import io.delos.core.QueuePacket.QueryQueue;
import io.delos.core.QueuePacket.QueueAnswer;
import io.delos.core.SessionPacket.Bare;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sessions with a confirmation window go on over another connection as if nothing had happened. */
class JmsReattachIT {
    private static final long WAIT = 60_000;
    private static final long CREATION = 1;
    private static final long CHANNEL = 10;

    @RegisterExtension
    static final CoreServer SERVER = new CoreServer();

    private static Connection through(Wiretap wire, String parameters) throws JMSException {
        Connection connection = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + wire.port()
                + "?callTimeout=10000&useTopologyForLoadBalancing=false&reconnectAttempts=500&retryInterval=20&confirmationWindowSize=20000&"
                + parameters).createConnection();
        connection.start();
        return connection;
    }

    private static String text(Message message) throws JMSException {
        return message == null ? null : ((TextMessage) message).getText();
    }

    @Test
    void whatWasHandedOutAndNotAcknowledgedStaysTheClients() throws Exception {
        try (Wiretap wire = new Wiretap(SERVER.port()); Connection connection = through(wire, "")) {
            Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            Queue queue = session.createQueue("held." + SERVER.unique());
            TemporaryQueue temporary = session.createTemporaryQueue();
            MessageConsumer consumer = session.createConsumer(queue);
            MessageProducer producer = session.createProducer(queue);
            producer.send(session.createTextMessage("one"));
            Message one = consumer.receive(WAIT);
            assertThat(text(one)).isEqualTo("one");
            wire.cut();
            producer.send(session.createTextMessage("two"));
            Message two = consumer.receive(WAIT);
            assertThat(text(two)).isEqualTo("two");
            assertThat(two.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
            two.acknowledge();
            session.createProducer(temporary).send(session.createTextMessage("reply"));
            assertThat(text(session.createConsumer(temporary).receive(WAIT))).isEqualTo("reply");
            assertThat(consumer.receiveNoWait()).isNull();
            await().until(() -> SERVER.server().broker().findQueue(queue.getQueueName()).orElseThrow().counters().messages() == 0);
        }
        await("nothing of the first connection is left").until(() -> SERVER.server().broker().clients().all().isEmpty());
    }

    /** Whoever came back is one connection to an operator, with the sessions made before and behind the cut. */
    @Test
    void aConnectionThatCarriesOnForAnotherIsShownOnce() throws Exception {
        try (Wiretap wire = new Wiretap(SERVER.port()); Connection connection = through(wire, "clientID=once");
                Operator operator = new Operator(SERVER.port(), "guest", "guest")) {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue("shown." + SERVER.unique());
            String mine = "{\"field\":\"clientID\",\"operation\":\"EQUALS\",\"value\":\"once\"}";
            for (int more = 0; more < 3; more++) {
                session.createProducer(queue).send(session.createTextMessage("one"));
                String sessions = "\"sessionCount\":" + (2 + more);
                await().untilAsserted(() -> {
                    assertThat(operator.call("broker", "listConnections", mine, 1, 10).toString()).contains("\"count\":1", sessions);
                    assertThat(operator.read("broker", "connectionCount")).isEqualTo(2L);
                    assertThat((Object[]) operator.call("broker", "listConnectionIDs")).hasSize(2).doesNotHaveDuplicates();
                });
                wire.cut();
                connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            }
        }
    }

    @Test
    void aTransactionGoesOn() throws Exception {
        try (Wiretap wire = new Wiretap(SERVER.port()); Connection connection = through(wire, "")) {
            Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
            Queue queue = session.createQueue("tx." + SERVER.unique());
            MessageProducer producer = session.createProducer(queue);
            producer.send(session.createTextMessage("before"));
            wire.cut();
            producer.send(session.createTextMessage("behind"));
            session.commit();
            MessageConsumer consumer = session.createConsumer(queue);
            assertThat(text(consumer.receive(WAIT))).isEqualTo("before");
            wire.cut();
            assertThat(text(consumer.receive(WAIT))).isEqualTo("behind");
            session.commit();
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    /** Whatever was under way when the wire was cut, arrives once and in order. */
    @Test
    void aStreamThroughManyCutsLosesAndDoublesNothing() throws Exception {
        int count = 600;
        try (Wiretap wire = new Wiretap(SERVER.port()); Connection sending = through(wire, ""); Connection receiving = through(wire, "")) {
            Session session = receiving.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue("stream." + SERVER.unique());
            MessageConsumer consumer = session.createConsumer(queue);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(sending, queue, count));
            List<String> received = new ArrayList<>();
            while (received.size() < count) {
                Message next = consumer.receive(WAIT);
                assertThat(next).as("the message behind " + received.size() + " others").isNotNull();
                received.add(text(next));
                if (received.size() % 100 == 50) {
                    wire.cut();
                }
            }
            sent.join();
            assertThat(received).isEqualTo(IntStream.range(0, count).mapToObj(i -> "m" + i).toList());
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    private static void send(Connection connection, Queue queue, int count) {
        try {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(queue);
            for (int i = 0; i < count; i++) {
                producer.send(session.createTextMessage("m" + i));
            }
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- packet by packet

    private static RawConnection open(String session, int window) throws Exception {
        RawConnection raw = new RawConnection(SERVER.port());
        raw.speak(Version.CURRENT);
        raw.send(CREATION, new CreateSession(session, CHANNEL, Version.CURRENT, Optional.of("guest"), Optional.of("guest"), 102_400, false, true,
                true, window, false, Optional.empty(), false, Optional.empty()));
        raw.claim(SessionCreated.class);
        return raw;
    }

    private static Reattached reattach(RawConnection raw, String session, int lastConfirmed) throws Exception {
        raw.speak(Version.CURRENT);
        raw.send(CREATION, new Reattach(session, lastConfirmed));
        return raw.claim(Reattached.class);
    }

    @Test
    void justThePacketsThatAreMissingAreSentAgain() throws Exception {
        String name = UUID.randomUUID().toString();
        try (RawConnection first = open(name, 1 << 20); RawConnection second = new RawConnection(SERVER.port())) {
            for (int i = 0; i < 4; i++) {
                first.send(CHANNEL, new QueryQueue("q" + i));
                first.claim(QueueAnswer.class);
            }
            first.send(CHANNEL, new Confirmed(0));
            assertThat(reattach(second, name, 1)).isEqualTo(new Reattached(3, true));
            assertThat(second.claim(QueueAnswer.class).name()).contains("q2");
            assertThat(second.claim(QueueAnswer.class).name()).contains("q3");
            assertThat(second.unclaimed()).isEmpty();
            assertThat(first.isHungUp()).isTrue();
            second.send(CHANNEL, new QueryQueue("q4"));
            assertThat(second.claim(QueueAnswer.class).name()).contains("q4");
            second.send(CHANNEL, Bare.CLOSE);
            assertThat(second.claim(Confirmed.class)).as("the end too").isEqualTo(new Confirmed(5));
            second.claim(Done.class);
        }
    }

    @Test
    void whoComesTooLateBeginsAnew() throws Exception {
        String name = UUID.randomUUID().toString();
        try (RawConnection next = new RawConnection(SERVER.port())) {
            long before = SERVER.server().broker().clients().sessions();
            try (RawConnection raw = open(name, 100)) {
                raw.send(0, new Ping(300));
                raw.claim(Ping.class);
            }
            await().until(() -> SERVER.server().broker().clients().sessions() == before);
            assertThat(reattach(next, name, -1)).isEqualTo(new Reattached(-1, false));
        }
    }

    @Test
    void whatCannotGoOnIsRefusedAndGone() throws Exception {
        String without = UUID.randomUUID().toString();
        String ahead = UUID.randomUUID().toString();
        try (RawConnection raw = open(without, -1); RawConnection other = open(ahead, 100);
                RawConnection next = new RawConnection(SERVER.port())) {
            assertThat(reattach(next, without, -1)).isEqualTo(new Reattached(-1, false));
            assertThat(reattach(next, UUID.randomUUID().toString(), -1)).isEqualTo(new Reattached(-1, false));
            assertThat(reattach(next, ahead, 7)).isEqualTo(new Reattached(-1, false));
            assertThat(reattach(next, ahead, -1)).isEqualTo(new Reattached(-1, false));
        }
        await().until(() -> SERVER.server().broker().clients().all().stream().mapToInt(Client::sessionCount).sum() == 0);
    }
}
