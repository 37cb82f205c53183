package io.delos.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
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

    @Test
    void oneMessageHasNoMoreThanSoMuch() {
        assertThat(Amendments.fits(Map.of("a", "x".repeat(4095)))).isTrue();
        assertThat(Amendments.fits(Map.of("a", "x".repeat(4096)))).isFalse();
        assertThat(Amendments.fits(Map.of("a", new byte[4096]))).isFalse();
        Map<String, Object> many = new HashMap<>();
        for (int i = 0; i < 64; i++) {
            many.put("n" + i, i);
        }
        assertThat(Amendments.fits(many)).isTrue();
        many.put("one too many", 1);
        assertThat(Amendments.fits(many)).isFalse();
    }
}
