package io.delos.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.End;
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
import org.apache.qpid.proton.framing.TransportFrame;
import org.apache.qpid.proton.message.Message;

/** A client that says exactly what a test tells it to, frame by frame. */
final class WirePeer implements AutoCloseable {

    static final byte[] PLAIN_HEADER = {'A', 'M', 'Q', 'P', 0, 1, 0, 0};
    static final byte[] SASL_HEADER = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};
    static final int MECHANISMS = 0x40;
    static final int INIT = 0x41;
    static final int CHALLENGE = 0x42;
    static final int RESPONSE = 0x43;
    static final int OUTCOME = 0x44;
    private static final List<String> SASL_NAMES = List.of("amqp:sasl-mechanisms:list", "amqp:sasl-init:list", "amqp:sasl-challenge:list",
            "amqp:sasl-response:list", "amqp:sasl-outcome:list");
    private static final int PATIENCE = 60_000;

    private final Socket socket;
    private final DataInputStream in;
    private final EncoderImpl encoder;
    private int deliveries;
    private TransportFrame last;

    WirePeer(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream(), 1 << 16));
        DecoderImpl decoder = new DecoderImpl();
        encoder = new EncoderImpl(decoder);
        AMQPDefinedTypes.registerAllTypes(decoder, encoder);
    }

    /** Connected, opened, and with a session on channel 0. */
    static WirePeer open(int port, String containerId) throws IOException {
        WirePeer peer = new WirePeer(port);
        peer.write(PLAIN_HEADER);
        peer.read(8);
        peer.send(opening(containerId));
        peer.expect(Open.class);
        peer.begin();
        return peer;
    }

    static Open opening(String containerId) {
        Open open = new Open();
        open.setContainerId(containerId);
        return open;
    }

    Begin begin() throws IOException {
        send(beginning());
        return expect(Begin.class);
    }

    static Begin beginning() {
        Begin begin = new Begin();
        begin.setNextOutgoingId(UnsignedInteger.ZERO);
        begin.setIncomingWindow(UnsignedInteger.valueOf(10_000));
        begin.setOutgoingWindow(UnsignedInteger.valueOf(10_000));
        return begin;
    }

    // ---- bytes and frames

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    byte[] read(int count) throws IOException {
        byte[] bytes = new byte[count];
        in.readFully(bytes);
        return bytes;
    }

    /** The same as text. */
    String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** The next frame, whatever it is, without its size. */
    byte[] readFrame() throws IOException {
        return read(in.readInt() - 4);
    }

    FrameBody lastBody() {
        return last.getBody();
    }

    void send(FrameBody body, byte... payload) throws IOException {
        write(frame(body, payload));
    }

    byte[] frame(FrameBody body, byte... payload) {
        return frameOn(0, body, payload);
    }

    void sendOn(int channel, FrameBody body, byte... payload) throws IOException {
        write(frameOn(channel, body, payload));
    }

    byte[] frameOn(int channel, FrameBody body, byte... payload) {
        ByteBuffer buffer = ByteBuffer.allocate(payload.length + 4096);
        buffer.position(8);
        encoder.setByteBuffer(buffer);
        encoder.writeObject(body);
        buffer.put(payload);
        buffer.putInt(0, buffer.position()).putInt(4, 0x0200_0000 | channel);
        byte[] frame = new byte[buffer.position()];
        buffer.flip().get(frame);
        return frame;
    }

    static byte[] bytes(int... octets) {
        byte[] bytes = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            bytes[i] = (byte) octets[i];
        }
        return bytes;
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    /** A frame of the SASL layer: the code of what it is, and its fields. */
    static byte[] sasl(int kind, Object... fields) {
        AmqpWriter out = new AmqpWriter(64).put32(0).put32(0x0201_0000).descriptor(kind);
        int list = out.beginList();
        for (Object field : fields) {
            if (field instanceof Symbol) {
                out.symbol(field.toString());
            } else {
                out.value(field);
            }
        }
        out.end(list, fields.length);
        out.set32(0, out.length());
        return out.toBytes();
    }

    /** The next frame, which must be of the SASL layer and of this kind; its fields. */
    List<Object> expectSasl(int kind) throws IOException {
        byte[] frame = readFrame();
        AmqpReader reader = new AmqpReader(frame, 4, frame.length);
        int found = reader.descriptor(0x40, SASL_NAMES);
        if (frame[1] != 1 || found != kind) {
            throw new AssertionError("expected SASL frame " + kind + " but got " + found);
        }
        List<Object> fields = new ArrayList<>();
        for (int left = reader.enterList(); left > 0; left--) {
            fields.add(reader.value());
        }
        return fields;
    }

    /** The next frame must end the connection with an error; its condition. */
    String closed() throws IOException {
        Close close = expect(Close.class);
        return close.getError().getCondition().toString();
    }

    /** The next frame must end a session with an error; its condition. */
    String ended() throws IOException {
        End end = expect(End.class);
        return end.getError().getCondition().toString();
    }

    /** The next frame must detach a link for good, with an error; its condition. */
    String detached() throws IOException {
        Detach detach = expect(Detach.class);
        if (!detach.getClosed()) {
            throw new AssertionError("detached, but not closed");
        }
        return detach.getError().getCondition().toString();
    }

    static Detach detach(int handle, boolean closed) {
        Detach detach = new Detach();
        detach.setHandle(UnsignedInteger.valueOf(handle));
        detach.setClosed(closed);
        return detach;
    }

    /** Where the last frame came from. */
    int lastChannel() {
        return last.getChannel();
    }

    /** The next frame that is no heartbeat. */
    TransportFrame next() throws IOException {
        while (true) {
            int size = in.readInt();
            ByteBuf frame = Unpooled.buffer(size).writeInt(size).writeBytes(read(size - 4));
            Optional<TransportFrame> read = AmqpCodec.read(frame, size);
            if (read.isPresent()) {
                last = read.get();
                return last;
            }
        }
    }

    /** The next frame, which must be of this kind. */
    <T> T expect(Class<T> kind) throws IOException {
        FrameBody body = next().getBody();
        if (!kind.isInstance(body)) {
            throw new AssertionError("expected " + kind.getSimpleName() + " but got " + body);
        }
        return kind.cast(body);
    }

    /** The bytes behind the last frame's performative. */
    byte[] lastPayload() {
        byte[] payload = new byte[last.getPayload().getLength()];
        last.getPayload().asByteBuffer().get(payload);
        return payload;
    }

    /** What the last frame carried. */
    Message payload() {
        Message message = Message.Factory.create();
        message.decode(last.getPayload().getArray(), last.getPayload().getArrayOffset(), last.getPayload().getLength());
        return message;
    }

    /** The same, as bytes. */
    byte[] payloadBytes() {
        Binary payload = last.getPayload();
        return payload == null ? new byte[0]
                : java.util.Arrays.copyOfRange(payload.getArray(), payload.getArrayOffset(), payload.getArrayOffset() + payload.getLength());
    }

    // ---- links

    static Attach attaching(String name, int handle, Role role, Source source, Target target) {
        Attach attach = new Attach();
        attach.setName(name);
        attach.setHandle(UnsignedInteger.valueOf(handle));
        attach.setRole(role);
        attach.setSource(source);
        attach.setTarget(target);
        attach.setSndSettleMode(SenderSettleMode.MIXED);
        attach.setRcvSettleMode(ReceiverSettleMode.FIRST);
        if (role == Role.SENDER) {
            attach.setInitialDeliveryCount(UnsignedInteger.ZERO);
        }
        return attach;
    }

    static Target target(String address, String... capabilities) {
        Target target = new Target();
        target.setAddress(address);
        target.setCapabilities(symbols(capabilities));
        return target;
    }

    static Source source(String address, String... capabilities) {
        Source source = new Source();
        source.setAddress(address);
        source.setCapabilities(symbols(capabilities));
        return source;
    }

    static Symbol[] symbols(String... names) {
        Symbol[] symbols = new Symbol[names.length];
        for (int i = 0; i < names.length; i++) {
            symbols[i] = Symbol.valueOf(names[i]);
        }
        return symbols;
    }

    /** Attaches a sender and takes its first credit. */
    Flow sender(int handle, Target target) throws IOException {
        send(attaching("s" + handle, handle, Role.SENDER, new Source(), target));
        expect(Attach.class);
        return expect(Flow.class);
    }

    /** Attaches a receiver without credit. */
    Attach receiver(int handle, Source source) throws IOException {
        send(attaching("r" + handle, handle, Role.RECEIVER, source, new Target()));
        return expect(Attach.class);
    }

    void credit(int handle, int credit, int deliveryCount, boolean drain) throws IOException {
        send(flow(handle, credit, deliveryCount, drain));
    }

    Flow flow(int handle, int credit, int deliveryCount, boolean drain) {
        Flow flow = new Flow();
        flow.setHandle(UnsignedInteger.valueOf(handle));
        flow.setLinkCredit(UnsignedInteger.valueOf(credit & 0xffff_ffffL));
        flow.setDeliveryCount(UnsignedInteger.valueOf(deliveryCount));
        flow.setDrain(drain);
        flow.setNextIncomingId(UnsignedInteger.ONE);
        flow.setIncomingWindow(UnsignedInteger.valueOf(10_000));
        flow.setNextOutgoingId(UnsignedInteger.ZERO);
        flow.setOutgoingWindow(UnsignedInteger.valueOf(10_000));
        return flow;
    }

    // ---- messages

    static byte[] message(Object body) {
        Message message = Message.Factory.create();
        message.setBody(new AmqpValue(body));
        return Encoded.of(message);
    }

    Transfer transfer(int handle, int id, boolean more) {
        Transfer transfer = new Transfer();
        transfer.setHandle(UnsignedInteger.valueOf(handle));
        transfer.setDeliveryId(UnsignedInteger.valueOf(id));
        transfer.setDeliveryTag(new Binary(new byte[] {(byte) id}));
        transfer.setMessageFormat(UnsignedInteger.ZERO);
        transfer.setMore(more);
        return transfer;
    }

    /** Sends a message in one frame. */
    int put(int handle, byte[] message) throws IOException {
        int id = nextDelivery();
        send(transfer(handle, id, false), message);
        return id;
    }

    /** Sends messages and waits for each to be accepted. */
    void putAll(int handle, Object... bodies) throws IOException {
        for (Object body : bodies) {
            put(handle, message(body));
            if (!(expect(Disposition.class).getState() instanceof Accepted)) {
                throw new AssertionError("not accepted: " + last.getBody());
            }
        }
    }

    int nextDelivery() {
        return deliveries++;
    }

    /** The next frame must be a message; its text. */
    Object take() throws IOException {
        expect(Transfer.class);
        return ((AmqpValue) payload().getBody()).getValue();
    }

    void settle(int first, int lastId, DeliveryState state) throws IOException {
        Disposition disposition = new Disposition();
        disposition.setRole(Role.RECEIVER);
        disposition.setFirst(UnsignedInteger.valueOf(first));
        disposition.setLast(UnsignedInteger.valueOf(lastId & 0xffff_ffffL));
        disposition.setSettled(true);
        disposition.setState(state);
        send(disposition);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
