package io.delos.security;

import io.delos.config.BrokerConfig;
import io.delos.config.MatchTable;
import io.delos.config.Permission;
import io.delos.config.SecuritySettings;
import io.delos.config.WildcardSyntax;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who may do what where: a snapshot of the security-settings, replaced as a whole when they change. Any thread asks and is answered at
 * once. For an address only the best match counts; for a fully qualified name {@code address::queue} a match of exactly that name comes
 * first, wildcards apply to the address alone. Where nothing matches nothing is allowed.
 */
public final class Permissions {
    private static final String SEPARATOR = "::";

    private final boolean everything;
    private final int addressesKept;
    private final MatchTable<Map<Permission, Set<String>>> grants;
    private final Map<String, Map<Permission, Set<String>>> resolved = new ConcurrentHashMap<>();

    private Permissions(boolean everything, int addressesKept, MatchTable<Map<Permission, Set<String>>> grants) {
        this.everything = everything;
        this.addressesKept = addressesKept;
        this.grants = grants;
    }

    /** What a configuration says; a broker without security allows everything. */
    public static Permissions of(BrokerConfig config) {
        if (!config.security().enabled()) {
            return everything();
        }
        return of(config.securitySettings(), config.wildcards(), config.general().literalMatchMarkers(),
            (int) Math.min(Integer.MAX_VALUE, config.security().authorizationCacheSize()));
    }

    /**
     * What settings say.
     *
     * @param literalMarkers two characters that make the match between them literal, or empty
     * @param addressesKept for how many addresses the best match is remembered; 0 for none
     */
    public static Permissions of(SecuritySettings settings, WildcardSyntax syntax, String literalMarkers, int addressesKept) {
        Map<String, Map<Permission, Set<String>>> expanded = new java.util.LinkedHashMap<>();
        settings.grants().forEach((match, permissions) -> {
            Map<Permission, Set<String>> roles = new EnumMap<>(Permission.class);
            permissions.forEach((permission, names) -> roles.put(permission, withExternal(names, settings.roleMappings())));
            expanded.put(match, roles);
        });
        return new Permissions(false, addressesKept, new MatchTable<>(syntax, literalMarkers, expanded));
    }

    /** Everybody may do everything. */
    public static Permissions everything() {
        return new Permissions(true, 0, new MatchTable<>(WildcardSyntax.DEFAULT, "", Map.of()));
    }

    /** Adds the external roles whose holders have one of these roles. */
    private static Set<String> withExternal(Set<String> names, Map<String, Set<String>> mappings) {
        Set<String> all = new HashSet<>(names);
        mappings.forEach((external, given) -> {
            if (given.stream().anyMatch(names::contains)) {
                all.add(external);
            }
        });
        return Set.copyOf(all);
    }

    /** Whether somebody may do that on the address, or on a queue given as {@code address::queue}. */
    public boolean allows(Identity identity, Permission permission, String address) {
        if (everything || identity.unlimited()) {
            return true;
        }
        Set<String> allowed = grantsFor(address).getOrDefault(permission, Set.of());
        for (String role : identity.roles()) {
            if (allowed.contains(role)) {
                return true;
            }
        }
        return false;
    }

    /** All that is granted on the address: permission to roles. */
    public Map<Permission, Set<String>> grantsFor(String address) {
        Map<Permission, Set<String>> known = resolved.get(address);
        if (known != null) {
            return known;
        }
        Map<Permission, Set<String>> found = find(address);
        if (resolved.size() >= addressesKept) {
            resolved.clear();
        }
        if (addressesKept > 0) {
            resolved.put(address, found);
        }
        return found;
    }

    private Map<Permission, Set<String>> find(String address) {
        Optional<Map<Permission, Set<String>>> exact = grants.exact(address);
        int separator = address.indexOf(SEPARATOR);
        String name = separator < 0 ? address : address.substring(0, separator);
        return exact.or(() -> grants.first(name)).orElse(Map.of());
    }

    /** For how many addresses the best match is remembered right now. */
    public int remembered() {
        return resolved.size();
    }

    /** Forgets these matches. */
    public void forget() {
        resolved.clear();
    }
}
