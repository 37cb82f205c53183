package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.proof.BrokerProcess;
import io.delos.proof.Distribution;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real broker that can't start says why in one line, exits with 1 and leaves everything as it was. */
@Timeout(120)
class RefusedStartIT {

    private static final String REFUSED = "The broker cannot start: ";

    @TempDir
    static Path directory;
    private static BrokerProcess broker;
    private static Path brokerXml;
    private static String sound;

    @BeforeAll
    static void create() throws IOException {
        broker = BrokerProcess.create(Distribution.home(), directory.resolve("instance"), "--no-autotune");
        brokerXml = broker.instance().resolve("etc/broker.xml");
        sound = Files.readString(brokerXml);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static int lineOf(String text, String part) {
        return (int) text.substring(0, text.indexOf(part)).lines().count();
    }

    private static void assertRefused(Script.Result run, String... parts) {
        assertThat(run.exit()).as(run.text()).isEqualTo(1);
        assertThat(run.lines("ERROR")).as(run.text()).singleElement().asString().contains(REFUSED).contains(parts);
        assertThat(run.text()).as("no stack trace").doesNotContain("\tat ");
        assertThat(broker.instance().resolve("data")).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {
        "<max-disk-usage>90<, <max-disk-usage>lots<, <max-disk-usage>, found 'lots'",
        "<address-full-policy>PAGE<, <address-full-policy>BURN<, <address-full-policy>, found 'BURN'",
        "</address-settings>, </adress-settings>, not well-formed, </address-settings>",
    })
    void aBadFileIsNamedWithItsLine(String right, String wrong, String element, String expectation) throws Exception {
        String damaged = sound.replaceFirst(right, wrong);
        Files.writeString(brokerXml, damaged);
        try {
            assertRefused(Script.run(broker.instance(), "run"), "broker.xml:" + lineOf(damaged, wrong) + ":", element, expectation);
        } finally {
            Files.writeString(brokerXml, sound);
        }
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(broker.port(), 1, InetAddress.getByName("127.0.0.1"))) {
            Script.Result run = Script.run(broker.instance(), "run");
            assertThat(run.exit()).as(run.text()).isEqualTo(1);
            assertThat(run.lines(REFUSED)).as(run.text()).singleElement().asString()
                    .contains("AMQ229230: Failed to bind acceptor artemis to 127.0.0.1:" + taken.getLocalPort());
            assertThat(run.text()).doesNotContain("\tat ");
        } finally {
            broker.wipe();
        }
    }

    @Test
    void aSecondBrokerLeavesTheFirstAlone() throws Exception {
        broker.start();
        try {
            Script.Result second = Script.run(broker.instance(), "run");
            assertThat(second.exit()).as(second.text()).isEqualTo(1);
            assertThat(second.lines("There is another process using the server at")).as(second.text()).hasSize(1);
            assertThat(broker.alive()).isTrue();
            new Bytes(broker.port()).close();
            broker.stop();
        } finally {
            broker.close();
            broker.wipe();
        }
    }
}
