package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that show a certificate and nothing else (SASL EXTERNAL). */
class ExternalIT {

    private static final String USER = "store.client";
    private static TestServer server;
    private static Path folder;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        folder = directory;
        generate("server", "CN=localhost");
        generate("client", "CN=client,O=delos");
        generate("stranger", "CN=stranger");
        Files.writeString(directory.resolve("users"), "anna=CN=client,O=delos\n");
        Files.writeString(directory.resolve("roles"), "users=anna\n");
        Path entries = directory.resolve("login.config");
        Files.writeString(entries, "activemq { org.apache.activemq.artemis.spi.core.security.jaas.TextFileCertificateLoginModule required"
                + " org.apache.activemq.jaas.textfiledn.user=\"users\" org.apache.activemq.jaas.textfiledn.role=\"roles\"; };");
        Set<String> anna = Set.of("users");
        SecuritySettings rights = new SecuritySettings(Map.of("#", Map.of(Permission.CREATE_ADDRESS, anna, Permission.CREATE_DURABLE_QUEUE, anna,
                Permission.SEND, anna)), Map.of());
        server = TestServer.secured(directory, config -> config.withSecuritySettings(rights).withAcceptors(List.of(AcceptorConfig.of("artemis",
                "tcp://127.0.0.1:0?saslMechanisms=EXTERNAL;sslEnabled=true;keyStoreType=PKCS12;keyStorePassword=changeit;keyStorePath="
                + store("server") + ";needClientAuth=true;trustStoreType=PKCS12;trustStorePassword=changeit;trustStorePath=" + store(USER)))),
                Login.of(LoginConfig.read(entries), "activemq", directory));
    }

    /** Each key gets a store of its own; the broker trusts all but its own by one more. */
    private static void generate(String name, String subject) throws Exception {
        keytool("-genkeypair", "-alias", name, "-keyalg", "EC", "-dname", subject, "-keystore", store(name).toString());
        if (!name.equals("server")) {
            Path certificate = folder.resolve(name + ".cer");
            keytool("-exportcert", "-alias", name, "-file", certificate.toString(), "-keystore", store(name).toString());
            keytool("-importcert", "-noprompt", "-alias", name, "-file", certificate.toString(), "-keystore", store(USER).toString());
        }
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", "changeit"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        assertThat(process.waitFor()).isZero();
    }

    private static Path store(String name) {
        return folder.resolve(name + ".p12");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void send(String certificate) throws JMSException {
        try (Connection connection = new JmsConnectionFactory("amqps://127.0.0.1:" + server.port() + "?amqp.saslMechanisms=EXTERNAL"
                + "&transport.verifyHost=false&transport.trustAll=true&transport.storeType=PKCS12&transport.keyStorePassword=changeit&transport.keyStoreLocation="
                + store(certificate)).createConnection()) {
            connection.start();
            Session session = connection.createSession();
            session.createProducer(session.createQueue("external")).send(session.createMessage());
        }
    }

    @Test
    void whoseCertificateIsKnownIsIn() throws JMSException {
        send("client");
        assertThat(server.broker().findQueue("external")).isPresent();
        assertThatThrownBy(() -> send("stranger")).isInstanceOf(JMSSecurityException.class);
    }
}
