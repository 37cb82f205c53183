package io.delos.bench;

import io.delos.proof.BrokerProcess;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * How a client of a protocol connects and logs in, and nothing more, in bytes made by hand: real clients take many times what the brokers
 * take. Stateless.
 */
enum Greeting {
    /** CONNECT with user and password, clean, without a keep-alive, until CONNACK. */
    MQTT {
        @Override
        void speak(DataOutputStream out, DataInputStream in, String name) throws IOException {
            ByteArrayOutputStream packet = new ByteArrayOutputStream();
            DataOutputStream body = new DataOutputStream(packet);
            body.writeUTF("MQTT");
            body.write(new byte[] {4, (byte) 0xC2, 0, 0});
            body.writeUTF(name);
            body.writeUTF(BrokerProcess.USER);
            body.writeUTF(BrokerProcess.PASSWORD);
            out.write(0x10);
            out.write(packet.size());
            packet.writeTo(out);
            out.flush();
            require(in.readInt() == 0x20020000, "CONNACK");
        }

        @Override
        void goodbye(DataOutputStream out) throws IOException {
            out.writeShort(0xE000);
        }
    },
    /** SASL PLAIN, then Open both ways. */
    AMQP {
        @Override
        void speak(DataOutputStream out, DataInputStream in, String name) throws IOException {
            out.writeLong(0x414D515003010000L);
            out.flush();
            require(in.readLong() == 0x414D515003010000L, "SASL header");
            require(performative(in) == 0x40, "mechanisms");
            byte[] plain = ("\0" + BrokerProcess.USER + "\0" + BrokerProcess.PASSWORD).getBytes(StandardCharsets.US_ASCII);
            frame(out, 1, 0x41, 2, value(0xA3, "PLAIN".getBytes(StandardCharsets.US_ASCII)), value(0xA0, plain));
            out.flush();
            require(performative(in) == 0x44, "outcome");
            out.writeLong(0x414D515000010000L);
            frame(out, 0, 0x10, 1, value(0xA1, name.getBytes(StandardCharsets.US_ASCII)));
            out.flush();
            require(in.readLong() == 0x414D515000010000L, "AMQP header");
            require(performative(in) == 0x10, "Open");
        }

        @Override
        void goodbye(DataOutputStream out) throws IOException {
            frame(out, 0, 0x18, 0);
        }
    },
    /** The same, then two sessions, one with a sender and one with a receiver of one queue. */
    AMQP_LINKED {
        @Override
        void speak(DataOutputStream out, DataInputStream in, String name) throws IOException {
            AMQP.speak(out, in, name);
            AmqpLinks.make(out, in);
        }

        @Override
        void goodbye(DataOutputStream out) throws IOException {
            AMQP.goodbye(out);
        }
    },
    /** CREATESESSION until its answer. */
    CORE {
        @Override
        void speak(DataOutputStream out, DataInputStream in, String name) throws IOException {
            ByteArrayOutputStream packet = new ByteArrayOutputStream();
            DataOutputStream body = new DataOutputStream(packet);
            body.writeByte(30);
            body.writeLong(1);
            string(body, name);
            body.writeLong(10);
            body.writeInt(136);
            body.writeBoolean(true);
            string(body, BrokerProcess.USER);
            body.writeBoolean(true);
            string(body, BrokerProcess.PASSWORD);
            body.writeInt(100 << 10);
            body.write(new byte[] {0, 1, 1});
            body.writeInt(-1);
            body.write(new byte[] {0, 0});
            out.write("ARTEMIS".getBytes(StandardCharsets.US_ASCII));
            out.writeInt(packet.size());
            packet.writeTo(out);
            out.flush();
            int length = in.readInt();
            require(in.readByte() == 31, "the session");
            in.skipNBytes(length - 1);
        }

        @Override
        void goodbye(DataOutputStream out) {
            // closing is enough
        }
    };

    private static final int SHORT_STRING = 9;
    private static final int PATIENCE_MILLIS = 60_000;

    /** Connects from one of many addresses of the loopback, so that no port runs short, and logs in. */
    Socket connect(int port, int number) throws IOException {
        Socket socket = new Socket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (2 + number % 200)}), 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 512));
            speak(out, new DataInputStream(socket.getInputStream()), "client-" + number);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Says goodbye as the protocol does, and closes. */
    void end(Socket socket) throws IOException {
        try (socket) {
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 64));
            goodbye(out);
            out.flush();
        }
    }

    abstract void speak(DataOutputStream out, DataInputStream in, String name) throws IOException;

    abstract void goodbye(DataOutputStream out) throws IOException;

    static void require(boolean met, String what) throws IOException {
        if (!met) {
            throw new IOException("the broker did not answer with " + what);
        }
    }

    static byte[] value(int code, byte[] bytes) {
        byte[] value = new byte[bytes.length + 2];
        value[0] = (byte) code;
        value[1] = (byte) bytes.length;
        System.arraycopy(bytes, 0, value, 2, bytes.length);
        return value;
    }

    private static void frame(DataOutputStream out, int type, int performative, int count, byte[]... fields) throws IOException {
        int size = 0;
        for (byte[] field : fields) {
            size += field.length;
        }
        out.writeInt(8 + 3 + 3 + size);
        out.write(new byte[] {2, (byte) type, 0, 0, 0, 0x53, (byte) performative, (byte) 0xC0, (byte) (size + 1), (byte) count});
        for (byte[] field : fields) {
            out.write(field);
        }
    }

    /** Reads a frame and returns the code of what it holds. */
    static int performative(DataInputStream in) throws IOException {
        byte[] frame = new byte[in.readInt() - 4];
        in.readFully(frame);
        return frame[(frame[0] & 0xFF) * 4 - 4 + 2];
    }

    private static void string(DataOutputStream out, String text) throws IOException {
        out.writeInt(text.length());
        if (text.length() < SHORT_STRING) {
            out.writeChars(text);
        } else {
            out.writeUTF(text);
        }
    }
}
