package io.delos.broker;

import java.security.cert.X509Certificate;
import java.util.List;

/** What a client shows to log in; empty user for none. Never logged. */
public record Credentials(String user, String password, List<X509Certificate> certificates, String securityDomain) {

    public static Credentials of(String user, String password) {
        return new Credentials(user, password, List.of(), "");
    }

    /** No user at all. */
    public static Credentials anonymous() {
        return of("", "");
    }

    @Override
    public String toString() {
        return "Credentials[" + user + "]";
    }
}
