package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQMessageConsumer;
import org.apache.activemq.ActiveMQSession;
import org.apache.activemq.command.ActiveMQMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Acknowledgements, transactions and redelivery. */
class JmsAcknowledgeIT {

    @RegisterExtension
    static final OpenWireServer SERVER = new OpenWireServer("", config -> config.withAddressSettings("three.#",
            java.util.Map.of("max-delivery-attempts", "3", "dead-letter-address", "DLQ")));

    private static final long NOTHING = 300;

    private static void send(ActiveMQConnection connection, String queue, int count) throws JMSException {
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            MessageProducer producer = session.createProducer(session.createQueue(queue));
            for (int i = 0; i < count; i++) {
                producer.send(session.createTextMessage("m" + i));
            }
        }
    }

    private static String text(Message message) throws JMSException {
        return message == null ? "nothing" : ((TextMessage) message).getText();
    }

    @ParameterizedTest
    @ValueSource(ints = {Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE})
    void acknowledgedByReceiving(int mode) throws Exception {
        String name = SERVER.unique("auto");
        try (ActiveMQConnection connection = SERVER.connect("jms.prefetchPolicy.queuePrefetch=5")) {
            send(connection, name, 23);
            try (Session session = connection.createSession(false, mode);
                 MessageConsumer consumer = session.createConsumer(session.createQueue(name))) {
                for (int i = 0; i < 23; i++) {
                    assertThat(text(consumer.receive(5000))).isEqualTo("m" + i);
                }
            }
        }
        try (ActiveMQConnection connection = SERVER.connect("")) {
            send(connection, name, 1);
            assertThat(SERVER.drain(name)).containsExactly("m0");
        }
    }

    @Test
    void clientAcknowledgementReachesBackToAllBefore() throws Exception {
        String name = SERVER.unique("client");
        try (ActiveMQConnection connection = SERVER.connect("jms.prefetchPolicy.queuePrefetch=4")) {
            send(connection, name, 20);
            try (Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
                 MessageConsumer consumer = session.createConsumer(session.createQueue(name))) {
                Message last = null;
                for (int i = 0; i < 12; i++) {
                    last = consumer.receive(5000);
                    assertThat(text(last)).isEqualTo("m" + i);
                }
                last.acknowledge();
                assertThat(text(consumer.receive(5000))).isEqualTo("m12");
            }
        }
        assertThat(SERVER.drain(name)).hasSize(8).startsWith("m12").endsWith("m19");
    }

    @Test
    void individualAcknowledgementIsOfOneAlone() throws Exception {
        String name = SERVER.unique("individual");
        try (ActiveMQConnection connection = SERVER.connect("")) {
            send(connection, name, 5);
            try (Session session = connection.createSession(false, ActiveMQSession.INDIVIDUAL_ACKNOWLEDGE);
                 MessageConsumer consumer = session.createConsumer(session.createQueue(name))) {
                List<Message> got = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    got.add(consumer.receive(5000));
                }
                got.get(3).acknowledge();
                got.get(1).acknowledge();
            }
        }
        assertThat(SERVER.drain(name)).containsExactly("m0", "m2", "m4");
    }

    @Test
    void recoverDeliversAgain() throws Exception {
        String name = SERVER.unique("recover");
        try (ActiveMQConnection connection = SERVER.connect("jms.redeliveryPolicy.initialRedeliveryDelay=1")) {
            send(connection, name, 2);
            try (Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
                 MessageConsumer consumer = session.createConsumer(session.createQueue(name))) {
                assertThat(text(consumer.receive(5000))).isEqualTo("m0");
                session.recover();
                Message again = consumer.receive(5000);
                assertThat(text(again)).isEqualTo("m0");
                assertThat(again.getJMSRedelivered()).isTrue();
                assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
                assertThat(text(consumer.receive(5000))).isEqualTo("m1");
                again.acknowledge();
            }
        }
        assertThat(SERVER.drain(name)).isEmpty();
    }

    @Test
    void whatWasDeliveredBeforeClosingCountsAndTheRestDoesNot() throws Exception {
        String name = SERVER.unique("counts");
        try (ActiveMQConnection connection = SERVER.connect("")) {
            send(connection, name, 3);
            try (Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
                 MessageConsumer consumer = session.createConsumer(session.createQueue(name))) {
                assertThat(text(consumer.receive(5000))).isEqualTo("m0");
                assertThat(text(consumer.receive(5000))).isEqualTo("m1");
            }
            try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                 MessageConsumer consumer = session.createConsumer(session.createQueue(name))) {
                for (int expected : new int[] {2, 2, 1}) {
                    Message message = consumer.receive(5000);
                    assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(expected);
                    assertThat(message.getJMSRedelivered()).isEqualTo(expected > 1);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "jms.prefetchPolicy.queuePrefetch=2&", "jms.prefetchPolicy.queuePrefetch=0&"})
    void aTransactionIsAllOrNothing(String parameters) throws Exception {
        String from = SERVER.unique("from");
        String to = SERVER.unique("to");
        try (ActiveMQConnection connection = SERVER.connect(parameters + "jms.redeliveryPolicy.initialRedeliveryDelay=1")) {
            send(connection, from, 10);
            try (Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                 MessageConsumer consumer = session.createConsumer(session.createQueue(from));
                 MessageProducer producer = session.createProducer(session.createQueue(to))) {
                for (int i = 0; i < 6; i++) {
                    Message message = consumer.receive(5000);
                    assertThat(text(message)).isEqualTo("m" + i);
                    producer.send(message);
                }
                assertThat(SERVER.drain(to)).isEmpty();
                session.rollback();
                for (int i = 0; i < 6; i++) {
                    Message message = consumer.receive(5000);
                    assertThat(text(message)).isEqualTo("m" + i);
                    assertThat(message.getJMSRedelivered()).isTrue();
                    producer.send(message);
                }
                session.commit();
                assertThat(SERVER.drain(to)).containsExactly("m0", "m1", "m2", "m3", "m4", "m5");
                assertThat(text(consumer.receive(5000))).isEqualTo("m6");
                session.commit();
            }
        }
        assertThat(SERVER.drain(from)).containsExactly("m7", "m8", "m9");
    }

    @Test
    void transactionsLargerThanThePrefetch() throws Exception {
        String name = SERVER.unique("large");
        try (ActiveMQConnection connection = SERVER.connect("jms.prefetchPolicy.queuePrefetch=10")) {
            send(connection, name, 100);
            try (Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                 MessageConsumer consumer = session.createConsumer(session.createQueue(name))) {
                for (int round = 0; round < 2; round++) {
                    for (int i = 0; i < 50; i++) {
                        assertThat(text(consumer.receive(5000))).isEqualTo("m" + (round * 50 + i));
                    }
                    session.commit();
                }
            }
        }
        assertThat(SERVER.drain(name)).isEmpty();
    }

    @Test
    void aConnectionThatEndsRollsBack() throws Exception {
        String name = SERVER.unique("ends");
        ActiveMQConnection connection = SERVER.connect("");
        send(connection, name, 1);
        Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        session.createProducer(session.createQueue(name)).send(session.createTextMessage("never"));
        assertThat(text(session.createConsumer(session.createQueue(name)).receive(5000))).isEqualTo("m0");
        connection.close();
        assertThat(SERVER.drain(name)).containsExactly("m0");
    }

    @Test
    void poisonedMessagesGoToTheDeadLetterAddress() throws Exception {
        String name = SERVER.unique("poison");
        try (ActiveMQConnection connection = SERVER.connect(
                "jms.redeliveryPolicy.maximumRedeliveries=2&jms.redeliveryPolicy.initialRedeliveryDelay=1&jms.redeliveryPolicy.redeliveryDelay=1")) {
            SERVER.drain("DLQ");
            send(connection, name, 2);
            try (Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                 MessageConsumer consumer = session.createConsumer(session.createQueue(name))) {
                for (int i = 0; i < 3; i++) {
                    assertThat(text(consumer.receive(5000))).isEqualTo("m0");
                    session.rollback();
                }
                assertThat(text(consumer.receive(5000))).isEqualTo("m1");
                session.commit();
            }
            try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                 MessageConsumer consumer = session.createConsumer(session.createQueue("DLQ"))) {
                ActiveMQMessage dead = (ActiveMQMessage) consumer.receive(5000);
                assertThat(text(dead)).isEqualTo("m0");
                assertThat(dead.getJMSDestination()).hasToString("queue://DLQ");
                assertThat(dead.getOriginalDestination()).hasToString("queue://" + name);
            }
        }
    }

    @Test
    void attemptsAreCountedWhenTheConsumerCloses() throws Exception {
        String name = SERVER.unique("three");
        try (ActiveMQConnection connection = SERVER.connect(
                "jms.redeliveryPolicy.initialRedeliveryDelay=1&jms.redeliveryPolicy.redeliveryDelay=1")) {
            SERVER.drain("DLQ");
            send(connection, name, 1);
            try (Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                 MessageConsumer consumer = session.createConsumer(session.createQueue(name))) {
                for (int i = 1; i <= 5; i++) {
                    Message message = consumer.receive(5000);
                    assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(i);
                    session.rollback();
                }
            }
            assertThat(SERVER.drain("DLQ", 1)).containsExactly("m0");
            assertThat(SERVER.drain(name)).isEmpty();
        }
    }

    @Test
    void whatExpiresAtTheClientGoesToTheExpiryAddress() throws Exception {
        String name = SERVER.unique("expires");
        try (ActiveMQConnection connection = SERVER.connect("");
             Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
             MessageConsumer consumer = session.createConsumer(session.createQueue(name))) {
            MessageProducer producer = session.createProducer(session.createQueue(name));
            producer.setTimeToLive(300);
            TextMessage late = session.createTextMessage("late");
            producer.send(late);
            // it expires in the client's hands, which says so when it is asked for a message
            await().until(() -> ((ActiveMQMessageConsumer) consumer).getMessageSize() == 1);
            await().until(() -> System.currentTimeMillis() > late.getJMSExpiration());
            assertThat(consumer.receive(NOTHING)).isNull();
            assertThat(SERVER.drain("ExpiryQueue", 1)).containsExactly("late");
        }
    }

    @Test
    void anUnknownTransactionIsRefused() throws Exception {
        try (ActiveMQConnection connection = SERVER.connect("")) {
            org.apache.activemq.command.TransactionInfo commit = new org.apache.activemq.command.TransactionInfo(
                    connection.getConnectionInfo().getConnectionId(), new org.apache.activemq.command.LocalTransactionId(
                            connection.getConnectionInfo().getConnectionId(), 77), org.apache.activemq.command.TransactionInfo.COMMIT_ONE_PHASE);
            assertThatThrownBy(() -> connection.syncSendPacket(commit)).hasMessageContaining("Transaction not started");
        }
    }
}
