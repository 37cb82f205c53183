package io.delos.bench;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * Subscribing on one connection, to another topic each time, with some SUBSCRIBEs under way; a clean session, whose end takes them all away.
 *
 * @param window how many
 */
record MqttSubscribe(int window) implements MqttTrial {
    static final MqttSubscribe PIPELINED = new MqttSubscribe(200);
    private static final long PATIENCE_SECONDS = 20;

    @Override
    public String name() {
        return "mqtt-subscribe";
    }

    @Override
    public boolean restarts() {
        return false;
    }

    @Override
    public Figures run(Side side, int run, Options options) throws IOException {
        try (LightLoop loop = new LightLoop(side.broker().port())) {
            MqttLink link = MqttLink.connect(loop, 0, "bench-subscriber", new MqttLink.Kind(false, true, 1));
            loop.await(link::connected, PATIENCE_SECONDS, "CONNACK");
            int next = subscribe(loop, link, run, 0, options.warmUp());
            double cpu = side.proc().cpuMillis();
            long before = link.answered();
            long start = System.nanoTime();
            subscribe(loop, link, run, next, options.seconds());
            double count = link.answered() - before;
            Figures figures = new Figures().put("subscribes", count / ((System.nanoTime() - start) / 1e9))
                    .put("subscribe-cpu", (side.proc().cpuMillis() - cpu) * 1000 / Math.max(1, count));
            loop.await(() -> link.asked() == 0, PATIENCE_SECONDS, "SUBACK");
            link.disconnect();
            loop.flush();
            return figures;
        } catch (TimeoutException e) {
            return Figures.failed(e.getMessage());
        }
    }

    private int subscribe(LightLoop loop, MqttLink link, int run, int first, double seconds) throws IOException {
        int next = first;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end) {
            while (link.asked() < window && link.hasRoom()) {
                link.subscribe(MqttPackets.utf8("bench/subscribe/" + run + "/" + next++));
            }
            loop.turn(20);
        }
        return next;
    }

    @Override
    public List<Table> tables() {
        return List.of(Table.MQTT_SUBSCRIBE);
    }

    @Override
    public Optional<Target> target(Table table) {
        return Optional.of(new Target(List.of(new Target.Limit("subscribes", "", true, 10_000)), Optional.empty()));
    }
}
