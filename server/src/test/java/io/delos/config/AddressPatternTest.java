package io.delos.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPatternTest {
    private static final WildcardSyntax SYNTAX = WildcardSyntax.DEFAULT;

    @ParameterizedTest
    @CsvSource({"news.#,news,true", "news.#,news.a,true", "news.#,news.a.b,true", "news.#,newsy,false", "#,'',true", "#,a.b,true",
        "*,a,true", "*,'',true", "*,a.b,false", "a.*,a.b,true", "a.*,a,false", "a.*,a.,true", "a.*.c,a.b.c,true", "a.*.c,a.b.d,false",
        "*.*.#,a.b,true", "*.*.#,a,false", "a.#.c,a.c,true", "a.#.c,a.b.b.c,true", "a.#.c,a.b.c.d,false", "#.c,a.b.c,true", "#.*,a,true",
        "foo*,foox,false", "foo*,foo*,true", "foo#,foo#,true", "foo#,foo,false", "foo*.#,foox.a,false", "a.b,a.b,true", "a.b,a.b.c,false"})
    void ofClients(String pattern, String address, boolean matches) {
        assertThat(AddressPattern.of(pattern, SYNTAX).matches(address)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({"foo*,fooz,true", "foo*,foo,false", "foo*,foo.z,false", "bar#,bar,true", "bar#,bar.q,true", "bar#,barz,false",
        "x.*.#,x.q,true", "x.*.#,x,false", "x.*z,x.abz,true", "x.*z,x.z,false", "*a*b*,xaybz,true", "*a*b*,xab,false", "#,a.b,true",
        "a.#,a,true", "a.b,a.b,true"})
    void ofSettings(String match, String address, boolean matches) {
        assertThat(AddressPattern.ofMatch(match, SYNTAX).matches(address)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.#.b", "#.a", "##", "#a"})
    void aMatchEndsWithAnyWords(String match) {
        assertThatThrownBy(() -> AddressPattern.ofMatch(match, SYNTAX)).isInstanceOf(ConfigException.class).hasMessageContaining("only at its end");
    }

    @Test
    void otherCharactersMayHaveTheMeaning() {
        WildcardSyntax mqtt = new WildcardSyntax(true, '/', '#', '+');
        assertThat(AddressPattern.of("a/+/#", mqtt).matches("a/b/c/d")).isTrue();
        assertThat(AddressPattern.of("a/*", mqtt).isWild()).isFalse();
        assertThat(mqtt.isPattern("a/+")).isTrue();
        assertThat(mqtt.isPattern("a/b+")).isFalse();
        assertThatThrownBy(() -> new WildcardSyntax(true, '.', '.', '*')).isInstanceOf(ConfigException.class);
    }

    @Test
    void theMoreSpecificComesFirst() {
        List<String> ordered = List.of("a.b.c", "a.b.*", "a.*.c", "a.*.*", "*.b.c", "*.*.c", "*.*.*", "a.b.c.d.#", "a.*.#", "a.#", "#");
        List<AddressPattern> patterns = new ArrayList<>();
        ordered.forEach(text -> patterns.add(AddressPattern.ofMatch(text, SYNTAX)));
        Collections.shuffle(patterns, new Random(4));
        Collections.sort(patterns);
        assertThat(patterns).extracting(AddressPattern::text).containsExactlyElementsOf(ordered);
    }

    @Test
    void aTableFindsTheBestAndAll() {
        Map<String, String> entries = new LinkedHashMap<>();
        for (String match : List.of("#", "a.#", "a.*", "a.b", "(a.#)", "b::q")) {
            entries.put(match, match);
        }
        MatchTable<String> table = new MatchTable<>(SYNTAX, "()", entries);
        assertThat(table.all("a.b")).containsExactly("a.b", "a.*", "a.#", "#");
        assertThat(table.all("a.c.d")).containsExactly("a.#", "#");
        assertThat(table.first("a.#")).contains("(a.#)");
        assertThat(table.first("z")).contains("#");
        assertThat(table.exact("b::q")).contains("b::q");
        assertThat(table.exact("a.c")).isEmpty();
        assertThat(new MatchTable<>(SYNTAX, "", Map.of("a", "a")).first("b")).isEmpty();
    }
}
