package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.InvalidClientIDException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.apache.activemq.command.ConnectionId;
import org.apache.activemq.command.ConnectionInfo;
import org.apache.activemq.command.ExceptionResponse;
import org.apache.activemq.command.KeepAliveInfo;
import org.apache.activemq.command.ProducerId;
import org.apache.activemq.command.Response;
import org.apache.activemq.transport.TransportListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How connections begin and end. */
class ConnectionIT {

    @RegisterExtension
    static final OpenWireServer SERVER = new OpenWireServer("maxInactivityDuration=600;maxInactivityDurationInitalDelay=400", config -> config);

    private static void usable() throws Exception {
        try (ActiveMQConnection connection = SERVER.connect("");
             Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            Queue queue = session.createQueue(SERVER.unique("usable"));
            session.createProducer(queue).send(session.createTextMessage("x"));
            assertThat(session.createConsumer(queue).receive(5000)).isNotNull();
        }
    }

    @Test
    void theBrokerSaysWhatItIs() throws Exception {
        try (ActiveMQConnection connection = SERVER.connect("")) {
            assertThat(connection.getBrokerName()).isEqualTo("test");
            assertThat(connection.getBrokerInfo().getBrokerId().getValue()).isEqualTo(SERVER.server().broker().nodeId());
            assertThat(connection.getBrokerInfo().getBrokerURL()).isEqualTo("127.0.0.1:" + SERVER.port());
        }
    }

    @Test
    void aClientIdIsHeldByOneConnectionAtATime() throws Exception {
        ActiveMQConnectionFactory factory = SERVER.factory("");
        factory.setClientID("only-one");
        for (int i = 0; i < 3; i++) {
            ActiveMQConnection first = (ActiveMQConnection) factory.createConnection();
            first.start();
            try (ActiveMQConnection second = (ActiveMQConnection) factory.createConnection()) {
                assertThatThrownBy(second::start).isInstanceOf(InvalidClientIDException.class)
                        .hasMessageContaining("Broker: test - Client: only-one already connected");
            }
            first.close();
        }
    }

    @Test
    void silentClientsAreGivenUpAndOthersAreKept() throws Exception {
        try (Bare silent = new Bare(SERVER.port()); ActiveMQConnection kept = SERVER.connect("wireFormat.maxInactivityDuration=600"
                + "&wireFormat.maxInactivityDurationInitalDelay=400")) {
            silent.greet(new Wire(12, true, true), 600);
            assertThat(silent.read(KeepAliveInfo.class)).isNotNull();
            assertThat(silent.ended()).isTrue();
            assertThat(kept.isTransportFailed()).isFalse();
            kept.createSession(false, Session.AUTO_ACKNOWLEDGE).close();
        }
    }

    @Test
    void garbageCostsOneConnection() throws Exception {
        byte[][] frames = {
            {Byte.MAX_VALUE}, {3, 0, 0}, {22, (byte) 0x80, (byte) 0xFF, (byte) 0xFF}, {31, 1, 2, 3, 4, 5, 6, 7}, {28, 1, 0, 0, 0, 0, 0},
        };
        for (byte[] frame : frames) {
            try (Bare bare = new Bare(SERVER.port())) {
                bare.greet(new Wire(12, true, true), 0);
                bare.write(frame);
                assertThat(bare.ended()).isTrue();
            }
        }
        try (Bare bare = new Bare(SERVER.port())) {
            bare.greet(new Wire(12, true, true), 0);
            bare.raw(new byte[] {0x10, 0, 0, 0, 3});
            assertThat(bare.ended()).as("a length before the login").isTrue();
        }
        try (Bare bare = new Bare(SERVER.port())) {
            bare.write(new Library(Wire.FIRST).write(new ConnectionInfo(new ConnectionId("ID:x"))));
            assertThat(bare.ended()).isTrue();
        }
        usable();
    }

