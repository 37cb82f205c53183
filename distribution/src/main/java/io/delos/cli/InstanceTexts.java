package io.delos.cli;

import io.delos.security.PasswordHash;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of a new instance: each template, filled from the options. */
final class InstanceTexts {

    /** Those of the instance that only the program owns; {@code upgrade} writes them anew. */
    static final List<String> SCRIPTS = List.of("bin/artemis", "bin/artemis-service", "etc/artemis.profile",
            "etc/artemis-utility.profile", "etc/log4j2.properties", "etc/log4j2-utility.properties");

    /** All, in the order in which they are looked for before writing. */
    static final List<String> NAMES = List.of("etc/login.config", "etc/broker.xml", "etc/bootstrap.xml", "etc/management.xml",
            "etc/artemis-users.properties", "etc/artemis-roles.properties", "etc/artemis.profile", "etc/artemis-utility.profile",
            "etc/log4j2.properties", "etc/log4j2-utility.properties", "etc/jolokia-access.xml", "bin/artemis", "bin/artemis-service");

    private final CreateCommand options;
    private final InstanceDirectory instance;
    private final Charset encoding;
    private final Optional<DiskSpeed> speed;

    InstanceTexts(CreateCommand options, InstanceDirectory instance, Charset encoding, Optional<DiskSpeed> speed) {
        this.options = options;
        this.instance = instance;
        this.encoding = encoding;
        this.speed = speed;
    }

    /** Every file by its name. */
    Map<String, String> all() throws CliException {
        Map<String, String> values = new HashMap<>(scripts(options.scripts, instance, options.access.role));
        values.put("encoding", encoding.name());
        values.put("role", Template.xml(options.access.role));
        values.putAll(access());
        values.putAll(web());
        values.putAll(new BrokerXmlBlocks(options, speed).values());
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : NAMES) {
            texts.put(name, Template.fill(name, values));
        }
        return texts;
    }

    /** What the scripts and profiles need. */
    static Map<String, String> scripts(ScriptOptions options, InstanceDirectory instance, String role) {
        Map<String, String> values = new HashMap<>();
        values.put("homeShell", Template.shell(instance.home().toString()));
        values.put("instanceShell", Template.shell(instance.root().toString()));
        values.put("roleShell", Template.shell(role));
        // what lies inside the instance is named relative to it, so that the instance can be moved
        values.put("instanceEtcShell", Template.shell(inside(instance, instance.etc()).orElse(instance.etc().toString())));
        values.put("dataShell", inside(instance, instance.data()).map(data -> "\"$ARTEMIS_INSTANCE\"/" + Template.shell(data))
                .orElse(Template.shell(instance.data().toString())));
        values.put("javaMemory", options.javaMemory);
        values.put("heapDivision", JavaHeap.division(options.javaMemory));
        values.put("javaOptions", ScriptOptions.following(options.javaOptions));
        values.put("utilityOptions", ScriptOptions.following(options.utilityOptions));
        return values;
    }

    private static Optional<String> inside(InstanceDirectory instance, Path path) {
        return path.startsWith(instance.root()) ? Optional.of(instance.root().relativize(path).toString()) : Optional.empty();
    }

    private Map<String, String> access() {
        AccessOptions access = options.access;
        String hash = "ENC(" + PasswordHash.hash(access.password) + ")";
        String etcUri = instance.etc().toUri().getRawPath().replaceAll("/+$", "");
        return Map.of(
                "users", key(access.user) + " = " + hash,
                "roles", key(access.role) + " = " + access.user,
                "propertiesFlag", access.allowAnonymous ? "sufficient" : "required",
                "guest", access.allowAnonymous ? guest(access) : "",
                "security", access.basic() ? basicManager(access, hash) : "<jaas-security domain=\"activemq\"/>",
                "etcUri", etcUri);
    }

    private static String guest(AccessOptions access) {
        return """

                org.apache.activemq.artemis.spi.core.security.jaas.GuestLoginModule sufficient
                   debug=false
                   org.apache.activemq.jaas.guest.user="%s"
                   org.apache.activemq.jaas.guest.role="%s";""".formatted(quoted(access.user), quoted(access.role));
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static String basicManager(AccessOptions access, String hash) {
        return """
                <security-manager class-name="org.apache.activemq.artemis.spi.core.security.ActiveMQBasicSecurityManager">
                   <property key="bootstrapUser" value="%s"/>
                   <property key="bootstrapPassword" value="%s"/>
                   <property key="bootstrapRole" value="%s"/>
                </security-manager>""".formatted(Template.xml(access.user), hash, Template.xml(access.role));
    }

    /** A key of a properties file: blanks and separators in it are escaped. */
    private static String key(String text) {
        return text.replaceAll("([\\\\ :=#!])", "\\\\$1");
    }

    private Map<String, String> web() {
        WebOptions web = options.web;
        return Map.of(
                "httpHost", Template.xml(web.host),
                "strictChecking", web.relaxJolokia ? "" : "<strict-checking/>",
                "web", web.none ? "" : webElement(web, options.network.portOffset));
    }

    private static String webElement(WebOptions web, int offset) {
        boolean tls = web.keyStore != null;
        StringBuilder attributes = new StringBuilder();
        if (tls) {
            attributes.append(attribute("keyStorePath", web.keyStore)).append(attribute("keyStorePassword", web.keyStorePassword));
            if (web.clientAuth) {
                attributes.append(" clientAuth=\"true\"").append(attribute("trustStorePath", web.trustStore))
                        .append(attribute("trustStorePassword", web.trustStorePassword));
            }
        }
        return """
                <!-- the web console and the management over HTTP -->
                <web path="web" rootRedirectLocation="console">
                   <binding name="artemis" uri="%s://%s:%d"%s>
                      <app name="console" url="console" war="console.war"/>
                   </binding>
                </web>""".formatted(tls ? "https" : "http", Template.xml(web.host), web.port + offset, attributes);
    }

    private static String attribute(String name, String value) {
        return value == null ? "" : " " + name + "=\"" + Template.xml(value) + "\"";
    }
}
