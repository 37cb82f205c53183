package io.delos.server;

import io.delos.config.BrokerConfig;
import io.delos.config.BrokerXml;
import io.delos.security.Login;
import io.delos.security.UserFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a server is started with.
 *
 * @param config        the configuration
 * @param base          what relative directories are relative to: the instance
 * @param login         what checks logins; without one nobody is let in, unless security is off
 * @param users         the files that hold the users, for management; empty when they are kept elsewhere
 * @param overrides     what was set beside broker.xml and is in the configuration already; management shows it
 * @param salvage       whether a damaged journal is read as far as it goes instead of refused
 */
public record ServerOptions(BrokerConfig config, Path base, Optional<Login> login, Optional<UserFiles> users,
                            List<BrokerXml.AppliedSource> overrides, boolean salvage) {

    public ServerOptions {
        overrides = List.copyOf(overrides);
    }

    /** With users that management can't change. */
    public ServerOptions(BrokerConfig config, Path base, Optional<Login> login, boolean salvage) {
        this(config, base, login, Optional.empty(), List.of(), salvage);
    }
}
