package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.proof.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users download, unpacked and used. */
class ArchiveIT {

    private static final String ARCHIVE = System.getProperty("delos.archive");

    @TempDir
    Path temp;

    private Path unpacked() {
        Shell.Result tar = Shell.run(temp, Map.of(), "tar", "xzf", ARCHIVE + ".tar.gz");
        assertThat(tar.exit()).as(tar.err()).isZero();
        return temp.resolve(Path.of(ARCHIVE).getFileName().toString().replaceFirst("-bin$", ""));
    }

    @Test
    void zipHoldsOneDirectoryWithoutForeignBrokers() throws IOException {
        try (ZipFile zip = new ZipFile(ARCHIVE + ".zip")) {
            List<String> names = zip.stream().map(entry -> entry.getName()).toList();
            String top = names.get(0).substring(0, names.get(0).indexOf('/') + 1);
            assertThat(names).allMatch(name -> name.startsWith(top));
            assertThat(names).contains(top + "bin/artemis", top + "etc/log4j2-utility.properties");
            assertThat(names.stream().map(name -> name.substring(name.lastIndexOf('/') + 1)).filter(name -> name.endsWith(".jar")))
                    .anyMatch(name -> name.startsWith("delos-server-")).anyMatch(name -> name.startsWith("delos-protocol-mqtt-"))
                    .anyMatch(name -> name.startsWith("delos-distribution-")).anyMatch(name -> name.startsWith("picocli-"))
                    .noneMatch(name -> name.startsWith("artemis-")).noneMatch(name -> name.contains("junit"));
        }
    }

    @Test
    void unpackedItMakesAnInstanceThatKnowsItsVersion() throws IOException {
        Path home = unpacked();
        assertThat(home.resolve("bin/artemis")).isExecutable();
        Map<String, String> java = Map.of("JAVA_HOME", System.getProperty("java.home"));
        Shell.Result created = Shell.run(temp, java, home.resolve("bin/artemis").toString(), "create", "one", "--silent", "--user", "a",
                "--password", "b", "--require-login");
        assertThat(created.exit()).as(created.err()).isZero();
        assertThat(created.err()).isEmpty();
        Shell.Result version = Shell.run(temp, java, temp.resolve("one/bin/artemis").toString(), "version");
        assertThat(version.exit()).as(version.err()).isZero();
        assertThat(version.out().lines()).contains("Apache Artemis instance: " + temp.resolve("one").toRealPath())
                .anyMatch(line -> line.matches("Delos \\d.*"));
        assertThat(temp.resolve("one/log")).as("only the broker logs there").isEmptyDirectory();
    }

    @Test
    void unpackedItRunsInTheBackgroundUntilToldToStop() throws IOException {
        Path home = unpacked();
        Map<String, String> java = Map.of("JAVA_HOME", System.getProperty("java.home"));
        int port = Ports.ARTEMIS + Ports.freeOffset();
        Path one = temp.resolve("one");
        assertThat(Shell.run(temp, java, home.resolve("bin/artemis").toString(), "create", "one", "--silent", "--no-autotune", "--user", "a",
                "--password", "b", "--require-login", "--host", "127.0.0.1", "--default-port", String.valueOf(port), "--no-amqp-acceptor",
                "--no-stomp-acceptor", "--no-mqtt-acceptor", "--no-hornetq-acceptor").exit()).isZero();
        String artemis = one.resolve("bin/artemis").toString();
        String service = one.resolve("bin/artemis-service").toString();
        assertThat(Shell.run(temp, java, service, "start").exit()).isZero();
        try {
            await().atMost(Duration.ofMinutes(2)).until(() -> log(one).contains("AMQ221007"));
            assertThat(Shell.run(temp, java, service, "status").exit()).isZero();
            Shell.Result sent = Shell.run(temp, java, artemis, "producer", "--user", "a", "--password", "b", "--message-count", "7");
            assertThat(sent.exit()).as(sent.err()).isZero();
            assertThat(sent.out()).startsWith("Connection brokerURL = tcp://127.0.0.1:" + port + "\n").contains("Produced: 7 messages");
            Shell.Result second = Shell.run(temp, java, artemis, "run");
            assertThat(second.exit()).isEqualTo(1);
            assertThat(second.err()).startsWith("Error: There is another process using the server at " + one.toRealPath().resolve("lock")
                    + ". Cannot start the process!");
            assertThat(Shell.run(temp, java, artemis, "data", "print").exit()).isEqualTo(1);
            assertThat(Shell.run(temp, java, artemis, "stop")).isEqualTo(new Shell.Result(0, "", ""));
            await().atMost(Duration.ofMinutes(2)).until(() -> Shell.run(temp, java, service, "status").exit() == 3);
        } finally {
            Shell.run(temp, java, service, "force-stop");
        }
        assertThat(log(one)).contains("AMQ221002").doesNotContain(" ERROR ");
        assertThat(one.resolve("log/artemis-service.err")).isEmptyFile();
        Shell.Result printed = Shell.run(temp, java, artemis, "data", "print");
        assertThat(printed.exit()).as(printed.out()).isZero();
        assertThat(printed.out().lines().filter(line -> line.contains("Enqueued[address=TEST"))).hasSize(7);
        assertThat(printed.out()).contains("Server's ID=", "name=TEST").contains("Queue TEST on TEST: 7 messages").endsWith("Healthy: everything is what was written.\n");
    }

    private static String log(Path instance) throws IOException {
        Path log = instance.resolve("log/artemis.log");
        return Files.exists(log) ? Files.readString(log) : "";
    }
}
