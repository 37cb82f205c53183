package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.AcceptorConfig;
import io.delos.config.AddressConfig;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.server.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What acceptors and broker.xml say of MQTT and no other test needs. */
class OptionsIT {

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config
                .withAddresses(List.of(new AddressConfig("opt", Set.of(RoutingType.ANYCAST), List.of(QueueRequest.of("opt", "opt", RoutingType.ANYCAST)))))
                .withAcceptors(List.of(
                        acceptor("artemis", ""),
                        acceptor("brief", "defaultMqttSessionExpiryInterval=1;defaultMaximumInFlightPublishMessages=2"),
                        acceptor("momentary", "defaultMqttSessionExpiryInterval=0;topicAliasMaximum=0;serverKeepAlive=0"),
                        acceptor("silent", "topicAliasMaximum=-1;maximumPacketSize=-1;receiveMaximum=-1;serverKeepAlive=-1"),
                        acceptor("prefixes", "anycastPrefix=jms.queue.;multicastPrefix=jms.topic."))));
    }

    private static AcceptorConfig acceptor(String name, String parameters) {
        return AcceptorConfig.of(name, "tcp://127.0.0.1:0?" + parameters);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static WireClient at(String acceptor) throws IOException {
        return new WireClient(server.server().port(acceptor));
    }

    private static boolean remembered(String clientId) {
        return server.broker().recall("mqtt.session/" + clientId).isPresent();
    }

    @Test
    void aSessionOfThreeLastsAsLongAsTheAcceptorSays() throws Exception {
        for (String acceptor : List.of("brief", "momentary", "artemis")) {
            try (WireClient client = at(acceptor)) {
                client.connect4("lasts-" + acceptor, false);
                client.subscribe4("lasts/" + acceptor, 1);
                client.disconnect();
            }
        }
        await().until(() -> !remembered("lasts-brief") && server.broker().findQueue("lasts-brief.lasts.brief").isEmpty());
        await().until(() -> !remembered("lasts-momentary") && server.broker().findQueue("lasts-momentary.lasts.momentary").isEmpty());
        assertThat(remembered("lasts-artemis")).isTrue();
        assertThat(server.broker().findQueue("lasts-artemis.lasts.artemis")).isPresent();
    }

    @Test
    void noMoreIsUnderWayToAClientThanTheAcceptorSays() throws Exception {
        try (WireClient client = at("brief"); WireClient sender = at("artemis")) {
            client.connect4("window", true);
            client.subscribe4("window/t", 1);
            sender.connect4("window-sender", true);
            for (int i = 1; i <= 3; i++) {
                sender.publish4("window/t", "m" + i, 1, i, 0).expect(4);
            }
            int first = client.expect(3).publishId();
            assertThat(client.expect(3).text()).isEqualTo("m2");
            client.expectNothing();
            assertThat(client.ack(4, first).expect(3).text()).isEqualTo("m3");
        }
    }

    @Test
    void limitsOfMinusOneAreNotTold() throws Exception {
        try (WireClient client = at("silent")) {
            assertThat(client.connect5("untold", true, "").hex()).isEqualTo("000000");
            client.publish5("untold/t", "x", 1, 1, "230001").expect(14);
        }
    }

    @Test
    void limitsOfZeroAreTold() throws Exception {
        try (WireClient client = at("momentary")) {
            assertThat(client.connect5("zero", true, "").hex()).contains("220000").contains("130000");
            assertThat(client.publish5("zero/t", "x", 1, 1, "230001").expect(14).hex()).startsWith("94");
        }
    }

    @Test
    void prefixesSayHowAMessageIsRouted() throws Exception {
        try (WireClient client = at("prefixes"); WireClient plain = at("artemis")) {
            client.connect4("prefixed", true);
            plain.connect4("unprefixed", true);
            client.publish4("jms/queue/opt", "to the queue", 1, 1, 0).expect(4);
            await().until(() -> server.broker().findQueue("opt").orElseThrow().counters().messages() == 1);
            plain.subscribe4("opt2", 1);
            client.publish4("jms/topic/opt2", "to the topic", 1, 2, 0).expect(4);
            assertThat(plain.expect(3).text()).isEqualTo("to the topic");
        }
    }

    @Test
    void subscriptionsMayEndWithTheBroker() throws Exception {
        try (TestServer own = TestServer.start(directory.resolve("own"))) {
            try (WireClient client = new WireClient(own.port())) {
                client.connect5("restart", true, "11ffffffff");
                client.subscribe5("restart/t", 1, "");
                client.disconnect();
            }
            own.restart(config -> config.with("mqtt-subscription-persistence-enabled", false));
            await().until(() -> own.broker().recall("mqtt.session/restart").isEmpty() && own.broker().findQueue("restart.restart.t").isEmpty());
            try (WireClient client = new WireClient(own.port())) {
                assertThat(client.connect5("restart", false, "").hex()).startsWith("0000");
            }
        }
    }
}
