package io.delos.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** A socket that speaks packets, for what no proper client would say. */
final class RawConnection implements AutoCloseable {
    private static final int WAIT_MILLIS = 60_000;

    /** A packet and the channel it came on. */
    record Arrival(long channel, Packet packet) { }

    private final Socket socket;
    private final DataInputStream in;
    private final List<Arrival> unclaimed = new ArrayList<>();
    private Optional<BiConsumer<Long, AnswerPacket.Confirmed>> onConfirmation = Optional.empty();
    private int version;

    RawConnection(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(WAIT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        socket.getOutputStream().write(CoreCodec.PREAMBLE.getBytes(StandardCharsets.US_ASCII));
    }

    /** Confirmations are told to this and need not be claimed. */
    void onConfirmation(BiConsumer<Long, AnswerPacket.Confirmed> listener) {
        onConfirmation = Optional.of(listener);
    }

    /** Says no more, hears the rest, and forgets it; the broker has dealt with everything when this returns. */
    void hangUp() throws IOException {
        socket.shutdownOutput();
        isHungUp();
        unclaimed.clear();
    }

    void speak(int newVersion) {
        version = newVersion;
    }

    void send(long channel, Packet packet) throws IOException {
        ByteBuf out = Unpooled.buffer();
        CoreCodec.encode(out, channel, packet, version);
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        socket.getOutputStream().write(bytes);
    }

    /** The first packet of those that nobody claimed yet that fits; waits for it. */
    Arrival claim(Predicate<Arrival> fits, String expectation) throws IOException, MalformedPacketException {
        while (true) {
            for (Iterator<Arrival> all = unclaimed.iterator(); all.hasNext();) {
                Arrival arrival = all.next();
                if (fits.test(arrival)) {
                    all.remove();
                    return arrival;
                }
            }
            try {
                hear();
            } catch (IOException e) {
                throw new IOException("instead of " + expectation + " came " + unclaimed, e);
            }
        }
    }

    private void hear() throws IOException, MalformedPacketException {
        Arrival next = read();
        if (next.packet() instanceof AnswerPacket.Confirmed confirmation && onConfirmation.isPresent()) {
            onConfirmation.get().accept(next.channel(), confirmation);
        } else {
            unclaimed.add(next);
        }
    }

    /** Takes what comes until that is enough, or nothing comes any more. */
    void hearUntil(BooleanSupplier enough) throws MalformedPacketException {
        try {
            while (!enough.getAsBoolean()) {
                hear();
            }
        } catch (IOException silence) {
            // who asked will see that it was not enough
        }
    }

    <T extends Packet> T claim(Class<T> type) throws IOException, MalformedPacketException {
        return type.cast(claim(arrival -> type.isInstance(arrival.packet()), type.getSimpleName()).packet());
    }

    List<Arrival> unclaimed() {
        return unclaimed;
    }

    private Arrival read() throws IOException, MalformedPacketException {
        ByteBuf frame = Unpooled.wrappedBuffer(in.readNBytes(in.readInt()));
        return new Arrival(CoreCodec.channel(frame), CoreCodec.decode(frame, version));
    }

    /** Whether the broker hangs up. */
    boolean isHungUp() throws IOException {
        try {
            while (true) {
                read();
            }
        } catch (java.io.EOFException | java.net.SocketException e) {
            return true;
        } catch (MalformedPacketException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
