package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/openwire.md} and the tests that show what it promises name each other, and it leaves no command out. */
class ConformanceTest {

    /** Classes all of whose tests the tables name. */
    private static final Set<Class<?>> CHAPTERS = Set.of(AdvisoryIT.class, BadInputIT.class, VirtualTopicIT.class, ConnectionIT.class, FeaturesIT.class, FlowIT.class, OldClientsIT.class, JmsAcknowledgeIT.class, JmsDestinationsIT.class,
            JmsMessagesIT.class, JmsXaIT.class, RestartIT.class, ScheduleIT.class, SecurityIT.class);
    private static final Pattern ENTRY = Pattern.compile("`(\\w+(?:IT|Test|Properties))`(?:: (\\w+(?:, \\w+)*))?");

    /** What the protocol's types of commands are called, in their order. */
    private static final List<String> COMMANDS = List.of("WireFormatInfo", "BrokerInfo", "ConnectionInfo", "SessionInfo", "ConsumerInfo", "ProducerInfo",
            "TransactionInfo", "DestinationInfo", "RemoveSubscriptionInfo", "KeepAliveInfo", "ShutdownInfo", "RemoveInfo", "ControlCommand", "FlushCommand",
            "ConnectionError", "ConsumerControl", "ConnectionControl", "ProducerAck", "MessagePull", "MessageDispatch", "MessageAck", "messages of all kinds",
            "Response, IntegerResponse, DataArrayResponse", "ExceptionResponse", "MessageDispatchNotification", "BrokerSubscriptionInfo");

    private static List<String> lines() throws IOException {
        return Files.readAllLines(Path.of("../docs/openwire.md"));
    }

    private static List<String> rows(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("| ") && !line.endsWith("| Shown by |")).toList();
    }

    private static Map<String, Set<String>> named() throws IOException {
        Map<String, Set<String>> named = new TreeMap<>();
        for (String line : rows(lines())) {
            for (Matcher entry = ENTRY.matcher(line); entry.find();) {
                Set<String> tests = named.computeIfAbsent(entry.group(1), first -> new TreeSet<>());
                if (entry.group(2) != null) {
                    tests.addAll(Arrays.asList(entry.group(2).split(", ")));
                }
            }
        }
        return named;
    }

    private static Set<String> tests(Class<?> chapter) {
        return Arrays.stream(chapter.getDeclaredMethods()).filter(method -> Arrays.stream(method.getAnnotations()).anyMatch(ConformanceTest::marksTests))
                .map(method -> method.getName()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean marksTests(Annotation annotation) {
        return Set.of("Test", "ParameterizedTest").contains(annotation.annotationType().getSimpleName());
    }

    @Test
    void noCommandIsLeftOut() throws IOException {
        List<String> all = lines();
        assertThat(rows(all.subList(all.indexOf("## Commands"), all.indexOf("## Acknowledgements")))).map(row -> row.split(" \\| ")[0].substring(2))
                .isEqualTo(COMMANDS);
    }

    @Test
    void whatIsNamedIsThere() throws IOException {
        for (Map.Entry<String, Set<String>> entry : named().entrySet()) {
            Path source = Path.of("src/test/java/io/delos/openwire", entry.getKey() + ".java");
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
        assertThat(rows(lines())).isNotEmpty().allMatch(row -> ENTRY.matcher(row).find() || row.matches(".*\\| (no: |`distribution`: ).*"));
    }
}
