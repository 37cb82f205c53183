package io.delos.transport;

import io.delos.config.TlsOptions;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/** Reads the files in which keys and certificates are kept: Java key stores, and PEM in one file or in the several a PEMCFG file names. */
final class KeyStores {

    private static final Set<String> PEM = Set.of("PEM", "PEMCFG", "PEMCA");

    private KeyStores() {
    }

    /** A builder that holds our key and its certificates. */
    static SslContextBuilder keys(TlsOptions.Store store, UnaryOperator<String> reveal) throws IOException, GeneralSecurityException {
        if (store.path().isEmpty() && store.provider().isEmpty()) {
            throw new IllegalArgumentException("sslEnabled needs a keyStorePath");
        }
        String password = reveal.apply(store.password());
        String keyPassword = store.keyPassword().isEmpty() ? password : reveal.apply(store.keyPassword());
        if (PEM.contains(store.type())) {
            byte[] text = pem(store.type(), store.path());
            return SslContextBuilder.forServer(new ByteArrayInputStream(text), new ByteArrayInputStream(text),
                    keyPassword.isEmpty() ? null : keyPassword);
        }
        KeyStore keys = load(store.type(), store.provider(), store.path(), password);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store.alias().isEmpty() ? keys : only(keys, store.alias(), keyPassword.toCharArray()), keyPassword.toCharArray());
        return SslContextBuilder.forServer(factory);
    }

    /** Adds those whom we believe, if they are given; otherwise it is the platform's. */
    static void trust(SslContextBuilder builder, TlsOptions.Trust trust, UnaryOperator<String> reveal)
            throws IOException, GeneralSecurityException {
        if (trust.path().isEmpty() && trust.provider().isEmpty()) {
            return;
        }
        if (PEM.contains(trust.type())) {
            builder.trustManager(new ByteArrayInputStream(pem(trust.type(), trust.path())));
            return;
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(load(trust.type(), trust.provider(), trust.path(), reveal.apply(trust.password())));
        builder.trustManager(factory);
    }

    private static KeyStore load(String type, String provider, String path, String password) throws IOException, GeneralSecurityException {
        KeyStore store = provider.isEmpty() ? KeyStore.getInstance(type) : KeyStore.getInstance(type, provider);
        char[] secret = password.isEmpty() ? null : password.toCharArray();
        if (path.isEmpty()) {
            store.load(null, secret);
            return store;
        }
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            store.load(in, secret);
            return store;
        }
    }

    private static KeyStore only(KeyStore all, String alias, char[] keyPassword) throws IOException, GeneralSecurityException {
        if (!all.isKeyEntry(alias)) {
            throw new KeyStoreException("the key store has no key named " + alias);
        }
        KeyStore one = KeyStore.getInstance("PKCS12");
        one.load(null, null);
        one.setKeyEntry(alias, all.getKey(alias, keyPassword), keyPassword, all.getCertificateChain(alias));
        return one;
    }

    /** The text of a PEM file, or of all files that the {@code source} properties of a PEMCFG file name. */
    private static byte[] pem(String type, String path) throws IOException {
        if (!type.equals("PEMCFG")) {
            return Files.readAllBytes(Path.of(path));
        }
        Properties sources = new Properties();
        try (Reader in = Files.newBufferedReader(Path.of(path))) {
            sources.load(in);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String name : new TreeSet<>(sources.stringPropertyNames())) {
            if (name.startsWith("source.")) {
                all.write(Files.readAllBytes(Path.of(sources.getProperty(name).trim())));
                all.write('\n');
            }
        }
        return all.toByteArray();
    }
}
