package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import io.delos.server.TestServer;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What survives the broker. */
class RestartIT {

    @TempDir
    Path directory;

    private static ActiveMQConnection connect(TestServer server, String clientId) throws JMSException {
        ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + server.port());
        factory.setClientID(clientId);
        ActiveMQConnection connection = (ActiveMQConnection) factory.createConnection();
        connection.start();
        return connection;
    }

    @Test
    void persistentMessagesAndSubscriptionsDo() throws Exception {
        try (TestServer server = TestServer.start(directory)) {
            String id;
            try (ActiveMQConnection connection = connect(server, "me")) {
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                session.createDurableSubscriber(session.createTopic("t"), "s").close();
                MessageProducer producer = session.createProducer(session.createQueue("q"));
                TextMessage kept = session.createTextMessage("kept");
                kept.setIntProperty("n", 1);
                producer.send(kept);
                id = kept.getJMSMessageID();
                producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
                producer.send(session.createTextMessage("lost"));
                MapMessage map = session.createMapMessage();
                map.setString("k", "v");
                session.createProducer(session.createTopic("t")).send(map);
                session.commit();
            }
            server.restart();
            try (ActiveMQConnection connection = connect(server, "me")) {
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue("q"), "n = 1");
                TextMessage kept = (TextMessage) consumer.receive(5000);
                assertThat(kept.getText()).isEqualTo("kept");
                assertThat(kept.getJMSMessageID()).isEqualTo(id);
                MapMessage map = (MapMessage) session.createDurableSubscriber(session.createTopic("t"), "s").receive(5000);
                assertThat(map.getString("k")).isEqualTo("v");
                consumer.close();
                assertThat(session.createConsumer(session.createQueue("q")).receive(100)).isNull();
            }
        }
    }
}
