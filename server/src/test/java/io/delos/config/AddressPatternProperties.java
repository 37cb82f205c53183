package io.delos.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class AddressPatternProperties {
    @Provide
    Arbitrary<String> patterns() {
        return Arbitraries.of("a", "b", "*", "#", "").list().ofMinSize(1).ofMaxSize(6).map(words -> String.join(".", words));
    }

    @Provide
    Arbitrary<String> addresses() {
        return Arbitraries.of("a", "b", "").list().ofMinSize(1).ofMaxSize(7).map(words -> String.join(".", words));
    }

    @Property(tries = 800)
    void agreesWithTheNaiveReading(@ForAll("patterns") String pattern, @ForAll("addresses") String address) {
        boolean expected = matches(words(pattern), words(address));
        assertThat(AddressPattern.of(pattern, WildcardSyntax.DEFAULT).matches(address)).isEqualTo(expected);
        if (expected) {
            assertThat(address).startsWith(AddressPattern.of(pattern, WildcardSyntax.DEFAULT).literalStart());
        }
    }

    private static List<String> words(String text) {
        return Arrays.asList(text.split("\\.", -1));
    }

    private static boolean matches(List<String> pattern, List<String> address) {
        if (pattern.isEmpty()) {
            return address.isEmpty();
        }
        List<String> rest = pattern.subList(1, pattern.size());
        if (pattern.get(0).equals("#")) {
            return matches(rest, address) || !address.isEmpty() && matches(pattern, address.subList(1, address.size()));
        }
        boolean word = !address.isEmpty() && (pattern.get(0).equals("*") || pattern.get(0).equals(address.get(0)));
        return word && matches(rest, address.subList(1, address.size()));
    }
}
