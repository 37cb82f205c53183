package io.delos.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AddressPattern;
import io.delos.config.AddressSettings;
import io.delos.config.WildcardSyntax;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What the tree finds is what each pattern says by itself. */
class WildcardTreeProperties {

    private static final WildcardSyntax SYNTAX = WildcardSyntax.DEFAULT;

    @Provide
    Arbitrary<List<String>> patterns() {
        return words("a", "b", "", "*", "#", "a\\.b", "\\*").list().ofMaxSize(25);
    }

    @Provide
    Arbitrary<String> names() {
        return words("a", "b", "", "c", "a\\.b", "\\*", "\\#");
    }

    private static Arbitrary<String> words(String... from) {
        return Arbitraries.of(from).list().ofMinSize(1).ofMaxSize(5).map(words -> String.join(".", words));
    }

    private static AddressRecord record(String name) {
        return new AddressRecord(name, Set.of(), true, false, AddressSettings.DEFAULT, null, Optional.empty());
    }

    @Property(tries = 2000)
    void findsWhatMatches(@ForAll("patterns") List<String> patterns, @ForAll("names") String name) {
        WildcardTree tree = new WildcardTree(SYNTAX);
        Map<String, AddressRecord> there = new LinkedHashMap<>();
        patterns.forEach(text -> there.computeIfAbsent(text, WildcardTreeProperties::record));
        there.values().forEach(tree::add);
        List<AddressRecord> all = new ArrayList<>(there.values());
        while (!all.isEmpty()) {
            assertThat(tree.matching(name)).containsExactlyInAnyOrderElementsOf(
                    all.stream().filter(record -> AddressPattern.of(record.name(), SYNTAX).matches(name)).toList());
            tree.remove(all.remove(all.size() / 2));
        }
        assertThat(tree.matching(name)).isEmpty();
    }
}
