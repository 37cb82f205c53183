package io.delos.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AddressSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RedeliveryTest {

    private final Redelivery redelivery = new Redelivery();

    private static AddressSettings settings(Map<String, Object> given) {
        AddressSettings settings = AddressSettings.DEFAULT;
        for (Map.Entry<String, Object> each : given.entrySet()) {
            settings = settings.with(each.getKey(), each.getValue());
        }
        return settings;
    }

    @Test
    void attemptsEndUnlessThereIsNoLimit() {
        AddressSettings three = settings(Map.of("max-delivery-attempts", 3));
        assertThat(redelivery.exhausted(three, 2)).isFalse();
        assertThat(redelivery.exhausted(three, 3)).isTrue();
        for (int none : new int[] {0, -1}) {
            assertThat(redelivery.exhausted(settings(Map.of("max-delivery-attempts", none)), 1_000_000)).isFalse();
        }
    }

    @Test
    void waitsGrowUpToTheLongest() {
        AddressSettings growing = settings(Map.of("redelivery-delay", 100L, "redelivery-delay-multiplier", 3.0, "max-redelivery-delay", 1000L));
        assertThat(redelivery.delay(growing, 1)).isEqualTo(100);
        assertThat(redelivery.delay(growing, 2)).isEqualTo(300);
        assertThat(redelivery.delay(growing, 3)).isEqualTo(900);
        assertThat(redelivery.delay(growing, 4)).isEqualTo(1000);
        assertThat(redelivery.delay(growing, 400)).isEqualTo(1000);
        assertThat(redelivery.delay(AddressSettings.DEFAULT, 4)).isZero();
    }

    @Test
    void chanceSpreadsThemToBothSides() {
        AddressSettings spread = settings(Map.of("redelivery-delay", 1000L, "redelivery-collision-avoidance-factor", 0.25, "max-redelivery-delay", 1100L));
        boolean less = false;
        boolean more = false;
        for (int i = 0; i < 1000; i++) {
            long delay = redelivery.delay(spread, 1);
            assertThat(delay).isBetween(750L, 1100L);
            less |= delay < 1000;
            more |= delay > 1000;
        }
        assertThat(less && more).isTrue();
    }
}
