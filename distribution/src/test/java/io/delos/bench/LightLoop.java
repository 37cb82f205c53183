package io.delos.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;

/**
 * Any number of light clients on the thread that turns this loop, so that a load takes little of the machine it shares with the broker. A turn
 * writes what its clients have put, waits for what the sockets say, and has the clients read it.
 */
final class LightLoop implements AutoCloseable {
    private static final int IN_BYTES = 256 << 10;
    private static final int ADDRESSES = 200;

    private final InetSocketAddress broker;
    private final Selector selector = Selector.open();
    private final ByteBuffer in = ByteBuffer.allocateDirect(IN_BYTES);
    private final Set<LightLink> links = new LinkedHashSet<>();
    private final Set<LightLink> changed = new LinkedHashSet<>();

    LightLoop(int port) throws IOException {
        broker = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /**
     * Begins to connect, from one of many addresses of the loopback, so that no port runs short.
     *
     * @param number picks the address
     * @param client makes the client of the connection; what it has put already is what it says first
     */
    <L extends LightLink> L connect(int number, BiFunction<LightLoop, SocketChannel, L> client) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (2 + number % ADDRESSES)}), 0));
            L link = client.apply(this, channel);
            boolean done = channel.connect(broker);
            channel.register(selector, done ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, link);
            changed(link);
            links.add(link);
            return link;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Closes a client, without a goodbye. */
    void close(LightLink link) throws IOException {
        changed.remove(link);
        links.remove(link);
        link.close();
    }

    Selector selector() {
        return selector;
    }

    /** A client has something to write. */
    void changed(LightLink link) {
        changed.add(link);
    }

    /** @param millis how long to wait if nothing is ready; 0 is not at all */
    void turn(long millis) throws IOException {
        flush();
        int ready = millis == 0 ? selector.selectNow() : selector.select(millis);
        if (ready > 0) {
            for (SelectionKey key : selector.selectedKeys()) {
                if (key.isValid()) {
                    ((LightLink) key.attachment()).ready(key, in);
                }
            }
            selector.selectedKeys().clear();
        }
    }

    /** Writes what was put, as far as the sockets take it. */
    void flush() throws IOException {
        if (!changed.isEmpty()) {
            for (LightLink link : changed) {
                link.flush();
            }
            changed.clear();
        }
    }

    /** Turns until something is so; {@code what} names it if it isn't in time. */
    void await(BooleanSupplier done, long patienceSeconds, String what) throws IOException, TimeoutException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(patienceSeconds);
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new TimeoutException("no " + what + " in " + patienceSeconds + " s");
            }
            turn(20);
        }
    }

    @Override
    public void close() throws IOException {
        for (LightLink each : links) {
            each.close();
        }
        selector.close();
    }
}
