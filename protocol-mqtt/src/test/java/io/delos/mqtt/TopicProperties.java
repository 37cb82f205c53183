package io.delos.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AddressPattern;
import io.delos.config.WildcardSyntax;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Topics and addresses, filters and what they match. */
class TopicProperties {

    private static final TopicNames NAMES = new TopicNames(WildcardSyntax.DEFAULT);

    @Provide
    Arbitrary<String> topics() {
        return Arbitraries.strings().withChars("ab/.*\\ $-\u00e9").ofMinLength(1).ofMaxLength(12);
    }

    @Provide
    Arbitrary<String> filters() {
        Arbitrary<String> level = Arbitraries.of("a", "b", "", "+", "+", "$x");
        return level.list().ofMinSize(1).ofMaxSize(5).map(levels -> String.join("/", levels))
                .flatMap(start -> Arbitraries.of(start, start + "/#", "#")).filter(filter -> !filter.isEmpty());
    }

    @Provide
    Arbitrary<String> plainTopics() {
        return Arbitraries.of("a", "b", "", "$x", "a.b", "*", "\\\\").list().ofMinSize(1).ofMaxSize(6).map(levels -> String.join("/", levels))
                .filter(topic -> !topic.isEmpty());
    }

    @Property
    void topicsComeBackFromAddresses(@ForAll("topics") String topic) {
        assertThat(NAMES.topic(NAMES.address(topic))).isEqualTo(topic);
    }

    @Property
    void differentTopicsHaveDifferentAddresses(@ForAll("topics") String one, @ForAll("topics") String other) {
        assertThat(NAMES.address(one).equals(NAMES.address(other))).isEqualTo(one.equals(other));
    }

    @Property
    void filtersMatchWhatTheProtocolSays(@ForAll("filters") String filter, @ForAll("plainTopics") String topic) {
        boolean expected = Pattern.matches(regex(filter), topic)
                && !(topic.startsWith("$") && (filter.startsWith("+") || filter.startsWith("#")));
        assertThat(TopicFilter.parse(filter).orElseThrow().matches(topic)).isEqualTo(expected);
    }

    private static String regex(String filter) {
        if (filter.equals("#")) {
            return ".*";
        }
        boolean deep = filter.endsWith("/#");
        String levels = deep ? filter.substring(0, filter.length() - 2) : filter;
        return Arrays.stream(levels.split("/", -1)).map(level -> level.equals("+") ? "[^/]*" : Pattern.quote(level))
                .collect(Collectors.joining("/")) + (deep ? "(/.*)?" : "");
    }

    @Property
    void everyMatchBeginsLikeTheFilter(@ForAll("filters") String filter, @ForAll("plainTopics") String topic) {
        TopicFilter parsed = TopicFilter.parse(filter).orElseThrow();
        if (parsed.matches(topic)) {
            assertThat(topic).startsWith(parsed.literalStart());
        }
    }

    @Property
    void theBrokersPatternsMatchTheSame(@ForAll("filters") String filter, @ForAll("plainTopics") String topic) {
        if (!topic.startsWith("$")) {
            AddressPattern pattern = AddressPattern.of(NAMES.pattern(filter), WildcardSyntax.DEFAULT);
            assertThat(pattern.matches(NAMES.address(topic))).isEqualTo(TopicFilter.parse(filter).orElseThrow().matches(topic));
        }
    }

    @Example
    void theKnownTranslations() {
        String[][] pairs = {{"a/b", "a.b"}, {"/a", ".a"}, {"a//b", "a..b"}, {"with.dot/x", "with\\.dot.x"}, {"a*b", "a\\*b"},
            {"back\\slash", "back\\\\slash"}};
        for (String[] pair : pairs) {
            assertThat(NAMES.address(pair[0])).isEqualTo(pair[1]);
        }
        assertThat(NAMES.pattern("a/+/c")).isEqualTo("a.*.c");
        assertThat(NAMES.pattern("a/#")).isEqualTo("a.#");
        assertThat(NAMES.topic("core\\x.y*")).isEqualTo("core\\x/y*");
        TopicNames same = new TopicNames(new WildcardSyntax(true, '/', '#', '+'));
        assertThat(same.address("a.b/c*\\")).isEqualTo("a.b/c*\\");
    }

    @Example
    void filtersAreParsed() {
        TopicFilter shared = TopicFilter.parse("$share/g/a/+").orElseThrow();
        assertThat(shared.group()).isEqualTo("g");
        assertThat(shared.filter()).isEqualTo("a/+");
        assertThat(shared.queue("cid", "a.*")).isEqualTo("g.a.*");
        assertThat(TopicFilter.parse("a/b::q").orElseThrow().filter()).isEqualTo("a/b");
        assertThat(TopicFilter.parse("a/b").orElseThrow().queue("cid", "a.b")).isEqualTo("cid.a.b");
        for (String wrong : new String[] {"", "a#", "#/a", "a+/b", "+a", "$share/g", "$share//a", "$share/g/", "$share/g+/a", "::q"}) {
            assertThat(TopicFilter.parse(wrong)).as(wrong).isEmpty();
        }
    }
}
