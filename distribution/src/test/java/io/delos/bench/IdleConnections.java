package io.delos.bench;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the broker takes for each of many connections that have logged in and say nothing; on a broker that was just started.
 *
 * @param most how much that may be in Delos, in KiB
 */
record IdleConnections(Greeting greeting, int count, double most) implements Trial {

    static List<Trial> all() {
        return List.of(new IdleConnections(Greeting.MQTT, 10_000, 10), new IdleConnections(Greeting.AMQP, 5_000, 15),
                new IdleConnections(Greeting.AMQP_LINKED, 5_000, 30_000 / 1024.0));
    }

    @Override
    public String name() {
        return greeting.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-idle-" + count;
    }

    @Override
    public boolean restarts() {
        return true;
    }

    @Override
    public Figures run(Side side, int run, Options options) throws IOException, InterruptedException {
        side.startEmpty();
        List<Socket> sockets = new ArrayList<>();
        try {
            // what the first connections bring in is the protocol's price, not theirs
            for (int i = 0; i < 100; i++) {
                greeting.end(greeting.connect(side.broker().port(), i));
            }
            side.quiesce();
            double before = side.proc().residentMib();
            for (int i = 0; i < count; i++) {
                sockets.add(greeting.connect(side.broker().port(), i));
            }
            side.quiesce();
            double after = side.proc().residentMib();
            return new Figures().put("connection-kib", (after - before) * 1024 / count).put("connected-resident", after);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Override
    public List<Table> tables() {
        return List.of(Table.IDLE);
    }

    @Override
    public Optional<Target> target(Table table) {
        return Optional.of(new Target(List.of(new Target.Limit("connection-kib", "", false, most)), Optional.empty()));
    }
}
