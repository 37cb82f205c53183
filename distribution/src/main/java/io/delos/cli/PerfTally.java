package io.delos.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** What a load test counts and measures, and how it tells. Any thread may count; one thread tells. */
final class PerfTally {

    private static final String HEAD = "#[Histogram log format version 1.3]\n"
            + "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";

    /** Something counted. */
    enum Kind {
        SENT("sent", "sent"), BLOCKED("blocked", "delayed"), COMPLETED("completed", "completed"), RECEIVED("received", "received");

        private final String name;
        private final String field;

        Kind(String name, String field) {
            this.name = name;
            this.field = field;
        }
    }

    /** Something measured: how late a message was sent, how long its sending took, and how long it was on its way. */
    enum Time {
        DELAY("delay send", "delaySendTime"), SEND("send", "sendTime"), TRANSFER("transfer", "transferTime");

        private final String name;
        private final String field;

        Time(String name, String field) {
            this.name = name;
            this.field = field;
        }
    }

    private final Map<Kind, LongAdder> counts = new LinkedHashMap<>();
    private final Map<Kind, Long> totals = new LinkedHashMap<>();
    private final Map<Time, Latencies> measured = new LinkedHashMap<>();
    private final Map<Time, Latencies> all = new LinkedHashMap<>();
    private final List<String> json = new ArrayList<>();
    private final StringBuilder log = new StringBuilder(HEAD);
    private long since = System.nanoTime();
    private long sinceMillis = System.currentTimeMillis();

    /** Counts and measures these, in this order. */
    PerfTally(List<Kind> kinds, List<Time> times) {
        kinds.forEach(kind -> counts.put(kind, new LongAdder()));
        kinds.forEach(kind -> totals.put(kind, 0L));
        times.forEach(time -> measured.put(time, new Latencies()));
        times.forEach(time -> all.put(time, new Latencies()));
    }

    void count(Kind kind) {
        LongAdder adder = counts.get(kind);
        if (adder != null) {
            adder.increment();
        }
    }

    void measure(Time time, long micros) {
        Latencies latencies = measured.get(time);
        if (latencies != null) {
            latencies.add(micros);
        }
    }

    /** Ends an interval; what happened while warming up is told but not summed up. */
    void interval(boolean warmup, Optional<PrintStream> out) {
        double seconds = Math.max(1e-3, (System.nanoTime() - since) / 1e9);
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("sampleType", "interval");
        shown.put("warmup", warmup);
        shown.put("time", System.currentTimeMillis());
        out.ifPresent(stream -> stream.println("--- warmup " + warmup));
        counts.forEach((kind, adder) -> {
            long n = adder.sumThenReset();
            shown.put(kind.field, n);
            if (!warmup) {
                totals.merge(kind, n, Long::sum);
            }
            out.ifPresent(stream -> stream.println(String.format(Locale.ROOT, "--- %-11s%7d msg/sec", kind.name + ":", Math.round(n / seconds))));
        });
        measured.forEach((time, latencies) -> {
            Latencies now = new Latencies();
            latencies.drainTo(now);
            shown.put(time.field, now.report());
            out.ifPresent(stream -> stream.println("--- " + time.name + " time:" + line(now)));
            logged(time, now, seconds);
            if (!warmup) {
                now.drainTo(all.get(time));
            }
        });
        json.add(Json.text(shown));
        since = System.nanoTime();
        sinceMillis = System.currentTimeMillis();
    }

    private void logged(Time time, Latencies now, double seconds) {
        log.append(String.format(Locale.ROOT, "Tag=%s,%.3f,%.3f,%.3f,%s%n", time.name, sinceMillis / 1000.0, seconds, now.max() / 1e6,
                Base64.getEncoder().encodeToString(now.compressed())));
    }

    private static String line(Latencies of) {
        return String.format(Locale.ROOT, " mean: %9.2f us - 50.00%%: %7d us - 90.00%%: %7d us - 99.00%%: %7d us - 99.90%%: %7d us - 99.99%%: %7d us"
                + " - max:    %7d us", of.mean(), of.percentile(50), of.percentile(90), of.percentile(99), of.percentile(99.9),
                of.percentile(99.99), of.max());
    }

    /** The sums of all intervals that were no warmup. */
    void summary(boolean success, PrintStream out) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("sampleType", "summary");
        shown.put("time", System.currentTimeMillis());
        shown.put("result", success ? "success" : "fail");
        out.println("--- SUMMARY");
        out.println("--- result:              " + (success ? "success" : "fail"));
        totals.forEach((kind, n) -> {
            shown.put("total" + capital(kind.name), n);
            out.println(String.format(Locale.ROOT, "--- total %-11s%8d", kind.name + ":", n));
        });
        all.forEach((time, latencies) -> {
            shown.put("total" + capital(time.field), latencies.report());
            out.println("--- overall " + time.name + " time:" + line(latencies));
        });
        json.add(Json.text(shown));
    }

    private static String capital(String name) {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    long total(Kind kind) {
        return totals.getOrDefault(kind, 0L);
    }

    /** All that was told, as one JSON array. */
    void writeJson(Path file) throws IOException {
        Files.writeString(file, "[\n" + String.join(",\n", json) + "\n]", StandardCharsets.UTF_8);
    }

    /** All that was measured, as a log that HdrHistogram's tools read. */
    void writeLog(Path file) throws IOException {
        Files.writeString(file, log, StandardCharsets.UTF_8);
    }
}
