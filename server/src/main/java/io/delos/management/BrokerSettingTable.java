package io.delos.management;

import io.delos.config.Permission;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Address settings and permissions, set while the broker runs (management, sections 2.2 and 7). Stateless. */
final class BrokerSettingTable {

    /** The order in which the forms from before JSON name the permissions. */
    private static final List<Permission> OLD_ORDER = List.of(Permission.SEND, Permission.CONSUME, Permission.CREATE_DURABLE_QUEUE,
            Permission.DELETE_DURABLE_QUEUE, Permission.CREATE_NON_DURABLE_QUEUE, Permission.DELETE_NON_DURABLE_QUEUE, Permission.MANAGE,
            Permission.BROWSE, Permission.CREATE_ADDRESS, Permission.DELETE_ADDRESS, Permission.VIEW, Permission.EDIT);

    /** Parameters of the older forms, in the order of all; each form ends after so many of them. */
    private static final String OLD_SETTINGS = "String addressMatch, String DLA, String expiryAddress, long expiryDelay, boolean lastValueQueue,"
            + " int %s, long maxSizeBytes, int pageSizeBytes, int %s, long redeliveryDelay, double redeliveryMultiplier, long maxRedeliveryDelay,"
            + " long redistributionDelay, boolean sendToDLAOnNoRoute, String addressFullMessagePolicy, long slowConsumerThreshold,"
            + " long slowConsumerCheckPeriod, String slowConsumerPolicy, boolean autoCreateJmsQueues, boolean autoDeleteJmsQueues,"
            + " boolean autoCreateJmsTopics, boolean autoDeleteJmsTopics, boolean autoCreateQueues, boolean autoDeleteQueues,"
            + " boolean autoCreateAddresses, boolean autoDeleteAddresses, String configDeleteQueues, String configDeleteAddresses,"
            + " long maxSizeBytesRejectThreshold, String defaultLastValueKey, boolean defaultNonDestructive, boolean defaultExclusiveQueue,"
            + " boolean defaultGroupRebalance, int defaultGroupBuckets, String defaultGroupFirstKey, int defaultMaxConsumers,"
            + " boolean defaultPurgeOnNoConsumers, int defaultConsumersBeforeDispatch, long defaultDelayBeforeDispatch,"
            + " String defaultQueueRoutingType, String defaultAddressRoutingType, int defaultConsumerWindowSize, long defaultRingSize,"
            + " boolean autoDeleteCreatedQueues, long autoDeleteQueuesDelay, long autoDeleteQueuesMessageCount, long autoDeleteAddressesDelay,"
            + " double redeliveryCollisionAvoidanceFactor, long retroactiveMessageCount, boolean autoCreateDeadLetterResources,"
            + " String deadLetterQueuePrefix, String deadLetterQueueSuffix, boolean autoCreateExpiryResources, String expiryQueuePrefix,"
            + " String expiryQueueSuffix, long minExpiryDelay, long maxExpiryDelay, boolean enableMetrics";
    /** What these forms call otherwise than JSON does. */
    private static final Map<String, String> OLD_NAMES = Map.of("DLA", "deadLetterAddress", "lastValueQueue", "defaultLastValueQueue",
            "deliveryAttempts", "maxDeliveryAttempts");

    private BrokerSettingTable() {
    }

    static void declare(Table<Desk> table) {
        table.operation("String addAddressSettings(String addressMatch, String addressSettingsAsJson)",
                        (desk, given) -> desk.settings().addressSettings(given.text(0), given.text(1)))
                .operation("void removeAddressSettings(String addressMatch)", (desk, given) -> desk.settings().removeAddressSettings(given.text(0)))
                .immediate("String getAddressSettingsAsJSON(String addressMatch)", (desk, given) -> desk.settings().addressSettings(given.text(0)));
        for (int parameters : List.of(22, 26, 49, 55)) {
            oldSettings(table, String.format(Locale.ROOT, OLD_SETTINGS, "deliveryAttempts", "pageMaxCacheSize"), parameters);
        }
        oldSettings(table, String.format(Locale.ROOT, OLD_SETTINGS, "maxDeliveryAttempts", "pageCacheMaxSize"), 58);
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

    /** A form from before there was JSON: the first so many of the parameters. */
    private static void oldSettings(Table<Desk> table, String all, int count) {
        String parameters = String.join(", ", Arrays.asList(all.split(", ")).subList(0, count));
        Signature signature = Signature.parse("void addAddressSettings(" + parameters + ")");
        table.operation(signature.toString(), (desk, given) -> {
            Map<String, String> values = new LinkedHashMap<>();
            for (int i = 1; i < given.count(); i++) {
                String name = signature.parameters().get(i).name();
                if (!given.node(i).isNull()) {
                    values.put(OLD_NAMES.getOrDefault(name, name), given.text(i));
                }
            }
            return desk.settings().addressSettings(given.text(0), Json.text(values)).thenApply(kept -> null);
        });
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
