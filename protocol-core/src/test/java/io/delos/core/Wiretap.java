package io.delos.core;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A wire between client and broker that can be cut: so that both notice, or so that the broker hears nothing any more. */
final class Wiretap implements AutoCloseable {
    private final ServerSocket entrance;
    private final int target;
    private final List<Wire> wires = new CopyOnWriteArrayList<>();

    private static final class Wire {
        private final Socket client;
        private final Socket server;
        private volatile boolean silent;

        private Wire(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        private void pass(Socket from, Socket to) throws IOException {
            byte[] piece = new byte[8192];
            for (int length = from.getInputStream().read(piece); length >= 0; length = from.getInputStream().read(piece)) {
                to.getOutputStream().write(piece, 0, length);
            }
            if (!silent) {
                to.close();
            }
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    Wiretap(int target) throws IOException {
        this.target = target;
        this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return entrance.getLocalPort();
    }

    private static void start(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException cut) {
                Thread.currentThread().interrupt();
            }
        }, "wiretap");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Wire wire = new Wire(entrance.accept(), new Socket(InetAddress.getLoopbackAddress(), target));
            wires.add(wire);
            start(() -> wire.pass(wire.client, wire.server));
            start(() -> wire.pass(wire.server, wire.client));
        }
    }

    /** Ends what is connected now. */
    void cut() throws IOException {
        for (Wire wire : wires) {
            wire.client.close();
            wire.server.close();
        }
        wires.clear();
    }

    /** The same, but the broker is left waiting for a client that is gone. */
    void cutSilently() throws IOException {
        for (Wire wire : wires) {
            wire.silent = true;
            wire.client.close();
        }
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        cut();
    }
}
