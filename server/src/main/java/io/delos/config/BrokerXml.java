package io.delos.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Reads broker.xml (the document's sections 1 to 19) into a {@link BrokerConfig}. What Artemis knows and Delos gives no effect becomes a
 * warning; what neither knows, or a value out of its type or bounds, a {@link ConfigException} with file, line, element and expectation.
 */
public final class BrokerXml {
    private static final String ROOT = "configuration";
    private static final Map<String, BiConsumer<XmlElement, XmlContext>> SECTIONS = sections();

    /** Parts of broker.xml that are accepted and left alone; their inside isn't looked at. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
        "remoting-interceptors", "remoting-incoming-interceptors", "remoting-outgoing-interceptors", "connector-services",
        "journal-retention-directory", "store", "broadcast-groups", "discovery-groups", "ha-policy", "bridges",
        "federations", "broker-connections", "connection-routers", "lock-coordinators", "grouping-handler", "metrics-plugin",
        "broker-plugins");

    private BrokerXml() {
    }

    /**
     * A configuration, and what the operator should know about it.
     *
     * @param warnings a line each, beginning with file and line
     * @param sources the overrides that were applied, system properties last, and which of their entries weren't taken over
     */
    public record Result(BrokerConfig config, List<String> warnings, List<AppliedSource> sources) {
        public Result {
            warnings = List.copyOf(warnings);
            sources = List.copyOf(sources);
        }
    }

    /** A source of overrides and those of its entries that had to be left out. */
    public record AppliedSource(PropertySource source, List<Rejected> rejected) {
    }

    /** An override that wasn't taken over, and why. */
    public record Rejected(String entry, String reason) {
    }

    /**
     * Reads the file and what it includes, then the overriding system properties.
     *
     * @throws ConfigException and nothing else, whatever the file holds
     */
    public static Result read(Path file) {
        return read(file, List.of());
    }

    /**
     * Reads the file and what it includes; then applies the overrides in order, and the system properties that start with
     * {@code system-property-prefix} last.
     *
     * @throws ConfigException when the file is wrong; a wrong override is a warning
     */
    public static Result read(Path file, List<PropertySource> overrides) {
        Substitution substitution = Substitution.ofProcess();
        XmlContext context = new XmlContext();
        read(new XmlReader(substitution).read(file), context);
        List<PropertySource> sources = new ArrayList<>(overrides);
        sources.add(PropertySource.ofSystem((String) context.draft().settings.getOrDefault("system-property-prefix", "brokerconfig.")));
        return result(context, sources, substitution);
    }

    /** Reads text as if it stood in a file of that name; without overrides. */
    public static Result parse(String fileName, String text) {
        Substitution substitution = Substitution.ofProcess();
        XmlContext context = new XmlContext();
        read(new XmlReader(substitution).parse(text, fileName, Path.of("")), context);
        return result(context, List.of(), substitution);
    }

    private static Result result(XmlContext context, List<PropertySource> sources, Substitution substitution) {
        List<AppliedSource> applied = new ArrayList<>();
        for (PropertySource source : sources) {
            List<Rejected> rejected = BrokerProperties.apply(context.draft(), source, substitution);
            rejected.forEach(entry -> context.warnings().add(source.name() + ": " + entry.reason()));
            if (!source.loadError().isEmpty()) {
                context.warnings().add(source.name() + ": " + source.loadError());
            }
            applied.add(new AppliedSource(source, rejected));
        }
        return new Result(context.draft().build(), context.warnings(), applied);
    }

    private static void read(XmlElement root, XmlContext context) {
        if (!root.name.equals(ROOT)) {
            throw root.wrong("expected <" + ROOT + "> as the root");
        }
        boolean found = false;
        for (XmlElement child : root.children) {
            if (child.name.equals("core") && !found) {
                found = true;
                core(child, context);
            } else if (child.name.equals("jms")) {
                JmsXml.read(child, context);
            } else {
                throw child.wrong("unknown inside <" + ROOT + ">; expected one <core>");
            }
        }
        if (!found) {
            throw root.wrong("expected a <core> inside");
        }
    }

    private static void core(XmlElement core, XmlContext context) {
        core.accepts(Set.of("wild-card-routing-enabled"), namesOf(core));
        String routing = core.attribute("wild-card-routing-enabled", "");
        if (!routing.isEmpty()) {
            Declaration declaration = Schema.of(WildcardSyntax.class).require("routing-enabled");
            context.draft().wildcards.put(declaration.name(), XmlContext.parsed(core, declaration, routing));
        }
        for (XmlElement child : core.children) {
            if (child.name.equals("wildcard-addresses")) {
                wildcards(child, context);
            } else if (!SECTIONS.containsKey(child.name)) {
                scalar(child, context);
            }
        }
        Set<String> seen = new HashSet<>();
        for (XmlElement child : core.children) {
            if (SECTIONS.containsKey(child.name)) {
                if (!seen.add(child.name)) {
                    context.warn(child.place, "<" + child.name + "> was given before; both count");
                }
                SECTIONS.get(child.name).accept(child, context);
            }
        }
    }

    private static Set<String> namesOf(XmlElement parent) {
        Set<String> names = new HashSet<>();
        parent.children.forEach(child -> names.add(child.name));
        return names;
    }

    private static void scalar(XmlElement element, XmlContext context) {
        Optional<Declaration> used = Settings.find(BrokerSettings.class, element.name);
        if (used.isPresent()) {
            try {
                element.accepts(Set.of(), Set.of());
                context.put(context.draft().settings, element, used.get());
                Schema.of(BrokerSettings.class).build(context.draft().settings);
                LimitsXml.check(element, context);
            } catch (ConfigException wrong) {
                throw wrong.place().equals(Place.NONE) ? XmlContext.located(element, wrong) : wrong;
            }
            return;
        }
        Optional<Declaration> unused = Settings.find(UnusedSettings.class, element.name);
        unused.ifPresent(declaration -> XmlContext.parsed(element, declaration, element.text()));
        if (unused.isEmpty() && !WITHOUT_EFFECT.contains(element.name)) {
            throw element.wrong("unknown inside <core>; see the list of settings");
        }
        context.noEffect(element);
    }

    private static Map<String, BiConsumer<XmlElement, XmlContext>> sections() {
        Map<String, BiConsumer<XmlElement, XmlContext>> sections = new HashMap<>();
        sections.put("acceptors", NetworkXml::acceptors);
        sections.put("connectors", NetworkXml::connectors);
        sections.put("cluster-connections", NetworkXml::clusters);
        sections.put("address-settings", AddressesXml::addressSettings);
        sections.put("addresses", AddressesXml::addresses);
        sections.put("queues", AddressesXml::oldQueues);
        sections.put("security-settings", SecurityXml::securitySettings);
        sections.put("diverts", DivertsXml::diverts);
        sections.put("resource-limit-settings", SecurityXml::resourceLimits);
        sections.put("metrics", BrokerXml::metrics);
        return sections;
    }

    private static void metrics(XmlElement section, XmlContext context) {
        section.accepts(Set.of(), namesOf(section));
        for (XmlElement child : section.children) {
            if (child.name.equals("plugin")) {
                context.noEffect(child);
            } else {
                context.put(context.draft().metrics, child, Settings.find(MetricsConfig.class, child.name)
                    .orElseThrow(() -> child.wrong("unknown inside <metrics>; expected one of " + XmlContext.names(MetricsConfig.class))));
            }
        }
    }

    private static void wildcards(XmlElement section, XmlContext context) {
        section.accepts(Set.of(), namesOf(section));
        Map<String, Object> values = context.draft().wildcards;
        values.remove("routing-enabled");
        context.putAll(values, section, WildcardSyntax.class);
        try {
            Schema.of(WildcardSyntax.class).build(values);
        } catch (ConfigException wrong) {
            throw XmlContext.located(section, wrong);
        }
    }
}
