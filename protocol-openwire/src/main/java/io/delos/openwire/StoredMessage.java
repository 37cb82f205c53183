package io.delos.openwire;

import io.delos.message.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A message as it is stored: the frame its client sent, in the encoding and version it was sent in, behind a header that says where in it
 * to find what is needed often. So it can be sent on to clients of the same encoding as it is. Immutable; any thread.
 * <pre>
 *   layout 1 | version 1 | flags 1 | reserved 1 | frame start 4 | frame end 4 | broker sequence 4 | destination name 4
 *   | properties start 4 | properties length 4, -1 for none | expiration as sent 8 | up to 8 unused | frame | client id
 * </pre>
 * Places count from the array's beginning. The frame begins with its type and has no length in front. Its broker sequence number is always
 * written in eight bytes, so that each delivery can put its own there.
 */
final class StoredMessage {

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final byte LAYOUT = 1;
    private static final int VERSION = 1;
    private static final int FLAGS = 2;
    private static final int FRAME_START = 4;
    private static final int FRAME_END = 8;
    private static final int BROKER_SEQUENCE = 12;
    private static final int DESTINATION_NAME = 16;
    private static final int PROPERTIES = 20;
    private static final int PROPERTIES_LENGTH = 24;
    private static final int EXPIRATION = 28;
    private static final int HEADER = 36;
    /** Where a frame is put first: before it is room for a broker sequence number. */
    private static final int START = HEADER + Long.BYTES;

    private static final int TIGHT = 1;
    private static final int HAS_ID = 2;
    private static final int KIND_SHIFT = 4;

    private final byte[] bytes;

    /** Reads what {@link #seal} has made; MalformedMessageException if it can't have been. */
    StoredMessage(byte[] bytes) {
        this.bytes = bytes;
        if (bytes.length <= START || bytes[0] != LAYOUT || frameStart() < HEADER || frameEnd() > bytes.length || frameStart() >= frameEnd()
                || brokerSequence() < HEADER || brokerSequence() > frameEnd() - (hasId() ? Long.BYTES : 0)) {
            throw new MalformedMessageException("a stored OpenWire message has a damaged header");
        }
    }

    // making

    /** An array with the frame in its place, and the client's id; still without a header. */
    static byte[] room(ByteBuf frame, byte[] clientId) {
        int length = frame.readableBytes();
        byte[] room = new byte[START + length + clientId.length];
        frame.getBytes(frame.readerIndex(), room, START, length);
        System.arraycopy(clientId, 0, room, START + length, clientId.length);
        return room;
    }

    /** Reads the message that {@link #room} has put into an array. */
    static WireMessage.Sent parse(byte[] room, int clientIdLength, Wire wire) throws MalformedFrameException {
        return WireMessage.read(room[START], new WireReader(room, START + 1, room.length - clientIdLength, wire));
    }

    /** Makes the array that {@link #parse} has read a stored message. */
    static void seal(byte[] room, int clientIdLength, Wire wire, WireMessage.Sent sent) {
        WireMessage.Marks marks = sent.marks();
        boolean hasId = sent.message().labels().id().isPresent();
        int shift = hasId ? Long.BYTES - (marks.brokerSequenceEnd() - marks.brokerSequence()) : 0;
        if (shift > 0) {
            System.arraycopy(room, START, room, START - shift, marks.brokerSequence() - START);
            for (int flag = marks.brokerSequenceFlag(); flag < marks.brokerSequenceFlag() + 2; flag++) {
                room[(flag >> 3) - shift] |= (byte) (1 << (flag & 7));
            }
        }
        WireDestination destination = sent.message().labels().destination();
        Slice properties = sent.message().body().properties();
        room[0] = LAYOUT;
        room[VERSION] = (byte) wire.version();
        room[FLAGS] = (byte) ((wire.tight() ? TIGHT : 0) | (hasId ? HAS_ID : 0) | destination.kind().ordinal() << KIND_SHIFT);
        INT.set(room, FRAME_START, START - shift);
        INT.set(room, FRAME_END, room.length - clientIdLength);
        INT.set(room, BROKER_SEQUENCE, marks.brokerSequence() - shift);
        INT.set(room, DESTINATION_NAME, destination.present() ? marks.destinationName() - shift : 0);
        INT.set(room, PROPERTIES, properties.present() ? properties.offset() : 0);
        INT.set(room, PROPERTIES_LENGTH, properties.length());
        LONG.set(room, EXPIRATION, sent.message().terms().expiration());
    }

