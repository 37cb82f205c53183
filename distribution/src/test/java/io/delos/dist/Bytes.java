package io.delos.dist;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;

/** A socket that says anything. */
final class Bytes implements Closeable {

    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;

    Bytes(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
    }

    Bytes say(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Reads what comes until these bytes have. */
    void hear(int count) throws IOException {
        InputStream in = socket.getInputStream();
        if (in.readNBytes(count).length < count) {
            throw new IOException("closed too early");
        }
    }

    /**
     * Says filler until the other side closes.
     *
     * @return how many bytes were said
     * @throws AssertionError when it is still open after so many bytes
     */
    int fillUntilClosed(int most) throws IOException {
        byte[] filler = new byte[16 * 1024];
        Arrays.fill(filler, (byte) 'a');
        int said = 0;
        try {
            for (; said < most; said += filler.length) {
                socket.getOutputStream().write(filler);
            }
        } catch (IOException closed) {
            return said;
        }
        expectClosed();
        return said;
    }

    /** Passes over what comes until the other side has closed, however it did. */
    void expectClosed() {
        try {
            InputStream in = socket.getInputStream();
            byte[] some = new byte[4096];
            int read;
            do {
                read = in.read(some);
            } while (read >= 0);
        } catch (SocketTimeoutException open) {
            throw new AssertionError("the connection is still open", open);
        } catch (IOException reset) {
            // closed without reading all: that is what was expected
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
