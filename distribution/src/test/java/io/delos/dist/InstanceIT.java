package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.proof.BrokerProcess;
import io.delos.proof.Distribution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An instance as its users have it: made, run and asked through its scripts, each a process of its own. */
@Timeout(180)
class InstanceIT {

    @TempDir
    static Path directory;
    private static BrokerProcess broker;

    @BeforeAll
    static void start() throws IOException {
        broker = BrokerProcess.create(Distribution.home(), directory.resolve("instance"), "--no-autotune");
        broker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** A command that asks the broker, which it finds by the instance's broker.xml; it has to succeed. */
    private static String ask(String command, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(List.of("--user", BrokerProcess.USER, "--password", BrokerProcess.PASSWORD));
        words.addAll(List.of(more));
        return local(words.toArray(String[]::new));
    }

    private static String local(String... words) throws Exception {
        Script.Result result = Script.run(broker.instance(), words);
        assertThat(result.exit()).as("%s%n%s", String.join(" ", words), result.text()).isZero();
        return result.text();
    }

    @Test
    void messagesGoInAndOutAndSurviveAStop() throws Exception {
        String[] letters = {"--destination", "queue://letters", "--message-count", "5"};
        assertThat(ask("producer", letters)).contains("Produced: 5 messages");
        assertThat(ask("browser --destination queue://letters")).contains("browsed: 5 messages");
        assertThat(ask("queue stat --field NAME --operation EQUALS --value letters --json")).contains("\"messageCount\":\"5\"");
        assertThat(ask("consumer --destination queue://letters --message-count 2")).contains("Consumed: 2 messages");

        local("stop");
        await().atMost(Duration.ofSeconds(60)).until(() -> !broker.alive());
        assertThat(broker.logLines()).anyMatch(line -> line.contains("AMQ221002")).contains("Server stopped!");
        assertThat(local("data", "print")).contains("letters");

        broker.start();
        assertThat(ask("consumer --destination queue://letters --message-count 3 --receive-timeout 5000 --break-on-null"))
                .contains("Consumed: 3 messages");
        assertThat(ask("check queue --name letters")).contains("Failures: 0, Errors: 0");
    }

    @Test
    void addressesAndQueuesAreMadeAndUnmade() throws Exception {
        ask("address create --name made --anycast --no-multicast");
        assertThat(ask("address show --name made")).contains("made").contains("ANYCAST");
        ask("queue create --name made.queue --address made --anycast --durable --preserve-on-no-consumers --silent");
        ask("producer --destination queue://made::made.queue --message-count 3");
        ask("queue purge --name made.queue");
        assertThat(ask("queue stat --field NAME --operation EQUALS --value made.queue --json")).contains("\"messageCount\":\"0\"");
        ask("queue delete --name made.queue");
        ask("address delete --name made");
        assertThat(ask("address show --name #")).doesNotContain("made");
        assertThat(ask("check node")).contains("Failures: 0, Errors: 0");
    }

    @Test
    void usersComeAndGoWhileTheBrokerRuns() throws Exception {
        ask("user add --user-command-user clerk --user-command-password pen --role amq");
        assertThat(ask("user list")).contains("clerk", BrokerProcess.USER);
        assertThat(Files.readString(broker.instance().resolve("etc/artemis-users.properties"))).contains("clerk = ENC(").doesNotContain("pen");
        try (Peer clerk = Speech.STOMP.connect(broker.port(), "clerk", Optional.of(new Account("clerk", "pen")))) {
            clerk.send(new Place("desk", false), Letter.of("signed"));
        }
        ask("user rm --user-command-user clerk");
        assertThat(ask("user list")).doesNotContain("clerk");
        assertThat(local("mask", "pen")).contains("result: ");
    }

    @Test
    void aFileOfArtemisStartsUnchanged() throws Exception {
        try (BrokerProcess foreign = BrokerProcess.create(Distribution.home(), directory.resolve("foreign"), "--no-autotune")) {
            Files.writeString(foreign.instance().resolve("etc/broker.xml"), ForeignInstance.brokerXml(foreign.port()));
            foreign.start();
            assertThat(foreign.logLines()).filteredOn(line -> line.contains("ERROR")).isEmpty();
            for (String idle : ForeignInstance.WITHOUT_EFFECT) {
                assertThat(foreign.logLines()).as(idle).filteredOn(line -> line.contains("WARN") && line.contains("<" + idle + ">"))
                        .singleElement().asString().contains("broker.xml:", "has no effect");
            }
            Optional<Account> account = Optional.of(new Account(BrokerProcess.USER, BrokerProcess.PASSWORD));
            for (Speech speech : Speech.values()) {
                try (Peer peer = speech.connect(foreign.port(), "visitor", account)) {
                    Place place = new Place("moved.in." + speech.name().toLowerCase(), speech == Speech.MQTT);
                    peer.listen(place);
                    peer.send(place, Letter.of("at home"));
                    assertThat(peer.receive().text()).isEqualTo("at home");
                }
            }
            foreign.stop();
        }
    }
}
