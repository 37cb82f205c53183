package io.delos.core;

import io.delos.core.ConsumerPacket.CloseConsumer;
import io.delos.core.ConsumerPacket.FlowTokens;
import io.delos.core.ConsumerPacket.ForceDelivery;
import io.delos.core.MessagePacket.Receive;
import io.delos.core.MessagePacket.ReceiveChunk;
import io.delos.core.MessagePacket.ReceiveLarge;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Takes or looks at the messages of one queue. Any thread, but one at a time. */
public final class CoreClientConsumer implements AutoCloseable {
    /** Bytes the broker may send ahead. */
    private static final int WINDOW = 1024 * 1024;

    private final CoreClientSession session;
    private final long id;
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    /** Header of the large message whose body is arriving, with what came so far; used by the reader thread alone. */
    private ReceiveLarge incoming;
    private int incomingSize;
    private ByteArrayOutputStream body;
    private int taken;
    private long sequence;
    private boolean closed;

    /** A message, the answer to a forced delivery, or the end; with the bytes it took from the window. */
    private record Arrival(Optional<ReceivedMessage> message, long marker, Optional<IOException> end, int size) { }

    CoreClientConsumer(CoreClientSession session, long id) {
        this.session = session;
        this.id = id;
    }

    void start() throws IOException {
        session.write(new FlowTokens(id, WINDOW));
    }

    /** Waits up to {@code timeout} for a message; zero takes what has already arrived. Throws when the queue or the broker is gone. */
    public Optional<ReceivedMessage> receive(Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            Optional<Arrival> arrival = next(Math.max(0, deadline - System.nanoTime()));
            if (arrival.isEmpty()) {
                return Optional.empty();
            }
            if (arrival.get().message().isPresent()) {
                return arrival.get().message();
            }
        }
    }

    /** The next message, or nothing when the broker says that there is none at present; the way to browse to the end. */
    public Optional<ReceivedMessage> receiveNow() throws IOException {
        if (arrivals.isEmpty()) {
            session.write(new ForceDelivery(id, ++sequence));
        }
        while (true) {
            Arrival arrival = next(session.timeout().toNanos()).orElseThrow(() -> new IOException("the broker did not answer"));
            if (arrival.message().isPresent() || arrival.marker() == sequence) {
                return arrival.message();
            }
        }
    }

    private Optional<Arrival> next(long nanos) throws IOException {
        try {
            Arrival arrival = arrivals.poll(nanos, TimeUnit.NANOSECONDS);
            if (arrival == null) {
                return Optional.empty();
            }
            if (arrival.end().isPresent()) {
                arrivals.add(arrival);
                throw new IOException(arrival.end().get().getMessage(), arrival.end().get());
            }
            giveBack(arrival.size());
            return Optional.of(arrival);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a message");
        }
    }

    private void giveBack(int size) throws IOException {
        taken += size;
        if (taken >= WINDOW / 2 && !closed) {
            session.write(new FlowTokens(id, taken));
            taken = 0;
        }
    }

    /** Called by the reader thread. */
    void received(Packet packet, int size) {
        if (packet instanceof Receive receive) {
            Object marker = receive.message().property(Names.FORCED_DELIVERY);
            if (marker instanceof Long number) {
                arrivals.add(new Arrival(Optional.empty(), number, Optional.empty(), 0));
            } else {
                arrived(receive.message(), receive.id(), receive.deliveryCount(), size);
            }
        } else if (packet instanceof ReceiveLarge large) {
            incoming = large;
            incomingSize = size;
            body = new ByteArrayOutputStream();
        } else if (packet instanceof ReceiveChunk chunk && incoming != null) {
            incomingSize += size;
            body.writeBytes(chunk.chunk());
            if (!chunk.continues()) {
                arrived(incoming.message().withBody(body.toByteArray()), incoming.id(), incoming.deliveryCount(), incomingSize);
                incoming = null;
            }
        } else if (packet instanceof ConsumerPacket.ConsumerGone) {
            end(new IOException("the queue is gone"));
        }
    }

    private void arrived(CoreMessage message, long messageId, int deliveryCount, int size) {
        try {
            ReceivedMessage received = new ReceivedMessage(
                    new CoreFormat().read(CoreFormat.envelope(message, message.address().orElse(""))), id, messageId, deliveryCount);
            arrivals.add(new Arrival(Optional.of(received), 0, Optional.empty(), size));
        } catch (RuntimeException e) {
            end(new IOException("message " + messageId + " cannot be read", e));
        }
    }

    void end(IOException cause) {
        arrivals.add(new Arrival(Optional.empty(), 0, Optional.of(cause), 0));
    }

    /** Gives everything not acknowledged back to the queue. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            session.closeConsumer(new CloseConsumer(id));
        }
    }
}
