package io.delos.transport;

import static io.delos.transport.Fixture.ascii;
import static io.delos.transport.Fixture.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsIT {

    private static final char[] SECRET = "changeit".toCharArray();

    @TempDir
    static Path folder;
    private static Path keys;
    private static KeyStore store;

    private final Fixture fixture = new Fixture();
    private final Logged log = new Logged();

    @BeforeAll
    static void makeKeys() throws Exception {
        keys = folder.resolve("keys.p12");
        generate(keys);
        store = load(keys);
    }

    private static void generate(Path keys) throws Exception {
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "me",
                "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=dns:localhost,ip:127.0.0.1", "-storetype", "PKCS12", "-keystore",
                keys.toString(), "-storepass", new String(SECRET)).inheritIO().start();
        assertThat(keytool.waitFor()).isZero();
    }

    private static KeyStore load(Path keys) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, SECRET);
        }
        return store;
    }

    @AfterEach
    void end() {
        fixture.close();
        log.close();
    }

    private static String ssl() {
        return "sslEnabled=true;keyStoreType=PKCS12;keyStorePath=" + keys + ";keyStorePassword=changeit";
    }

    private static String trusting() {
        return ";trustStoreType=PKCS12;trustStorePath=" + keys + ";trustStorePassword=changeit";
    }

    private SSLSocket dial(boolean withCertificate, String serverName) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, SECRET);
        context.init(withCertificate ? own.getKeyManagers() : null, trust.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", fixture.acceptor.port());
        socket.setSoTimeout(60_000);
        if (!serverName.isEmpty()) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
            socket.setSSLParameters(parameters);
        }
        return socket;
    }

    @Test
    void protocolsAreFoundInsideTls() throws Exception {
        fixture.start(ssl());
        try (Socket socket = dial(false, "")) {
            assertThat(echo(socket, "ALPHA over TLS")).isEqualTo("ALPHA over TLS");
            assertThat(fixture.connections.element().certificates()).isEmpty();
        }
    }

    @Test
    void aClientCertificateCanBeDemanded() throws Exception {
        fixture.start(ssl() + trusting() + ";needClientAuth=true");
        try (Socket known = dial(true, "")) {
            assertThat(echo(known, "ALPHA...")).isEqualTo("ALPHA...");
            assertThat(fixture.connections.element().certificates()).containsExactly((X509Certificate) store.getCertificate("me"));
        }
        try (Socket stranger = dial(false, "")) {
            assertThatThrownBy(() -> echo(stranger, "ALPHA...")).isInstanceOf(IOException.class);
        }
        assertThat(log.lines()).filteredOn(line -> line.startsWith("AMQ222208")).hasSize(1);
        assertThat(log.anyStackTrace()).isFalse();
    }

    @Test
    void aCertificateThatIsOnlyWantedMayBeMissing() throws Exception {
        fixture.start(ssl() + trusting() + ";wantClientAuth=true");
        try (Socket stranger = dial(false, "")) {
            assertThat(echo(stranger, "ALPHA...")).isEqualTo("ALPHA...");
        }
    }

    @Test
    void theServerNameMustMatch() throws Exception {
        fixture.start(ssl() + ";sniHost=.*\\.example\\.org");
        try (Socket right = dial(false, "mq.example.org"); Socket nameless = dial(false, "")) {
            assertThat(echo(right, "ALPHA...")).isEqualTo("ALPHA...");
            assertThat(echo(nameless, "ALPHA...")).isEqualTo("ALPHA...");
        }
        try (SSLSocket wrong = dial(false, "mq.example.com")) {
            assertThatThrownBy(wrong::startHandshake).isInstanceOf(SSLException.class).hasMessageContaining("unrecognized_name");
        }
        assertThat(log.lines()).filteredOn(line -> line.startsWith("AMQ222208") && line.contains("sniHost")).hasSize(1);
    }

    @Test
    void protocolsCanBeNarrowedAndBrokenOnesAreStripped() throws Exception {
        fixture.start(ssl() + ";enabledProtocols=SSLv3,TLSv1.2;enabledCipherSuites=TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
        try (SSLSocket socket = dial(false, "")) {
            echo(socket, "ALPHA...");
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
            assertThat(socket.getSession().getCipherSuite()).isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
        }
    }

    @Test
    void wrongSettingsAreNamed() {
        assertThatThrownBy(() -> fixture.start(ssl() + ";enabledProtocols=TLSv9")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("TLSv9").hasMessageContaining("TLSv1.3");
        assertThatThrownBy(() -> fixture.start(ssl() + ";enabledCipherSuites=ROT13")).hasMessageContaining("ROT13");
        assertThatThrownBy(() -> fixture.start("sslEnabled=true")).hasMessageContaining("keyStorePath");
        assertThatThrownBy(() -> fixture.start(ssl() + ";keyStoreAlias=nobody")).isInstanceOf(IOException.class).hasMessageContaining("nobody");
        assertThatThrownBy(() -> fixture.start(ssl() + "x")).isInstanceOf(IOException.class);
    }

    @Test
    void oneKeyOfSeveralCanBeChosen() throws Exception {
        fixture.start(ssl() + ";keyStoreAlias=me");
        try (Socket socket = dial(false, "")) {
            assertThat(echo(socket, "ALPHA...")).isEqualTo("ALPHA...");
        }
    }

    @Test
    void pemFilesServeToo() throws Exception {
        Path key = pem("key.pem", "PRIVATE KEY", store.getKey("me", SECRET).getEncoded());
        Path certificate = pem("certificate.pem", "CERTIFICATE", store.getCertificate("me").getEncoded());
        Path both = Files.writeString(folder.resolve("both.pem"), Files.readString(key) + Files.readString(certificate));
        Path list = Files.writeString(folder.resolve("list.properties"), "alias=me\nsource.key=" + key + "\nsource.cert=" + certificate + "\n");
        fixture.start("sslEnabled=true;keyStoreType=PEM;keyStorePath=" + both + ";needClientAuth=true;trustStoreType=PEM;trustStorePath=" + certificate);
        try (Socket socket = dial(true, "")) {
            assertThat(echo(socket, "ALPHA...")).isEqualTo("ALPHA...");
        }
        fixture.acceptor.stop();
        fixture.start("sslEnabled=true;keyStoreType=PEMCFG;keyStorePath=" + list);
        try (Socket socket = dial(false, "")) {
            assertThat(echo(socket, "ALPHA...")).isEqualTo("ALPHA...");
        }
    }

    private static Path pem(String file, String label, byte[] der) throws IOException {
        return Files.writeString(folder.resolve(file), "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END " + label + "-----\n");
    }

    @Test
    void passwordsMayBeMasked() throws Exception {
        fixture.start("sslEnabled=true;keyStoreType=PKCS12;keyStorePath=" + keys + ";keyStorePassword=ENC(changeit)");
        try (Socket socket = dial(false, "")) {
            assertThat(echo(socket, "ALPHA...")).isEqualTo("ALPHA...");
        }
    }

    @Test
    void changedStoresAreReadAgain() throws Exception {
        Path changing = Files.copy(keys, folder.resolve("changing.p12"));
        fixture.start("sslEnabled=true;sslAutoReload=true;keyStoreType=PKCS12;keyStorePassword=changeit;keyStorePath=" + changing);
        assertThat(shown()).isEqualTo(store.getCertificate("me"));
        Files.writeString(changing, "nonsense");
        await().until(() -> log.lines().stream().anyMatch(line -> line.contains("keeps what it had")));
        assertThat(shown()).isEqualTo(store.getCertificate("me"));
        Path other = folder.resolve("other.p12");
        generate(other);
        Files.move(other, changing, StandardCopyOption.REPLACE_EXISTING);
        Certificate expected = load(changing).getCertificate("me");
        await().until(() -> shown().equals(expected));
    }

    /** What the server shows to a client that believes everything. */
    private Certificate shown() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", fixture.acceptor.port())) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void plainBytesAreRefused() throws Exception {
        fixture.start(ssl());
        try (Socket socket = fixture.connect()) {
            socket.getOutputStream().write(ascii("ALPHA in the clear"));
            assertThat(socket.getInputStream().readAllBytes()).doesNotContain(ascii("ALPHA"));
        }
        assertThat(log.lines()).filteredOn(line -> line.startsWith("AMQ222208")).hasSize(1);
        assertThat(log.anyStackTrace()).isFalse();
    }

    @Test
    void theProxyHeaderComesBeforeTls() throws Exception {
        fixture.start(ssl() + ";proxyProtocolEnabled=true");
        SSLContext context = SSLContext.getInstance("TLS");
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        context.init(null, trust.getTrustManagers(), null);
        try (Socket plain = fixture.connect()) {
            plain.getOutputStream().write(ascii("PROXY TCP4 192.0.2.7 198.51.100.1 4711 61616\r\n"));
            try (Socket socket = context.getSocketFactory().createSocket(plain, "localhost", fixture.acceptor.port(), true)) {
                assertThat(echo(socket, "ALPHA...")).isEqualTo("ALPHA...");
            }
        }
        assertThat(fixture.guests.element().remote).isEqualTo("192.0.2.7:4711");
    }
}
