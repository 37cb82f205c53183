package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.broker.AccessCounters;
import io.delos.config.AcceptorConfig;
import io.delos.config.Permission;
import io.delos.config.SecuritySettings;
import io.delos.security.Login;
import io.delos.security.LoginConfig;
import io.delos.server.TestServer;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.Open;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logging in over SASL (AMQP 1.0 part 5 §5.3), with the client people use and byte by byte. */
class SaslIT {

    private static final String MODULE = "org.apache.activemq.artemis.spi.core.security.jaas.";
    private static final String FILES = " required reload=true org.apache.activemq.jaas.properties.user=\"users\""
            + " org.apache.activemq.jaas.properties.role=\"roles\";";
    /** Written by Artemis for the password "secret". */
    private static final String KEYS = "bob|SHA256=ENC(sJ02Yi3ZdGR8F1RhgDN6L8SAe4KQTKvO6i6yT2hZqYY\\=\\:4096\\:nOoL/oV7fUB9F1WtfeZK+vMzmbVFIHqs5DayIyCVDuM\\="
            + "\\:xc/pBlNjdCi+Lm70+MyBpn9mzNrln2B6L1QivPPgxpQ\\=)\n"
            + "bob|SHA512=ENC(mVgik8NLYsHBBpkobD6ldH5uQ3Z2TnzTRSz2OK1qSds\\=\\:4096\\:a+eEUnNh5ezT+epzDMuSTRH+OUoro/+ILZUwYfd4gjp7gOWlBFHJKl0eQs/"
            + "ngbJVfg768r1oKVXed6v69sgCuA\\=\\=\\:HFTnmXlNqagn7wT3VX5BhcdEaDuNFL6DrjGRpap6mEUZsOmi5hQGc/3dgvrELsUTOuaVW7PK6mNTwRSghlmGUA\\=\\=)\n";

