package io.delos.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever is done to a file, reading it gives a configuration or one sentence, never anything else. */
class BrokerXmlProperties {
    private static final List<String> PIECES = List.of("<", ">", "/>", "</core>", "<queue name='x'>", "&lt;", "&#0;", "&x;", "${", "}", "${a:${b}}",
        "<![CDATA[", "]]>", "<!--", "-->", "<?x", "'", "\"", "=", "-1", "9999999999999999999", "true", "\u0000", "<!DOCTYPE a>", "name", "#", "::");

    @Property(tries = 200)
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
