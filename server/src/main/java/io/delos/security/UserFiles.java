package io.delos.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Changes the users and roles files of an instance, keeping comments and order; what {@code artemis user} and management do. Each call
 * reads the files afresh. Blocking: for a worker or the command line. Two editors at once may lose a change, not the files.
 */
public final class UserFiles {
    private final Path users;
    private final Path roles;

    public UserFiles(Path users, Path roles) {
        this.users = users;
        this.roles = roles;
    }

    /**
     * The files that the first properties module of an entry of login.config names; empty when it has none.
     *
     * @param folder where relative file names start: login.config's own
     */
    public static Optional<UserFiles> of(LoginConfig config, String entry, Path folder) {
        for (LoginConfig.Module module : config.entries().getOrDefault(entry, List.of())) {
            if (module.className().endsWith(".PropertiesLoginModule")) {
                return Optional.of(new UserFiles(PropertiesLogin.file(module, "org.apache.activemq.jaas.properties.user", folder),
                    PropertiesLogin.file(module, "org.apache.activemq.jaas.properties.role", folder)));
            }
        }
        return Optional.empty();
    }

    /** Every user with the roles, in the order of the file. */
    public Map<String, Set<String>> list() throws IOException {
        Map<String, Set<String>> byUser = new LinkedHashMap<>();
        PropertiesText.read(users).values().keySet().forEach(user -> byUser.put(user, new LinkedHashSet<>()));
        PropertiesText.read(roles).values().forEach((role, members) -> {
            for (String member : members(members)) {
                Set<String> known = byUser.get(member);
                if (known != null) {
                    known.add(role);
                }
            }
        });
        return byUser;
    }

    /**
     * Adds a user.
     *
     * @param plaintext writes the password as it is instead of its hash
     * @throws IllegalArgumentException when there is one of that name, or a name can't be written
     */
    public void add(String user, String password, Collection<String> userRoles, boolean plaintext) throws IOException {
        requireName(user);
        userRoles.forEach(UserFiles::requireName);
        PropertiesText usersText = readOrEmpty(users);
        if (usersText.values().containsKey(user)) {
            throw new IllegalArgumentException("AMQ229223: User " + user + " already exists");
        }
        usersText.put(user, stored(password, plaintext));
        PropertiesText rolesText = readOrEmpty(roles);
        grant(rolesText, user, userRoles);
        rolesText.write(roles);
        usersText.write(users);
    }

    /** @throws IllegalArgumentException when there is no such user */
    public void remove(String user) throws IOException {
        PropertiesText usersText = requireUser(user);
        usersText.remove(user);
        usersText.write(users);
        PropertiesText rolesText = readOrEmpty(roles);
        revoke(rolesText, user);
        rolesText.write(roles);
    }

    /**
     * Gives a user another password, other roles, or both; empty leaves as it is.
     *
     * @throws IllegalArgumentException when there is no such user
     */
    public void reset(String user, Optional<String> password, Optional<? extends Collection<String>> userRoles, boolean plaintext)
        throws IOException {
        PropertiesText usersText = requireUser(user);
        if (userRoles.isPresent()) {
            userRoles.get().forEach(UserFiles::requireName);
            PropertiesText rolesText = readOrEmpty(roles);
            revoke(rolesText, user);
            grant(rolesText, user, userRoles.get());
            rolesText.write(roles);
        }
        if (password.isPresent()) {
            usersText.put(user, stored(password.get(), plaintext));
            usersText.write(users);
        }
    }

    private PropertiesText requireUser(String user) throws IOException {
        PropertiesText usersText = PropertiesText.read(users);
        if (!usersText.values().containsKey(user)) {
            throw new IllegalArgumentException("AMQ229224: User " + user + " does not exist");
        }
        return usersText;
    }

    private static PropertiesText readOrEmpty(Path file) throws IOException {
        return Files.exists(file) ? PropertiesText.read(file) : PropertiesText.parse("");
    }

    private static void requireName(String name) {
        if (name.isBlank() || !name.equals(name.trim()) || name.indexOf(',') >= 0) {
            throw new IllegalArgumentException("a name of a user or role can't be empty, begin or end with a blank, or hold a comma: '"
                + name + "'");
        }
    }

    private static String stored(String password, boolean plaintext) {
        return plaintext ? password : "ENC(" + PasswordHash.hash(password) + ")";
    }

    private static void grant(PropertiesText rolesText, String user, Collection<String> granted) {
        for (String role : granted) {
            Set<String> members = new LinkedHashSet<>(members(rolesText.values().getOrDefault(role, "")));
            if (members.add(user)) {
                rolesText.put(role, String.join(",", members));
            }
        }
    }

    /** A role without users goes too. */
    private static void revoke(PropertiesText rolesText, String user) {
        rolesText.values().forEach((role, text) -> {
            List<String> members = members(text);
            if (members.remove(user)) {
                if (members.isEmpty()) {
                    rolesText.remove(role);
                } else {
                    rolesText.put(role, String.join(",", members));
                }
            }
        });
    }

    private static List<String> members(String text) {
        List<String> members = new ArrayList<>();
        for (String member : text.split(",")) {
            if (!member.isBlank()) {
                members.add(member.trim());
            }
        }
        return members;
    }
}
