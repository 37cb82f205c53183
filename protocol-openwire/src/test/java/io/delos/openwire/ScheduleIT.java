package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.server.TestServer;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.ScheduledMessage;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Messages that are delivered later, and again. */
class ScheduleIT {

    private static final int WAIT = 60_000;

    @RegisterExtension
    static final OpenWireServer SERVER = new OpenWireServer();

    private ActiveMQConnection connection;
    private Session session;

    @BeforeEach
    void connect() throws JMSException {
        connection = SERVER.connect("");
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    @AfterEach
    void close() throws JMSException {
        connection.close();
    }

    private static TextMessage message(Session session, long delay, long period, int repeat) throws JMSException {
        TextMessage message = session.createTextMessage("again");
        message.setLongProperty(ScheduledMessage.AMQ_SCHEDULED_DELAY, delay);
        message.setLongProperty(ScheduledMessage.AMQ_SCHEDULED_PERIOD, period);
        message.setIntProperty(ScheduledMessage.AMQ_SCHEDULED_REPEAT, repeat);
        message.setStringProperty("own", "kept");
        return message;
    }

    @Test
    void repetitionsAreMessagesOfTheirOwn() throws Exception {
        Queue queue = session.createQueue(SERVER.unique("again"));
        MessageConsumer consumer = session.createConsumer(queue);
        TextMessage message = message(session, 10, 20, 3);
        session.createProducer(queue).send(message);
        Set<String> ids = new HashSet<>();
        Set<String> jobs = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            TextMessage got = (TextMessage) consumer.receive(WAIT);
            assertThat(got.getText()).isEqualTo("again");
            assertThat(got.getStringProperty("own")).isEqualTo("kept");
            assertThat(((ActiveMQTextMessage) got).getProperties()).doesNotContainKey("_AMQ_SCHED_OCCASION");
            ids.add(got.getJMSMessageID());
            jobs.add(got.getStringProperty("scheduledJobId"));
        }
        assertThat(ids).hasSize(4).doesNotContain(message.getJMSMessageID());
        assertThat(jobs).hasSize(1).doesNotContainNull();
        assertThat(consumer.receive(200)).isNull();
    }

    @Test
    void whatWasScheduledIsSentOnAtOnce() throws Exception {
        Queue queue = session.createQueue(SERVER.unique("on"));
        MessageConsumer consumer = session.createConsumer(queue);
        TextMessage message = message(session, 3_600_000, 1, 5);
        message.setStringProperty("scheduledJobId", "some");
        session.createProducer(queue).send(message);
        assertThat(consumer.receive(WAIT).getJMSMessageID()).isEqualTo(message.getJMSMessageID());
        assertThat(consumer.receive(200)).isNull();
    }

    @Test
    void topicsReachWhoSubscribesThen() throws Exception {
        String topic = SERVER.unique("topic");
        session.createProducer(session.createTopic(topic)).send(message(session, 0, 200, Integer.MAX_VALUE));
        MessageConsumer consumer = session.createConsumer(session.createTopic(topic));
        assertThat(consumer.receive(WAIT)).isNotNull();
        assertThat(consumer.receive(WAIT)).isNotNull();
    }

    @Test
    void transactionsScheduleAllOrNothing() throws Exception {
        try (Session both = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            String queue = SERVER.unique("tx");
            MessageProducer producer = both.createProducer(both.createQueue(queue));
            TextMessage undone = message(both, 0, 1, 1);
            undone.setText("undone");
            producer.send(undone);
            both.rollback();
            producer.send(message(both, 0, 1, 1));
            both.commit();
            assertThat(SERVER.drain(queue, 2)).containsExactly("again", "again");
        }
    }

    @Test
    void entriesThatCannotBeReadAreRefused() throws Exception {
        MessageProducer producer = session.createProducer(session.createQueue(SERVER.unique("cron")));
        for (String entry : new String[] {"99 * * * *", "0 0 30 2 *"}) {
            TextMessage message = session.createTextMessage("never");
            // newer clients look at entries themselves
            ((ActiveMQTextMessage) message).setProperty(ScheduledMessage.AMQ_SCHEDULED_CRON, entry);
            assertThatThrownBy(() -> producer.send(message)).isInstanceOf(JMSException.class).hasMessageContaining("AMQ_SCHEDULED_CRON");
        }
        TextMessage hourly = session.createTextMessage("hourly");
        hourly.setStringProperty(ScheduledMessage.AMQ_SCHEDULED_CRON, "0 * * * *");
        producer.send(hourly);
    }

    /** Asks for what waits, or has it removed; returns what was shown. Without prefetching the broker says when there is nothing more. */
    private static List<Message> ask(ActiveMQConnection asking, String action, Map<String, Object> more) throws JMSException {
        try (Session session = asking.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            Message question = session.createMessage();
            question.setStringProperty(ScheduledMessage.AMQ_SCHEDULER_ACTION, action);
            for (Map.Entry<String, Object> property : more.entrySet()) {
                question.setObjectProperty(property.getKey(), property.getValue());
            }
            Queue answers = session.createTemporaryQueue();
            question.setJMSReplyTo(answers);
            session.createProducer(session.createTopic(ScheduledMessage.AMQ_SCHEDULER_MANAGEMENT_DESTINATION)).send(question);
            List<Message> shown = new ArrayList<>();
            MessageConsumer consumer = session.createConsumer(answers);
            Message next;
            while ((next = consumer.receiveNoWait()) != null) {
                shown.add(next);
            }
            return shown;
        }
    }

