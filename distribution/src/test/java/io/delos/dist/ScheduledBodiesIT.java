package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.server.TestServer;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What waits to be repeated may be so long that its body lies in a file; whoever asks is shown it whole. */
class ScheduledBodiesIT {

    @TempDir
    Path directory;

    @Test
    void whatIsShownOutlivesItsRemoval() throws Exception {
        byte[] noise = new byte[1_500_001];
        new Random(1).nextBytes(noise);
        try (TestServer server = TestServer.start(directory);
                Peer writer = Speech.STOMP.connect(server.port(), "writer", Optional.empty());
                Connection client = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + server.port()).createConnection()) {
            writer.send(new Place("jobs", false), new Letter(noise, Map.of("AMQ_SCHEDULED_DELAY", 3_600_000, "AMQ_SCHEDULED_REPEAT", 2), "", "", true, 4, 0));
            client.start();
            Session session = client.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Queue answers = session.createTemporaryQueue();
            MessageProducer asking = session.createProducer(session.createQueue("ActiveMQ.Scheduler.Management"));
            asking.send(question(session, "BROWSE", answers));
            asking.send(question(session, "REMOVEALL", answers));
            assertThat(bodies()).isOne();
            BytesMessage shown = (BytesMessage) session.createConsumer(answers).receive(Peer.PATIENCE_MILLIS);
            byte[] body = new byte[(int) shown.getBodyLength()];
            shown.readBytes(body);
            assertThat(body).isEqualTo(noise);
            await().until(() -> bodies() == 0);
        }
    }

    private static Message question(Session session, String action, Queue answers) throws JMSException {
        Message question = session.createMessage();
        question.setStringProperty("AMQ_SCHEDULER_ACTION", action);
        question.setJMSReplyTo(answers);
        return question;
    }

    private int bodies() {
        File[] files = directory.resolve("data/largemessages").toFile().listFiles();
        return files == null ? 0 : files.length;
    }
}
