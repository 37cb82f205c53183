package io.delos.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TargetTest {
    private final Target target = new Target(List.of(Target.atLeast("rate", 2)), Optional.of(Target.atMost("cpu", 0.4)));
    private final Results results = new Results();

    private void round(String side, double rate, double cpu, double lost) {
        results.add("row", side, new Figures().put("rate", rate).put("cpu", cpu).put("lost", lost));
    }

    @Test
    void eitherFigureReachesIt() {
        round(Side.ARTEMIS, 1000, 100, 0);
        round(Side.DELOS, 2000, 90, 0);
        assertThat(target.met(results, "row")).contains(true);
        round(Side.DELOS, 1000, 40, 0);
        round(Side.DELOS, 1000, 40, 0);
        assertThat(target.met(results, "row")).contains(true);
    }

    @Test
    void neitherFigureFailsIt() {
        round(Side.ARTEMIS, 1000, 100, 0);
        round(Side.DELOS, 1999, 41, 0);
        assertThat(target.met(results, "row")).contains(false);
    }

    @Test
    void aLostMessageFailsItWhateverTheRate() {
        round(Side.ARTEMIS, 1000, 100, 7);
        round(Side.DELOS, 9000, 1, 0);
        assertThat(target.met(results, "row")).contains(true);
        round(Side.DELOS, 9000, 1, 1);
        assertThat(target.met(results, "row")).contains(false);
    }

    @Test
    void withoutTheOtherSideNobodyKnows() {
        round(Side.DELOS, 9000, 1, 0);
        assertThat(target.met(results, "row")).isEmpty();
    }

    @Test
    void whatIsAskedBesidesIsAskedInAnyCase() {
        Target both = target.and(new Target.Limit("rate", Side.MOSQUITTO, true, 1));
        round(Side.ARTEMIS, 1000, 100, 0);
        round(Side.DELOS, 1500, 10, 0);
        assertThat(both.met(results, "row")).isEmpty();
        round(Side.MOSQUITTO, 1600, 10, 0);
        assertThat(both.met(results, "row")).contains(false);
        round(Side.MOSQUITTO, 100, 10, 0);
        assertThat(both.met(results, "row")).contains(true);
        assertThat(both.text()).isEqualTo("rate ≥ 2 × Artemis, or cpu ≤ 0.4 × Artemis; and rate ≥ Mosquitto");
    }
}
