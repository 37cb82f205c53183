package io.delos.management;

import io.delos.security.UserFiles;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The users in the properties files of the instance (management, section 2.2); files are for workers. Stateless. */
final class BrokerUserTable {

    private BrokerUserTable() {
    }

    static void declare(Table<Desk> table) {
        table.operation("void addUser(String username, String password, String roles, boolean plaintext)", (desk, given) -> change(desk, users -> {
            if (users.list().containsKey(given.text(0))) {
                throw new ManagementException("AMQ229223: User " + given.text(0) + " already exists");
            }
            users.add(given.text(0), given.text(1), roles(given.text(2)), given.flag(3));
            return null;
        })).operation("String listUser(String username)", (desk, given) -> with(desk, users -> list(users, given.text(0))))
                .operation("void removeUser(String username)", (desk, given) -> change(desk, users -> {
                    require(users, given.text(0));
                    users.remove(given.text(0));
                    return null;
                })).operation("void resetUser(String username, String password, String roles)", BrokerUserTable::reset)
                .operation("void resetUser(String username, String password, String roles, boolean plaintext)", BrokerUserTable::reset);
    }

    private interface Deed {
        Object with(UserFiles users) throws Exception;
    }

    private static CompletableFuture<Object> with(Desk desk, Deed deed) {
        UserFiles users = desk.facts().users().orElseThrow(() -> new ManagementException(
                "the users of this broker are not kept in properties files: they can't be managed here"));
        return Asking.on(desk.broker().workers(), () -> {
            try {
                return deed.with(users);
            } catch (IllegalArgumentException wrong) {
                throw new ManagementException(wrong.getMessage());
            }
        });
    }

    /** What was known of who may log in is known no more: who was removed is refused from the answer on. */
    private static CompletableFuture<Object> change(Desk desk, Deed deed) {
        return with(desk, users -> {
            Object answer = deed.with(users);
            desk.broker().forgetLogins();
            return answer;
        });
    }

    private static CompletableFuture<Object> reset(Desk desk, Arguments given) {
        return change(desk, users -> {
            require(users, given.text(0));
            Optional<String> password = Optional.of(given.text(1)).filter(text -> !text.isEmpty());
            users.reset(given.text(0), password, Optional.of(given.text(2)).filter(text -> !text.isEmpty()).map(BrokerUserTable::roles), given.isTrue(3));
            return null;
        });
    }

    private static void require(UserFiles users, String name) throws java.io.IOException {
        if (!users.list().containsKey(name)) {
            throw new ManagementException("AMQ229224: User " + name + " does not exist");
        }
    }

    private static List<String> roles(String text) {
        return Arrays.stream(text.split(",")).map(String::trim).filter(role -> !role.isEmpty()).toList();
    }

    private static String list(UserFiles users, String name) throws java.io.IOException {
        List<Map<String, Object>> shown = new java.util.ArrayList<>();
        users.list().forEach((user, roles) -> {
            if (name.isEmpty() || name.equals(user)) {
                shown.add(row(user, roles));
            }
        });
        if (shown.isEmpty() && !name.isEmpty()) {
            shown.add(row(name, List.of()));
        }
        return Json.text(shown);
    }

    private static Map<String, Object> row(String user, Collection<String> roles) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("username", user);
        row.put("roles", roles);
        return row;
    }
}
