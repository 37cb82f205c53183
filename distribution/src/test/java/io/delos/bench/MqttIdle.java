package io.delos.bench;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the broker takes for each of very many connections that have logged in and say nothing, on a broker that was just started: resident, and,
 * of those that are virtual machines, on the heap and in direct buffers. If fewer files may be open there are fewer connections.
 */
record MqttIdle(int most) implements MqttTrial {
    static final MqttIdle FIFTY_THOUSAND = new MqttIdle(50_000);
    /** Files that a broker, or who loads it, may have open beside its connections. */
    private static final int OTHER_FILES = 2000;
    private static final int KIB = 1024;

    @Override
    public String name() {
        return "mqtt-idle";
    }

    @Override
    public boolean restarts() {
        return true;
    }

    @Override
    public Figures run(Side side, int run, Options options) throws IOException, InterruptedException {
        side.startEmpty();
        // what the first connections bring in is the protocol's price, not theirs
        for (int i = 0; i < 100; i++) {
            Greeting.MQTT.end(Greeting.MQTT.connect(side.broker().port(), i));
        }
        int count = Math.min(most, Proc.mostFiles() - OTHER_FILES);
        Figures figures = new Figures().put("connections", count);
        if (!side.proc().virtualMachine()) {
            close(connect(side, count, figures));
            return figures;
        }
        try (Heap heap = Heap.of(side.proc())) {
            double before = heap.livingMib() + heap.directMib();
            List<Socket> sockets = connect(side, count, figures);
            figures.put("connection-heap-kib", (heap.livingMib() + heap.directMib() - before) * KIB / count);
            close(sockets);
        }
        return figures;
    }

    private static List<Socket> connect(Side side, int count, Figures figures) throws IOException {
        List<Socket> sockets = new ArrayList<>(count);
        side.quiesce();
        double before = side.proc().residentMib();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(Greeting.MQTT.connect(side.broker().port(), i));
            }
        } catch (IOException e) {
            close(sockets);
            throw new IOException("connection " + sockets.size() + ": " + e, e);
        }
        side.quiesce();
        double after = side.proc().residentMib();
        figures.put("connection-kib", (after - before) * KIB / count).put("connected-resident", after);
        return sockets;
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Override
    public List<Table> tables() {
        return List.of(Table.MQTT_IDLE);
    }

    @Override
    public Optional<Target> target(Table table) {
        return Optional.of(new Target(List.of(new Target.Limit("connection-kib", "", false, 10),
                new Target.Limit("connection-heap-kib", "", false, 8)), Optional.empty()));
    }
}
