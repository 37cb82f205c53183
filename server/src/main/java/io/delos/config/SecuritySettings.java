package io.delos.config;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Who may do what where, as configured.
 *
 * @param grants match to permission to roles; for an address only the best match counts
 * @param roleMappings external role to the roles its holders also have
 */
public record SecuritySettings(Map<String, Map<Permission, Set<String>>> grants, Map<String, Set<String>> roleMappings) {
    public static final SecuritySettings NONE = new SecuritySettings(Map.of(), Map.of());

    public SecuritySettings {
        Map<String, Map<Permission, Set<String>>> copy = new LinkedHashMap<>();
        grants.forEach((match, permissions) -> {
            Map<Permission, Set<String>> roles = new EnumMap<>(Permission.class);
            permissions.forEach((permission, names) -> roles.put(permission, Set.copyOf(names)));
            copy.put(match, java.util.Collections.unmodifiableMap(roles));
        });
        grants = java.util.Collections.unmodifiableMap(copy);
        Map<String, Set<String>> mappings = new LinkedHashMap<>();
        roleMappings.forEach((from, to) -> mappings.put(from, Set.copyOf(to)));
        roleMappings = java.util.Collections.unmodifiableMap(mappings);
    }
}