    private static TestServer server;
    private static Path folder;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        folder = directory;
        Files.writeString(directory.resolve("users"), "anna = plain\nhans = ENC(1024:5A:A5)\n" + KEYS);
        Files.writeString(directory.resolve("roles"), "users = anna,bob,hans\n");
        Path entries = directory.resolve("login.config");
        Files.writeString(entries, "activemq { " + MODULE + "PropertiesLoginModule" + FILES + " };\n"
                + "keys { " + MODULE + "SCRAMPropertiesLoginModule" + FILES + " };\nnobody { " + MODULE + "SCRAMLoginModule required; };\n");
        Map<Permission, Set<String>> everything = new EnumMap<>(Permission.class);
        for (Permission permission : Permission.values()) {
            everything.put(permission, Set.of("users"));
        }
        server = TestServer.secured(directory, config -> config.withSecuritySettings(new SecuritySettings(Map.of("#", everything), Map.of()))
                .withAcceptors(List.of(acceptor("artemis", "PLAIN,ANONYMOUS,EXTERNAL,SCRAM-SHA-256,SCRAM-SHA-512"),
                        acceptor("scoped", "SCRAM-SHA-512;saslLoginConfigScope=keys"),
                        acceptor("nobody", "SCRAM-SHA-256,PLAIN;saslLoginConfigScope=nobody"))),
                Login.of(LoginConfig.read(entries), "activemq", directory));
    }

    private static AcceptorConfig acceptor(String name, String mechanisms) {
        return AcceptorConfig.of(name, "tcp://127.0.0.1:0?saslMechanisms=" + mechanisms);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void logIn(String acceptor, String mechanism, String user, String password) throws JMSException {
        try (Connection connection = new JmsConnectionFactory(user, password, "amqp://127.0.0.1:" + server.server().port(acceptor)
                + "?amqp.saslMechanisms=" + mechanism).createConnection()) {
            connection.start();
            Session session = connection.createSession();
            session.createProducer(session.createQueue("sasl." + user)).send(session.createMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"})
    void thePasswordIsProvedOrShown(String mechanism) throws JMSException {
        logIn("artemis", mechanism, "anna", "plain");
        logIn("artemis", mechanism, "bob", "secret");
        assertThatThrownBy(() -> logIn("artemis", mechanism, "anna", "wrong")).isInstanceOf(JMSSecurityException.class);
        assertThatThrownBy(() -> logIn("artemis", mechanism, "bob", "wrong")).isInstanceOf(JMSSecurityException.class);
        assertThatThrownBy(() -> logIn("artemis", mechanism, "zoe", "secret")).isInstanceOf(JMSSecurityException.class);
        assertThatThrownBy(() -> logIn("artemis", mechanism, "bob|SHA256", "secret")).isInstanceOf(JMSSecurityException.class);
    }

    @Test
    void loginsAreCounted() throws JMSException {
        AccessCounters counters = server.broker().accessCounters();
        for (String mechanism : List.of("SCRAM-SHA-256", "PLAIN")) {
            long letIn = counters.letIn();
            long turnedAway = counters.turnedAway();
            logIn("artemis", mechanism, "anna", "plain");
            assertThatThrownBy(() -> logIn("artemis", mechanism, "anna", "wrong")).isInstanceOf(JMSSecurityException.class);
            assertThat(counters.letIn()).isEqualTo(letIn + 1);
            assertThat(counters.turnedAway()).isEqualTo(turnedAway + 1);
        }
    }

    @Test
    void aHashedPasswordCannotBeProved() {
        assertThatThrownBy(() -> logIn("artemis", "SCRAM-SHA-256", "hans", "any")).isInstanceOf(JMSSecurityException.class);
    }

    @Test
    void anAcceptorMayAskAnotherEntry() throws JMSException {
        logIn("scoped", "SCRAM-SHA-512", "bob", "secret");
        assertThatThrownBy(() -> logIn("nobody", "SCRAM-SHA-256", "bob", "secret")).isInstanceOf(JMSSecurityException.class);
    }

    // ---- byte by byte

    private static WirePeer offered() throws IOException {
        WirePeer peer = new WirePeer(server.port());
        peer.write(WirePeer.SASL_HEADER);
        assertThat(peer.read(8)).isEqualTo(WirePeer.SASL_HEADER);
        assertThat(peer.expectSasl(WirePeer.MECHANISMS)).containsExactly(List.of("PLAIN", "ANONYMOUS", "EXTERNAL", "SCRAM-SHA-256", "SCRAM-SHA-512"));
        return peer;
    }

    private static byte[] init(String mechanism, String response) {
        return WirePeer.sasl(WirePeer.INIT, Symbol.valueOf(mechanism), response.getBytes(StandardCharsets.UTF_8));
    }

    private static Object code(WirePeer peer) throws IOException {
        return peer.expectSasl(WirePeer.OUTCOME).get(0);
    }

    @Test
    void theOutcomeSaysWhatWasWrong() throws IOException {
        Object[][] cases = {
            {"PLAIN", "\0anna\0plain", 0}, {"PLAIN", "\0anna\0wrong", 1}, {"PLAIN", "anna", 1}, {"PLAIN", "", 1}, {"NONSENSE", "", 2}, {"GSSAPI", "", 2},
            {"EXTERNAL", "", 2}, {"SCRAM-SHA-256", "no such message", 1}, {"SCRAM-SHA-256", "p=tls-unique,,n=anna,r=x", 1}, {"ANONYMOUS", "", 0},
        };
        for (Object[] one : cases) {
            try (WirePeer peer = offered()) {
                peer.write(init((String) one[0], (String) one[1]));
                assertThat(((Number) code(peer)).intValue()).as("%s %s", one[0], one[1]).isEqualTo(one[2]);
            }
        }
    }

    @Test
    void whileLoginsCannotBeCheckedThatIsSaid() throws IOException {
        Path away = Files.move(folder.resolve("users"), folder.resolve("away"));
        try {
            for (byte[] choice : List.of(init("PLAIN", "\0nobody\0yet"), init("SCRAM-SHA-512", "n,,n=nobody,r=abc"))) {
                try (WirePeer peer = offered()) {
                    peer.write(choice);
                    assertThat(((Number) code(peer)).intValue()).isEqualTo(4);
                }
            }
        } finally {
            Files.move(away, folder.resolve("users"));
        }
    }

    @Test
    void everythingMayComeAtOnce() throws IOException {
        try (WirePeer peer = new WirePeer(server.port())) {
            peer.write(WirePeer.join(WirePeer.SASL_HEADER, init("PLAIN", "\0anna\0plain"), WirePeer.PLAIN_HEADER,
                    peer.frame(WirePeer.opening("eager")), peer.frame(WirePeer.beginning())));
            assertThat(peer.read(8)).isEqualTo(WirePeer.SASL_HEADER);
            peer.expectSasl(WirePeer.MECHANISMS);
            assertThat(((Number) code(peer)).intValue()).isZero();
            assertThat(peer.read(8)).isEqualTo(WirePeer.PLAIN_HEADER);
            assertThat(peer.expect(Open.class).getContainerId()).isEqualTo(server.broker().nodeId());
        }
    }

    @Test
    void whatIsOutOfOrderIsRefused() throws IOException {
        byte[][] wrong = {
            WirePeer.sasl(WirePeer.RESPONSE, "early"), WirePeer.sasl(WirePeer.OUTCOME, 0), WirePeer.sasl(WirePeer.MECHANISMS, Symbol.valueOf("PLAIN")),
            WirePeer.sasl(WirePeer.INIT), WirePeer.bytes(0, 0, 0, 8, 2, 1, 0, 0), WirePeer.bytes(0, 0, 0, 4, 2, 1, 0, 0),
            WirePeer.bytes(0, 0, 0, 12, 2, 0, 0, 0, 0, 0x53, 0x41, 0x45), WirePeer.bytes(0x7f, 0xff, 0xff, 0xff, 2, 1, 0, 0),
            WirePeer.bytes(0, 0, 0, 12, 9, 1, 0, 0, 0, 0x53, 0x41, 0x45),
        };
        for (byte[] frame : wrong) {
            try (WirePeer peer = offered()) {
                peer.write(frame);
                assertThat(((Number) code(peer)).intValue()).isEqualTo(2);
            }
        }
        try (WirePeer peer = offered()) {
            peer.write(init("SCRAM-SHA-256", "n,,n=anna,r=abc"));
            peer.expectSasl(WirePeer.CHALLENGE);
            peer.write(init("PLAIN", "\0anna\0plain"));
            assertThat(((Number) code(peer)).intValue()).isEqualTo(2);
        }
    }

    @Test
    void behindTheOutcomeComesTheHeaderOfAmqp() throws IOException {
        try (WirePeer peer = offered()) {
            peer.write(init("PLAIN", "\0anna\0plain"));
            assertThat(((Number) code(peer)).intValue()).isZero();
            peer.write(WirePeer.SASL_HEADER);
            assertThat(peer.rest()).isEqualTo("AMQP\0\1\0\0");
        }
    }

    @Test
    void nobodyLearnsWhoIsKnown() throws IOException {
        String first = salt("zoe");
        assertThat(first).matches("[A-Za-z0-9+/]{43}=");
        assertThat(salt("zoe")).isEqualTo(first);
    }

    private static String salt(String user) throws IOException {
        try (WirePeer peer = offered()) {
            peer.write(init("SCRAM-SHA-256", "n,,n=" + user + ",r=abc"));
            String challenge = new String((byte[]) peer.expectSasl(WirePeer.CHALLENGE).get(0), StandardCharsets.UTF_8);
            assertThat(challenge).startsWith("r=abc").endsWith(",i=4096");
            String nonce = challenge.substring(2, challenge.indexOf(','));
            peer.write(WirePeer.sasl(WirePeer.RESPONSE, ("c=biws,r=" + nonce + ",p=" + "A".repeat(43) + "=").getBytes(StandardCharsets.UTF_8)));
            assertThat(((Number) code(peer)).intValue()).isEqualTo(1);
            return challenge.substring(challenge.indexOf(",s=") + 3, challenge.indexOf(",i="));
        }
    }
}
