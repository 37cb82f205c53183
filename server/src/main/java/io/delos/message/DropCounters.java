package io.delos.message;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** How much translations between dialects have dropped since the broker was started. Any thread. */
public final class DropCounters {

    private static final List<String> DIALECTS = List.of("", "CORE", "AMQP", "MQTT", "STOMP", "OPENWIRE");
    private static final Trait[] TRAITS = Trait.values();

    private final LongAdder total = new LongAdder();
    private final AtomicLongArray counts = new AtomicLongArray(DIALECTS.size() * DIALECTS.size() * TRAITS.length);

    /** So many of one trait were dropped on the way from one dialect to another, which are called as {@code broker.xml} calls their protocols. */
    public record Row(String from, String to, Trait trait, long count) { }

    void count(byte from, byte to, Dropped dropped) {
        for (Trait trait : dropped.traits()) {
            counts.incrementAndGet((from * DIALECTS.size() + to) * TRAITS.length + trait.ordinal());
            total.increment();
        }
    }

    /** All that was dropped, each property by itself. */
    public long total() {
        return total.sum();
    }

    /** What was dropped, by pair and trait; only what there was any of. */
    public List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < counts.length(); i++) {
            long count = counts.get(i);
            if (count > 0) {
                int pair = i / TRAITS.length;
                rows.add(new Row(name(pair / DIALECTS.size()), name(pair % DIALECTS.size()), TRAITS[i % TRAITS.length], count));
            }
        }
        return rows;
    }

    /** What people call a dialect. */
    static String name(int dialect) {
        return DIALECTS.get(dialect);
    }
}
