package io.delos.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Thousands of short histories of brokers that crash, each from a seed of its own. What it does and how to go on for hours is in docs/testing.md. */
class SimulationTest {

    /** When nothing is asked for: the same ones each time, so that what fails is the change that was made. */
    private static final long HISTORIES = 2000;
    private static final long FIRST = 1;

    @Test
    void nothingConfirmedIsLostAndNothingAcknowledgedReturns() {
        Simulation simulation = new Simulation(System.out);
        Long seed = Long.getLong("sim.seed");
        if (seed != null) {
            assertThat(simulation.replay(seed)).as("seed %s", seed).isTrue();
            return;
        }
        long minutes = Long.getLong("sim.minutes", 0);
        long histories = Long.getLong("sim.histories", minutes > 0 ? Long.MAX_VALUE : HISTORIES);
        long base = Long.getLong("sim.base", minutes > 0 ? System.currentTimeMillis() * 1000 : FIRST);
        long patience = TimeUnit.MINUTES.toNanos(minutes > 0 ? minutes : TimeUnit.DAYS.toMinutes(365));
        assertThat(simulation.run(base, histories, System.nanoTime() + patience)).isPositive();
    }

    @Test
    void oneSeedIsOneHistory() {
        for (long seed = 1; seed <= 12; seed++) {
            long first = History.run(seed, new Trace(0));
            assertThat(History.run(seed, new Trace(0))).as("seed %s again", seed).isEqualTo(first);
            assertThat(History.run(seed, new Trace(10))).as("seed %s with its story told", seed).isEqualTo(first);
        }
    }
}
