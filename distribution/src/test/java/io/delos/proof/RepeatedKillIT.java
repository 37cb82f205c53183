package io.delos.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.ScheduledMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Messages that are delivered repeatedly, and a broker that is killed with SIGKILL in the middle of their series: each series has as many copies as
 * was said, what was seen before a kill is there after it, and a series that is due much later still waits. {@code -Ddelos.seed=N} repeats
 * the moments.
 */
class RepeatedKillIT {

    private static final int COPIES = 24;
    private static final int EACH_LIFE = 6;
    private static final int KILLS = 2;
    private static final long PERIOD = 60;
    private static final long WAIT = 60_000;
    private static final long MOMENT = 3 * PERIOD;

    @TempDir
    Path directory;

    private final long seed = Long.getLong("delos.seed", System.nanoTime());

    @Test
    void eachCopyComesOnce() throws Exception {
        Random random = new Random(seed);
        try (BrokerProcess broker = BrokerProcess.create(Distribution.home(), directory.resolve("again"), "--no-autotune", "--nio", "--no-mqtt-acceptor")) {
            broker.start();
            try (Connection connection = connect(broker); Session session = connection.createSession(true, Session.SESSION_TRANSACTED)) {
                schedule(session);
                Message yearly = session.createTextMessage("yearly");
                yearly.setStringProperty(ScheduledMessage.AMQ_SCHEDULED_CRON, "0 0 1 1 *");
                session.createProducer(session.createQueue("yearly")).send(yearly);
                session.commit();
            }
            Set<String> seen = new HashSet<>();
            for (int kill = 1; kill <= KILLS; kill++) {
                // what is received is not acknowledged, so that it stays
                Connection connection = connect(broker);
                seen.addAll(take(connection, kill * EACH_LIFE));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextLong(2 * PERIOD)));
                broker.kill();
                // it may say that its broker is gone
                catchThrowable(connection::close);
                broker.start();
            }
            try (Connection connection = connect(broker)) {
                Set<String> all = take(connection, COPIES);
                assertThat(all).as("seed " + seed).hasSize(COPIES).containsAll(seen);
                assertThat(waiting(connection)).containsExactly("yearly");
            }
        }
    }

    /** Without prefetching the broker says when there is nothing more. */
    private static Connection connect(BrokerProcess broker) throws JMSException {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + broker.port() + "?jms.prefetchPolicy.all=0");
        Connection connection = factory.createConnection(BrokerProcess.USER, BrokerProcess.PASSWORD);
        connection.start();
        return connection;
    }

    private static void schedule(Session session) throws JMSException {
        Message message = session.createTextMessage("again");
        message.setLongProperty(ScheduledMessage.AMQ_SCHEDULED_PERIOD, PERIOD);
        message.setIntProperty(ScheduledMessage.AMQ_SCHEDULED_REPEAT, COPIES - 1);
        session.createProducer(session.createQueue("again")).send(message);
    }

    /** The ids of so many copies, no two of which are the same. */
    private static Set<String> take(Connection connection, int count) throws JMSException {
        Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("again"));
        Set<String> ids = new LinkedHashSet<>();
        while (ids.size() < count) {
            Message copy = consumer.receive(WAIT);
            assertThat(copy).as("a copy behind " + ids.size() + " others").isNotNull();
            assertThat(ids.add(copy.getJMSMessageID())).isTrue();
        }
        if (count == COPIES) {
            assertThat(consumer.receive(MOMENT)).isNull();
        }
        return ids;
    }

    /** The texts of all that the broker says will be delivered later. */
    private static Set<String> waiting(Connection connection) throws JMSException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Message question = session.createMessage();
        question.setStringProperty(ScheduledMessage.AMQ_SCHEDULER_ACTION, ScheduledMessage.AMQ_SCHEDULER_ACTION_BROWSE);
        question.setJMSReplyTo(session.createTemporaryQueue());
        MessageConsumer answers = session.createConsumer(question.getJMSReplyTo());
        session.createProducer(session.createTopic(ScheduledMessage.AMQ_SCHEDULER_MANAGEMENT_DESTINATION)).send(question);
        Set<String> texts = new HashSet<>();
        for (Message each = answers.receive(WAIT); each != null; each = answers.receiveNoWait()) {
            texts.add(((TextMessage) each).getText());
        }
        return texts;
    }
}
