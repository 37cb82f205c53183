package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What is found by passing over branches is what is found by looking at every topic. */
class FilterSearchProperties {

    /** Some sort before the slash, some behind it, and two sort differently by their characters than by their bytes. */
    private static final String[] LEVELS = {"a", "b", "a-", "a0", "a.b", "", "$x", "!", "\uFFFD", "\uD83D\uDE00"};

    private int looks;

    @Provide
    Arbitrary<Set<String>> topics() {
        return Arbitraries.of(LEVELS).list().ofMinSize(1).ofMaxSize(4).map(levels -> String.join("/", levels))
                .filter(topic -> !topic.isEmpty()).set().ofMaxSize(40);
    }

    @Provide
    Arbitrary<String> filters() {
        return Arbitraries.of("a", "b", "a-", "", "$x", "\uFFFD", "+", "+").list().ofMinSize(1).ofMaxSize(4)
                .map(levels -> String.join("/", levels)).flatMap(start -> Arbitraries.of(start, start, start + "/#", "#"))
                .filter(filter -> !filter.isEmpty());
    }

    @Property(tries = 3000)
    void nothingIsMissedAndNothingElseFound(@ForAll("topics") Set<String> topics, @ForAll("filters") String text) {
        TopicFilter filter = TopicFilter.parse(text).orElseThrow();
        TreeSet<String> sorted = sorted(topics);
        assertThat(search(filter, sorted)).isEqualTo(sorted.stream().filter(filter::matches).toList());
    }

    @Example
    void branchesThatCannotMatchArePassedOver() {
        TreeSet<String> sorted = sorted(Set.of());
        for (int i = 0; i < 100; i++) {
            for (int k = 0; k < 100; k++) {
                sorted.add("site" + i + "/sensor" + k);
            }
        }
        assertThat(search(TopicFilter.parse("+/sensor7").orElseThrow(), sorted)).hasSize(100);
        assertThat(looks).isLessThan(500);
    }

    private static TreeSet<String> sorted(Set<String> topics) {
        TreeSet<String> sorted = new TreeSet<>((a, b) ->
                Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)));
        sorted.addAll(topics);
        return sorted;
    }

    private List<String> search(TopicFilter filter, TreeSet<String> topics) {
        FilterSearch search = new FilterSearch(filter);
        List<String> found = new ArrayList<>();
        String at = topics.ceiling(search.start());
        while (at != null) {
            looks++;
            Optional<String> further;
            if (filter.matches(at)) {
                found.add(at);
                at = topics.higher(at);
            } else if ((further = search.further(at)).isPresent()) {
                assertThat(Collections.max(List.of(at, further.get()), topics.comparator())).as("the search goes on").isEqualTo(further.get());
                at = topics.ceiling(further.get());
            } else {
                at = null;
            }
        }
        return found;
    }
}