    @Test
    void strangersMayNotSendAndExceptionsAreNeverMade() throws Exception {
        try (Bare bare = new Bare(SERVER.port())) {
            bare.greet(new Wire(12, true, true), 0);
            ActiveMQTextMessage message = WireCompatibilityTest.message("x");
            bare.send(message);
            assertThat(bare.ended()).isTrue();
        }
        try (Bare bare = new Bare(SERVER.port())) {
            bare.greet(new Wire(12, true, true), 0);
            ExceptionResponse response = new ExceptionResponse(new IllegalStateException("made by the network"));
            bare.send(response);
            assertThat(bare.ended()).isTrue();
        }
    }

    @Test
    void aMessageMayNotCarryACommand() throws Exception {
        try (Bare bare = new Bare(SERVER.port())) {
            bare.login(SERVER.unique("bare"), new Wire(11, false, true));
            ActiveMQTextMessage message = WireCompatibilityTest.message("x");
            message.setDataStructure(new ExceptionResponse(new IllegalStateException("x")));
            message.setTransactionId(null);
            bare.send(message);
            assertThat(bare.ended()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void commandsInOnePacketAreAnsweredInTheirOrder(boolean tight) throws Exception {
        try (Bare bare = new Bare(SERVER.port())) {
            bare.login(SERVER.unique("bare"), new Wire(12, tight, true));
            java.io.ByteArrayOutputStream burst = new java.io.ByteArrayOutputStream();
            String queue = SERVER.unique("burst");
            for (int i = 0; i < 50; i++) {
                ActiveMQTextMessage message = new ActiveMQTextMessage();
                message.setText("m" + i);
                message.setDestination(new ActiveMQQueue(queue));
                message.setProducerId(new ProducerId("ID:bare:1:1:1"));
                message.setMessageId(new org.apache.activemq.command.MessageId(message.getProducerId(), i));
                message.setResponseRequired(true);
                message.setPersistent(true);
                message.setCommandId(100 + i);
                byte[] frame = bare.encoded(message);
                burst.writeBytes(java.nio.ByteBuffer.allocate(4).putInt(frame.length).array());
                burst.writeBytes(frame);
            }
            bare.raw(burst.toByteArray());
            for (int i = 0; i < 50; i++) {
                assertThat(bare.read(Response.class).getCorrelationId()).isEqualTo(100 + i);
            }
            assertThat(SERVER.drain(queue)).hasSize(50).startsWith("m0", "m1");
        }
    }

    @Test
    void withoutAClientIdNobodyConnects() throws Exception {
        try (Bare bare = new Bare(SERVER.port())) {
            bare.greet(new Wire(12, true, false), 0);
            ConnectionInfo info = new ConnectionInfo(new ConnectionId("ID:bare:1"));
            info.setResponseRequired(true);
            bare.send(info);
            assertThat(bare.read(ExceptionResponse.class).getException()).isInstanceOf(InvalidClientIDException.class);
        }
    }

    @Test
    void whatOnlyBrokersSayIsRefused() throws Exception {
        try (Bare bare = new Bare(SERVER.port())) {
            bare.login(SERVER.unique("bare"), new Wire(12, true, true));
            org.apache.activemq.command.BrokerInfo info = new org.apache.activemq.command.BrokerInfo();
            info.setResponseRequired(true);
            bare.send(info);
            assertThat(bare.read(ExceptionResponse.class).getException()).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("part of no network of brokers");
            org.apache.activemq.command.ControlCommand stop = new org.apache.activemq.command.ControlCommand();
            stop.setCommand("shutdown");
            bare.send(stop);
            assertThat(bare.read(org.apache.activemq.command.ConnectionError.class).getException()).hasMessageContaining("not controlled");
            for (org.apache.activemq.command.BaseCommand idle : new org.apache.activemq.command.BaseCommand[] {new org.apache.activemq.command.FlushCommand(),
                new org.apache.activemq.command.ConnectionError(), new org.apache.activemq.command.ConnectionControl(),
                new org.apache.activemq.command.MessageDispatchNotification(), new org.apache.activemq.command.BrokerSubscriptionInfo()}) {
                idle.setCommandId(77);
                idle.setResponseRequired(true);
                bare.send(idle);
                assertThat(bare.read(Response.class).getCorrelationId()).isEqualTo(77);
            }
        }
    }

    @Test
    void aFailoverClientFindsTheBrokerAgainAndSendsNothingTwice() throws Exception {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(
                "failover:(tcp://127.0.0.1:" + SERVER.port() + ")?initialReconnectDelay=10&maxReconnectDelay=50");
        factory.setClientID(SERVER.unique("failover"));
        try (ActiveMQConnection connection = (ActiveMQConnection) factory.createConnection()) {
            connection.start();
            AtomicBoolean resumed = new AtomicBoolean();
            connection.addTransportListener(new TransportListener() {
                @Override
                public void onCommand(Object command) { }

                @Override
                public void onException(IOException error) { }

                @Override
                public void transportInterupted() { }

                @Override
                public void transportResumed() {
                    resumed.set(true);
                }
            });
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue(SERVER.unique("failover"));
            MessageConsumer consumer = session.createConsumer(queue);
            MessageProducer producer = session.createProducer(queue);
            producer.send(session.createTextMessage("before"));
            assertThat(((TextMessage) consumer.receive(5000)).getText()).isEqualTo("before");
            SERVER.server().broker().clients().all().stream().filter(c -> c.clientId().startsWith("failover")).forEach(c -> c.disconnect());
            await().untilTrue(resumed);
            producer.send(session.createTextMessage("after"));
            assertThat(((TextMessage) consumer.receive(5000)).getText()).isEqualTo("after");
        }
    }

    @Test
    void aQueueDeletedUnderItsConsumerEndsTheConnection() throws Exception {
        try (ActiveMQConnection connection = SERVER.connect(""); ActiveMQConnection other = SERVER.connect("")) {
            AtomicReference<Exception> told = new AtomicReference<>();
            connection.setExceptionListener(told::set);
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            ActiveMQQueue queue = (ActiveMQQueue) session.createQueue(SERVER.unique("gone"));
            session.createConsumer(queue);
            other.destroyDestination(queue);
            await().until(() -> told.get() != null);
            await().until(connection::isTransportFailed);
        }
        usable();
    }

    @Test
    void failuresNobodyWaitsForReachTheExceptionListener() throws Exception {
        try (ActiveMQConnection connection = SERVER.connect("jms.useAsyncSend=true&jms.watchTopicAdvisories=false")) {
            AtomicReference<Exception> told = new AtomicReference<>();
            connection.setExceptionListener(told::set);
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(null);
            producer.send(org.apache.activemq.command.ActiveMQDestination.createDestination("ID:nobody",
                    org.apache.activemq.command.ActiveMQDestination.TEMP_QUEUE_TYPE), session.createTextMessage("x"));
            await().until(() -> told.get() != null);
            assertThat(told.get()).hasMessageContaining("temp-queue://ID:nobody");
        }
    }

    /** The broker says no to the cache; a client that has asked for it does without. */
    @ParameterizedTest
    @ValueSource(ints = {1, 9, 10, 11, 12})
    void withAndWithoutCacheAndTightEncodingAllVersionsExchangeMessages(int version) throws Exception {
        for (int way = 0; way < 4; way++) {
            String parameters = "wireFormat.version=" + version + "&wireFormat.cacheEnabled=" + (way % 2 == 0) + "&wireFormat.tightEncodingEnabled=" + (way < 2);
            try (ActiveMQConnection connection = SERVER.connect(parameters)) {
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                Queue queue = session.createQueue(SERVER.unique("way"));
                MessageProducer producer = session.createProducer(queue);
                for (int i = 0; i < 3; i++) {
                    TextMessage message = session.createTextMessage("text " + i);
                    message.setIntProperty("number", i);
                    message.setJMSReplyTo(queue);
                    producer.send(message);
                }
                session.commit();
                MessageConsumer consumer = session.createConsumer(queue);
                for (int i = 0; i < 3; i++) {
                    TextMessage message = (TextMessage) consumer.receive(60_000);
                    assertThat(message.getText()).as(parameters).isEqualTo("text " + i);
                    assertThat(message.getIntProperty("number")).isEqualTo(i);
                    assertThat(message.getJMSReplyTo()).isEqualTo(queue);
                }
                session.commit();
            }
        }
    }
}
