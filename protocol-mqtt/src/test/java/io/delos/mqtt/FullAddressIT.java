package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.server.TestServer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What publishers meet whose topic's address is full: by its own limit, or by that of a subscription with wildcards. */
@Timeout(60)
class FullAddressIT {

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config
                .withAddressSettings("fail.#", Map.of("max-size-messages", "1", "address-full-policy", "FAIL"))
                .withAddressSettings("block.#", Map.of("max-size-messages", "1", "address-full-policy", "BLOCK")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A subscription that outlives its client, so that messages stay. */
    private static void subscribe5(String clientId, String filter) throws Exception {
        try (WireClient client = new WireClient(server.port())) {
            client.connect5(clientId, false, "11ffffffff");
            client.subscribe5(filter, 1, "");
            client.disconnect();
        }
    }

    @Test
    void version5IsToldThatTheQuotaIsExceededAndStays() throws Exception {
        subscribe5("f5", "fail/five");
        try (WireClient client = new WireClient(server.port())) {
            client.connect5("p5", true, "");
            assertThat(client.publish5("fail/five", "a", 1, 1, "").expect(4).hex()).doesNotEndWith("97");
            assertThat(client.publish5("fail/five", "b", 1, 2, "").expect(4).hex()).startsWith("000297");
            assertThat(client.publish5("fail/five", "c", 2, 3, "").expect(5).hex()).startsWith("000397");
            client.publish5("fail/five", "d", 0, 0, "");
            assertThat(client.publish5("free/five", "e", 1, 4, "").expect(4).hex()).doesNotContain("97");
        }
    }

    @Test
    void version3IsDisconnectedForItHasNoWordForIt() throws Exception {
        subscribe5("f3", "fail/three");
        try (WireClient client = new WireClient(server.port())) {
            client.connect4("p3", true);
            client.publish4("fail/three", "a", 1, 1, 0).expect(4);
            client.publish4("fail/three", "b", 1, 2, 0).expectClosed();
        }
    }

    @Test
    void aSubscriptionWithWildcardsCountsForWhatItTakes() throws Exception {
        subscribe5("fw", "fail/wild/#");
        try (WireClient client = new WireClient(server.port())) {
            client.connect5("pw", true, "");
            client.publish5("fail/wild/a", "a", 1, 1, "").expect(4);
            assertThat(client.publish5("fail/wild/b", "b", 1, 2, "").expect(4).hex()).startsWith("000297");
        }
    }

    @Test
    void aPublisherThatWaitsStaysAliveAndItsOwnAcknowledgementsCount() throws Exception {
        try (WireClient client = new WireClient(server.port())) {
            client.connect5("both", true, "");
            client.subscribe5("block/own", 1, "");
            client.publish5("block/own", "a", 1, 1, "");
            client.publish5("block/own", "b", 1, 2, "");
            client.raw("c000");
            int answered = 0;
            int publishId = 0;
            WireClient.Packet packet = client.read();
            while (packet.type() != 13) {
                answered += packet.type() == 4 ? 1 : 0;
                publishId = packet.type() == 3 ? packet.publishId() : publishId;
                packet = client.read();
            }
            assertThat(answered).as("published before the first is acknowledged").isLessThan(2);
            if (publishId == 0) {
                publishId = expectPublish(client, "a").publishId();
            }
            client.ack(4, publishId);
            client.ack(4, expectPublish(client, "b").publishId());
        }
        await().until(() -> server.broker().routes().find("block.own").map(route -> route.usage().messages() == 0).orElse(true));
    }

    /** The next PUBLISH; acknowledgements before it are passed over. */
    private static WireClient.Packet expectPublish(WireClient client, String text) throws Exception {
        WireClient.Packet packet = client.read();
        while (packet.type() == 4) {
            packet = client.read();
        }
        assertThat(packet.text5()).isEqualTo(text);
        return packet;
    }
}
