package io.delos.transport;

import io.delos.config.TlsOptions;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** The TLS side of an acceptor, made when it starts. Immutable; any thread. */
final class Tls {

    private static final Logger LOG = LogManager.getLogger(Tls.class);
    private static final Set<String> BROKEN = Set.of("SSLv2Hello", "SSLv3");

    private final TlsOptions options;
    private final SslContext context;
    private final List<String> protocols;

    private Tls(TlsOptions options, SslContext context, List<String> protocols) {
        this.options = options;
        this.context = context;
        this.protocols = protocols;
    }

    /** Reads the stores, whose passwords {@code reveal} unmasks; IOException with a sentence when one can't be read, IllegalArgumentException when a setting is wrong. */
    static Tls of(TlsOptions options, UnaryOperator<String> reveal) throws IOException {
        try {
            TlsOptions.Peer peer = options.peer();
            SSLParameters supported = SSLContext.getDefault().getSupportedSSLParameters();
            SSLParameters usual = SSLContext.getDefault().getDefaultSSLParameters();
            List<String> protocols = chosen("enabledProtocols", peer.protocols(), supported.getProtocols(), usual.getProtocols());
            List<String> suites = chosen("enabledCipherSuites", peer.cipherSuites(), supported.getCipherSuites(), new String[0]);
            SslContextBuilder builder = KeyStores.keys(options.keyStore(), reveal).sslProvider(SslProvider.JDK).clientAuth(clientAuth(peer));
            KeyStores.trust(builder, options.trust(), reveal);
            if (!suites.isEmpty()) {
                builder.ciphers(suites, SupportedCipherSuiteFilter.INSTANCE);
            }
            return new Tls(options, builder.build(), withoutBroken(protocols));
        } catch (GeneralSecurityException fault) {
            throw new IOException("TLS can't be set up: " + fault.getMessage(), fault);
        }
    }

    private static ClientAuth clientAuth(TlsOptions.Peer peer) {
        if (peer.needClientAuth()) {
            return ClientAuth.REQUIRE;
        }
        return peer.wantClientAuth() ? ClientAuth.OPTIONAL : ClientAuth.NONE;
    }

    private static List<String> chosen(String setting, List<String> wanted, String[] supported, String[] otherwise) {
        if (wanted.isEmpty()) {
            return List.of(otherwise);
        }
        Set<String> known = new TreeSet<>(List.of(supported));
        for (String name : wanted) {
            if (!known.contains(name) && !BROKEN.contains(name)) {
                throw new IllegalArgumentException(setting + " names " + name + ", which isn't supported; supported are "
                        + String.join(", ", known));
            }
        }
        return wanted;
    }

    private static List<String> withoutBroken(List<String> protocols) {
        List<String> good = new ArrayList<>(protocols);
        if (good.removeAll(BROKEN)) {
            LOG.info("AMQ221053: Disallowing use of vulnerable protocols {}; enabled are {}.", BROKEN, good);
        }
        return List.copyOf(good);
    }

    /** The handler for one socket. */
    SslHandler handler(ByteBufAllocator allocator, SocketAddress peer) {
        SSLEngine engine = peer instanceof InetSocketAddress address
                ? context.newEngine(allocator, address.getHostString(), address.getPort())
                : context.newEngine(allocator);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(protocols.toArray(String[]::new));
        if (!options.peer().sniHost().isEmpty()) {
            parameters.setSNIMatchers(List.of(SNIHostName.createSNIMatcher(options.peer().sniHost())));
        }
        if (options.peer().verifyHost()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
        SslHandler handler = new SslHandler(engine);
        handler.setHandshakeTimeout(options.handshakeTimeout(), TimeUnit.SECONDS);
        return handler;
    }

    /** What the peer has shown, its own certificate first; empty if nothing. */
    static List<X509Certificate> certificates(SSLSession session) {
        try {
            List<X509Certificate> shown = new ArrayList<>();
            for (Certificate certificate : session.getPeerCertificates()) {
                if (certificate instanceof X509Certificate x509) {
                    shown.add(x509);
                }
            }
            return List.copyOf(shown);
        } catch (SSLPeerUnverifiedException nothingShown) {
            return List.of();
        }
    }

    /** The log's line for a handshake that didn't come about. */
    static String failure(String remoteAddress, Throwable cause) {
        String text = LastResort.sentence(cause);
        if (text.contains("server name indication")) {
            return "AMQ222208: SSL handshake failed for client from " + remoteAddress + ": the server name it asks for doesn't match sniHost ("
                    + text + ").";
        }
        return "AMQ222208: SSL handshake failed for client from " + remoteAddress + ": " + text + ".";
    }
}
