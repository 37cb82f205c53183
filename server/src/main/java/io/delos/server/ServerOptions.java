package io.delos.server;

import io.delos.config.BrokerConfig;
import io.delos.security.Login;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a server is started with.
 *
 * @param config        the configuration
 * @param base          what relative directories are relative to: the instance
 * @param login         what checks logins; without one nobody is let in, unless security is off
 * @param salvage       whether a damaged journal is read as far as it goes instead of refused
 */
public record ServerOptions(BrokerConfig config, Path base, Optional<Login> login, boolean salvage) { }
