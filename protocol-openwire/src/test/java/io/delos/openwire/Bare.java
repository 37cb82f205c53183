package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import org.apache.activemq.command.ConnectionId;
import org.apache.activemq.command.ConnectionInfo;
import org.apache.activemq.command.DataStructure;
import org.apache.activemq.command.Response;
import org.apache.activemq.command.WireFormatInfo;

/** A bare socket that speaks through the clients' library. */
final class Bare implements AutoCloseable {

    private final Socket socket;
    private final DataInputStream in;
    private Library library = new Library(Wire.FIRST);

    Bare(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(60_000);
        in = new DataInputStream(socket.getInputStream());
    }

    void greet(Wire wire, long inactivity) throws IOException {
        WireFormatInfo info = new WireFormatInfo();
        info.setVersion(wire.version());
        info.setTightEncodingEnabled(wire.tight());
        info.setStackTraceEnabled(wire.stackTraces());
        info.setCacheEnabled(true);
        info.setMaxInactivityDuration(inactivity);
        write(library.write(info));
        assertThat((Object) read()).isInstanceOf(WireFormatInfo.class);
        library = new Library(wire);
    }

    void login(String clientId, Wire wire) throws IOException {
        greet(wire, 0);
        ConnectionInfo info = new ConnectionInfo(new ConnectionId("ID:bare:1"));
        info.setClientId(clientId);
        info.setCommandId(5);
        info.setResponseRequired(true);
        send(info);
        assertThat(read(Response.class).getCorrelationId()).isEqualTo(5);
    }

    byte[] encoded(DataStructure command) {
        return library.write(command);
    }

    void send(DataStructure command) throws IOException {
        write(library.write(command));
    }

    /** Sends a frame behind its length. */
    void write(byte[] frame) throws IOException {
        byte[] whole = new byte[frame.length + 4];
        ByteBuffer.wrap(whole).putInt(frame.length).put(frame);
        raw(whole);
    }

    void raw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    <T> T read() throws IOException {
        int length = in.readInt();
        byte[] frame = new byte[length + 4];
        ByteBuffer.wrap(frame).putInt(length);
        in.readFully(frame, 4, length);
        return library.read(Unpooled.wrappedBuffer(frame));
    }

    /** The next of this type. */
    @SuppressWarnings("unchecked")
    <T> T read(Class<T> type) throws IOException {
        Object got;
        do {
            got = read();
        } while (!type.isInstance(got));
        return (T) got;
    }

    boolean ended() {
        try {
            while (in.read() >= 0) {
                // whatever was still said
            }
            return true;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
