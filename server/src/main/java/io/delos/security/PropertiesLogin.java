package io.delos.security;

import io.delos.config.ConfigException;
import io.delos.config.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Users and passwords in one properties file, roles in another: artemis-users.properties and artemis-roles.properties. */
final class PropertiesLogin implements LoginModule {
    private static final String OPTION = "org.apache.activemq.jaas.properties.";
    /** What an unknown user's password is compared with, for as long as a known one's; made without deriving, so that a start needn't. */
    private static final String NOBODYS = "1024:" + "5A".repeat(32) + ":" + "A5".repeat(64);

    private final UserSource source;
    private final PasswordMask mask;

    PropertiesLogin(UserSource source, PasswordMask mask) {
        this.source = source;
        this.mask = mask;
    }

    static PropertiesLogin of(LoginConfig.Module module, Path folder) {
        String codec = module.options().getOrDefault(OPTION + "password.codec", "");
        return new PropertiesLogin(new UserSource(file(module, OPTION + "user", folder), file(module, OPTION + "role", folder),
            module.isTrue("reload")), codec.isEmpty() ? PasswordMask.ofProcess() : PasswordMask.ofCodec(codec));
    }

    static Path file(LoginConfig.Module module, String option, Path folder) {
        String name = module.options().getOrDefault(option, "");
        if (name.isEmpty()) {
            throw new ConfigException(new Place("login.config", 0), module.className(), "needs the option " + option);
        }
        String base = module.options().getOrDefault("baseDir", "");
        return (base.isEmpty() ? folder : folder.resolve(base)).resolve(name);
    }

    @Override public long revision() throws IOException {
        return source.snapshot().revision();
    }

    @Override public Optional<Identity> login(Credentials credentials) throws IOException {
        UserSource.Snapshot snapshot = source.snapshot();
        String stored = snapshot.users().get(credentials.user());
        if (stored == null) {
            PasswordHash.verify(NOBODYS, credentials.password());
            return Optional.empty();
        }
        if (credentials.user().isEmpty() || !new StoredPassword(stored, mask).accepts(credentials.password())) {
            return Optional.empty();
        }
        return Optional.of(Identity.of(credentials.user(), snapshot.rolesOf(credentials.user())));
    }
}
