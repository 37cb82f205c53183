package io.delos.mqtt;

import io.delos.server.ForeignPrograms;
import io.delos.server.TestServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients in other languages, as they are used: {@code mqtt} of Node. */
class ForeignClientsIT {

    @TempDir
    static Path directory;

    @Test
    void mqttOfNode() throws Exception {
        try (TestServer server = TestServer.start(directory.resolve("data"))) {
            new ForeignPrograms(ForeignClientsIT.class, directory).node("mqtt_client.js", Integer.toString(server.port()), "mqtt@5.10.4");
        }
    }
}
