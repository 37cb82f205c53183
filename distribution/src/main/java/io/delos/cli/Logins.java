package io.delos.cli;

import io.delos.security.Login;
import io.delos.security.LoginConfig;
import io.delos.security.UserFiles;
import java.nio.file.Path;
import java.util.Optional;

/** Who checks logins, as bootstrap.xml and login.config say together. ConfigException when they ask for something that is not there. */
final class Logins {

    private static final String REALM = "activemq";

    private Logins() {
    }

    static Login of(Bootstrap bootstrap, Path etc) {
        return bootstrap.securityManager().isPresent()
                ? Login.ofManager(bootstrap.securityManager().get(), bootstrap.securityProperties(), etc)
                : Login.of(LoginConfig.read(file(etc)), realm(bootstrap), etc);
    }

    /** The users and roles files of the instance; empty when its logins are checked otherwise. */
    static Optional<UserFiles> files(Bootstrap bootstrap, Path etc) {
        return bootstrap.securityManager().isPresent() ? Optional.empty() : UserFiles.of(LoginConfig.read(file(etc)), realm(bootstrap), etc);
    }

    private static String realm(Bootstrap bootstrap) {
        return System.getProperty("securityconfig.jaas.domain", bootstrap.loginRealm().orElse(REALM));
    }

    private static Path file(Path etc) {
        return Path.of(System.getProperty("java.security.auth.login.config", etc.resolve("login.config").toString()));
    }
}
