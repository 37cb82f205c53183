package io.delos.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
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
import java.util.stream.Stream;

/**
 * What a document says that tests show, as {@code `SomeIT`: aTest, another}, beside the tests themselves.
 *
 * @param owner    the test that asks; the tests are of its package, of the Jakarta Messaging suite, or of those that need all protocols
 * @param lines    of the document, those in which tests are named
 * @param chapters classes all of whose tests the document names
 */
public record ConformanceTable(Class<?> owner, List<String> lines, Set<Class<?>> chapters) {

    private static final Pattern ENTRY = Pattern.compile("`(\\w+(?:IT|Test|Properties))`(?:: (\\w+(?:, \\w+)*))?");
    private static final Set<String> MARKS = Set.of("Test", "ParameterizedTest", "Property");

    private Map<String, Set<String>> named() {
        Map<String, Set<String>> named = new TreeMap<>();
        for (String line : lines) {
            for (Matcher entry = ENTRY.matcher(line); entry.find();) {
                Set<String> tests = named.computeIfAbsent(entry.group(1), first -> new TreeSet<>());
                if (entry.group(2) != null) {
                    tests.addAll(Arrays.asList(entry.group(2).split(", ")));
                }
            }
        }
        return named;
    }

    /** Fails if a test is named that isn't there. */
    public void namesWhatIsThere() throws IOException {
        List<Path> places = Stream.of(owner.getPackageName(), "io.delos.jms", "io.delos.dist").map(name -> name.replace('.', '/'))
                .flatMap(name -> Stream.of(Path.of("src/test/java", name), Path.of("../distribution/src/test/java", name))).toList();
        for (Map.Entry<String, Set<String>> entry : named().entrySet()) {
            List<Path> sources = places.stream().map(place -> place.resolve(entry.getKey() + ".java")).filter(Files::exists).toList();
            assertThat(sources).as(entry.getKey()).isNotEmpty();
            String text = Files.readString(sources.get(0));
            assertThat(entry.getValue()).as(entry.getKey()).allMatch(name -> text.contains("void " + name + "("));
        }
    }

    /** Fails if a test of the chapters is not named. */
    public void namesAllOfItsChapters() {
        Map<String, Set<String>> named = named();
        for (Class<?> chapter : chapters) {
            assertThat(named.get(chapter.getSimpleName())).as(chapter.getSimpleName()).isEqualTo(tests(chapter));
        }
    }

    private static Set<String> tests(Class<?> chapter) {
        return Arrays.stream(chapter.getDeclaredMethods()).filter(method -> Arrays.stream(method.getAnnotations()).anyMatch(ConformanceTable::marks))
                .map(Method::getName).collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean marks(Annotation annotation) {
        return MARKS.contains(annotation.annotationType().getSimpleName());
    }

    /** Fails if one of these rows neither names a test nor says why there is none. */
    public static void eachIsShown(List<String> rows) {
        assertThat(rows).isNotEmpty().allMatch(row -> ENTRY.matcher(row).find() || row.matches(".*\\| (no:|no,|no test|by nature|`distribution`).*"));
    }
}
