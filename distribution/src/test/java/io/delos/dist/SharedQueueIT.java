package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.server.TestServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shared subscription of MQTT is the queue {@code group.address}, which others may read, or have made. */
class SharedQueueIT {

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

    private static Peer open(Speech speech, String clientId) throws Exception {
        return speech.connect(server.port(), clientId, Optional.empty());
    }

    private static void send(Peer peer, String address, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            peer.send(new Place(address, true), Letter.of("letter " + i));
        }
    }

    @Test
    void aReaderOfTheQueueIsOneMoreMember() throws Exception {
        try (Peer member = open(Speech.MQTT, "member"); Peer reader = open(Speech.CORE, "reader"); Peer writer = open(Speech.MQTT, "writer")) {
            member.listen(new Place("$share/team/orders.in", true));
            reader.listen(new Place("orders.in::team.orders.in", false));
            send(writer, "orders.in", 10, 30);
            Set<String> got = new TreeSet<>();
            for (int i = 0; i < 10; i++) {
                got.add(member.receive().text());
                got.add(reader.receive().text());
            }
            assertThat(got).hasSize(20);
        }
    }

    @Test
    void aQueueThatAnOperatorHasMadeIsReadByAShare() throws Exception {
        make("crew.letters.in", "letters.in");
        try (Peer writer = open(Speech.MQTT, "writer")) {
            send(writer, "letters.in", 10, 12);
        }
        try (Peer member = open(Speech.MQTT, "member")) {
            member.listen(new Place("$share/crew/letters.in", true));
            assertThat(List.of(member.receive().text(), member.receive().text())).containsExactly("letter 10", "letter 11");
        }
        assertThat(server.broker().findQueue("crew.letters.in")).as("it is not the client's to remove").isPresent();
    }

    private static void make(String queue, String address) throws Exception {
        try (ServerLocator locator = ActiveMQClient.createServerLocator("tcp://127.0.0.1:" + server.port());
             ClientSessionFactory factory = locator.createSessionFactory(); ClientSession session = factory.createSession()) {
            session.createQueue(QueueConfiguration.of(queue).setAddress(address).setRoutingType(RoutingType.MULTICAST));
        }
    }

    @Test
    void whatFollowsTwoColonsIsLeftOutOfAFilter() throws Exception {
        try (Peer member = open(Speech.MQTT, "qualified"); Peer writer = open(Speech.CORE, "writer")) {
            member.listen(new Place("named.in::any", true));
            send(writer, "named.in", 1, 2);
            assertThat(member.receive().text()).isEqualTo("letter 1");
            assertThat(server.broker().findQueue("qualified.named.in")).isPresent();
        }
    }
}
