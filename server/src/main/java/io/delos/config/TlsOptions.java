package io.delos.config;

import java.util.List;

/**
 * The TLS parameters of an acceptor's or connector's URL (acceptor document, section 6). Passwords are as written: they may be masked.
 */
public record TlsOptions(
    @Setting(name = "sslEnabled", value = "false", text = "speaks TLS") boolean enabled,
    @Setting(name = "sslAutoReload", value = "false", text = "reads the stores again when their files change") boolean autoReload,
    @Setting(name = "sslHandshakeTimeout", value = "10", check = Check.NOT_NEGATIVE, unit = Unit.SECONDS, text = "0 for no limit")
    int handshakeTimeout,
    @Setting(name = "sslProvider", value = "JDK", text = "whose TLS") Provider provider,
    Store keyStore, Trust trust, Peer peer) {

    /** Without the stores: passwords are among their settings. */
    @Override public String toString() {
        return "TlsOptions[enabled=" + enabled + ", provider=" + provider + "]";
    }

    /** Whose implementation of TLS. */
    public enum Provider { JDK, OPENSSL }

    /** Our own key. */
    public record Store(
        @Setting(name = "keyStorePath", text = "file with the key and its certificates") String path,
        @Setting(name = "keyStorePassword", text = "of the file") String password,
        @Setting(name = "keyPassword", follows = "keyStorePassword", text = "of the key") String keyPassword,
        @Setting(name = "keyStoreType", value = "JKS", text = "JKS, JCEKS, PKCS12, PEM or PEMCFG") String type,
        @Setting(name = "keyStoreProvider", text = "security provider that reads it") String provider,
        @Setting(name = "keyStoreAlias", text = "which key, when there are several") String alias) {
    }

    /** Whom we believe. */
    public record Trust(
        @Setting(name = "trustStorePath", text = "file with the certificates that are trusted") String path,
        @Setting(name = "trustStorePassword", text = "of the file") String password,
        @Setting(name = "trustStoreType", value = "JKS", text = "JKS, JCEKS, PKCS12, PEM or PEMCA") String type,
        @Setting(name = "trustStoreProvider", text = "security provider that reads it") String provider,
        @Setting(name = "trustAll", value = "false", text = "believes anybody: for tests") boolean all,
        @Setting(name = "crlPath", text = "revoked certificates") String crlPath) {
    }

    /** What is asked of the other side. */
    public record Peer(
        @Setting(name = "needClientAuth", value = "false", text = "a client must show a certificate") boolean needClientAuth,
        @Setting(name = "wantClientAuth", value = "false", text = "a client is asked for a certificate") boolean wantClientAuth,
        @Setting(name = "verifyHost", value = "false", text = "the certificate must name the peer's host") boolean verifyHost,
        @Setting(name = "sniHost", text = "regular expression for the server name a client gives; empty for any") String sniHost,
        @Setting(name = "enabledCipherSuites", text = "empty for the platform's") List<String> cipherSuites,
        @Setting(name = "enabledProtocols", text = "empty for the platform's") List<String> protocols) {
    }
}
