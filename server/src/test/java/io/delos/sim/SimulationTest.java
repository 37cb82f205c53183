package io.delos.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Thousands of short histories of brokers that crash, each from a seed of its own. What it does and how to go on for hours is in docs/testing.md. */
class SimulationTest {

    /** When nothing is asked for: some thousand histories where the machine is quick, fewer where it is slow; each run has new seeds. */
    private static final long SECONDS = 75;

    @Test
    void nothingConfirmedIsLostAndNothingAcknowledgedReturns() {
        Simulation simulation = new Simulation(System.out);
        Long seed = Long.getLong("sim.seed");
        if (seed != null) {
            assertThat(simulation.replay(seed)).as("seed %s", seed).isTrue();
            return;
        }
        long histories = Long.getLong("sim.histories", Long.MAX_VALUE);
        long minutes = Long.getLong("sim.minutes", 0);
        long seconds = minutes > 0 ? TimeUnit.MINUTES.toSeconds(minutes) : histories < Long.MAX_VALUE ? TimeUnit.DAYS.toSeconds(365) : SECONDS;
        long base = Long.getLong("sim.base", System.currentTimeMillis() * 1000);
        assertThat(simulation.run(base, histories, System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds))).isPositive();
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
