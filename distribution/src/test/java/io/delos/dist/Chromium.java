package io.delos.dist;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.delos.server.ForeignPrograms;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A browser without a window, and in it pages that use messaging clients as web applications do. The programs are {@code chromium.js}, which
 * drives it, and {@code page.js}, which is in its pages. Any one thread at a time.
 */
final class Chromium implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MINUTE = 60;

    private final Process driver;
    private final File complaints;
    private final Writer orders;
    private final BufferedReader answers;

    /**
     * Skips the test where there is none, and says why; with {@code CI} set it fails.
     *
     * @param directory   for its profile and what it complains about
     * @param certificate the SHA-256 of the public key that it is to trust, in Base64
     */
    Chromium(Path directory, String certificate) throws Exception {
        ForeignPrograms programs = new ForeignPrograms(Chromium.class, directory);
        Path browser = programs.installed("chromium", "chromium");
        complaints = directory.resolve("chromium.txt").toFile();
        driver = programs.startNode("chromium.js", complaints,
                List.of(browser.toString(), directory.resolve("profile").toString(), programs.resource("page.js"), certificate),
                "playwright-core@1.65.1", "@stomp/stompjs@7.3.0", "mqtt@5.10.4", "rhea@3.0.5");
        orders = driver.outputWriter(StandardCharsets.UTF_8);
        answers = driver.inputReader(StandardCharsets.UTF_8);
    }

    /** What this function of a fresh page returns; fails if it does. */
    JsonNode run(String function, Map<String, ?> arguments) throws IOException {
        ObjectNode order = JSON.createObjectNode().put("run", function);
        order.set("with", JSON.valueToTree(arguments));
        JsonNode answer = JSON.readTree(ask(order.toString()));
        if (answer.has("failure")) {
            throw new AssertionError(function + " with " + arguments + ": " + answer.get("failure").asText());
        }
        return answer.path("value");
    }

    private String ask(String line) throws IOException {
        try {
            orders.write(line + "\n");
            orders.flush();
            return Optional.ofNullable(answers.readLine()).orElseThrow(EOFException::new);
        } catch (IOException ended) {
            throw new AssertionError("the browser has ended: " + Files.readString(complaints.toPath()), ended);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (driver.isAlive()) {
            orders.close();
        }
        if (!driver.waitFor(MINUTE, TimeUnit.SECONDS)) {
            driver.descendants().forEach(ProcessHandle::destroyForcibly);
            driver.destroyForcibly();
        }
    }
}
