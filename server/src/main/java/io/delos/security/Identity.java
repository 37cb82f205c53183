package io.delos.security;

import java.util.Set;

/**
 * Somebody who was let in.
 *
 * @param user the name messages may be stamped with; empty when nobody asked for one
 * @param roles what permissions are given to
 * @param unlimited whether everything is allowed: another node of the cluster, or a broker without security
 */
public record Identity(String user, Set<String> roles, boolean unlimited) {
    public Identity {
        roles = Set.copyOf(roles);
    }

    public static Identity of(String user, Set<String> roles) {
        return new Identity(user, roles, false);
    }

    /** Somebody who may do everything. */
    public static Identity unlimited(String user) {
        return new Identity(user, Set.of(), true);
    }
}
