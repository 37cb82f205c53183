package io.delos.management;

import com.fasterxml.jackson.databind.JsonNode;
import io.delos.broker.Broker;
import io.delos.config.AddressSettings;
import io.delos.config.AddressSettingsTable;
import io.delos.config.ConfigException;
import io.delos.config.Declaration;
import io.delos.config.Permission;
import io.delos.config.SecuritySettings;
import io.delos.config.Settings;
import io.delos.loop.Loop;
import io.delos.queue.Queue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * What was set while the broker ran, and is there again when it starts: address settings, permissions, pauses. Owned by its loop; what it
 * shows is for any thread. They stand in the journal as notes, beside the configuration files, and win against those.
 */
final class KeptSettings {

    private static final Logger LOG = LogManager.getLogger(KeptSettings.class);
    private static final String ADDRESSES = "management.address-settings.";
    private static final String PERMISSIONS = "management.security-settings.";
    private static final String PAUSED_QUEUE = "management.paused.queue.";
    private static final String PAUSED_ADDRESS = "management.paused.address.";
    private static final byte[] YES = {1};
    /** How Artemis's users spell some settings otherwise than by their name in broker.xml. */
    private static final Map<String, String> SPELLINGS = Map.of("address-full-policy", "addressFullMessagePolicy", "page-full-policy",
            "pageFullMessagePolicy", "disk-full-policy", "diskFullMessagePolicy", "redelivery-delay-multiplier", "redeliveryMultiplier",
            "send-to-dla-on-no-route", "sendToDLAOnNoRoute", "page-max-cache-size", "pageCacheMaxSize");

    private final Broker broker;
    private final Loop loop;
    private volatile AddressSettingsTable addresses;
    private volatile SecuritySettings permissions;

    KeptSettings(Broker broker, Loop loop) {
        this.broker = broker;
        this.loop = loop;
        this.addresses = broker.config().addressSettings();
        this.permissions = broker.config().securitySettings();
    }

    /** Before anybody can connect: takes up what was kept. */
    void restore() {
        broker.recallAll(ADDRESSES).forEach((key, value) -> {
            try {
                addresses = addresses.with(key.substring(ADDRESSES.length()), values(read(value)));
            } catch (ConfigException | ManagementException wrong) {
                LOG.warn("The address settings kept for {} can't be used: {}", key.substring(ADDRESSES.length()), wrong.getMessage());
            }
        });
        broker.recallAll(PERMISSIONS).forEach((key, value) ->
                permissions = with(permissions, key.substring(PERMISSIONS.length()), roles(read(value))));
        if (!broker.recallAll(ADDRESSES).isEmpty()) {
            broker.administration().addressSettings(addresses, loop, () -> { });
        }
        if (!broker.recallAll(PERMISSIONS).isEmpty()) {
            broker.permissions(permissions);
        }
        broker.routes().queues().forEach(this::pauseIfKept);
    }

    private static JsonNode read(byte[] kept) {
        return Json.read(new String(kept, StandardCharsets.UTF_8));
    }

