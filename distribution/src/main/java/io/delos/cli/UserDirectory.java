package io.delos.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.delos.security.UserFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where users are kept: a running broker changes its own, and without one the files are at hand. A refusal is a {@link ManagementException}. */
interface UserDirectory {

    /** Roles by user; of one user only, unless the name is empty. */
    Map<String, Set<String>> list(String name) throws IOException, ManagementException;

    void add(String name, String password, List<String> roles, boolean plaintext) throws IOException, ManagementException;

    void remove(String name) throws IOException, ManagementException;

    /** Leaves the roles as they are when there are none given. */
    void reset(String name, String password, List<String> roles, boolean plaintext) throws IOException, ManagementException;

    /** The users of a running broker. */
    record OfBroker(Management management) implements UserDirectory {

        @Override
        public Map<String, Set<String>> list(String name) throws IOException, ManagementException {
            Map<String, Set<String>> users = new LinkedHashMap<>();
            for (JsonNode user : Json.parse(management.call("broker", "listUser", name).asText())) {
                Set<String> roles = new LinkedHashSet<>();
                user.path("roles").forEach(role -> roles.add(role.asText()));
                users.put(user.path("username").asText(), roles);
            }
            return users;
        }

        @Override
        public void add(String name, String password, List<String> roles, boolean plaintext) throws IOException, ManagementException {
            management.call("broker", "addUser", name, password, String.join(",", roles), plaintext);
        }

        @Override
        public void remove(String name) throws IOException, ManagementException {
            management.call("broker", "removeUser", name);
        }

        @Override
        public void reset(String name, String password, List<String> roles, boolean plaintext) throws IOException, ManagementException {
            management.call("broker", "resetUser", name, password, roles.isEmpty() ? null : String.join(",", roles), plaintext);
        }
    }

    /** The users in an instance's files; a running broker sees changes at the next login. */
    record OfFiles(UserFiles files) implements UserDirectory {

        private interface Change {
            void make() throws IOException;
        }

        @Override
        public Map<String, Set<String>> list(String name) throws IOException {
            Map<String, Set<String>> users = new LinkedHashMap<>(files.list());
            users.keySet().removeIf(user -> !name.isEmpty() && !user.equals(name));
            return users;
        }

        @Override
        public void add(String name, String password, List<String> roles, boolean plaintext) throws IOException, ManagementException {
            change(() -> files.add(name, password, roles, plaintext));
        }

        @Override
        public void remove(String name) throws IOException, ManagementException {
            change(() -> files.remove(name));
        }

        @Override
        public void reset(String name, String password, List<String> roles, boolean plaintext) throws IOException, ManagementException {
            change(() -> files.reset(name, Optional.of(password), roles.isEmpty() ? Optional.empty() : Optional.of(new ArrayList<>(roles)), plaintext));
        }

        private static void change(Change change) throws IOException, ManagementException {
            try {
                change.make();
            } catch (IllegalArgumentException refused) {
                throw new ManagementException(refused.getMessage());
            }
        }
    }
}
