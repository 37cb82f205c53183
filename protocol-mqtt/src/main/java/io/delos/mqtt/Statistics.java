package io.delos.mqtt;

import io.delos.broker.Broker;
import io.delos.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What the topics below {@code $SYS/broker/} tell, put together when it is asked for: each loop counts for itself, and a worker looks at what is
 * remembered. Owned by a loop of its own.
 */
final class Statistics {

    private static final String ROOT = "$SYS/broker/";
    private static final long SAMPLE_MILLIS = 10_000;

    private final Broker broker;
    private final Loop home;
    private final Ledgers ledgers;
    private final long startedAt = System.nanoTime();
    private final Loads loads = new Loads();
    private long sampledAt = startedAt;
    private boolean sampling;

    /** A topic and what is to be said there now. Immutable. */
    record Value(String topic, String text) { }

    Statistics(Broker broker, Loop home, Ledgers ledgers) {
        this.broker = broker;
        this.home = home;
        this.ledgers = ledgers;
    }

    Loop home() {
        return home;
    }

    /** Begins to sample loads; again is harmless. Any thread. */
    void begin() {
        home.post(() -> {
            if (!sampling) {
                sampling = true;
                home.schedule(this::sample, SAMPLE_MILLIS);
            }
        });
    }

    private void sample() {
        ledgers.ask((ledger, loop) -> ledger.counts(), home, all -> {
            long now = System.nanoTime();
            loads.sample(sum(all), Math.max(0.001, (now - sampledAt) / 1e9));
            sampledAt = now;
            home.schedule(this::sample, SAMPLE_MILLIS);
        });
    }

    private static long[] sum(List<long[]> all) {
        long[] sum = new long[Count.values().length];
        for (long[] counts : all) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += counts[i];
            }
        }
        return sum;
    }

    /**
     * What one loop knows.
     *
     * @param remembered   clients that are connected, and whose sessions are remembered
     * @param subscribed   subscriptions that are not
     * @param sharedAmong  shared ones of these
     */
    private record Part(long[] counts, int remembered, int subscribed, int sharedAmong) {

        static Part of(Ledger ledger) {
            int remembered = 0;
            int subscribed = 0;
            int shared = 0;
            for (Attended one : ledger.all()) {
                if (one.session().remembered()) {
                    remembered++;
                } else {
                    for (MqttSubscription each : one.session().subscriptions()) {
                        subscribed++;
                        shared += each.filter().shared() ? 1 : 0;
                    }
                }
            }
            return new Part(ledger.counts(), remembered, subscribed, shared);
        }
    }

    /** Has {@code ready} told, on this object's loop, what there is to say. Any thread. */
    void gather(Consumer<List<Value>> ready) {
        ledgers.ask((ledger, loop) -> Part.of(ledger), home, parts -> {
            List<Value> values = new ArrayList<>();
            addLoads(values);
            broker.workers().execute(() -> {
                addTraffic(values, sum(parts.stream().map(Part::counts).toList()));
                addClients(values, parts);
                addStores(values);
                home.post(() -> ready.accept(values));
            });
        });
    }

    private static void add(List<Value> values, String name, Object value) {
        values.add(new Value(ROOT + name, value.toString()));
    }

    private void addLoads(List<Value> values) {
        for (Count what : Count.values()) {
            for (int i = 0; i < Loads.MINUTES.length && !what.load().isEmpty(); i++) {
                add(values, "load/" + what.load() + "/" + Loads.MINUTES[i] + "min", String.format(Locale.ROOT, "%.2f", loads.of(what, i)));
            }
        }
    }

    private static void addTraffic(List<Value> values, long[] counts) {
        for (Count what : Count.values()) {
            if (!what.total().isEmpty()) {
                add(values, what.total(), counts[what.ordinal()]);
            }
        }
    }

    private void addClients(List<Value> values, List<Part> parts) {
        long known = broker.recallAll(Keys.SESSIONS).size();
        long away = Math.max(0, known - parts.stream().mapToLong(Part::remembered).sum());
        int here = ledgers.crowd().now();
        add(values, "clients/connected", here);
        add(values, "clients/active", here);
        add(values, "clients/disconnected", away);
        add(values, "clients/inactive", away);
        add(values, "clients/total", here + away);
        add(values, "clients/maximum", ledgers.crowd().most());
        long subscriptions = parts.stream().mapToLong(Part::subscribed).sum();
        long shared = parts.stream().mapToLong(Part::sharedAmong).sum();
        for (String key : broker.recallAll(Keys.SUBSCRIPTIONS).keySet()) {
            subscriptions++;
            shared += key.startsWith(TopicFilter.SHARE, key.indexOf('\u0000') + 1) ? 1 : 0;
        }
        add(values, "subscriptions/count", subscriptions);
        add(values, "shared_subscriptions/count", shared);
    }

    private void addStores(List<Value> values) {
        Broker.Holdings holdings = broker.holdings();
        long retained = broker.shelf().count(Keys.RETAINED, Keys.BEHIND_RETAINED);
        add(values, "retained messages/count", retained);
        add(values, "messages/stored", holdings.messages() + retained);
        add(values, "store/messages/count", holdings.messages() + retained);
        add(values, "store/messages/bytes", holdings.bytes());
        Runtime runtime = Runtime.getRuntime();
        add(values, "heap/current", runtime.totalMemory() - runtime.freeMemory());
        add(values, "heap/maximum", runtime.maxMemory());
        String built = Statistics.class.getPackage().getImplementationVersion();
        add(values, "version", "delos version " + (built == null ? "development" : built));
        add(values, "uptime", (System.nanoTime() - startedAt) / 1_000_000_000L + " seconds");
    }
}
