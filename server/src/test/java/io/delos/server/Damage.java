package io.delos.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What is sound made unsound, for brokers that have to live through it. The same random numbers do the same damage. */
public final class Damage {

    private static final int PATIENCE_MILLIS = 60_000;
    private static final byte[] NOTHING = {};

    private final Random random;
    private final byte[] likely;

    /** @param likely bytes that mean something in the protocol: half of those that are changed become one of these */
    public Damage(Random random, byte... likely) {
        this.random = random;
        this.likely = likely.clone();
    }

    /** The conversation with frames missing, twice, in another place, with other bytes, longer or shorter than they say. */
    public byte[] of(List<byte[]> conversation) {
        List<byte[]> frames = new ArrayList<>(conversation);
        for (int damages = 1 + random.nextInt(3); damages > 0 && frames.size() > 1; damages--) {
            // a conversation that is never begun shows little
            int at = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(frames.size() - 1);
            byte[] frame = frames.get(at).clone();
            switch (random.nextInt(7)) {
                case 0 -> frames.remove(at);
                case 1 -> frames.add(random.nextInt(frames.size()), frame);
                case 2 -> frames.set(at, frames.get(random.nextInt(frames.size())));
                case 3 -> frames.set(at, Arrays.copyOf(frame, random.nextInt(frame.length + 1)));
                default -> frames.set(at, changed(frame));
            }
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        frames.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private byte[] changed(byte[] frame) {
        for (int changes = 1 + random.nextInt(3); changes > 0 && frame.length > 0; changes--) {
            frame[random.nextInt(frame.length)] = random.nextBoolean() ? (byte) random.nextInt() : likely[random.nextInt(likely.length)];
        }
        return frame;
    }

    /** Sends this to a port of this machine, and nothing more; answers all that comes back, nothing if the socket was closed meanwhile. */
    public static byte[] answer(int port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            return socket.getInputStream().readAllBytes();
        } catch (SocketException closedAlready) {
            assertThat(closedAlready).hasMessageMatching(".*(reset|Broken pipe).*");
            return NOTHING;
        }
    }
}
