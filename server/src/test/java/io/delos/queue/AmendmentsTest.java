package io.delos.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class AmendmentsTest {

    private final Amendments amendments = new Amendments("q");

    @Test
    void whatIsNotedIsThereUntilTheMessageIsGone() {
        amendments.keep(1, Map.of("a", 1));
        amendments.keep(2, Map.of());
        assertThat(amendments.of(1)).isEqualTo(Map.of("a", 1));
        assertThat(amendments.of(2)).isEmpty();
        amendments.keep(1, Map.of("a", 2));
        assertThat(amendments.of(1)).isEqualTo(Map.of("a", 2));
        amendments.gone(1);
        assertThat(amendments.of(1)).isEmpty();
    }

    @Test
    void theOldestMakeWay() {
        for (long id = 0; id <= Amendments.MOST; id++) {
            amendments.keep(id, Map.of("id", id));
        }
        assertThat(amendments.of(0)).isEmpty();
        assertThat(amendments.of(1)).isNotEmpty();
        assertThat(amendments.of(Amendments.MOST)).isNotEmpty();
    }
}
