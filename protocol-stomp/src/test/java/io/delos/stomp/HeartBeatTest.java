package io.delos.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeartBeatTest {

    private static final HeartBeat.Limits USUAL = new HeartBeat.Limits(60_000, 1000, Long.MAX_VALUE, 2);

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"0,0|0|60000|0,30000", "1000,1000|1000|2000|1000,1000", "100,100|500|1000|500,500",
        "5000,0|0|10000|0,5000", "0,2000|2000|60000|2000,30000", "10000,20000|20000|20000|20000,10000"})
    void agreements(String asked, long send, long silence, String reply) throws StompException {
        assertThat(HeartBeat.agree(asked, USUAL)).isEqualTo(new HeartBeat(send, silence, Optional.of(reply)));
    }

    @Test
    void theAcceptorHasTheLastWord() throws StompException {
        HeartBeat.Limits limits = new HeartBeat.Limits(60_000, 1000, 5000, 2);
        assertThat(HeartBeat.agree("20000,0", limits).reply()).contains("0,2500");
        assertThat(HeartBeat.agree("9223372036854775807,0", USUAL).silence()).isEqualTo(Long.MAX_VALUE);
        assertThat(HeartBeat.none(limits)).isEqualTo(new HeartBeat(0, 60_000, Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "a,1", "1,b", "-1,0", "0,-1", "1,2,3", "99999999999999999999,1"})
    void whatIsNoAgreement(String asked) {
        assertThatThrownBy(() -> HeartBeat.agree(asked, USUAL)).isInstanceOf(StompException.class).hasMessageStartingWith("Incorrect heartbeat header");
    }
}
