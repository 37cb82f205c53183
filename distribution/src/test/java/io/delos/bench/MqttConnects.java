package io.delos.bench;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Connecting with user and password, and leaving, each time by a client that was never there; many at a time.
 *
 * @param session whether each leaves a session of an hour behind (MQTT 5), or none (MQTT 3.1.1)
 * @param least   how many a second Delos is to bear
 */
record MqttConnects(boolean session, int least) implements MqttTrial {
    static final MqttConnects CLEAN = new MqttConnects(false, 5000);
    static final MqttConnects SESSION = new MqttConnects(true, 2000);
    private static final int AT_ONCE = 64;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    @Override
    public String name() {
        return "mqtt-connects-" + (session ? "session" : "clean");
    }

    @Override
    public boolean restarts() {
        return false;
    }

    @Override
    public Figures run(Side side, int run, Options options) throws IOException {
        try (LightLoop loop = new LightLoop(side.broker().port())) {
            Door door = new Door(loop, run);
            // nothing before this has made the compilers see what connecting takes
            door.knock(2 * options.warmUp());
            double cpu = side.proc().cpuMillis();
            long before = door.count;
            long start = System.nanoTime();
            door.knock(options.seconds());
            double count = door.count - before;
            Figures figures = new Figures().put("connects", count / ((System.nanoTime() - start) / 1e9));
            return figures.put("connect-cpu", (side.proc().cpuMillis() - cpu) * 1000 / Math.max(1, count));
        }
    }

    /** Those who are just coming in. */
    private final class Door {
        private final LightLoop loop;
        private final int run;
        private final MqttLink[] guests = new MqttLink[AT_ONCE];
        private long last = System.nanoTime();
        private int number;
        private long count;

        Door(LightLoop loop, int run) {
            this.loop = loop;
            this.run = run;
        }

        void knock(double seconds) throws IOException {
            long end = System.nanoTime() + (long) (seconds * 1e9);
            while (System.nanoTime() < end) {
                for (int i = 0; i < AT_ONCE; i++) {
                    if (guests[i] != null && guests[i].connected()) {
                        guests[i].disconnect();
                        guests[i].flush();
                        loop.close(guests[i]);
                        guests[i] = null;
                        count++;
                        last = System.nanoTime();
                    }
                    if (guests[i] == null) {
                        guests[i] = MqttLink.connect(loop, number, "visit-" + run + "-" + number, new MqttLink.Kind(session, !session, 0));
                        number++;
                    }
                }
                loop.turn(20);
                if (System.nanoTime() - last > PATIENCE_NANOS) {
                    throw new IOException("nobody was let in for a long time, after " + count);
                }
            }
        }
    }

    @Override
    public List<Table> tables() {
        return List.of(Table.MQTT_CONNECTS);
    }

    @Override
    public Optional<Target> target(Table table) {
        return Optional.of(new Target(List.of(new Target.Limit("connects", "", true, least)), Optional.empty()));
    }
}
