package io.delos.security;

import io.delos.config.ConfigException;
import io.delos.config.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Users and passwords in one properties file, roles in another: artemis-users.properties and artemis-roles.properties. */
final class PropertiesLogin implements LoginModule {
    private static final Logger LOG = LogManager.getLogger(PropertiesLogin.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SALT_BYTES = 32;
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

    @Override public List<LoginFile> files() {
        return source.files();
    }

    @Override public Optional<Identity> login(Credentials credentials) throws IOException {
        UserSource.Snapshot snapshot = source.snapshot();
        String stored = snapshot.users().get(credentials.user());
        if (stored == null) {
            Optional<ScramKeys> keys = keys(snapshot, ScramHash.SHA_256, credentials.user());
            if (keys.isPresent() && !credentials.user().isEmpty()) {
                return keys.get().areOf(credentials.password())
                    ? Optional.of(Identity.of(credentials.user(), snapshot.rolesOf(credentials.user()))) : Optional.empty();
            }
            PasswordHash.verify(NOBODYS, credentials.password());
            return Optional.empty();
        }
        if (credentials.user().isEmpty() || !new StoredPassword(stored, mask).accepts(credentials.password())) {
            return Optional.empty();
        }
        return Optional.of(Identity.of(credentials.user(), snapshot.rolesOf(credentials.user())));
    }

    /** By keys that stand in the file for this hash, or by the password where it can be read; its hash is of no use here. */
    @Override public Optional<ScramUser> scram(ScramHash hash, String user) throws IOException {
        UserSource.Snapshot snapshot = source.snapshot();
        Optional<Identity> who = Optional.of(Identity.of(user, snapshot.rolesOf(user)));
        Optional<ScramKeys> keys = keys(snapshot, hash, user);
        if (keys.isPresent() || !snapshot.users().containsKey(user)) {
            return keys.map(known -> new ScramUser(known, who));
        }
        Optional<String> password = new StoredPassword(snapshot.users().get(user), mask).readable();
        if (password.isEmpty()) {
            LOG.warn("User {} can't log in by {}: the users file holds a hash of the password, of which no SCRAM keys can be made. Write the keys"
                + " instead, or the password masked", user, hash);
            return Optional.empty();
        }
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return Optional.of(new ScramUser(ScramKeys.derive(hash, password.get(), salt, ScramKeys.ITERATIONS), who));
    }

    private static Optional<ScramKeys> keys(UserSource.Snapshot snapshot, ScramHash hash, String user) {
        String stored = snapshot.users().get(user + hash.suffix());
        return stored == null ? Optional.empty()
            : ScramKeys.parse(hash, PasswordMask.isMasked(stored) ? PasswordMask.inside(stored) : stored);
    }
}
