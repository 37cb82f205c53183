package io.delos.security;

import java.util.Optional;
import java.util.Set;

/** Lets anybody in as a guest; with {@code credentialsInvalidate} only those who show no credentials. */
final class GuestLogin implements LoginModule {
    private static final String OPTION = "org.apache.activemq.jaas.guest.";

    private final Identity guest;
    private final boolean onlyAnonymous;

    private GuestLogin(Identity guest, boolean onlyAnonymous) {
        this.guest = guest;
        this.onlyAnonymous = onlyAnonymous;
    }

    static GuestLogin of(LoginConfig.Module module) {
        return new GuestLogin(Identity.of(module.options().getOrDefault(OPTION + "user", "guest"),
            Set.of(module.options().getOrDefault(OPTION + "role", "guests"))), module.isTrue("credentialsInvalidate"));
    }

    @Override public Optional<Identity> login(Credentials credentials) {
        return onlyAnonymous && !credentials.password().isEmpty() ? Optional.empty() : Optional.of(guest);
    }
}
