package io.delos.bench;

import java.io.IOException;
import org.HdrHistogram.Histogram;

/** One look at both ends of a load: what has come out of the broker, and what that has taken so far. */
record Sample(long nanos, long received, double cpuMillis, double compilerMillis, double allocatedBytes) {

    static Sample of(Watched broker, long received) throws IOException {
        return new Sample(System.nanoTime(), received, broker.proc().cpuMillis(), broker.proc().compilerMillis(),
                broker.allocatedBytes());
    }

    /** Messages per second from this look to a later one. */
    double rate(Sample to) {
        return (to.received - received) / ((to.nanos - nanos) / 1e9);
    }

    /** Adds the rate from this look to a later one, and what each message took. */
    void rates(Sample to, Figures figures) {
        double messages = to.received - received;
        figures.put("rate", rate(to));
        if (messages == 0) {
            figures.fail("nothing received");
            return;
        }
        figures.put("cpu", (to.cpuMillis - cpuMillis) / messages * 1000);
        figures.put("compiling", (to.compilerMillis - compilerMillis) / messages * 1000);
        if (!Double.isNaN(to.allocatedBytes)) {
            figures.put("allocated", (to.allocatedBytes - allocatedBytes) / messages);
        }
    }

    /** Adds the percentiles, in milliseconds. */
    static void latency(Histogram nanos, Figures figures) {
        if (nanos.getTotalCount() == 0) {
            figures.fail("no message that was due in the measured time has come");
            return;
        }
        figures.put("p50", nanos.getValueAtPercentile(50) / 1e6);
        figures.put("p99", nanos.getValueAtPercentile(99) / 1e6);
        figures.put("p999", nanos.getValueAtPercentile(99.9) / 1e6);
    }
}
