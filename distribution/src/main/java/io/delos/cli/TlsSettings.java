package io.delos.cli;

import io.delos.core.CoreClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The TLS parameters of a URL as the client needs them. */
final class TlsSettings {

    private TlsSettings() {
    }

    static CoreClient.Tls of(Map<String, String> parameters) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(parameters), trust(parameters), null);
            return new CoreClient.Tls(context, !"false".equals(parameters.get("verifyHost")) && !trustsAll(parameters));
        } catch (GeneralSecurityException e) {
            throw new IOException("The TLS parameters of the URL cannot be used: " + e.getMessage(), e);
        }
    }

    private static boolean trustsAll(Map<String, String> parameters) {
        return "true".equals(parameters.get("trustAll"));
    }

    private static KeyManager[] keys(Map<String, String> parameters) throws GeneralSecurityException, IOException {
        if (!parameters.containsKey("keyStorePath")) {
            return null;
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store(parameters, "keyStore"), password(parameters, "keyStore"));
        return factory.getKeyManagers();
    }

    private static TrustManager[] trust(Map<String, String> parameters) throws GeneralSecurityException, IOException {
        if (trustsAll(parameters)) {
            return new TrustManager[] {new Anybody()};
        }
        if (!parameters.containsKey("trustStorePath")) {
            return null;
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store(parameters, "trustStore"));
        return factory.getTrustManagers();
    }

    private static KeyStore store(Map<String, String> parameters, String name) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(parameters.getOrDefault(name + "Type", KeyStore.getDefaultType()));
        try (InputStream in = Files.newInputStream(Path.of(parameters.get(name + "Path")))) {
            store.load(in, password(parameters, name));
        }
        return store;
    }

    private static char[] password(Map<String, String> parameters, String name) {
        return parameters.getOrDefault(name + "Password", "").toCharArray();
    }

    /** What {@code trustAll=true} asks for. */
    private static final class Anybody implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            // everybody is believed
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // everybody is believed
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
