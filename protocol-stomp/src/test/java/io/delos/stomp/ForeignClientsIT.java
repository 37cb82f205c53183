package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.delos.config.AcceptorConfig;
import io.delos.server.TestServer;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Other people's clients, as they are used. Node's are fetched by name into {@code target/}; Python's comes with
 * {@code etc/install-test-clients}. Where they can't be had the tests are skipped and say why; with {@code CI} set they fail.
 */
class ForeignClientsIT {

    private static final Path NODE_HOME = Path.of("target", "node-clients").toAbsolutePath();

    @TempDir
    static Path directory;
    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = TestServer.start(directory, config -> config.withAcceptors(List.of(
                AcceptorConfig.of("artemis", "tcp://127.0.0.1:0?anycastPrefix=/queue/;multicastPrefix=/topic/"))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** What a program said, and how it ended. */
    private record Outcome(int status, String output) { }

    private static Outcome run(Path where, int seconds, String... command) throws IOException, InterruptedException {
        File output = Files.createTempFile(directory, "client", ".txt").toFile();
        Process process;
        try {
            process = new ProcessBuilder(command).directory(where.toFile()).redirectErrorStream(true).redirectOutput(output).start();
        } catch (IOException missing) {
            return new Outcome(-1, missing.getMessage());
        }
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return new Outcome(-1, "not done in " + seconds + " s: " + Files.readString(output.toPath()));
        }
        return new Outcome(process.exitValue(), Files.readString(output.toPath(), StandardCharsets.UTF_8));
    }

    private static void need(Outcome outcome, String what) {
        if (outcome.status() == 0) {
            return;
        }
        String reason = what + " can't be had: " + outcome.output().strip();
        assertThat(System.getenv("CI")).as(reason).isNull();
        System.out.println("Skipped: " + reason);
        abort(reason);
    }

    private static String script(String name) throws Exception {
        return Path.of(ForeignClientsIT.class.getResource("/clients/" + name).toURI()).toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"stompit.js", "stompjs.js"})
    void node(String script) throws Exception {
        if (Files.notExists(NODE_HOME.resolve("node_modules").resolve("ws"))) {
            Files.createDirectories(NODE_HOME);
            Files.writeString(NODE_HOME.resolve("package.json"), "{\"private\": true}");
            need(run(NODE_HOME, 120, "npm", "install", "--no-audit", "--no-fund", "stompit@1.0.0", "@stomp/stompjs@7.3.0", "ws@8"),
                    "npm's stompit, @stomp/stompjs and ws");
        }
        Path copy = NODE_HOME.resolve(script);
        Files.writeString(copy, Files.readString(Path.of(script(script))));
        Outcome outcome = run(NODE_HOME, 60, "node", copy.toString(), Integer.toString(server.port()));
        assertThat(outcome).isEqualTo(new Outcome(0, "ok\n"));
    }

    @Test
    void python() throws Exception {
        String python = Files.isExecutable(Path.of("/usr/bin/python3")) ? "/usr/bin/python3" : "python3";
        need(run(directory, 30, python, "-c", "import stomp"), "Python's stomp (package python3-stomp)");
        assertThat(run(directory, 60, python, script("client.py"), Integer.toString(server.port()))).isEqualTo(new Outcome(0, "ok\n"));
    }
}
