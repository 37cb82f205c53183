package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands find in an instance, and leave there. */
class InstanceFilesTest {

    @TempDir
    Path temp;

    private Surroundings instance() throws IOException {
        Files.createDirectories(temp.resolve("etc"));
        return new Surroundings(temp, Optional.of(temp), Optional.of(temp.resolve("etc")));
    }

    @Test
    void stopAndKillLeaveTheirFiles() throws IOException {
        instance();
        Cli cli = Cli.inInstance(temp, temp);
        assertThat(cli.run("stop")).isEqualTo(new Cli.Result(0, "", ""));
        assertThat(cli.run("kill")).isEqualTo(new Cli.Result(0, "", ""));
        assertThat(temp.resolve("etc/STOP_ME")).exists();
        assertThat(temp.resolve("etc/KILL_ME")).exists();
    }

    @Test
    void aRunningBrokerSeesTheStopFileOnce() throws Exception {
        Path etc = instance().etc().orElseThrow();
        Files.writeString(etc.resolve("STOP_ME"), "");
        AtomicInteger stops = new AtomicInteger();
        AtomicInteger kills = new AtomicInteger();
        try (SignalWatch watch = SignalWatch.start(etc, false, stops::incrementAndGet, kills::incrementAndGet)) {
            assertThat(etc.resolve("STOP_ME")).as("left over from before").doesNotExist();
            Files.writeString(etc.resolve("KILL_ME"), "");
            Files.writeString(etc.resolve("STOP_ME"), "");
            await().untilAsserted(() -> assertThat(stops).hasValue(1));
            assertThat(etc.resolve("STOP_ME")).doesNotExist();
            assertThat(kills).hasValue(0);
        }
    }

    @Test
    void aRunningBrokerIsKilledWhereThatIsAllowed() throws Exception {
        Path etc = instance().etc().orElseThrow();
        AtomicInteger kills = new AtomicInteger();
        try (SignalWatch watch = SignalWatch.start(etc, true, () -> { }, kills::incrementAndGet)) {
            Files.writeString(etc.resolve("KILL_ME"), "");
            await().untilAsserted(() -> assertThat(kills).hasValue(1));
        }
    }

    @Test
    void oneProcessAtATime() throws Exception {
        try (InstanceLock lock = InstanceLock.take(temp)) {
            assertThatThrownBy(() -> InstanceLock.take(temp)).isInstanceOf(CliException.class).hasMessage(
                    "Error: There is another process using the server at " + temp.resolve("lock") + ". Cannot start the process!");
        }
        InstanceLock.take(temp).close();
        assertThat(temp.resolve("lock/cli.lock")).exists();
    }

    private Bootstrap bootstrap(String inner) throws Exception {
        Surroundings instance = instance();
        Files.writeString(temp.resolve("etc/bootstrap.xml"), "<broker xmlns=\"http://activemq.apache.org/schema\">" + inner + "</broker>");
        return Bootstrap.read(instance, null);
    }

    @Test
    void bootstrapNamesTheConfigurationAndTheRealm() throws Exception {
        Path other = Files.writeString(temp.resolve("other.xml"), "");
        Bootstrap bootstrap = bootstrap("<jaas-security domain=\"r\"/><server configuration=\"file:" + temp + "//other.xml\"/>");
        assertThat(bootstrap.brokerXml()).isEqualTo(other);
        assertThat(bootstrap.loginRealm()).contains("r");
        assertThat(bootstrap.securityManager()).isEmpty();
    }

    @Test
    void bootstrapOfAMovedInstanceMeansTheUsualFile() throws Exception {
        assertThat(bootstrap("<server configuration=\"file:/no/such/place//broker.xml\"/>").brokerXml()).isEqualTo(temp.resolve("etc/broker.xml"));
    }

    @Test
    void bootstrapNamesASecurityManager() throws Exception {
        Bootstrap bootstrap = bootstrap("<security-manager class-name=\"a.B\"><property key=\"k\" value=\"v\"/></security-manager>"
                + "<server configuration=\"file:x\"/>");
        assertThat(bootstrap.securityManager()).contains("a.B");
        assertThat(bootstrap.securityProperties()).containsEntry("k", "v");
    }

    @Test
    void bootstrapMustBeOne() {
        assertThatThrownBy(() -> bootstrap("")).isInstanceOf(CliException.class).hasMessageContaining("expected <server");
        assertThatThrownBy(() -> bootstrap("<")).isInstanceOf(CliException.class).hasMessageContaining("bootstrap.xml");
        assertThatThrownBy(() -> Bootstrap.read(instance(), "xml:" + temp.resolve("none.xml"))).hasMessage("Cannot read " + temp.resolve("none.xml"));
    }

    @Test
    void upgradeRenewsScriptsAndKeepsTheRest() throws Exception {
        Path instance = temp.resolve("instance");
        Cli cli = Cli.atHome(temp.resolve("new home"));
        cli.run("create", instance.toString(), "--silent", "--no-autotune", "--user", "a", "--password", "b", "--role", "boss", "--home", "/old");
        Files.writeString(instance.resolve("bin/artemis"), "old script");
        String brokerXml = Files.readString(instance.resolve("etc/broker.xml"));
        for (int i = 1; i <= 2; i++) {
            Cli.Result result = cli.run("upgrade", instance.toString());
            assertThat(result.exit()).isZero();
            assertThat(result.out()).startsWith("*".repeat(127) + "\nUpgrading broker instance " + instance)
                    .contains("Using " + instance.resolve("old-config-bkp." + i), "ETC found as " + instance.resolve("etc"),
                            "Copying " + instance.resolve("bin/artemis") + " to", "Updating " + instance.resolve("bin/artemis"));
        }
        assertThat(instance.resolve("old-config-bkp.1/bin/artemis")).hasContent("old script");
        assertThat(instance.resolve("bin/artemis")).isExecutable().content().startsWith("#!/bin/sh");
        assertThat(instance.resolve("etc/broker.xml")).hasContent(brokerXml);
        assertThat(instance.resolve("etc/artemis.profile")).content()
                .contains("ARTEMIS_HOME='" + temp.resolve("new home") + "'", "HAWTIO_ROLES='boss'");
    }

    @Test
    void upgradeNeedsAnInstance() {
        Cli.Result result = Cli.atHome(temp).run("upgrade", temp.resolve("none").toString());
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).startsWith(temp.resolve("none") + " is no instance");
    }
}
