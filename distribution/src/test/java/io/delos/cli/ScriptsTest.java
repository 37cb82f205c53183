package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts, started with a Java that only tells how it was called. */
class ScriptsTest {

    @TempDir
    Path temp;

    private Path home;
    private Path instance;
    private Path java;

    @BeforeEach
    void install() throws IOException {
        home = temp.toRealPath().resolve("the home");
        instance = temp.toRealPath().resolve("the instance");
        Files.createDirectories(home.resolve("bin"));
        Path script = Path.of("src/main/assembly/home/bin/artemis");
        executable(home.resolve("bin/artemis"), Files.readString(script));
        java = javaOfVersion("17.0.1");
        Cli.atHome(home).run("create", instance.toString(), "--silent", "--no-autotune", "--user", "a", "--password", "b");
    }

    private Path javaOfVersion(String version) throws IOException {
        return executable(temp.resolve("java-" + version), """
                #!/bin/sh
                if [ "$1" = -version ]; then
                  echo 'Picked up JAVA_TOOL_OPTIONS: -Da=b' >&2
                  echo 'openjdk version "%s" 2024-01-01' >&2
                  exit 0
                fi
                for word in "$@"; do echo "$word"; done
                exit 7
                """.formatted(version));
    }

    private static Path executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Shell.Result start(Path script, String... words) {
        String[] all = new String[words.length + 1];
        all[0] = script.toString();
        System.arraycopy(words, 0, all, 1, words.length);
        return Shell.run(temp, Map.of("JAVACMD", java.toString()), all);
    }

    @Test
    void homeStartsTheProgram() {
        Shell.Result result = start(home.resolve("bin/artemis"), "create", "a b");
        assertThat(result.exit()).isEqualTo(7);
        assertThat(result.out().lines()).contains("-Dartemis.home=" + home, home + "/lib/*:" + home + "/etc")
                .endsWith("io.delos.cli.Main", "create", "a b");
        assertThat(result.out()).doesNotContain("artemis.instance");
    }

    @Test
    void linksLeadHome() throws IOException {
        Path links = Files.createDirectories(temp.resolve("links"));
        Files.createSymbolicLink(links.resolve("first"), home.resolve("bin/artemis"));
        Files.createSymbolicLink(links.resolve("second"), Path.of("first"));
        assertThat(start(links.resolve("second"), "version").out()).contains("-Dartemis.home=" + home + "\n");
    }

    @Test
    void oldJavaIsRefused() throws IOException {
        java = javaOfVersion("11.0.2");
        Shell.Result result = start(home.resolve("bin/artemis"), "version");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("Java 17 or newer is needed; " + java + " is version 11.\n");
        java = javaOfVersion("1.8.0_400");
        assertThat(start(home.resolve("bin/artemis"), "version").err()).contains("is version 1.");
    }

    @Test
    void newJavaGetsNewOptions() throws IOException {
        assertThat(start(home.resolve("bin/artemis")).out()).doesNotContain("--enable-native-access");
        java = javaOfVersion("25");
        assertThat(start(home.resolve("bin/artemis")).out()).contains("--enable-native-access=ALL-UNNAMED\n");
    }

