package io.delos.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs programs in which other people's clients are used, in other languages. Node's are fetched by name into {@code target/}; Python's and Ruby's come
 * with {@code etc/install-test-clients}. Where they can't be had the test is skipped and says why; with {@code CI} set it fails. Each program
 * says "ok" and ends with 0.
 */
public final class ForeignPrograms {

    private static final Path NODE_HOME = Path.of("target", "node-clients").toAbsolutePath();
    private static final int MINUTE = 60;

    private final Class<?> owner;
    private final Path directory;

    /** How a program ended, and what it said. */
    private record Outcome(int status, String output) { }

    /**
     * @param owner     whose resources the programs are, in {@code /clients}
     * @param directory for what they say
     */
    public ForeignPrograms(Class<?> owner, Path directory) {
        this.owner = owner;
        this.directory = directory;
    }

    /** Runs a program with Node and these packages, each as {@code npm install} takes it. */
    public void node(String script, String argument, String... packages) throws Exception {
        fetch(packages);
        assertThat(run(NODE_HOME, MINUTE, "node", copied(script).toString(), argument)).isEqualTo(new Outcome(0, "ok\n"));
    }

    /**
     * Starts a program with Node and these packages, to talk with by its input and output; what it complains about is in this file.
     *
     * @return to be ended by who asked
     */
    public Process startNode(String script, File complaints, List<String> arguments, String... packages) throws Exception {
        fetch(packages);
        List<String> command = new ArrayList<>(List.of("node", copied(script).toString()));
        command.addAll(arguments);
        return new ProcessBuilder(command).directory(NODE_HOME.toFile()).redirectError(complaints).start();
    }

    /** Where a program is that this machine must have. */
    public Path installed(String program, String debianPackage) throws Exception {
        Optional<Path> found = Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(each -> Path.of(each, program))
                .filter(Files::isExecutable).findFirst();
        need(new Outcome(found.isPresent() ? 0 : -1, "not on the PATH"), program + " (package " + debianPackage + ")");
        return found.orElseThrow();
    }

    private void fetch(String... packages) throws Exception {
        synchronized (ForeignPrograms.class) {
            Files.createDirectories(NODE_HOME);
            // Tests run in several processes, and npm does not like company.
            try (FileChannel file = FileChannel.open(NODE_HOME.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                 FileLock held = file.lock()) {
                if (Files.notExists(NODE_HOME.resolve("node_modules"))) {
                    Files.writeString(NODE_HOME.resolve("package.json"), "{\"private\": true}");
                    need(run(NODE_HOME, 2 * MINUTE, Stream.concat(Stream.of("npm", "install", "--no-audit", "--no-fund"), Stream.of(packages))
                            .toArray(String[]::new)), "npm's " + String.join(", ", packages));
                }
            }
        }
    }

    private Path copied(String script) throws Exception {
        Path copy = NODE_HOME.resolve(script);
        Files.writeString(copy, Files.readString(Path.of(resource(script))));
        return copy;
    }

    /** Runs a program with Python, which must have this module. */
    public void python(String script, String argument, String module, String debianPackage) throws Exception {
        String python = Files.isExecutable(Path.of("/usr/bin/python3")) ? "/usr/bin/python3" : "python3";
        need(run(directory, MINUTE, python, "-c", "import " + module), "Python's " + module + " (package " + debianPackage + ")");
        assertThat(run(directory, MINUTE, python, resource(script), argument)).isEqualTo(new Outcome(0, "ok\n"));
    }

    /** Runs a program with Ruby, which must have this library. */
    public void ruby(String script, String argument, String library, String debianPackage) throws Exception {
        String ruby = Files.isExecutable(Path.of("/usr/bin/ruby")) ? "/usr/bin/ruby" : "ruby";
        need(run(directory, MINUTE, ruby, "-e", "require '" + library + "'"), "Ruby's " + library + " (package " + debianPackage + ")");
        assertThat(run(directory, MINUTE, ruby, resource(script), argument)).isEqualTo(new Outcome(0, "ok\n"));
    }

    private Outcome run(Path where, int seconds, String... command) throws IOException, InterruptedException {
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

    /** The path of one of the owner's programs, or of what belongs to it. */
    public String resource(String name) throws Exception {
        return Path.of(owner.getResource("/clients/" + name).toURI()).toString();
    }
}
