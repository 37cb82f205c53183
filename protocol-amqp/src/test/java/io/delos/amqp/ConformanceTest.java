package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/amqp-conformance.md} and the tests that show what it promises name each other. */
class ConformanceTest {

    /** Classes all of whose tests the table names. */
    private static final Set<Class<?>> CHAPTERS = Set.of(AmqpOpenIT.class, AmqpSessionIT.class, AmqpSendIT.class, AmqpReceiveIT.class, AmqpLinkIT.class, AmqpResumeIT.class,
            AmqpResumeSenderIT.class, AmqpWrapIT.class, AmqpTransactionIT.class, AmqpIdleIT.class, SaslIT.class, ExternalIT.class, OutboxTest.class, AmqpAddressIT.class, AmqpMessageIT.class,
            ManagementNodeIT.class);
    private static final Pattern ENTRY = Pattern.compile("`(\\w+(?:IT|Test|Properties))`(?:: (\\w+(?:, \\w+)*))?");

    private static Stream<String> rows() throws IOException {
        return Files.readAllLines(Path.of("../docs/amqp-conformance.md")).stream()
                .filter(line -> line.matches("\\| ([2-5]\\.\\d|(Links|Addresses|Messages|Transactions|Management) ).*"));
    }

    private static Map<String, Set<String>> named() throws IOException {
        Map<String, Set<String>> named = new TreeMap<>();
        rows().forEach(row -> {
            for (Matcher entry = ENTRY.matcher(row); entry.find();) {
                Set<String> tests = named.computeIfAbsent(entry.group(1), first -> new TreeSet<>());
                if (entry.group(2) != null) {
                    tests.addAll(Arrays.asList(entry.group(2).split(", ")));
                }
            }
        });
        return named;
    }

    private static Set<String> tests(Class<?> chapter) {
        return Arrays.stream(chapter.getDeclaredMethods()).filter(method -> Arrays.stream(method.getAnnotations()).anyMatch(ConformanceTest::marksTests))
                .map(Method::getName).collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean marksTests(Annotation annotation) {
        return Set.of("Test", "ParameterizedTest", "Property").contains(annotation.annotationType().getSimpleName());
    }

    @Test
    void whatIsNamedIsThere() throws IOException {
        for (Map.Entry<String, Set<String>> entry : named().entrySet()) {
            Path here = Path.of("src/test/java/io/delos/amqp", entry.getKey() + ".java");
            Path source = Files.exists(here) ? here : Path.of("../distribution/src/test/java/io/delos/jms", entry.getKey() + ".java");
            assertThat(source).exists();
            String text = Files.readString(source);
            assertThat(entry.getValue()).as(entry.getKey()).allMatch(name -> text.contains("void " + name + "("));
        }
    }

    @Test
    void everyTestOfTheChaptersIsNamed() throws IOException {
        Map<String, Set<String>> named = named();
        for (Class<?> chapter : CHAPTERS) {
            assertThat(named.get(chapter.getSimpleName())).as(chapter.getSimpleName()).isEqualTo(tests(chapter));
        }
    }

    @Test
    void everyRowNamesATestOrSaysWhyNot() throws IOException {
        assertThat(rows()).isNotEmpty().allMatch(row -> ENTRY.matcher(row).find() || row.matches(".*\\| (no:|no,|no test|by nature|`distribution`).*"));
    }
}