    private static List<Message> ask(String action, Map<String, Object> more) throws JMSException {
        try (ActiveMQConnection asking = SERVER.connect("jms.prefetchPolicy.all=0")) {
            return ask(asking, action, more);
        }
    }

    private static List<String> texts(List<Message> messages) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (Message message : messages) {
            texts.add(((TextMessage) message).getText());
        }
        return texts;
    }

    @Test
    void whatWaitsIsShownAndRemoved() throws Exception {
        ask("REMOVEALL", Map.of());
        Queue queue = session.createQueue(SERVER.unique("jobs"));
        MessageProducer producer = session.createProducer(queue);
        TextMessage later = session.createTextMessage("later");
        later.setLongProperty(ScheduledMessage.AMQ_SCHEDULED_DELAY, 3_600_000);
        producer.send(later);
        TextMessage repeated = message(session, 1_800_000, 60_000, 5);
        producer.send(repeated);
        TextMessage hourly = session.createTextMessage("hourly");
        hourly.setStringProperty(ScheduledMessage.AMQ_SCHEDULED_CRON, "0 0 1 1 *");
        session.createProducer(session.createTopic(SERVER.unique("jobs"))).send(hourly);
        List<Message> all = ask("BROWSE", Map.of());
        assertThat(texts(all)).containsExactlyInAnyOrder("later", "again", "hourly");
        for (Message one : all) {
            assertThat(one.getStringProperty("scheduledJobId")).isNotEmpty();
            assertThat(((ActiveMQTextMessage) one).getProperties()).doesNotContainKey("_AMQ_SCHED_OCCASION");
        }
        long now = System.currentTimeMillis();
        List<Message> soon = ask("BROWSE", Map.of(ScheduledMessage.AMQ_SCHEDULER_ACTION_START_TIME, now,
                ScheduledMessage.AMQ_SCHEDULER_ACTION_END_TIME, now + 2_000_000));
        assertThat(texts(soon)).containsExactly("again");
        assertThat(soon.get(0).getStringProperty("own")).isEqualTo("kept");
        assertThat(soon.get(0).getIntProperty(ScheduledMessage.AMQ_SCHEDULED_REPEAT)).isEqualTo(5);
        ask("REMOVE", Map.of("scheduledJobId", soon.get(0).getStringProperty("scheduledJobId")));
        assertThat(texts(ask("BROWSE", Map.of()))).containsExactlyInAnyOrder("later", "hourly");
        ask("REMOVE", Map.of("scheduledJobId", later.getJMSMessageID()));
        assertThat(texts(ask("BROWSE", Map.of()))).containsExactly("hourly");
        ask("REMOVEALL", Map.of(ScheduledMessage.AMQ_SCHEDULER_ACTION_START_TIME, Long.toString(now),
                ScheduledMessage.AMQ_SCHEDULER_ACTION_END_TIME, Long.toString(now + 1)));
        assertThat(ask("BROWSE", Map.of())).hasSize(1);
        ask("REMOVEALL", Map.of());
        assertThat(ask("BROWSE", Map.of())).isEmpty();
    }

    @Test
    void whatIsBeingRepeatedCanBeStopped() throws Exception {
        Queue queue = session.createQueue(SERVER.unique("busy"));
        session.createProducer(queue).send(message(session, 0, 1, Integer.MAX_VALUE));
        MessageConsumer consumer = session.createConsumer(queue);
        String job = consumer.receive(WAIT).getStringProperty("scheduledJobId");
        ask("REMOVE", Map.of("scheduledJobId", job));
        consumer.close();
        Awaitility.await().until(() -> SERVER.drain(queue.getQueueName()).isEmpty());
        assertThat(texts(ask("BROWSE", Map.of()))).doesNotContain("again");
    }

    @Test
    void questionsThatSayTooLittleAreRefused() {
        assertThatThrownBy(() -> ask("REMOVE", Map.of())).isInstanceOf(JMSException.class).hasMessageContaining("scheduledJobId");
        assertThatThrownBy(() -> ask("EXPLODE", Map.of())).isInstanceOf(JMSException.class).hasMessageContaining("BROWSE");
        assertThatThrownBy(() -> ask("BROWSE", Map.of(ScheduledMessage.AMQ_SCHEDULER_ACTION_START_TIME, "soon"))).isInstanceOf(JMSException.class)
                .hasMessageContaining("milliseconds");
    }

    @Test
    void repetitionsOutliveTheBroker(@TempDir Path directory) throws Exception {
        try (TestServer server = TestServer.start(directory)) {
            Set<String> jobs = new HashSet<>();
            for (int run = 0; run < 2; run++) {
                try (ActiveMQConnection client = (ActiveMQConnection) new ActiveMQConnectionFactory("tcp://127.0.0.1:" + server.port()).createConnection()) {
                    client.start();
                    Session own = client.createSession(false, Session.AUTO_ACKNOWLEDGE);
                    if (run == 0) {
                        own.createProducer(own.createQueue("q")).send(message(own, 0, 100, Integer.MAX_VALUE));
                    }
                    Message got = own.createConsumer(own.createQueue("q")).receive(WAIT);
                    jobs.add(got.getStringProperty("scheduledJobId"));
                }
                server.restart();
            }
            assertThat(jobs).hasSize(1);
        }
    }
}
