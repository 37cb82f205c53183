package io.delos.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SettingsTest {
    enum Colour { RED, GREEN }

    record Inner(
        @Setting(name = "count", value = "3", check = Check.POSITIVE, text = "how many") int count,
        @Setting(name = "limit", follows = "count", times = 10, text = "at most") long limit) {
    }

    record Sample(
        @Setting(name = "on", value = "true", text = "a flag") boolean on,
        @Setting(name = "size", value = "1K", unit = Unit.BYTES, text = "a size") long size,
        @Setting(name = "ratio", value = "0.5", check = Check.UNIT, text = "a part") double ratio,
        @Setting(name = "mark", value = "x", text = "a character") char mark,
        @Setting(name = "colour", alias = "color", value = "GREEN", text = "a choice") Colour colour,
        @Setting(name = "names", text = "a list") List<String> names,
        @Setting(name = "pattern", value = "a+", text = "an expression") Pattern pattern,
        @Setting(name = "title", value = "t", check = Check.NOT_EMPTY, text = "some text") String title,
        Inner inner) {
    }

    @Test
    void defaultsComeFromTheDeclarations() {
        Sample sample = Settings.defaults(Sample.class);
        assertThat(sample.on()).isTrue();
        assertThat(sample.size()).isEqualTo(1024);
        assertThat(sample.colour()).isEqualTo(Colour.GREEN);
        assertThat(sample.names()).isEmpty();
        assertThat(sample.inner()).isEqualTo(new Inner(3, 30));
    }

    @Test
    void readsTextsAndValuesByNameOrAlias() {
        Sample sample = Settings.read(Sample.class, Map.of("on", "FALSE", "size", "2 MiB", "ratio", "1", "color", "red", "names", "a, b,,c ",
            "count", 7, "unheard-of", "ignored"));
        assertThat(sample.on()).isFalse();
        assertThat(sample.size()).isEqualTo(2 << 20);
        assertThat(sample.ratio()).isEqualTo(1.0);
        assertThat(sample.colour()).isEqualTo(Colour.RED);
        assertThat(sample.names()).containsExactly("a", "b", "c");
        assertThat(sample.inner()).isEqualTo(new Inner(7, 70));
    }

    @Test
    void changesOneSettingInACopy() {
        Sample sample = Settings.with(Settings.defaults(Sample.class), "count", 4);
        assertThat(sample.inner()).isEqualTo(new Inner(4, 30));
        assertThat(Settings.values(sample)).containsEntry("count", 4).containsEntry("title", "t").containsEntry("mark", 'x');
        assertThatThrownBy(() -> Settings.with(sample, "nothing", 1)).isInstanceOf(ConfigException.class).hasMessage("nothing: no such setting");
    }

    @Test
    void saysWhatWasExpected() {
        assertWrong("on", "yes", "on: expected true or false, found 'yes'");
        assertWrong("size", "1.5G", "size: expected a whole number, with an optional unit K, M or G, found '1.5G'");
        assertWrong("ratio", "1.5", "ratio: expected a number from 0 to 1, found '1.5'");
        assertWrong("ratio", "NaN", "ratio: expected a number from 0 to 1, found 'NaN'");
        assertWrong("mark", "", "mark: expected one character, found ''");
        assertWrong("colour", "blue", "colour: expected one of [RED, GREEN], found 'blue'");
        assertWrong("pattern", "(", "pattern: expected a regular expression, found '('");
        assertWrong("title", "", "title: expected some text, found ''");
        assertWrong("count", "0", "count: expected a number above 0, found '0'");
        assertWrong("count", "3000000000", "count: expected a number above 0, found '3000000000'");
        assertWrong("count", "x".repeat(300), "count: expected a number above 0, found '" + "x".repeat(200) + "...'");
    }

    private static void assertWrong(String name, String value, String message) {
        assertThatThrownBy(() -> Settings.read(Sample.class, Map.of(name, value))).isInstanceOf(ConfigException.class).hasMessage(message);
    }

    @Test
    void everyCheckAcceptsItsOwnBounds() {
        assertThat(Check.POWER_OF_TWO.accepts(8L)).isTrue();
        assertThat(Check.POWER_OF_TWO.accepts(0L)).isFalse();
        assertThat(Check.POWER_OF_TWO.accepts(12L)).isFalse();
        assertThat(Check.PERCENT_OR_MINUS_ONE.accepts(-1L)).isTrue();
        assertThat(Check.PERCENT_OR_MINUS_ONE.accepts(101L)).isFalse();
        assertThat(Check.PERCENT.accepts(-1L)).isFalse();
        assertThat(Check.POSITIVE_OR_MINUS_ONE.accepts(0L)).isFalse();
        assertThat(Check.NOT_NEGATIVE_OR_MINUS_ONE.accepts(0L)).isTrue();
        assertThat(Check.POSITIVE_INT.accepts(1L << 31)).isFalse();
        assertThat(Check.POSITIVE_INT_OR_MINUS_ONE.accepts(-1L)).isTrue();
        assertThat(Check.PORT.accepts(65536L)).isFalse();
    }

    @Test
    void aSettingHasOneHome() {
        Set<String> names = new HashSet<>();
        for (Class<? extends Record> type : List.of(BrokerSettings.class, UnusedSettings.class)) {
            for (Declaration declaration : Settings.declarations(type)) {
                assertThat(names.add(declaration.name())).as(declaration.name()).isTrue();
                assertThat(declaration.text()).isNotBlank();
                assertThat(declaration.aliases()).allSatisfy(alias -> assertThat(names.add(alias)).as(alias).isTrue());
            }
        }
    }

    @Test
    void defaultsOfTheBrokerAreThoseOfArtemis() {
        BrokerConfig config = BrokerConfig.defaults();
        assertThat(config.name()).isEqualTo("localhost");
        assertThat(config.storage().journalFileSize()).isEqualTo(10 << 20);
        assertThat(config.storage().lockDirectory()).isEqualTo("data/journal");
        assertThat(config.memory().effectiveGlobalMaxSize(1000)).isEqualTo(500);
        assertThat(config.with("global-max-size", "2K").memory().effectiveGlobalMaxSize(10_000)).isEqualTo(2048);
        assertThat(config.security().authenticationCacheSize()).isEqualTo(1000);
        assertThat(config.management().viewPattern().matcher("listQueues").matches()).isTrue();
        AddressSettings settings = config.addressSettings().resolve("any");
        assertThat(settings).isEqualTo(AddressSettings.DEFAULT);
        assertThat(settings.limits().maxReadPageBytes()).isEqualTo(20 << 20);
        assertThat(settings.limits().prefetchPageBytes()).isEqualTo(20 << 20);
        assertThat(settings.limits().prefetchPageMessages()).isEqualTo(-1);
        assertThat(settings.deadLetters().maxDeliveryAttempts()).isEqualTo(10);
    }

    @Test
    void passwordsStayOutOfSight() {
        BrokerConfig config = BrokerConfig.defaults().with("cluster-password", "s3cret")
            .withAcceptors(List.of(AcceptorConfig.of("a", "tcp://h:1?keyStorePassword=s3cret")));
        assertThat(config.toString()).doesNotContain("s3cret");
        assertThat(config.acceptors().get(0).tls().toString()).doesNotContain("s3cret");
    }
}
