package io.delos.management;

import io.delos.config.Permission;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Address settings and permissions, set while the broker runs (management, sections 2.2 and 7). Stateless. */
final class BrokerSettingTable {

    /** The order in which the forms from before JSON name the permissions. */
    private static final List<Permission> OLD_ORDER = List.of(Permission.SEND, Permission.CONSUME, Permission.CREATE_DURABLE_QUEUE,
            Permission.DELETE_DURABLE_QUEUE, Permission.CREATE_NON_DURABLE_QUEUE, Permission.DELETE_NON_DURABLE_QUEUE, Permission.MANAGE,
            Permission.BROWSE, Permission.CREATE_ADDRESS, Permission.DELETE_ADDRESS, Permission.VIEW, Permission.EDIT);

    private BrokerSettingTable() {
    }

    static void declare(Table<Desk> table) {
        table.operation("String addAddressSettings(String addressMatch, String addressSettingsAsJson)",
                        (desk, given) -> desk.settings().addressSettings(given.text(0), given.text(1)))
                .operation("void removeAddressSettings(String addressMatch)", (desk, given) -> desk.settings().removeAddressSettings(given.text(0)))
                .immediate("String getAddressSettingsAsJSON(String addressMatch)", (desk, given) -> desk.settings().addressSettings(given.text(0)));
        table.operation("void addSecuritySettings(String addressMatch, String securitySettingsAsJson)",
                (desk, given) -> desk.settings().permissions(given.text(0), given.text(1)));
        StringBuilder parameters = new StringBuilder("String addressMatch");
        for (int i = 0; i < OLD_ORDER.size(); i++) {
            parameters.append(", String ").append(OLD_ORDER.get(i).xmlName());
            if (i == 6 || i == 7 || i == 9 || i == 11) {
                old(table, "void addSecuritySettings(" + parameters + ")");
            }
        }
        table.operation("void removeSecuritySettings(String addressMatch)", (desk, given) -> desk.settings().removePermissions(given.text(0)))
                .immediate("String getRolesAsJSON(String addressMatch)", (desk, given) -> Json.text(Rows.roles(desk, given.text(0))))
                .immediate("Object[] getRoles(String addressMatch)", (desk, given) -> Rows.roleRows(desk, given.text(0)));
    }

    private static void old(Table<Desk> table, String declaration) {
        table.operation(declaration, (desk, given) -> {
            Map<String, String> granted = new LinkedHashMap<>();
            for (int i = 1; i < given.count(); i++) {
                granted.put(OLD_ORDER.get(i - 1).xmlName(), given.text(i));
            }
            return desk.settings().permissions(given.text(0), Json.text(granted));
        });
    }
}
