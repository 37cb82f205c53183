package io.delos.jms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** The tables of {@code docs} and the tests that show what they promise name each other. */
class JakartaTableTest {
    private static final Map<String, Class<?>> CHAPTERS = Stream.of(MessageIT.class, SelectorIT.class, QueueIT.class, TopicIT.class,
            ConnectionIT.class, SessionIT.class, SendIT.class, ReceiveIT.class, XaIT.class)
            .collect(Collectors.toMap(Class::getSimpleName, Function.identity()));
    private static final Pattern NAMED = Pattern.compile("`(\\w+IT)`: ([\\w, ]+)");
    private static final Pattern CLASS = Pattern.compile("`(\\w+(?:IT|Test|Properties))`");

    @Test
    void tableAndTestsAgree() throws IOException {
        Map<String, Set<String>> named = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("../docs/jakarta-messaging.md"))) {
            for (Matcher entry = NAMED.matcher(line); line.startsWith("|") && entry.find();) {
                named.computeIfAbsent(entry.group(1), name -> new TreeSet<>()).addAll(Arrays.asList(entry.group(2).strip().split(", ")));
            }
        }
        Map<String, Set<String>> there = new TreeMap<>();
        CHAPTERS.forEach((name, chapter) -> there.put(name, Arrays.stream(chapter.getDeclaredMethods()).filter(JakartaTableTest::isTest)
                .map(Method::getName).collect(Collectors.toCollection(TreeSet::new))));
        assertThat(named).isEqualTo(there);
    }

    @Test
    void testsOfCoreAreThere() throws IOException {
        Set<String> named = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("../docs/core-conformance.md"))) {
            for (Matcher entry = CLASS.matcher(line); line.startsWith("|") && entry.find();) {
                named.add(entry.group(1));
            }
        }
        Set<String> there;
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            there = files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length())).collect(Collectors.toSet());
        }
        assertThat(named).isNotEmpty().isSubsetOf(there);
    }

    private static boolean isTest(Method method) {
        return method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class);
    }
}