    /** Stores a message that no client has encoded. */
    static byte[] encode(WireMessage message, byte[] clientId) {
        WireWriter out = new WireWriter(Wire.OWN).begin(message.kind());
        message.write(out);
        byte[] frame = out.finished();
        byte[] room = new byte[START + frame.length + clientId.length];
        System.arraycopy(frame, 0, room, START, frame.length);
        System.arraycopy(clientId, 0, room, START + frame.length, clientId.length);
        try {
            seal(room, clientId.length, Wire.OWN, parse(room, clientId.length, Wire.OWN));
        } catch (MalformedFrameException ownFault) {
            throw new IllegalStateException("what was just written can't be read", ownFault);
        }
        return room;
    }

    // looking

    private int number(int at) {
        return (int) INT.get(bytes, at);
    }

    private Wire wire() {
        return new Wire(bytes[VERSION], (bytes[FLAGS] & TIGHT) != 0, true);
    }

    /** Whether a peer that speaks this way takes the frame as it is. */
    boolean spokenBy(Wire peer) {
        return bytes[VERSION] == peer.version() && (bytes[FLAGS] & TIGHT) != 0 == peer.tight();
    }

    /** Whether a client gave it an id. */
    boolean hasId() {
        return (bytes[FLAGS] & HAS_ID) != 0;
    }

    /** Whether it says of itself that it goes to this destination. */
    boolean goesTo(WireDestination.Kind kind, String name) {
        int at = number(DESTINATION_NAME);
        if (bytes[FLAGS] >> KIND_SHIFT != kind.ordinal() || at < HEADER || at > frameEnd() - Short.BYTES) {
            return false;
        }
        int length = (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
        return ModifiedUtf.matches(bytes, at + Short.BYTES, length, name);
    }

    byte[] bytes() {
        return bytes;
    }

    int frameStart() {
        return number(FRAME_START);
    }

    int frameEnd() {
        return number(FRAME_END);
    }

    int brokerSequence() {
        return number(BROKER_SEQUENCE);
    }

    /** When it expires as its sender had it, in milliseconds since the epoch; 0 for never. */
    long expiration() {
        return (long) LONG.get(bytes, EXPIRATION);
    }

    Slice properties() {
        int length = number(PROPERTIES_LENGTH);
        if (length < 0) {
            return Slice.ABSENT;
        }
        int at = number(PROPERTIES);
        if (at < HEADER || at > frameEnd() - length) {
            throw new MalformedMessageException("a stored OpenWire message has a damaged header");
        }
        return new Slice(bytes, at, length);
    }

    /** Who sent it; empty if it came from another dialect. */
    String clientId() {
        try {
            return ModifiedUtf.read(bytes, frameEnd(), bytes.length - frameEnd());
        } catch (MalformedFrameException damaged) {
            throw new MalformedMessageException("a stored OpenWire message has a damaged client id", damaged);
        }
    }

    /** The client's id as it is stored. */
    byte[] clientIdBytes() {
        return new Slice(bytes, frameEnd(), bytes.length - frameEnd()).copy();
    }

    /** The whole message. */
    WireMessage read() {
        try {
            int start = frameStart();
            return WireMessage.read(bytes[start], new WireReader(bytes, start + 1, frameEnd(), wire())).message();
        } catch (MalformedFrameException damaged) {
            throw new MalformedMessageException("a stored OpenWire message is damaged: " + damaged.getMessage(), damaged);
        }
    }
}