    @Test
    void missingJavaIsNamed() {
        Shell.Result result = Shell.run(temp, Map.of("JAVA_HOME", "/no/such/java"), home.resolve("bin/artemis").toString());
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).startsWith("No Java found: set JAVA_HOME to a Java 17 or newer");
    }

    @Test
    void instanceStartsItsHome() {
        Shell.Result result = start(instance.resolve("bin/artemis"), "run");
        assertThat(result.exit()).isEqualTo(7);
        assertThat(result.out().lines()).contains("-Dartemis.home=" + home, "-Dartemis.instance=" + instance,
                "-Dartemis.instance.etc=" + instance + "/etc", "-Ddata.dir=" + instance + "/data", "-Xmx2G", "-XX:+UseSerialGC", "-Dhawtio.roles=amq",
                "-Djava.security.auth.login.config=" + instance + "/etc/login.config",
                home + "/lib/*:" + instance + "/etc", "-Dlog4j2.configurationFile=" + instance + "/etc/log4j2.properties").endsWith("io.delos.cli.Main", "run");
        assertThat(start(instance.resolve("bin/artemis"), "version").out()).contains("-Dlog4j2.configurationFile=log4j2-utility.properties")
                .doesNotContain("-Xmx2G");
    }

    @Test
    void ownJarsComeBeforeOurs() throws IOException {
        Files.writeString(instance.resolve("lib/own.jar"), "");
        archive("classes-17.0.1.5.jsa", "12345");
        assertThat(start(instance.resolve("bin/artemis"), "run").out())
                .contains(instance + "/etc:" + instance + "/lib/*:" + home + "/lib/*\n").doesNotContain("SharedArchiveFile");
    }

    @Test
    void classesComeFromTheArchiveOfThisJava() throws IOException {
        archive("classes-17.0.2.5.jsa", "12345");
        assertThat(start(instance.resolve("bin/artemis"), "run").out()).doesNotContain("SharedArchiveFile");
        Path fitting = archive("classes-17.0.1.5.jsa", "12345");
        assertThat(start(instance.resolve("bin/artemis"), "run").out())
                .contains("-XX:SharedArchiveFile=" + fitting + "\n", "-Ddelos.java.release=17.0.1\n");
        Shell.Result asked = Shell.run(temp, Map.of("JAVACMD", java.toString(), "JAVA_ARGS_APPEND", "-Xshare:off"),
                instance.resolve("bin/artemis").toString(), "run");
        assertThat(asked.out()).contains("-Xshare:off").doesNotContain("SharedArchiveFile");
        Files.writeString(fitting, "1234");
        assertThat(start(instance.resolve("bin/artemis"), "run").out()).as("one that was cut").doesNotContain("SharedArchiveFile");
        Path own = Files.writeString(instance.resolve("tmp/classes-17.0.1.2.jsa"), "12");
        assertThat(start(instance.resolve("bin/artemis"), "run").out()).contains("-XX:SharedArchiveFile=" + own + "\n");
    }

    private Path archive(String name, String content) throws IOException {
        return Files.writeString(Files.createDirectories(home.resolve("cache")).resolve(name), content);
    }

    @Test
    void theReleaseIsReadFromTheFileBesideJava() throws IOException {
        Path jdk = Files.createDirectories(temp.toRealPath().resolve("jdk/bin"));
        java = executable(jdk.resolve("java"), "#!/bin/sh\nfor word in \"$@\"; do echo \"$word\"; done\n");
        Files.writeString(jdk.resolveSibling("release"), "IMPLEMENTOR=\"Us\"\nJAVA_RUNTIME_VERSION=\"25.0.3+9-LTS\"\nJAVA_VERSION=\"25.0.3\"\n");
        assertThat(start(home.resolve("bin/artemis")).out()).contains("-Ddelos.java.release=25.0.3+9-LTS\n", "--enable-native-access");
        Files.writeString(jdk.resolveSibling("release"), "JAVA_VERSION=\"16.0.1\"\n");
        assertThat(start(home.resolve("bin/artemis")).err()).contains("is version 16.");
    }

    @Test
    void movedInstanceStillStarts() throws IOException {
        Path moved = Files.move(instance, instance.resolveSibling("moved"));
        assertThat(start(moved.resolve("bin/artemis"), "run").out()).contains("-Dartemis.instance=" + moved + "\n", "-Ddata.dir=" + moved + "/data\n");
    }

    @Test
    void foreignInstanceStartsFromOurHome() throws IOException {
        // what an instance looks like whose profile names another program
        Files.writeString(instance.resolve("etc/artemis.profile"),
                "ARTEMIS_HOME='/opt/other'\nARTEMIS_INSTANCE='" + instance + "'\nARTEMIS_DATA_DIR='/d'\nJAVA_ARGS=\"-Xmx9G\"\n");
        Shell.Result result = Shell.run(temp, Map.of("JAVACMD", java.toString(), "ARTEMIS_INSTANCE", instance.toString()),
                home.resolve("bin/artemis").toString(), "run");
        assertThat(result.out().lines()).contains("-Xmx9G", "-Dartemis.home=" + home, "-Dartemis.instance=" + instance, "-Ddata.dir=/d");
    }

    @Test
    void missingProfileAndHomeAreNamed() throws IOException {
        Files.writeString(instance.resolve("etc/artemis.profile"), "ARTEMIS_HOME=/no/such/home\n");
        assertThat(start(instance.resolve("bin/artemis"), "run").err()).contains("ARTEMIS_HOME (/no/such/home) holds no bin/artemis");
        Files.delete(instance.resolve("etc/artemis.profile"));
        Shell.Result result = start(instance.resolve("bin/artemis"), "run");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("artemis upgrade");
    }

    @Test
    void serviceTellsItsState() {
        Shell.Result stopped = start(instance.resolve("bin/artemis-service"), "status");
        assertThat(stopped).isEqualTo(new Shell.Result(3, "artemis-service is stopped\n", ""));
        Shell.Result usage = start(instance.resolve("bin/artemis-service"), "dance");
        assertThat(usage.exit()).isEqualTo(2);
        assertThat(usage.err()).startsWith("Usage: ");
    }

    @Test
    void serviceStartsAndStops() throws IOException {
        java = executable(temp.resolve("long-java"), """
                #!/bin/sh
                if [ "$1" = -version ]; then echo 'openjdk version "17"' >&2; exit 0; fi
                exec sleep 60
                """);
        Path service = instance.resolve("bin/artemis-service");
        Shell.Result started = start(service, "start");
        assertThat(started.exit()).isZero();
        String pid = Files.readString(instance.resolve("data/artemis.pid")).trim();
        assertThat(started.out()).isEqualTo("Starting artemis-service\nartemis-service is now running (" + pid + ")\n");
        assertThat(start(service, "status").out()).isEqualTo("artemis-service is running (" + pid + ")\n");
        assertThat(start(service, "start")).isEqualTo(new Shell.Result(1, "Already running.\n", ""));
        assertThat(start(service, "stop")).isEqualTo(new Shell.Result(0, "Gracefully Stopping artemis-service\n", ""));
        assertThat(start(service, "status").exit()).isEqualTo(3);
    }

    @Test
    void serviceThatDoesNotStartSaysSo() {
        Shell.Result result = start(instance.resolve("bin/artemis-service"), "start");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.out()).isEqualTo("Starting artemis-service\nCould not start artemis-service\n");
    }
}
