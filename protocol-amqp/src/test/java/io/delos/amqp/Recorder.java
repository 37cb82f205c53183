package io.delos.amqp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Stands between one client and the broker, and keeps what the client says: header and frames, one by one. */
final class Recorder implements AutoCloseable {

    private final ServerSocket door;
    private final int brokerPort;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Thread there = new Thread(this::serve, "recorder");

    Recorder(int brokerPort) throws IOException {
        this.brokerPort = brokerPort;
        door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        there.start();
    }

    int port() {
        return door.getLocalPort();
    }

    private void serve() {
        try (Socket client = door.accept(); Socket broker = new Socket("127.0.0.1", brokerPort)) {
            Thread back = new Thread(() -> copy(broker, client, OutputStream.nullOutputStream()), "recorder-back");
            back.start();
            copy(client, broker, said);
            back.join();
        } catch (IOException | InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static void copy(Socket from, Socket to, OutputStream record) {
        try {
            InputStream in = from.getInputStream();
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                record.write(buffer, 0, read);
                to.getOutputStream().write(buffer, 0, read);
            }
            to.shutdownOutput();
        } catch (IOException ended) {
            // one side is gone, and so is the conversation
        }
    }

    /** What the client said, when it has gone. */
    List<byte[]> frames() throws InterruptedException {
        there.join();
        byte[] all = said.toByteArray();
        List<byte[]> frames = new ArrayList<>();
        for (int at = 0; at < all.length; at += frames.get(frames.size() - 1).length) {
            boolean header = all[at] == 'A';
            int size = header ? 8 : (all[at] & 0xff) << 24 | (all[at + 1] & 0xff) << 16 | (all[at + 2] & 0xff) << 8 | all[at + 3] & 0xff;
            frames.add(Arrays.copyOfRange(all, at, at + size));
        }
        return frames;
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
