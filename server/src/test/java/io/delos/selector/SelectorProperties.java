package io.delos.selector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SelectorProperties {
    private static final Map<String, Object> MESSAGE = Map.of("a", 3, "b", 7L, "c", 2.5, "t", true, "f", false, "s", "abc");
    private static final List<String> WORDS = List.of("a", "b", "c", "t", "f", "s", "m", "'abc'", "'%'", "1", "2.5", "0x1F", "1e3", "TRUE",
        "FALSE", "NULL", "AND", "OR", "NOT", "IN", "LIKE", "ESCAPE", "BETWEEN", "IS", "=", "<>", "<", ">=", "+", "-", "*", "/", "%", "(",
        ")", ",", "'", "\"", "--", "/*", "*/", "\n", "hyphenated_props:", "convert_string_expressions:", ".", "é");

    /** A condition's text together with what it must come to: true, false, or null for unknown. */
    record Known(String text, Boolean value) {
        Known and(Known other) {
            Boolean both = value == null || other.value == null
                ? (Boolean.FALSE.equals(value) || Boolean.FALSE.equals(other.value) ? Boolean.FALSE : null) : (Boolean) (value && other.value);
            return new Known("(" + text + " AND " + other.text + ")", both);
        }

        Known or(Known other) {
            Boolean either = value == null || other.value == null
                ? (Boolean.TRUE.equals(value) || Boolean.TRUE.equals(other.value) ? Boolean.TRUE : null) : (Boolean) (value || other.value);
            return new Known("(" + text + " OR " + other.text + ")", either);
        }

        Known not() {
            return new Known("NOT (" + text + ")", value == null ? null : Boolean.valueOf(!value));
        }

        Known isNull() {
            return new Known("((" + text + ") IS NULL)", value == null);
        }
    }

    @Provide
    Arbitrary<Known> conditions() {
        Arbitrary<Known> leaves = Arbitraries.of(new Known("t", true), new Known("f", false), new Known("missing", null),
            new Known("a = 3", true), new Known("a <> 3", false), new Known("missing = 3", null), new Known("NULL", null),
            new Known("s LIKE 'a%'", true), new Known("s IN ('x')", false), new Known("missing NOT IN ('x')", null),
            new Known("b BETWEEN 1 AND 7", true), new Known("b NOT BETWEEN 1 AND 7", false), new Known("missing > 1", null),
            new Known("TRUE", true), new Known("s > 1", false));
        Function<Arbitrary<Known>, Arbitrary<Known>> unary = inner -> inner.map(Known::not);
        BiFunction<Arbitrary<Known>, Arbitrary<Known>, Arbitrary<Known>> and = (l, r) -> Combinators.combine(l, r).as(Known::and);
        return Arbitraries.recursive(() -> leaves, inner -> Arbitraries.oneOf(unary.apply(inner), and.apply(inner, leaves),
            and.apply(inner, inner), Combinators.combine(leaves, inner).as(Known::or), inner.map(Known::isNull)), 0, 4);
    }

    @Property(tries = 300)
    void logicHasThreeValues(@ForAll("conditions") Known condition) {
        assertThat(Selector.parse(condition.text).matches(MESSAGE::get)).isEqualTo(Boolean.TRUE.equals(condition.value));
        assertThat(Selector.parse(condition.not().text).matches(MESSAGE::get)).isEqualTo(Boolean.FALSE.equals(condition.value));
    }

    @Provide
    Arbitrary<String> shortTexts() {
        return Arbitraries.strings().withChars("ab%_!.*[\\").ofMaxLength(8);
    }

    @Property(tries = 500)
    void likeAgreesWithARegularExpression(@ForAll("shortTexts") String pattern, @ForAll("shortTexts") String text) {
        StringBuilder regex = new StringBuilder();
        for (char c : pattern.toCharArray()) {
            regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(String.valueOf(c)));
        }
        boolean expected = Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(text).matches();
        Selector selector = Selector.parse("v LIKE '" + pattern + "'");
        assertThat(selector.matches(Map.of("v", text)::get)).isEqualTo(expected);
    }

    @Property(tries = 500)
    void whatIsEscapedMatchesItself(@ForAll("shortTexts") String text) {
        String escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_");
        Selector selector = Selector.parse("v LIKE '" + escaped + "' ESCAPE '!'");
        assertThat(selector.matches(Map.of("v", text)::get)).isTrue();
        assertThat(selector.matches(Map.of("v", text + "c")::get)).isFalse();
    }

    @Property(tries = 500)
    void integersCompareAsNumbers(@ForAll int left, @ForAll int right, @ForAll boolean wide) {
        Map<String, Object> message = Map.of("v", wide ? (Object) (long) left : (Object) left, "d", (double) right);
        assertThat(Selector.parse("v < " + right).matches(message::get)).isEqualTo(left < right);
        assertThat(Selector.parse("v >= d").matches(message::get)).isEqualTo(left >= right);
        assertThat(Selector.parse("v = " + right).matches(message::get)).isEqualTo(left == right);
        // the least int is written as the negative of a number that is no int any more
        boolean longs = wide || right == Integer.MIN_VALUE;
        assertThat(Selector.parse("v + " + right + " = 0" + (wide ? "" : " + 0")).matches(message::get))
            .isEqualTo(longs ? (long) left + right == 0 : left + right == 0);
    }

    @Provide
    Arbitrary<String> babble() {
        return Arbitraries.of(WORDS).list().ofMaxSize(14).map(words -> String.join(" ", words));
    }

    @Property(tries = 1000)
    void anyTextIsASelectorOrRefused(@ForAll("babble") String text) {
        try {
            Selector.parse(text).matches(MESSAGE::get);
            assertThat(Selector.parse(text)).hasToString(text.trim());
        } catch (InvalidSelectorException invalid) {
            assertThat(invalid.reason()).isNotEmpty();
        }
    }

    @Property(tries = 500)
    void anyStringIsASelectorOrRefused(@ForAll String text) {
        try {
            Selector.parse(text).matches(MESSAGE::get);
        } catch (InvalidSelectorException invalid) {
            assertThat(invalid.getMessage()).startsWith("AMQ229020: Invalid filter: ");
        }
    }
}
