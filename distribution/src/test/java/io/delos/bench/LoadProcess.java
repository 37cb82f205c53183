package io.delos.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A process of {@link LoadMain}, which ends with this one's end, because its input does. Used by one thread. */
final class LoadProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;

    LoadProcess(int port, int stompPort, Path log) throws IOException {
        process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g", "-XX:+UseParallelGC", "-Dlog4j2.level=ERROR", "-cp", System.getProperty("java.class.path"),
                LoadMain.class.getName(), Integer.toString(port), Integer.toString(stompPort))
                .redirectError(ProcessBuilder.Redirect.appendTo(new File(log.toString()))).start();
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        commands = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Gives a command and returns its answer, or a failure if none comes in time; then the process is of no more use. */
    Figures ask(String command, Duration patience) throws InterruptedException {
        return answer(send(command), patience);
    }

    /** Gives a command whose answer is to be awaited later. */
    CompletableFuture<Figures> send(String command) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                commands.write(command + "\n");
                commands.flush();
                for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                    if (line.startsWith(LoadMain.ANSWER)) {
                        return Figures.parse(line.substring(LoadMain.ANSWER.length()));
                    }
                }
            } catch (IOException e) {
                return Figures.failed("the load's process: " + e);
            }
            return Figures.failed("the load's process ended");
        });
    }

    Figures answer(CompletableFuture<Figures> answer, Duration patience) throws InterruptedException {
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            close();
            return Figures.failed("no answer from the load in " + patience.toSeconds() + " s");
        } catch (ExecutionException e) {
            return Figures.failed(e.toString());
        }
    }

    boolean usable() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
