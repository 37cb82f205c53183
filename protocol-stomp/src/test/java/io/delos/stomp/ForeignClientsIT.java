package io.delos.stomp;

import io.delos.config.AcceptorConfig;
import io.delos.server.ForeignPrograms;
import io.delos.server.TestServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other people's clients, as they are used. */
class ForeignClientsIT {

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config.withAddressSettings("#", Map.of("max-delivery-attempts", "3", "dead-letter-address", "dead",
                "expiry-address", "expired", "default-address-routing-type", "ANYCAST")).withAcceptors(List.of(
                AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?anycastPrefix=/queue/;multicastPrefix=/topic/"))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ForeignPrograms programs() {
        return new ForeignPrograms(ForeignClientsIT.class, directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stompit.js", "stompjs.js"})
    void node(String script) throws Exception {
        programs().node(script, Integer.toString(server.port()), "stompit@1.0.0", "@stomp/stompjs@7.3.0", "ws@8");
    }

    @Test
    void ruby() throws Exception {
        programs().ruby("client.rb", Integer.toString(server.port()), "stomp", "ruby-stomp");
    }

    @Test
    void python() throws Exception {
        programs().python("client.py", Integer.toString(server.port()), "stomp", "python3-stomp");
    }
}
