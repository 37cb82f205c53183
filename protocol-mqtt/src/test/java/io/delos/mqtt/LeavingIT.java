package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.broker.Client;
import io.delos.server.TestServer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client had sent before it left is done, though the broker had not come to it yet. */
class LeavingIT {
    private static final int COUNT = 60;
    private static final int RETAIN = 1;

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config
                .withAddressSettings("block.#", Map.of("max-size-messages", "1", "address-full-policy", "BLOCK")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Topics nobody has used: the broker makes an address for each before it takes the next message. */
    private static WireClient published(String name) throws Exception {
        WireClient client = new WireClient(server.port());
        client.connect4(name, true);
        for (int i = 0; i < COUNT; i++) {
            client.publish4(name + "/" + i, "x", 0, 0, RETAIN);
        }
        return client;
    }

    private static int retained(String name) {
        return new Retained(server.broker()).matching(TopicFilter.parse(name + "/#").orElseThrow()).next(COUNT + 1, Long.MAX_VALUE).size();
    }

    @Test
    void aGoodbyeComesAfterWhatWasSent() throws Exception {
        try (WireClient client = published("bye")) {
            client.disconnect();
        }
        await().untilAsserted(() -> assertThat(retained("bye")).isEqualTo(COUNT));
    }

    @Test
    void aBrokenConnectionTakesNothingAlong() throws Exception {
        published("cut").close();
        await().untilAsserted(() -> assertThat(retained("cut")).isEqualTo(COUNT));
    }

    @Test
    void whoWaitsForRoomGoesToo() throws Exception {
        try (WireClient subscriber = new WireClient(server.port())) {
            subscriber.connect5("room", false, "11ffffffff");
            subscriber.subscribe5("block/full", 1, "");
            subscriber.disconnect();
        }
        try (WireClient client = new WireClient(server.port())) {
            client.connect4("waits", true);
            client.publish4("block/full", "a", 1, 1, 0).expect(4);
            client.publish4("block/full", "b", 1, 2, 0);
        }
        await().until(() -> !present("waits"));
    }

    private static boolean present(String clientId) {
        return server.broker().clients().all().stream().map(Client::clientId).anyMatch(clientId::equals);
    }
}
