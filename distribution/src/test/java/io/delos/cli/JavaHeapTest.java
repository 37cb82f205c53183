package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JavaHeapTest {

    @ParameterizedTest
    @ValueSource(strings = {"2G", "2g", "512M", "524288k", "536870912", "1t", " 1G"})
    void hasRoomForNewObjects(String maximum) {
        assertThat(JavaHeap.division(maximum)).contains("-XX:NewSize=48M").contains("-Xms80M");
    }

    @ParameterizedTest
    @ValueSource(strings = {"64M", "511m", "1000000", "", "much", "-1G", "0"})
    void beginsSmall(String maximum) {
        assertThat(JavaHeap.division(maximum)).isEqualTo("-Xms32M");
    }
}
