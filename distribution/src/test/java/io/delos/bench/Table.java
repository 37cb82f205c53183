package io.delos.bench;

import java.util.List;

/**
 * One table of the report: a line for each trial that names it, a column for each figure and side.
 *
 * @param counted whether lost, duplicated and disordered messages get a column
 */
record Table(String title, List<Column> columns, boolean counted) {

    /** A figure of all sides, with the ratio of the first two. */
    record Column(String figure, String title, int digits) { }

    static final Table THROUGHPUT = new Table("Throughput", List.of(new Column("rate", "messages/s", 0),
            new Column("cpu", "CPU", 1)), true);
    static final Table LATENCY = new Table("Latency at 2,000 messages per second, ms", List.of(new Column("p50", "p50", 2),
            new Column("p99", "p99", 2), new Column("p999", "p99.9", 2), new Column("cpu", "CPU", 1)), true);
    static final Table MQTT = new Table("MQTT 3.1.1 by light clients", List.of(new Column("rate", "messages/s", 0), new Column("cpu", "CPU", 1),
            new Column("resident", "resident, MiB", 0)), true);
    static final Table MQTT_LATENCY = new Table("MQTT at half of the most, ms", List.of(new Column("most", "most, messages/s", 0),
            new Column("p50", "p50", 2), new Column("p99", "p99", 2), new Column("p999", "p99.9", 2), new Column("cpu", "CPU", 1)), true);
    static final Table MQTT_IDLE = new Table("Idle MQTT connections", List.of(new Column("connections", "connections", 0),
            new Column("connection-kib", "KiB resident for each", 1), new Column("connection-heap-kib", "KiB of heap and direct for each", 1),
            new Column("connected-resident", "resident, MiB", 0)), false);
    static final Table MQTT_CONNECTS = new Table("MQTT: connecting with a login, and leaving", List.of(new Column("connects", "per second", 0),
            new Column("connect-cpu", "CPU", 1)), false);
    static final Table MQTT_SUBSCRIBE = new Table("MQTT: subscribing on one connection", List.of(new Column("subscribes", "per second", 0),
            new Column("subscribe-cpu", "CPU", 1)), false);
    static final Table MQTT_PAYLOAD = new Table("MQTT: one PUBLISH of 100 MiB", List.of(new Column("payload-ms", "until confirmed and received, ms", 0),
            new Column("payload-cpu-ms", "its CPU, ms", 0), new Column("payload-growth", "resident memory's growth at most, MB", 0),
            new Column("payload-after", "and afterwards, MB", 0)), true);
    static final Table MQTT_RETAINED = new Table("MQTT: a million retained messages", List.of(new Column("retained-rate", "published/s", 0),
            new Column("retained-cpu", "CPU", 1), new Column("retained-heap", "heap, MiB", 0), new Column("retained-resident", "resident, MiB", 0),
            new Column("retained-active-ms", "start, ms", 0), new Column("retained-start-heap", "heap then, MiB", 0),
            new Column("retained-first-ms", "first read, ms", 0), new Column("retained-read", "read/s", 0)), true);
    static final Table COST = new Table("Written to the device and taken from the heap, bytes per message", List.of(
            new Column("written", "written", 0), new Column("allocated", "allocated", 0), new Column("compiling", "CPU compiling", 1)), false);
    static final Table BACKLOG = new Table("Backlog", List.of(new Column("fill-rate", "written/s", 0),
            new Column("fill-first", "first tenth/s", 0), new Column("fill-last", "last tenth/s", 0), new Column("fill-cpu", "CPU", 1),
            new Column("fill-written", "bytes written", 0), new Column("disk", "bytes on disk", 0),
            new Column("fill-resident", "resident then, MiB", 0), new Column("fill-peak", "peak, MiB", 0)), false);
    static final Table DRAIN = new Table("Backlog: restart and drain", List.of(new Column("stop-ms", "stop, ms", 0),
            new Column("accept-ms", "accepts, ms", 0), new Column("active-ms", "active, ms", 0),
            new Column("first-ms", "first message, ms", 0), new Column("drain-rate", "drained/s", 0),
            new Column("drain-cpu", "CPU", 1), new Column("drain-peak", "peak, MiB", 0)), true);
    static final Table CONNECTS = new Table("Connecting with a login, and closing", List.of(new Column("connects", "per second", 0),
            new Column("connect-cpu", "CPU", 1)), false);
    static final Table IDLE = new Table("Idle connections", List.of(new Column("connection-kib", "KiB resident for each", 1),
            new Column("connected-resident", "resident, MiB", 0)), false);
    static final Table QUEUES = new Table("Very many queues", List.of(new Column("made-rate", "made per second", 0),
            new Column("queue-kib", "KiB resident for each", 2), new Column("queues-active-ms", "start, ms", 0),
            new Column("queues-cpu-ms", "its CPU, ms", 0), new Column("queues-resident", "resident then, MiB", 0)), false);
    static final Table DEEP = new Table("A deep queue, seconds", List.of(new Column("deep-put", "sent and committed", 1),
            new Column("deep-first", "first found", 2), new Column("deep-all", "all", 1), new Column("deep-purge", "purged", 2),
            new Column("deep-peak", "peak, MiB", 0)), true);
    static final Table EXCHANGE = new Table("Transactions, consuming, requests", List.of(new Column("rate", "messages/s", 0),
            new Column("cpu", "CPU", 1)), true);
    static final Table LARGE = new Table("Large messages", List.of(new Column("large-in", "sent, MB/s", 0),
            new Column("large-out", "received, MB/s", 0), new Column("large-cpu", "CPU per MiB, ms", 2),
            new Column("large-peak", "peak, MiB", 0)), true);
    static final Table START = new Table("An empty instance", List.of(new Column("accept-ms", "accepts, ms", 0),
            new Column("active-ms", "active, ms", 0), new Column("idle-resident", "resident, MiB", 0),
            new Column("idle-threads", "threads", 0)), false);
    static final Table AFTER = new Table("After all rows but those that restart", List.of(new Column("resident", "resident, MiB", 0),
            new Column("peak", "peak, MiB", 0), new Column("threads", "threads", 0)), false);
}
