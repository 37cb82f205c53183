package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.config.BrokerConfig;
import io.delos.config.Permission;
import io.delos.config.SecuritySettings;
import io.delos.security.Login;
import io.delos.server.TestServer;
import io.delos.server.TestUsers;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in, what they may do, and what a refusal looks like. */
class SecurityIT {

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        Login login = TestUsers.login(directory, "all=secret\nreader=r\nwriter=w\n", "admins=all\nreaders=reader\nwriters=writer\n");
        server = TestServer.secured(directory.resolve("data"), SecurityIT::configured, login);
    }

    private static BrokerConfig configured(BrokerConfig config) {
        Map<Permission, Set<String>> grants = TestUsers.everythingTo("admins");
        grants.put(Permission.CONSUME, Set.of("admins", "readers"));
        grants.put(Permission.CREATE_NON_DURABLE_QUEUE, Set.of("admins", "readers"));
        grants.put(Permission.CREATE_ADDRESS, Set.of("admins", "readers"));
        grants.put(Permission.SEND, Set.of("admins", "writers"));
        Map<Permission, Set<String>> secret = new EnumMap<>(grants);
        secret.put(Permission.CONSUME, Set.of("admins"));
        return config.with("populate-validated-user", true).withSecuritySettings(new SecuritySettings(Map.of("#", grants, "secret.#", secret), Map.of()));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ActiveMQConnection connect(String user, String password) throws JMSException {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + server.port());
        ActiveMQConnection connection = (ActiveMQConnection) factory.createConnection(user, password);
        try {
            connection.start();
            return connection;
        } catch (JMSException refused) {
            connection.close();
            throw refused;
        }
    }

    @Test
    void whoIsNotKnownIsRefused() {
        assertThatThrownBy(() -> connect("all", "wrong")).isInstanceOf(JMSSecurityException.class)
                .hasMessageContaining("User name [all] or password is invalid.");
        assertThatThrownBy(() -> connect("nobody", "secret")).isInstanceOf(JMSSecurityException.class);
        assertThatThrownBy(() -> connect(null, null)).isInstanceOf(JMSSecurityException.class);
    }

    @Test
    void rightsAreAskedFor() throws Exception {
        try (ActiveMQConnection admin = connect("all", "secret"); ActiveMQConnection reader = connect("reader", "r");
             ActiveMQConnection writer = connect("writer", "w")) {
            Session owning = admin.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = owning.createQueue("rights");
            owning.createProducer(queue).close();
            Session reading = reader.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Session writing = writer.createSession(false, Session.AUTO_ACKNOWLEDGE);
            assertThatThrownBy(() -> reading.createProducer(queue)).isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(() -> reading.createProducer(null).send(queue, reading.createMessage())).isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(() -> writing.createConsumer(queue)).isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(() -> writing.createProducer(writing.createQueue("new"))).isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(() -> writing.createTemporaryQueue()).isInstanceOf(JMSSecurityException.class);
            MessageConsumer consumer = reading.createConsumer(queue);
            writing.createProducer(queue).send(writing.createTextMessage("x"));
            assertThat(consumer.receive(5000)).isNotNull();
        }
    }

    @Test
    void topicsAndTemporaryQueuesNeedOnlyWhatTheyUse() throws Exception {
        try (ActiveMQConnection reader = connect("reader", "r"); ActiveMQConnection writer = connect("writer", "w")) {
            Session reading = reader.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Session writing = writer.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Topic topic = reading.createTopic("news");
            MessageConsumer consumer = reading.createConsumer(topic);
            writing.createProducer(topic).send(writing.createTextMessage("x"));
            assertThat(consumer.receive(5000)).isNotNull();
            jakarta.jms.TemporaryQueue answers = reading.createTemporaryQueue();
            MessageConsumer replies = reading.createConsumer(answers);
            org.awaitility.Awaitility.await().ignoreExceptions().until(() -> {
                writing.createProducer(answers).send(writing.createTextMessage("y"));
                return true;
            });
            assertThat(replies.receive(5000)).isNotNull();
            replies.close();
            answers.delete();
        }
    }

    @Test
    void whoMayNotConsumeIsNotShownWhatIsLost() throws Exception {
        try (ActiveMQConnection admin = connect("all", "secret"); ActiveMQConnection reader = connect("reader", "r");
             ActiveMQConnection writer = connect("writer", "w")) {
            Session writing = writer.createSession(false, Session.AUTO_ACKNOWLEDGE);
            assertThatThrownBy(() -> writing.createConsumer(writing.createTopic("ActiveMQ.Advisory.Expired.>"))).isInstanceOf(JMSSecurityException.class);
            Session reading = reader.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageConsumer advisories = reading.createConsumer(reading.createTopic("ActiveMQ.Advisory.Expired.>"));
            Session session = admin.createSession(false, Session.AUTO_ACKNOWLEDGE);
            for (String name : new String[] {"secret.q", "open.q"}) {
                MessageProducer producer = session.createProducer(session.createQueue(name));
                producer.send(session.createTextMessage("expires"), jakarta.jms.DeliveryMode.PERSISTENT, 4, 1);
                producer.send(session.createTextMessage("stays"));
                MessageConsumer consumer = session.createConsumer(session.createQueue(name));
                assertThat(((jakarta.jms.TextMessage) consumer.receive(60_000)).getText()).isEqualTo("stays");
                consumer.close();
            }
            assertThat(((Topic) advisories.receive(60_000).getJMSDestination()).getTopicName()).isEqualTo("ActiveMQ.Advisory.Expired.Queue.open.q");
        }
    }

    @Test
    void theBrokerNamesTheSender() throws Exception {
        try (ActiveMQConnection admin = connect("all", "secret")) {
            Session session = admin.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue queue = session.createQueue("named");
            MessageProducer producer = session.createProducer(queue);
            Message message = session.createTextMessage("x");
            message.setStringProperty("JMSXUserID", "somebody else");
            producer.send(message);
            assertThat(session.createConsumer(queue).receive(5000).getStringProperty("JMSXUserID")).isEqualTo("all");
        }
    }

    @Test
    void whoMayNotConsumeDoesNotRemoveWhatWaits() throws Exception {
        try (ActiveMQConnection admin = connect("all", "secret"); ActiveMQConnection reader = connect("reader", "r");
             ActiveMQConnection writer = connect("writer", "w")) {
            Session owning = admin.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue waiting = owning.createQueue("waiting");
            Message later = owning.createTextMessage("later");
            later.setLongProperty("AMQ_SCHEDULED_DELAY", 3_600_000);
            owning.createProducer(waiting).send(later);
            Session reading = reader.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Session writing = writer.createSession(false, Session.AUTO_ACKNOWLEDGE);
            assertThatThrownBy(() -> removeAll(reading)).isInstanceOf(JMSSecurityException.class);
            removeAll(writing);
            assertThat(server.broker().routes().queue("waiting").get().counters().scheduled()).isEqualTo(1);
            removeAll(owning);
            assertThat(server.broker().routes().queue("waiting").get().counters().scheduled()).isZero();
        }
    }

    private static void removeAll(Session session) throws JMSException {
        Message question = session.createMessage();
        question.setStringProperty("AMQ_SCHEDULER_ACTION", "REMOVEALL");
        session.createProducer(session.createTopic("ActiveMQ.Scheduler.Management")).send(question);
    }
}
