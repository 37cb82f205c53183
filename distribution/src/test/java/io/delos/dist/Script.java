package io.delos.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A run of an instance's {@code bin/artemis} in a process of its own. */
final class Script {

    private Script() {
    }

    /**
     * How it ended and what it printed.
     *
     * @param text both streams as they came
     */
    record Result(int exit, String text) {

        /** The lines that say so. */
        List<String> lines(String part) {
            return text.lines().filter(line -> line.contains(part)).toList();
        }
    }

    /** What does not end within two minutes is killed, and shows what it had printed. */
    static Result run(Path instance, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(instance.resolve("bin/artemis").toString()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).directory(instance.toFile()).redirectErrorStream(true).start();
        CompletableFuture.delayedExecutor(2, TimeUnit.MINUTES).execute(process::destroyForcibly);
        try {
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), text);
        } finally {
            process.destroyForcibly();
        }
    }
}
