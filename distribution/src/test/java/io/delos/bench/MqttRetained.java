package io.delos.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** A great many retained messages of 100 bytes, each of a topic of its own; a start with all of them, and one who reads all. Only Delos is asked. */
record MqttRetained(int count) implements MqttTrial {
    static final MqttRetained MILLION = new MqttRetained(1_000_000);
    private static final int SIZE = 100;
    private static final int WINDOW = 1000;
    private static final int TOPICS_TO_A_LEVEL = 1000;
    private static final long PATIENCE_SECONDS = 180;

    @Override
    public String name() {
        return "mqtt-retained-1m";
    }

    @Override
    public boolean restarts() {
        return true;
    }

    @Override
    public boolean suits(String side) {
        return side.equals(Side.DELOS);
    }

    @Override
    public Figures run(Side side, int run, Options options) throws IOException, InterruptedException {
        side.startEmpty();
        Figures figures = new Figures();
        try {
            publish(side, run, figures);
            side.quiesce();
            figures.put("retained-resident", side.proc().residentMib()).put("retained-heap", heap(side));
            side.stop();
            side.broker().launch();
            figures.put("retained-active-ms", side.broker().awaitActive(Duration.ofSeconds(PATIENCE_SECONDS)).toNanos() / 1e6);
            figures.put("retained-start-heap", heap(side));
            read(side, run, figures);
        } catch (TimeoutException e) {
            figures.fail(e.getMessage());
        }
        return figures;
    }

    private static double heap(Side side) throws IOException {
        try (Heap heap = Heap.of(side.proc())) {
            return heap.livingMib();
        }
    }

    private void publish(Side side, int run, Figures figures) throws IOException, TimeoutException {
        double cpu = side.proc().cpuMillis();
        long start = System.nanoTime();
        try (LightLoop loop = new LightLoop(side.broker().port())) {
            MqttLink link = MqttLink.connect(loop, 0, "bench-retaining", new MqttLink.Kind(false, true, 1));
            loop.await(link::connected, PATIENCE_SECONDS, "CONNACK");
            int[] sent = new int[1];
            loop.await(() -> {
                while (sent[0] < count && link.underWay() < WINDOW && link.hasRoom()) {
                    byte[] topic = MqttPackets.utf8("bench/retained/" + sent[0] / TOPICS_TO_A_LEVEL + "/" + sent[0] % TOPICS_TO_A_LEVEL);
                    ByteBuffer out = link.publish(topic, true, SIZE);
                    int end = out.position() + SIZE;
                    Stamp.put(out, run, 0, sent[0]++, 0);
                    out.position(end);
                }
                return sent[0] == count && link.underWay() == 0;
            }, PATIENCE_SECONDS, "PUBACK of the last");
            link.disconnect();
            loop.flush();
        }
        figures.put("retained-rate", count / ((System.nanoTime() - start) / 1e9));
        figures.put("retained-cpu", (side.proc().cpuMillis() - cpu) * 1000 / count);
    }

    private void read(Side side, int run, Figures figures) throws IOException, TimeoutException {
        Tally tally = new Tally(run, 0);
        long start = System.nanoTime();
        long[] first = new long[1];
        try (LightLoop loop = new LightLoop(side.broker().port())) {
            MqttLink link = MqttLink.connect(loop, 0, "bench-reading", new MqttLink.Kind(false, true, 1));
            link.listen((in, at, length) -> {
                first[0] = first[0] == 0 ? System.nanoTime() : first[0];
                tally.accept(in, at);
            });
            loop.await(link::connected, PATIENCE_SECONDS, "CONNACK");
            link.subscribe(MqttPackets.utf8("#"));
            try {
                loop.await(() -> tally.received() >= count, PATIENCE_SECONDS, "end of what is retained");
            } finally {
                figures.put("sent", count).put("lost", count - tally.received()).put("duplicated", tally.duplicated());
            }
        }
        figures.put("retained-first-ms", (first[0] - start) / 1e6).put("retained-read", count / ((System.nanoTime() - start) / 1e9));
    }

    @Override
    public List<Table> tables() {
        return List.of(Table.MQTT_RETAINED);
    }

    @Override
    public Optional<Target> target(Table table) {
        return Optional.empty();
    }
}
