package io.delos.mqtt;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** An MQTT client that does what a test says, right or wrong: packets are put together here byte by byte. */
final class WireClient implements AutoCloseable {

    /** A packet as it arrived: its first byte and what follows the length. */
    record Packet(int first, byte[] body) {
        int type() {
            return first >> 4;
        }

        int u8(int at) {
            return body[at] & 0xFF;
        }

        int u16(int at) {
            return u8(at) << 8 | u8(at + 1);
        }

        /** The topic of a PUBLISH. */
        String topic() {
            return new String(body, 2, u16(0), StandardCharsets.UTF_8);
        }

        int qos() {
            return first >> 1 & 3;
        }

        boolean dup() {
            return (first & 8) != 0;
        }

        boolean retain() {
            return (first & 1) != 0;
        }

        /** The packet id of a PUBLISH. */
        int publishId() {
            return u16(2 + u16(0));
        }

        /** The payload of a PUBLISH of MQTT 3. */
        String text() {
            return new String(body, payloadAt(), body.length - payloadAt(), StandardCharsets.UTF_8);
        }

        private int payloadAt() {
            return 2 + u16(0) + (qos() > 0 ? 2 : 0);
        }

        /** The properties of a PUBLISH of MQTT 5, in hex; under 128 bytes. */
        String properties5() {
            int at = payloadAt();
            return HexFormat.of().formatHex(Arrays.copyOfRange(body, at + 1, at + 1 + u8(at)));
        }

        /** The payload of a PUBLISH of MQTT 5 with fewer than 128 bytes of properties. */
        String text5() {
            int at = payloadAt() + 1 + u8(payloadAt());
            return new String(body, at, body.length - at, StandardCharsets.UTF_8);
        }

        String hex() {
            return HexFormat.of().formatHex(body);
        }
    }

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final OutputStream out;

    WireClient(int port) throws IOException {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 5000);
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        out = socket.getOutputStream();
    }

    /** Sends these bytes as they are. */
    WireClient raw(String hex) throws IOException {
        return raw(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    WireClient raw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    /** A packet with this first byte and body. */
    static byte[] packet(int first, byte[] body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(first);
        int rest = body.length;
        do {
            int digit = rest & 0x7F;
            rest >>>= 7;
            bytes.write(rest > 0 ? digit | 0x80 : digit);
        } while (rest > 0);
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    /** Parts of a body: strings get a length in front, Integers are one byte, Shorts are two, byte arrays are taken as they are. */
    static byte[] body(Object... parts) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream data = new DataOutputStream(bytes);
            for (Object part : parts) {
                if (part instanceof String text) {
                    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
                    data.writeShort(encoded.length);
                    data.write(encoded);
                } else if (part instanceof Short number) {
                    data.writeShort(number);
                } else if (part instanceof Integer octet) {
                    data.writeByte(octet);
                } else {
                    data.write((byte[]) part);
                }
            }
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    /** CONNECT of 3.1.1; answers with CONNACK. */
    Packet connect4(String clientId, boolean clean) throws IOException {
        raw(packet(0x10, body("MQTT", 4, clean ? 2 : 0, (short) 60, clientId)));
        return expect(2);
    }

    /** CONNECT of 5 with properties in hex; answers with CONNACK. */
    Packet connect5(String clientId, boolean clean, String properties) throws IOException {
        byte[] props = hex(properties);
        raw(packet(0x10, body("MQTT", 5, clean ? 2 : 0, (short) 60, props.length, props, clientId)));
        return expect(2);
    }

    /** CONNECT of 5 with a will at QoS 1; answers with CONNACK. */
    Packet connectWithWill5(String clientId, boolean clean, String properties, String topic, String willProperties) throws IOException {
        byte[] props = hex(properties);
        byte[] will = hex(willProperties);
        raw(packet(0x10, body("MQTT", 5, 0x0C | (clean ? 2 : 0), (short) 60, props.length, props, clientId, will.length, will, topic, "dead")));
        return expect(2);
    }

    WireClient publish4(String topic, String payload, int qos, int packetId, int flags) throws IOException {
        byte[] text = payload.getBytes(StandardCharsets.UTF_8);
        return raw(packet(0x30 | qos << 1 | flags, qos == 0 ? body(topic, text) : body(topic, (short) packetId, text)));
    }

    WireClient publish5(String topic, String payload, int qos, int packetId, String properties) throws IOException {
        byte[] text = payload.getBytes(StandardCharsets.UTF_8);
        byte[] props = hex(properties);
        return raw(packet(0x30 | qos << 1, qos == 0 ? body(topic, props.length, props, text)
                : body(topic, (short) packetId, props.length, props, text)));
    }

    Packet subscribe4(String filter, int qos) throws IOException {
        raw(packet(0x82, body((short) 1, filter, qos)));
        return expect(9);
    }

    Packet subscribe5(String filter, int options, String properties) throws IOException {
        byte[] props = hex(properties);
        raw(packet(0x82, body((short) 1, props.length, props, filter, options)));
        return expect(9);
    }

    /** PUBACK (4), PUBREC (5), PUBREL (6), PUBCOMP (7). */
    WireClient ack(int type, int packetId) throws IOException {
        return raw(packet(type << 4 | (type == 6 ? 2 : 0), body((short) packetId)));
    }

    Packet read() throws IOException {
        int first = in.readUnsignedByte();
        int length = 0;
        int shift = 0;
        int digit;
        do {
            digit = in.readUnsignedByte();
            length |= (digit & 0x7F) << shift;
            shift += 7;
        } while ((digit & 0x80) != 0);
        byte[] body = new byte[length];
        in.readFully(body);
        return new Packet(first, body);
    }

    /** Waits for the broker to say something, and leaves it to be read. */
    void await() throws IOException {
        in.mark(1);
        in.readByte();
        in.reset();
    }

    /** The next packet, which must be of this type. */
    Packet expect(int type) throws IOException {
        Packet packet = read();
        if (packet.type() != type) {
            throw new AssertionError("expected a packet of type " + type + " but got " + packet.type() + ": " + packet.hex());
        }
        return packet;
    }

    /** That nothing is on its way: a PINGREQ is answered next. */
    void expectNothing() throws IOException {
        raw("c000");
        expect(13);
    }

    /** That the broker closes the connection without another word. */
    void expectClosed() throws IOException {
        try {
            Packet packet = read();
            throw new AssertionError("expected the end but got type " + packet.type() + ": " + packet.hex());
        } catch (EOFException | SocketException end) {
            return;
        }
    }

    void disconnect() throws IOException {
        raw("e000");
        expectClosed();
    }

    /** The connection breaks. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
