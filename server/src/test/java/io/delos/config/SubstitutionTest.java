package io.delos.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SubstitutionTest {
    private static final Substitution SUBSTITUTION =
        new Substitution(Map.of("host", "h1", "port", "${base}1", "base", "70", "loop", "${loop}", "grow", "${grow}${grow}")::get);

    @Test
    void namesDefaultsAndNothing() {
        assertThat(SUBSTITUTION.apply("tcp://${host}:${port}?x=${ absent : y:z }${absent}")).isEqualTo("tcp://h1:701?x=y:z");
        assertThat(SUBSTITUTION.apply("no $ { } ${open")).isEqualTo("no $ { } ${open");
    }

    @Test
    void neverGoesOnForEver() {
        assertThatThrownBy(() -> SUBSTITUTION.apply("${loop}")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> SUBSTITUTION.apply("${grow}")).isInstanceOf(ConfigException.class);
    }

    @Test
    void theProcessHasPropertiesBeforeTheEnvironment() {
        assertThat(Substitution.ofProcess().apply("${java.version}")).isEqualTo(System.getProperty("java.version"));
        assertThat(Substitution.ofProcess().apply("${PATH:none}")).isEqualTo(System.getenv("PATH"));
    }
}
