package io.delos.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({"0,0", "-1,-1", "512,512", "512b,512", "10K,10240", "10 kb,10240", "10KiB,10240", "10ki,10240", "' 3 M ',3145728",
        "3mB,3145728", "1G,1073741824", "1GiB,1073741824", "8589934591G,9223372035781033984"})
    void allSuffixesAreBinary(String text, long bytes) {
        assertThat(Sizes.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "K", "1.5G", "1T", "ten", "1 K B", "-1K", "1-1", "8589934592G", "9223372036854775808", "0x10", "1e3", "--1",
        "00000000000000000000000000000000000000000000000001"})
    void refusesTheRest(String text) {
        assertThatThrownBy(() -> Sizes.parse(text)).isInstanceOf(NumberFormatException.class);
    }
}