    private static byte[] bytes(JsonNode value) {
        return value.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** A queue that is there from now on is paused if it, or its address, was for good. */
    void pauseIfKept(Queue queue) {
        if (pausedForGood(queue.name()) || broker.recall(PAUSED_ADDRESS + queue.address()).isPresent()) {
            queue.loop().post(() -> queue.pause(true));
        }
    }

    boolean pausedForGood(String queue) {
        return broker.recall(PAUSED_QUEUE + queue).isPresent();
    }

    boolean addressPausedForGood(String address) {
        return broker.recall(PAUSED_ADDRESS + address).isPresent();
    }

    CompletableFuture<Object> pause(String queue, boolean paused) {
        return note(PAUSED_QUEUE + queue, paused);
    }

    CompletableFuture<Object> pauseAddress(String address, boolean paused) {
        return note(PAUSED_ADDRESS + address, paused);
    }

    private CompletableFuture<Object> note(String key, boolean kept) {
        if (!kept && broker.recall(key).isEmpty()) {
            return Asking.nothing();
        }
        return Asking.<Void>of(reply -> {
            if (kept) {
                broker.remember(key, YES, loop, reply);
            } else {
                broker.forget(key, loop, reply);
            }
        }, done -> null);
    }

    /** A queue is gone, and what was kept of it. */
    void queueGone(String name) {
        note(PAUSED_QUEUE + name, false);
    }

    /** An address is gone. */
    void addressGone(String name) {
        note(PAUSED_ADDRESS + name, false);
    }

    /** What the matching settings say of an address, as JSON. */
    String addressSettings(String address) {
        return spelled(addresses.given(address));
    }

    private static String spelled(Map<String, Object> values) {
        Map<String, Object> shown = new TreeMap<>();
        values.forEach((name, value) -> shown.put(spelling(name), value instanceof Enum<?> one ? one.name() : value));
        return Json.text(shown);
    }

    /** One match says exactly this from now on; answers what is kept. */
    CompletableFuture<Object> addressSettings(String match, String json) {
        JsonNode wanted = Json.read(json);
        AddressSettingsTable changed = checked(() -> addresses.with(match, values(wanted)));
        return Asking.<Void>of(reply -> broker.remember(ADDRESSES + match, bytes(wanted), loop, reply), kept -> null)
                .thenCompose(kept -> use(changed)).thenApply(used -> spelled(changed.entries().get(match)));
    }

    CompletableFuture<Object> removeAddressSettings(String match) {
        AddressSettingsTable changed = addresses.without(match);
        return Asking.<Void>of(reply -> broker.forget(ADDRESSES + match, loop, reply), forgotten -> null).thenCompose(done -> use(changed));
    }

    private CompletableFuture<Object> use(AddressSettingsTable changed) {
        CompletableFuture<Object> used = new CompletableFuture<>();
        addresses = changed;
        broker.administration().addressSettings(changed, loop, () -> used.complete(null));
        return used;
    }

    private interface Checked<T> {
        T make();
    }

    private static <T> T checked(Checked<T> made) {
        try {
            return made.make();
        } catch (ConfigException wrong) {
            throw new ManagementException(wrong.getMessage());
        }
    }

    private static Map<String, Object> values(JsonNode json) {
        Map<String, Object> values = new LinkedHashMap<>();
        json.properties().forEach(field -> {
            if (!field.getValue().isNull()) {
                setting(field.getKey()).ifPresent(name -> values.put(name, field.getValue().asText()));
            }
        });
        return values;
    }

    /** The setting that is spelled so; empty if there is none, which is passed over: there may be newer clients. */
    private static Optional<String> setting(String spelled) {
        return Settings.declarations(AddressSettings.class).stream()
                .filter(declaration -> spelling(declaration.name()).equalsIgnoreCase(spelled) || declaration.name().equals(spelled)
                        || declaration.aliases().stream().anyMatch(alias -> spelling(alias).equalsIgnoreCase(spelled)))
                .map(Declaration::name).findFirst();
    }

    private static String spelling(String name) {
        String known = SPELLINGS.get(name);
        if (known != null) {
            return known;
        }
        StringBuilder text = new StringBuilder();
        for (String word : name.split("-")) {
            text.append(text.length() == 0 ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return text.toString();
    }

    /** Who may do what, where this match is the best one: permission to roles. */
    Map<Permission, Set<String>> permissions(String address) {
        return broker.grants(address);
    }

    /** One match grants exactly this from now on: an object with a list of roles, separated by commas, for each permission. */
    CompletableFuture<Object> permissions(String match, String json) {
        JsonNode wanted = Json.read(json);
        SecuritySettings changed = with(permissions, match, roles(wanted));
        return Asking.<Void>of(reply -> broker.remember(PERMISSIONS + match, bytes(wanted), loop, reply), kept -> {
            permissions = changed;
            broker.permissions(changed);
            return null;
        });
    }

    CompletableFuture<Object> removePermissions(String match) {
        Map<String, Map<Permission, Set<String>>> grants = new LinkedHashMap<>(permissions.grants());
        grants.remove(match);
        SecuritySettings changed = new SecuritySettings(grants, permissions.roleMappings());
        return Asking.<Void>of(reply -> broker.forget(PERMISSIONS + match, loop, reply), forgotten -> {
            permissions = changed;
            broker.permissions(changed);
            return null;
        });
    }

    private static SecuritySettings with(SecuritySettings all, String match, Map<Permission, Set<String>> granted) {
        Map<String, Map<Permission, Set<String>>> grants = new LinkedHashMap<>(all.grants());
        grants.put(match, granted);
        return new SecuritySettings(grants, all.roleMappings());
    }

    /** {@code send} and {@code sendRoles} both name the permission to send. */
    private static Map<Permission, Set<String>> roles(JsonNode json) {
        Map<Permission, Set<String>> granted = new EnumMap<>(Permission.class);
        json.properties().forEach(field -> {
            String name = field.getKey().toLowerCase(Locale.ROOT).replaceAll("roles$", "");
            Permission permission = Arrays.stream(Permission.values()).filter(one -> one.xmlName().equalsIgnoreCase(name)).findFirst()
                    .orElseThrow(() -> new ManagementException("there is no permission " + field.getKey()));
            Set<String> roles = new LinkedHashSet<>();
            if (field.getValue().isArray()) {
                field.getValue().forEach(role -> roles.add(role.asText()));
            } else {
                Arrays.stream(field.getValue().asText("").split(",")).map(String::trim).filter(role -> !role.isEmpty()).forEach(roles::add);
            }
            granted.put(permission, roles);
        });
        return granted;
    }
}
