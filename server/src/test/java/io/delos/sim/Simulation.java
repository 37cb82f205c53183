package io.delos.sim;

import java.io.PrintStream;

/** Runs histories, one after the other, each from its own seed, and shows the first that goes wrong. */
final class Simulation {
    private static final String COMMAND = "mvn -pl server -am test -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false -Dsim.seed=";
    /** Lines of a failed history that are shown. */
    private static final int SHOWN = 300;

    private final PrintStream out;

    Simulation(PrintStream out) {
        this.out = out;
    }

    /** Runs so many, from a first seed on, unless the time ({@link System#nanoTime}) comes before; how many it were. */
    long run(long base, long histories, long until) {
        out.println("simulation: histories from seed " + base + " on");
        long done = 0;
        while (done < histories && System.nanoTime() < until) {
            one(base + done++);
        }
        out.println("simulation: " + done + " histories, all as they should be");
        return done;
    }

    private void one(long seed) {
        try {
            History.run(seed, new Trace(0));
        } catch (Violation failure) {
            out.println("simulation: seed " + seed + " fails: " + failure.getMessage());
            replay(seed);
            throw new Violation("seed " + seed + ": " + failure.getMessage() + "\n  to see it again: " + COMMAND + seed, failure);
        }
    }

    /** Runs one and prints the last of what happened; whether it is as it should be. */
    boolean replay(long seed) {
        Trace trace = new Trace(Integer.getInteger("sim.lines", SHOWN));
        try {
            long hash = History.run(seed, trace);
            out.println("simulation: seed " + seed + " is as it should be; its trace is " + Long.toHexString(hash));
            return true;
        } catch (Violation failure) {
            trace.lines().forEach(out::println);
            failure.printStackTrace(out);
            return false;
        }
    }
}
