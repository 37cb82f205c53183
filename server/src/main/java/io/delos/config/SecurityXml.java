package io.delos.config;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code security-settings} and {@code resource-limit-settings} (broker.xml sections 6 and 19). */
final class SecurityXml {
    private SecurityXml() {
    }

    static void securitySettings(XmlElement section, XmlContext context) {
        section.accepts(Set.of(), Set.of("security-setting", "role-mapping", "security-setting-plugin"));
        for (XmlElement child : section.children) {
            if (child.name.equals("security-setting")) {
                grants(child, context);
            } else if (child.name.equals("role-mapping")) {
                child.accepts(Set.of("from", "to"), Set.of());
                context.draft().roleMappings.computeIfAbsent(child.requireAttribute("from"), from -> new LinkedHashSet<>())
                    .addAll(Declaration.list(child.requireAttribute("to")));
            } else {
                context.noEffect(child);
            }
        }
    }

    private static void grants(XmlElement setting, XmlContext context) {
        setting.accepts(Set.of("match"), Set.of("permission"));
        String match = setting.requireAttribute("match");
        try {
            context.draft().pattern(match);
        } catch (ConfigException wrong) {
            throw XmlContext.located(setting, wrong);
        }
        if (context.draft().grants.remove(match) != null) {
            context.warn(setting.place, "<security-setting> for '" + match + "' was given before; the last one counts");
        }
        context.draft().grants.put(match, new java.util.EnumMap<>(Permission.class));
        for (XmlElement child : setting.children) {
            child.accepts(Set.of("type", "roles"), Set.of());
            String type = child.requireAttribute("type");
            Optional<Permission> permission = Permission.ofXmlName(type);
            if (permission.isEmpty()) {
                context.warn(child.place, "<permission> type '" + type + "' is unknown and gives nothing");
            }
            Set<String> roles = new LinkedHashSet<>(Declaration.list(child.attribute("roles", "")));
            permission.ifPresent(known -> context.draft().grant(match, known, roles));
        }
    }

    static void resourceLimits(XmlElement section, XmlContext context) {
        section.accepts(Set.of(), Set.of("resource-limit-setting"));
        for (XmlElement setting : section.children) {
            setting.accepts(Set.of("match"), Set.of("max-connections", "max-sessions", "max-queues"));
            Map<String, Object> values = new LinkedHashMap<>();
            for (XmlElement child : setting.children) {
                if (child.name.equals("max-sessions")) {
                    context.noEffect(child);
                } else {
                    context.put(values, child, Schema.of(ResourceLimits.class).require(child.name));
                }
            }
            context.draft().resourceLimits.putIfAbsent(setting.requireAttribute("match"), values);
        }
    }
}
