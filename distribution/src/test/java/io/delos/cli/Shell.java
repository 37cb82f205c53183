package io.delos.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs a script with an environment of its own and waits for its end. */
final class Shell {

    /** What a script did. */
    record Result(int exit, String out, String err) {
    }

    private Shell() {
    }

    static Result run(Path directory, Map<String, String> environment, String... words) {
        ProcessBuilder builder = new ProcessBuilder(List.of(words)).directory(directory.toFile());
        builder.environment().keySet().retainAll(List.of("PATH", "HOME"));
        builder.environment().putAll(environment);
        try {
            Process process = builder.redirectErrorStream(false).start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
