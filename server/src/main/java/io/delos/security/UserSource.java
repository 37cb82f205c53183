package io.delos.security;

import io.delos.config.PropertySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A pair of properties files: one from user to something that is checked, one from role to its users. Workers ask, several at once; what
 * was read is replaced as a whole when a file has changed, by whoever notices first.
 */
final class UserSource {
    private final Path users;
    private final Path roles;
    private final boolean reload;
    private final AtomicReference<Snapshot> current = new AtomicReference<>();

    /**
     * What the files held.
     *
     * @param users user to what stands at it
     * @param roles user to roles
     * @param files both as they were read
     * @param revision grows with each reading
     */
    record Snapshot(Stamp usersStamp, Stamp rolesStamp, Map<String, String> users, Map<String, Set<String>> roles,
                    List<LoginFile> files, long revision) {
        Set<String> rolesOf(String user) {
            return roles.getOrDefault(user, Set.of());
        }
    }

    /** Tells one state of a file from another. */
    private record Stamp(FileTime time, long size) {
        private static Stamp of(Path file) throws IOException {
            return new Stamp(Files.getLastModifiedTime(file), Files.size(file));
        }
    }

    /** @param reload whether a changed file is read again */
    UserSource(Path users, Path roles, boolean reload) {
        this.users = users;
        this.roles = roles;
        this.reload = reload;
    }

    Snapshot snapshot() throws IOException {
        Snapshot known = current.get();
        if (known != null && !reload) {
            return known;
        }
        Stamp usersStamp = Stamp.of(users);
        Stamp rolesStamp = Stamp.of(roles);
        if (known != null && known.usersStamp.equals(usersStamp) && known.rolesStamp.equals(rolesStamp)) {
            return known;
        }
        PropertiesText usersText = PropertiesText.read(users);
        PropertiesText rolesText = PropertiesText.read(roles);
        Snapshot fresh = new Snapshot(usersStamp, rolesStamp, usersText.values(), byUser(rolesText),
            List.of(described(users, usersText), described(roles, rolesText)), known == null ? 1 : known.revision + 1);
        current.set(fresh);
        return fresh;
    }

    private static LoginFile described(Path file, PropertiesText text) {
        return new LoginFile(file.getFileName().toString(), System.currentTimeMillis(), PropertySource.of("", text.values()).checksum());
    }

    /** Both as they were read last; none before that. */
    List<LoginFile> files() {
        Snapshot known = current.get();
        return known == null ? List.of() : known.files;
    }

    static Map<String, Set<String>> byUser(PropertiesText rolesFile) {
        Map<String, Set<String>> roles = new HashMap<>();
        rolesFile.values().forEach((role, members) -> {
            for (String member : members.split(",")) {
                if (!member.isBlank()) {
                    roles.computeIfAbsent(member.trim(), absent -> new HashSet<>()).add(role);
                }
            }
        });
        return roles;
    }
}
