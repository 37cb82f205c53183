package io.delos.proof;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Header;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.ReceiverSettleMode;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.codec.AMQPDefinedTypes;
import org.apache.qpid.proton.codec.DecoderImpl;
import org.apache.qpid.proton.codec.EncoderImpl;

/**
 * An AMQP client that has no message in memory: it sends one durable message of one data section after the other, and takes them; or whole
 * messages as they are encoded. One thread.
 */
public final class AmqpStream implements AutoCloseable {

    private static final long PLAIN = 0x414d_5150_0001_0000L;
    private static final long SASL = 0x414d_5150_0301_0000L;
    private static final int FRAME = 60_000;
    private static final int WINDOW = 500;
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final DecoderImpl decoder = new DecoderImpl();
    private final EncoderImpl encoder = new EncoderImpl(decoder);
    private ByteBuffer payload = ByteBuffer.allocate(0);
    private int delivery;
    private int taken;
    private int transfers;

    /** Logs in and attaches to a queue. */
    public AmqpStream(int port, String user, String password, String queue) throws IOException {
        AMQPDefinedTypes.registerAllTypes(decoder, encoder);
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 17));
        out = socket.getOutputStream();
        header(SASL);
        skipFrame();
        login(user, password);
        skipFrame();
        header(PLAIN);
        Open open = new Open();
        open.setContainerId("stream");
        send(open);
        expect(Open.class);
        Begin begin = new Begin();
        begin.setNextOutgoingId(UnsignedInteger.ZERO);
        begin.setIncomingWindow(UnsignedInteger.valueOf(WINDOW));
        begin.setOutgoingWindow(UnsignedInteger.MAX_VALUE);
        send(begin);
        expect(Begin.class);
        attach(Role.SENDER, 0, queue);
        expect(Flow.class);
        attach(Role.RECEIVER, 1, queue);
    }

    private void header(long header) throws IOException {
        out.write(ByteBuffer.allocate(Long.BYTES).putLong(header).array());
        if (in.readLong() != header) {
            throw new IOException("the broker does not greet as expected");
        }
    }

    private void skipFrame() throws IOException {
        in.skipNBytes(in.readInt() - Integer.BYTES);
    }

    private void login(String user, String password) throws IOException {
        byte[] response = ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(64 + response.length).putInt(0).putInt(0x0201_0000);
        frame.put(new byte[] {0, 0x53, 0x41, (byte) 0xc0}).put((byte) (1 + 2 + 5 + 2 + response.length)).put((byte) 2);
        frame.put((byte) 0xa3).put((byte) 5).put("PLAIN".getBytes(StandardCharsets.US_ASCII));
        frame.put((byte) 0xa0).put((byte) response.length).put(response);
        out.write(frame.array(), 0, frame.putInt(0, frame.position()).position());
    }

    private void attach(Role role, int handle, String queue) throws IOException {
        Attach attach = new Attach();
        attach.setName("link" + handle);
        attach.setHandle(UnsignedInteger.valueOf(handle));
        attach.setRole(role);
        Source source = new Source();
        Target target = new Target();
        source.setAddress(queue);
        target.setAddress(queue);
        source.setCapabilities(Symbol.valueOf("queue"));
        target.setCapabilities(Symbol.valueOf("queue"));
        attach.setSource(source);
        attach.setTarget(target);
        attach.setSndSettleMode(SenderSettleMode.MIXED);
        attach.setRcvSettleMode(ReceiverSettleMode.FIRST);
        attach.setInitialDeliveryCount(role == Role.SENDER ? UnsignedInteger.ZERO : null);
        send(attach);
        expect(Attach.class);
    }

    private void send(FrameBody body, byte... bytes) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(bytes.length + 1024).position(8);
        encoder.setByteBuffer(frame);
        encoder.writeObject(body);
        frame.put(bytes).putInt(0, frame.position()).putInt(4, 0x0200_0000);
        out.write(frame.array(), 0, frame.position());
    }

    /** The next frame of this kind; credit and heartbeats may come before. */
    private <T> T expect(Class<T> kind) throws IOException {
        while (true) {
            byte[] frame = in.readNBytes(in.readInt() - Integer.BYTES);
            if (frame.length == Integer.BYTES) {
                continue;
            }
            payload = ByteBuffer.wrap(frame, Integer.BYTES, frame.length - Integer.BYTES).slice();
            decoder.setByteBuffer(payload);
            Object body = decoder.readObject();
            if (kind.isInstance(body)) {
                return kind.cast(body);
            } else if (!(body instanceof Flow)) {
                throw new IOException("instead of " + kind.getSimpleName() + " came " + body);
            }
        }
    }

    /** Sends a message with this body; returns when the broker has accepted it. */
    void send(InputStream body, long length) throws IOException {
        Header durable = new Header();
        durable.setDurable(true);
        ByteBuffer front = ByteBuffer.allocate(64);
        encoder.setByteBuffer(front);
        encoder.writeObject(durable);
        front.put(new byte[] {0, 0x53, 0x75, (byte) 0xb0}).putInt((int) length);
        byte[] first = new byte[front.flip().remaining()];
        front.get(first);
        send(first, body, length);
    }

    /** Sends a message that is encoded already; returns when the broker has accepted it. */
    public void send(byte[] message) throws IOException {
        send(new byte[0], new ByteArrayInputStream(message), message.length);
    }

    private void send(byte[] first, InputStream body, long length) throws IOException {
        byte[] next = first;
        long left = length;
        int id = delivery++;
        while (true) {
            Transfer transfer = new Transfer();
            transfer.setHandle(UnsignedInteger.ZERO);
            transfer.setDeliveryId(UnsignedInteger.valueOf(id));
            transfer.setDeliveryTag(new Binary(new byte[] {(byte) id}));
            transfer.setMessageFormat(UnsignedInteger.ZERO);
            transfer.setMore(left > 0);
            send(transfer, next);
            if (left == 0) {
                break;
            }
            next = body.readNBytes((int) Math.min(FRAME, left));
            left -= next.length;
        }
        Object state = expect(Disposition.class).getState();
        if (!(state instanceof Accepted)) {
            throw new IOException("the broker's answer is " + state);
        }
    }

    /** Takes the next message, whose body goes to {@code target}, and acknowledges it. */
    void receive(OutputStream target) throws IOException {
        receive(target, true);
    }

    /** Takes the next message, as it is encoded, and acknowledges it. */
    public byte[] receive() throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        receive(whole, false);
        return whole.toByteArray();
    }

    private void receive(OutputStream target, boolean bodyAlone) throws IOException {
        flow();
        boolean front = bodyAlone;
        Transfer transfer;
        do {
            transfer = expect(Transfer.class);
            byte[] bytes = new byte[payload.remaining()];
            payload.get(bytes);
            int from = front ? behindFront(bytes) : 0;
            front = false;
            target.write(bytes, from, bytes.length - from);
            if (++transfers % (WINDOW / 2) == 0) {
                flow();
            }
        } while (transfer.getMore());
        Disposition disposition = new Disposition();
        disposition.setRole(Role.RECEIVER);
        disposition.setFirst(UnsignedInteger.valueOf(taken));
        disposition.setSettled(true);
        disposition.setState(Accepted.getInstance());
        send(disposition);
        taken++;
    }

    /** Where the data begins behind the sections in front of it, and its own beginning. */
    private int behindFront(byte[] bytes) {
        ByteBuffer front = ByteBuffer.wrap(bytes);
        decoder.setByteBuffer(front);
        while (bytes[front.position() + 2] != 0x75) {
            decoder.readObject();
        }
        return front.position() + 8;
    }

    /** One message, and as many frames as there may be under way. */
    private void flow() throws IOException {
        Flow flow = new Flow();
        flow.setHandle(UnsignedInteger.ONE);
        flow.setDeliveryCount(UnsignedInteger.valueOf(taken));
        flow.setLinkCredit(UnsignedInteger.ONE);
        flow.setNextIncomingId(UnsignedInteger.valueOf(1 + transfers));
        flow.setIncomingWindow(UnsignedInteger.valueOf(WINDOW));
        flow.setNextOutgoingId(UnsignedInteger.ZERO);
        flow.setOutgoingWindow(UnsignedInteger.MAX_VALUE);
        send(flow);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
