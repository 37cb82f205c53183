package io.delos.cli;

import java.util.Optional;

/**
 * Who connects.
 *
 * @param user the user's name; empty = anonymous
 * @param password the password
 * @param clientId the name durable subscriptions belong to
 */
record Login(Optional<String> user, Optional<String> password, Optional<String> clientId) {
}
