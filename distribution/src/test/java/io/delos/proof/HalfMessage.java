package io.delos.proof;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.apache.activemq.command.ConnectionId;
import org.apache.activemq.command.ConnectionInfo;
import org.apache.activemq.openwire.OpenWireFormat;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Sasl;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.engine.Transport;

/** A client that logs in, begins a big message, sends most of it and stops; over a socket that it never waits for after the login. */
final class HalfMessage implements AutoCloseable {

    /** How large the message would be, and how much of it comes, in bytes. */
    static final int WHOLE = 2 << 20;
    static final int SENT = WHOLE / 4 * 3;

    private final SocketChannel socket;
    private ByteBuffer rest = ByteBuffer.allocate(SENT);

    /** One way to begin. */
    interface Beginning {
        HalfMessage on(int port) throws IOException;
    }

    private HalfMessage(int port) throws IOException {
        socket = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
    }

    /** Sends what the socket takes; whether something is left. */
    boolean push() {
        try {
            socket.write(rest);
            return rest.hasRemaining();
        } catch (IOException refused) {
            return false;
        }
    }

    private void say(byte[] bytes) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(bytes);
        while (all.hasRemaining()) {
            socket.write(all);
        }
    }

    private HalfMessage begun() throws IOException {
        socket.configureBlocking(false);
        return this;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    // MQTT

    static HalfMessage mqtt(int port) throws IOException {
        HalfMessage client = new HalfMessage(port);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF("MQTT");
        out.write(new byte[] {4, (byte) 0xC2, 0, 60});
        out.writeUTF("half-" + client.socket.socket().getLocalPort());
        out.writeUTF(BrokerProcess.USER);
        out.writeUTF(BrokerProcess.PASSWORD);
        client.say(packet(0x10, bytes.size()));
        client.say(bytes.toByteArray());
        client.say(packet(0x32, WHOLE));
        client.say("\0\4half\0\1".getBytes(StandardCharsets.ISO_8859_1));
        return client.begun();
    }

    private static byte[] packet(int type, int length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(type);
        int left = length;
        while (left > 0x7F) {
            out.write(left & 0x7F | 0x80);
            left >>>= 7;
        }
        out.write(left);
        return out.toByteArray();
    }

    // STOMP

    static HalfMessage stomp(int port) throws IOException {
        HalfMessage client = new HalfMessage(port);
        client.say(("CONNECT\naccept-version:1.2\nhost:x\nlogin:" + BrokerProcess.USER + "\npasscode:" + BrokerProcess.PASSWORD
                + "\n\n\0SEND\ndestination:half\ncontent-length:" + WHOLE + "\n\n").getBytes(StandardCharsets.UTF_8));
        return client.begun();
    }

    // OpenWire

    static HalfMessage openWire(int port) throws IOException {
        HalfMessage client = new HalfMessage(port);
        OpenWireFormat format = new OpenWireFormat();
        DataOutputStream out = new DataOutputStream(client.socket.socket().getOutputStream());
        format.marshal(format.getPreferedWireFormatInfo() == null ? wireFormat() : format.getPreferedWireFormatInfo(), out);
        ConnectionInfo info = new ConnectionInfo(new ConnectionId("half:" + client.socket.socket().getLocalPort()));
        info.setClientId(info.getConnectionId().getValue());
        info.setUserName(BrokerProcess.USER);
        info.setPassword(BrokerProcess.PASSWORD);
        info.setResponseRequired(true);
        info.setCommandId(1);
        format.marshal(info, out);
        out.flush();
        DataInputStream in = new DataInputStream(client.socket.socket().getInputStream());
        Object answer;
        do {
            answer = format.unmarshal(in);
        } while (!(answer instanceof org.apache.activemq.command.Response));
        client.say(ByteBuffer.allocate(Integer.BYTES + 1).putInt(WHOLE).put((byte) 24).array());
        return client.begun();
    }

    private static org.apache.activemq.command.WireFormatInfo wireFormat() throws IOException {
        org.apache.activemq.command.WireFormatInfo info = new org.apache.activemq.command.WireFormatInfo();
        info.setVersion(12);
        info.setStackTraceEnabled(false);
        return info;
    }

    // AMQP

    /** In transfers, as many as the broker's frames ask for. */
    static HalfMessage amqp(int port) throws IOException {
        HalfMessage client = new HalfMessage(port);
        Transport transport = Transport.Factory.create();
        Connection connection = Connection.Factory.create();
        Sasl sasl = transport.sasl();
        sasl.client();
        sasl.plain(BrokerProcess.USER, BrokerProcess.PASSWORD);
        transport.bind(connection);
        connection.setContainer("half-" + client.socket.socket().getLocalPort());
        connection.open();
        Session session = connection.session();
        session.open();
        Sender sender = session.sender("half");
        Target target = new Target();
        target.setAddress("half");
        sender.setTarget(target);
        sender.setSource(new Source());
        sender.open();
        while (sender.getCredit() == 0) {
            client.exchange(transport);
        }
        sender.delivery(new byte[] {1});
        sender.send(new byte[SENT], 0, SENT);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int pending = transport.pending(); pending > 0; pending = transport.pending()) {
            byte[] piece = new byte[pending];
            transport.head().get(piece);
            transport.pop(pending);
            all.write(piece);
        }
        client.rest = ByteBuffer.wrap(all.toByteArray());
        return client.begun();
    }

    private void exchange(Transport transport) throws IOException {
        for (int pending = transport.pending(); pending > 0; pending = transport.pending()) {
            byte[] piece = new byte[pending];
            transport.head().get(piece);
            transport.pop(pending);
            say(piece);
        }
        ByteBuffer tail = transport.tail();
        if (socket.read(tail) < 0) {
            throw new IOException("the broker has closed the connection");
        }
        transport.process();
    }
}
