package io.delos.bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.zip.CRC32;

/** One very large PUBLISH of QoS 1, and what a broker that was just started needs for handing it to a subscriber. */
record MqttPayload(int mebibytes) implements MqttTrial {
    static final MqttPayload HUNDRED_MIB = new MqttPayload(100);
    private static final int MIB = 1 << 20;
    private static final byte[] TOPIC = MqttPackets.utf8("bench/payload");
    private static final int PATIENCE_MILLIS = 60_000;
    private static final int PIECE = 64 << 10;

    @Override
    public String name() {
        return "mqtt-payload-" + mebibytes + "m";
    }

    @Override
    public boolean restarts() {
        return true;
    }

    @Override
    public Figures run(Side side, int run, Options options) throws IOException, InterruptedException {
        side.startEmpty();
        int port = side.broker().port();
        try (Client subscriber = new Client(port, "bench-payload-in"); Client publisher = new Client(port, "bench-payload-out")) {
            subscriber.subscribe();
            // a small one first: what code it needs is loaded then
            pass(publisher, subscriber, PIECE);
            side.quiesce();
            side.proc().forgetPeak();
            double before = side.proc().residentMib();
            double cpu = side.proc().cpuMillis();
            long start = System.nanoTime();
            boolean whole = pass(publisher, subscriber, mebibytes * MIB);
            Figures figures = new Figures().put("payload-ms", (System.nanoTime() - start) / 1e6).put("sent", 1).put("lost", whole ? 0 : 1);
            figures.put("payload-growth", (side.proc().peakMib() - before) * MIB / 1e6);
            side.quiesce();
            return figures.put("payload-after", (side.proc().residentMib() - before) * MIB / 1e6)
                    .put("payload-cpu-ms", side.proc().cpuMillis() - cpu);
        }
    }

    /** Whether the bytes that came are those that were sent. */
    private static boolean pass(Client publisher, Client subscriber, int size) throws IOException {
        CompletableFuture<Long> received = CompletableFuture.supplyAsync(subscriber::receive);
        long sent = publisher.publish(size);
        try {
            return received.join() == sent;
        } catch (CompletionException e) {
            throw new IOException("the subscriber: " + e.getCause().getMessage(), e);
        }
    }

    /** A client that never has more than a piece of a message in memory. */
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;
        private final ByteBuffer packet = ByteBuffer.allocate(512);

        Client(int port, String id) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), PIECE));
            out = socket.getOutputStream();
            MqttPackets.connect(packet, MqttPackets.utf8(id), true, false);
            write();
            Greeting.require(in.readInt() == 0x20020000, "CONNACK");
        }

        void subscribe() throws IOException {
            MqttPackets.subscribe(packet, 1, TOPIC, 1, false);
            write();
            Greeting.require(in.readInt() == 0x90030001 && in.readByte() == 1, "SUBACK");
        }

        /** Returns the checksum of what was sent, when that is confirmed. */
        long publish(int size) throws IOException {
            MqttPackets.publish(packet, TOPIC, 1, false, 1, size, false);
            write();
            CRC32 sum = new CRC32();
            byte[] piece = new byte[PIECE];
            for (int sent = 0; sent < size; sent += PIECE) {
                ByteBuffer.wrap(piece).putInt(sent);
                sum.update(piece);
                out.write(piece);
            }
            try {
                Greeting.require(in.readInt() == 0x40020001, "PUBACK");
            } catch (EOFException e) {
                throw new IOException("the broker closes instead of confirming " + size + " bytes", e);
            }
            return sum.getValue();
        }

        /** Returns the checksum of the next message, which is confirmed. */
        long receive() {
            try {
                Greeting.require((in.readUnsignedByte() & 0xf0) == MqttPackets.PUBLISH << 4, "PUBLISH");
                int left = 0;
                int part = -1;
                for (int shift = 0; part < 0; shift += 7) {
                    part = in.readByte();
                    left |= (part & 0x7f) << shift;
                }
                int topic = in.readUnsignedShort();
                in.skipNBytes(topic);
                int id = in.readUnsignedShort();
                CRC32 sum = new CRC32();
                byte[] piece = new byte[PIECE];
                for (left -= 2 + topic + 2; left > 0; left -= PIECE) {
                    in.readFully(piece, 0, Math.min(PIECE, left));
                    sum.update(piece, 0, Math.min(PIECE, left));
                }
                MqttPackets.acknowledge(packet, MqttPackets.PUBACK, id);
                write();
                return sum.getValue();
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        }

        private void write() throws IOException {
            out.write(packet.array(), 0, packet.position());
            packet.clear();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Override
    public List<Table> tables() {
        return List.of(Table.MQTT_PAYLOAD);
    }

    @Override
    public Optional<Target> target(Table table) {
        return Optional.of(new Target(List.of(new Target.Limit("payload-growth", "", false, 200)), Optional.empty()));
    }
}
