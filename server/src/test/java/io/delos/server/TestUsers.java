package io.delos.server;

import io.delos.config.Permission;
import io.delos.security.Login;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** Users, their roles and their rights, for tests of brokers with security. */
public final class TestUsers {

    private TestUsers() {
    }

    /** A login by two files, which are written to the directory: lines of {@code user=password}, and lines of {@code role=user,user}. */
    public static Login login(Path directory, String users, String roles) throws IOException {
        Path userFile = Files.writeString(directory.resolve("users.properties"), users);
        Path roleFile = Files.writeString(directory.resolve("roles.properties"), roles);
        return Login.ofManager("org.apache.activemq.artemis.spi.core.security.ActiveMQBasicSecurityManager",
                Map.of("bootstrapUserFile", userFile.toString(), "bootstrapRoleFile", roleFile.toString()), directory);
    }

    /** Every right to these roles, in a map of the caller's own. */
    public static Map<Permission, Set<String>> everythingTo(String... roles) {
        Map<Permission, Set<String>> grants = new EnumMap<>(Permission.class);
        for (Permission permission : Permission.values()) {
            grants.put(permission, Set.of(roles));
        }
        return grants;
    }
}
