package io.delos.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTest {
    private static final PropertyLookup NOTHING = name -> null;

    @Test
    void theEmptyTextAcceptsEverything() {
        Selector all = Selector.parse("");
        assertThat(all.matches(NOTHING)).isTrue();
        assertThat(all.acceptsAll()).isTrue();
        assertThat(all.toString()).isEmpty();
    }

    @Test
    void showsItsTextTrimmed() {
        Selector selector = Selector.parse("  color = 'red'\n");
        assertThat(selector).hasToString("color = 'red'").isEqualTo(Selector.parse("color = 'red'"));
        assertThat(selector.acceptsAll()).isFalse();
        assertThat(selector.matches(Map.of("color", "red")::get)).isTrue();
        assertThat(selector.matches(Map.of("color", "blue")::get)).isFalse();
    }

    @Test
    void tellsClientsTheSentenceTheyKnow() {
        assertThatThrownBy(() -> Selector.parse("color = "))
            .isInstanceOf(InvalidSelectorException.class)
            .hasMessage("AMQ229020: Invalid filter: color = ");
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "XPATH '//a'", "a = 1 AND", "a ==1", "'x'", "a < 'b'", "a = NULL", "1 IN ('a')", "a LIKE b"})
    void refusesWithAReason(String text) {
        assertThatThrownBy(() -> Selector.parse(text))
            .isInstanceOfSatisfying(InvalidSelectorException.class, invalid -> assertThat(invalid.reason()).isNotBlank());
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "NOT ", "- ", "-(", "NOT(", "+"})
    void refusesBottomlessNesting(String opening) {
        String text = opening.repeat(100_000) + "a" + (opening.contains("(") ? ")".repeat(100_000) : "");
        assertThatThrownBy(() -> Selector.parse(text)).isInstanceOf(InvalidSelectorException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {" + 1", " = 1", " > 1", " * 2", " LIKE 'a'", " IS NULL", " - -1"})
    void refusesEndlessChains(String link) {
        assertThatThrownBy(() -> Selector.parse("a" + link.repeat(50_000) + " = 1")).isInstanceOf(InvalidSelectorException.class);
    }

    @Test
    void takesLongListsOfAlternatives() {
        String text = IntStream.range(0, 20_000).mapToObj(i -> "id = " + i).collect(Collectors.joining(" OR "));
        Selector selector = Selector.parse(text);
        assertThat(selector.matches(Map.of("id", 19_999)::get)).isTrue();
        assertThat(selector.matches(Map.of("id", 20_000)::get)).isFalse();
        String nested = IntStream.range(0, 100).mapToObj(i -> "(id = " + i + " OR ").collect(Collectors.joining()) + "FALSE"
            + ")".repeat(100);
        assertThat(Selector.parse(nested).matches(Map.of("id", 99)::get)).isTrue();
    }

    @Test
    void refusesMoreTextThanAnybodyNeeds() {
        assertThatThrownBy(() -> Selector.parse("a = '" + "x".repeat(2 << 20) + "'")).isInstanceOf(InvalidSelectorException.class)
            .satisfies(refused -> assertThat(refused.getMessage()).hasSizeLessThan(2000));
    }

    @Test
    void likeIsNotFooledByManyWildcards() {
        Selector selector = Selector.parse("a LIKE '" + "%a".repeat(500) + "%b'");
        assertThat(selector.matches(Map.of("a", "a".repeat(5000))::get)).isFalse();
        assertThat(selector.matches(Map.of("a", "a".repeat(5000) + "b")::get)).isTrue();
    }
}
