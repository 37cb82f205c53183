package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AcceptorConfig;
import io.delos.config.RoutingType;
import org.junit.jupiter.api.Test;

class PrefixesTest {
    @Test
    void aPrefixSaysTheRoutingTypeAndIsDropped() {
        Prefixes prefixes = Prefixes.of(AcceptorConfig.of("a", "tcp://localhost:0?anycastPrefix=jms.queue.,q:;multicastPrefix=jms.topic.")
                .options(CoreOptions.class));
        assertThat(prefixes.strip("jms.queue.x")).isEqualTo(new Prefixes.Name("x", java.util.Optional.of(RoutingType.ANYCAST)));
        assertThat(prefixes.strip("q:x").type()).contains(RoutingType.ANYCAST);
        assertThat(prefixes.strip("jms.topic.x").type()).contains(RoutingType.MULTICAST);
        assertThat(prefixes.strip("plain")).isEqualTo(new Prefixes.Name("plain", java.util.Optional.empty()));
        assertThat(prefixes.plain("jms.topic.x::jms.queue.y")).isEqualTo("x::jms.queue.y");
    }

    @Test
    void withoutPrefixesNamesAreNames() {
        Prefixes prefixes = Prefixes.of(AcceptorConfig.of("a", "tcp://localhost:0").options(CoreOptions.class));
        assertThat(prefixes.all()).isEmpty();
        assertThat(prefixes.plain("jms.queue.x")).isEqualTo("jms.queue.x");
    }
}
