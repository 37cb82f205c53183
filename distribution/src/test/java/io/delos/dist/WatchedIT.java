package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.server.TestServer;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQBytesMessage;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.DataStructure;
import org.apache.activemq.command.RemoveInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenWire's advisories tell of the messages and consumers of every protocol. */
class WatchedIT {

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String told(MessageConsumer advisories) throws JMSException {
        Message message = advisories.receive(Peer.PATIENCE_MILLIS);
        assertThat(message).isNotNull();
        DataStructure about = ((ActiveMQMessage) message).getDataStructure();
        if (about instanceof ActiveMQTextMessage text) {
            return text.getText();
        }
        ActiveMQBytesMessage body = (ActiveMQBytesMessage) about;
        body.reset();
        byte[] bytes = new byte[(int) body.getBodyLength()];
        body.readBytes(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void everyProtocolsMessagesAreTold() throws Exception {
        try (Connection watching = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + server.port()).createConnection()) {
            watching.start();
            Session session = watching.createSession(false, Session.AUTO_ACKNOWLEDGE);
            for (Speech speech : Speech.values()) {
                String name = "watched." + speech;
                MessageConsumer delivered = session.createConsumer(session.createTopic("ActiveMQ.Advisory.MessageDelivered.Topic." + name));
                MessageConsumer dispatched = session.createConsumer(session.createTopic("ActiveMQ.Advisory.MessageDispatched.Topic." + name));
                MessageConsumer consumed = session.createConsumer(session.createTopic("ActiveMQ.Advisory.MessageConsumed.Topic." + name));
                try (Peer reader = speech.connect(server.port(), "reader", Optional.empty()); Peer writer = speech.connect(server.port(), "writer", Optional.empty())) {
                    Place place = new Place(speech == Speech.MQTT ? name.replace('.', '/') : name, true);
                    reader.listen(place);
                    writer.send(place, Letter.of("over " + speech));
                    assertThat(reader.receive().text()).isEqualTo("over " + speech);
                    for (MessageConsumer advisories : new MessageConsumer[] {delivered, dispatched, consumed}) {
                        assertThat(told(advisories)).isEqualTo("over " + speech);
                    }
                }
            }
        }
    }

    private static Message next(MessageConsumer advisories, Class<? extends DataStructure> about) throws JMSException {
        Message message = advisories.receive(Peer.PATIENCE_MILLIS);
        assertThat(message).isNotNull();
        assertThat(((ActiveMQMessage) message).getDataStructure()).isInstanceOf(about);
        return message;
    }

    @Test
    void everyProtocolsConsumersAreCounted() throws Exception {
        try (Connection watching = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + server.port()).createConnection()) {
            watching.start();
            Session session = watching.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageConsumer advisories = session.createConsumer(session.createTopic("ActiveMQ.Advisory.Consumer.Topic.counted.all"));
            List<Peer> peers = new ArrayList<>();
            for (Speech speech : Speech.values()) {
                Peer peer = speech.connect(server.port(), "counted", Optional.empty());
                peers.add(peer);
                peer.listen(new Place(speech == Speech.MQTT ? "counted/all" : "counted.all", true));
                assertThat(next(advisories, ConsumerInfo.class).getIntProperty("consumerCount")).as("after %s", speech).isEqualTo(peers.size());
            }
            int left = peers.size();
            for (Peer peer : peers) {
                peer.close();
                left--;
                assertThat(next(advisories, RemoveInfo.class).getIntProperty("consumerCount")).isEqualTo(left);
            }
        }
    }
}
