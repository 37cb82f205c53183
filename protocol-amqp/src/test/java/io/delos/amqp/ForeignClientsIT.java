package io.delos.amqp;

import io.delos.server.ForeignPrograms;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Clients in other languages, as they are used: Proton of Python, whose engine is that of C, C++, Ruby and Go's electron; rhea of Node. */
class ForeignClientsIT {

    @RegisterExtension
    static final AmqpServer SERVER = new AmqpServer(config -> config.withAddressSettings("direct.#", Map.of("direct", "true")));

    @TempDir
    static Path directory;

    private static ForeignPrograms programs() {
        return new ForeignPrograms(ForeignClientsIT.class, directory);
    }

    @Test
    void proton() throws Exception {
        programs().python("proton_client.py", Integer.toString(SERVER.port()), "proton", "python3-qpid-proton");
    }

    @Test
    void rhea() throws Exception {
        programs().node("rhea.js", Integer.toString(SERVER.port()), "rhea@3.0.5");
    }
}
