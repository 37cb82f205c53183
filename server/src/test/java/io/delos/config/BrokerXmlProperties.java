package io.delos.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever is done to a file, reading it gives a configuration or one sentence, never anything else. */
class BrokerXmlProperties {
    private static final List<String> PIECES = List.of("<", ">", "/>", "</core>", "<queue name='x'>", "&lt;", "&#0;", "&x;", "${", "}", "${a:${b}}",
        "<![CDATA[", "]]>", "<!--", "-->", "<?x", "'", "\"", "=", "-1", "9999999999999999999", "true", "\u0000", "<!DOCTYPE a>", "name", "#", "::");

    private static final List<String> SEGMENTS = List.of("addressSettings", "addressConfigurations", "securityRoles", "acceptorConfigurations",
        "connectorConfigurations", "divertConfigurations", "resourceLimitSettings", "metricsConfiguration", "queueConfigs", "params", "a", "q",
        "\"a.#\"", "\"", "#", "", "-", "true", "10", "10K", "send", "maxConsumers", "host", "port", "routingTypes", "name", "literalMatchMarkers",
        "tcp://h:1", "()", "exclusive", "transformerConfiguration", "${a:b}", "ANYCAST");

    @Property(tries = 120)
    void mutatedFilesAreReadOrRefused(@ForAll Random random) throws IOException, URISyntaxException {
        StringBuilder text = new StringBuilder(Files.readString(BrokerXmlTest.sample()));
        for (int i = random.nextInt(4); i >= 0; i--) {
            mutate(text, random);
        }
        try {
            assertThat(BrokerXml.parse("broker.xml", text.toString()).config().addressSettings().resolve("a.b")).isNotNull();
        } catch (ConfigException refused) {
            assertThat(refused.getMessage()).startsWith("broker.xml").doesNotContain("\n");
        }
    }

    @Property(tries = 400)
    void anyOverrideIsTakenOrRejected(@ForAll Random random) {
        StringBuilder path = new StringBuilder();
        for (int i = random.nextInt(6); i >= 0; i--) {
            path.append(SEGMENTS.get(random.nextInt(SEGMENTS.size()))).append(random.nextInt(5) == 0 ? "" : ".");
        }
        ConfigDraft draft = new ConfigDraft();
        PropertySource source = PropertySource.of("p", Map.of(path.toString(), SEGMENTS.get(random.nextInt(SEGMENTS.size()))));
        assertThat(BrokerProperties.apply(draft, source, Substitution.ofProcess())).hasSizeLessThanOrEqualTo(1);
        assertThat(draft.build().name()).isNotNull();
    }

    private static void mutate(StringBuilder text, Random random) {
        int from = random.nextInt(text.length());
        int to = Math.min(text.length(), from + random.nextInt(30));
        switch (random.nextInt(4)) {
            case 0 -> text.delete(from, to);
            case 1 -> text.insert(from, PIECES.get(random.nextInt(PIECES.size())));
            case 2 -> text.setCharAt(from, (char) random.nextInt(128));
            default -> text.insert(random.nextInt(text.length()), text.substring(from, to));
        }
    }
}
