package io.delos.dist;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.codec.WritableBuffer;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.engine.Transport;
import org.apache.qpid.proton.message.Message;

/** An AMQP client that says nothing but what it is told to say: Proton's engine on a socket. One thread. */
final class AmqpLine implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Transport transport = Proton.transport();
    private final Connection connection = Proton.connection();
    private final Session session;
    private int names;

    AmqpLine(int port, String container) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(Voice.PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
        out = socket.getOutputStream();
        transport.bind(connection);
        connection.setContainer(container);
        connection.open();
        session = connection.session();
        session.open();
        until(() -> session.getRemoteState() == EndpointState.ACTIVE);
    }

    private void until(BooleanSupplier done) throws IOException {
        flush();
        while (!done.getAsBoolean()) {
            ByteBuffer tail = transport.tail();
            int read = in.read(tail.array(), tail.arrayOffset() + tail.position(), tail.remaining());
            if (read < 0) {
                throw new IOException("the broker has closed: " + connection.getRemoteCondition());
            }
            tail.position(tail.position() + read);
            transport.process();
            flush();
        }
    }

    private void flush() throws IOException {
        for (int pending = transport.pending(); pending > 0; pending = transport.pending()) {
            byte[] bytes = new byte[pending];
            transport.head().get(bytes);
            out.write(bytes);
            transport.pop(pending);
        }
    }

    private static Symbol kind(boolean topic) {
        return Symbol.valueOf(topic ? "topic" : "queue");
    }

    /** Sends a message to an address that is a queue or a topic; with neither said, if {@code kinds} is empty. Returns when the broker has it. */
    void send(String address, Message message, Symbol... kinds) throws IOException {
        Sender sender = session.sender("s" + ++names);
        Target target = new Target();
        target.setAddress(address);
        target.setCapabilities(kinds);
        sender.setTarget(target);
        sender.setSource(new Source());
        sender.open();
        until(() -> sender.getCredit() > 0);
        Delivery delivery = sender.delivery(new byte[] {1});
        byte[] bytes = new byte[4096];
        sender.send(bytes, 0, message.encode(bytes, 0, bytes.length));
        sender.advance();
        until(() -> delivery.getRemoteState() != null);
        if (!(delivery.getRemoteState() instanceof Accepted)) {
            throw new IOException("the broker's answer is " + delivery.getRemoteState());
        }
        delivery.settle();
        sender.close();
    }

    void send(Place place, Message message) throws IOException {
        send(place.name(), message, kind(place.topic()));
    }

    /** A receiver, without credit; of a queue of the broker's choice if the place's name is empty. */
    Receiver receiver(Place place) throws IOException {
        Receiver receiver = session.receiver("r" + ++names);
        Source source = new Source();
        source.setCapabilities(kind(place.topic()));
        source.setDynamic(place.name().isEmpty());
        source.setAddress(place.name().isEmpty() ? null : place.name());
        receiver.setSource(source);
        receiver.setTarget(new Target());
        receiver.open();
        until(() -> receiver.getRemoteState() == EndpointState.ACTIVE);
        return receiver;
    }

    static String address(Receiver receiver) {
        return ((Source) receiver.getRemoteSource()).getAddress();
    }

    /** The next message, accepted. */
    Message receive(Receiver receiver) throws IOException {
        return receive(receiver, Accepted.getInstance());
    }

    /** The next message, settled with this outcome. */
    Message receive(Receiver receiver, DeliveryState outcome) throws IOException {
        receiver.flow(1);
        until(() -> receiver.current() != null && receiver.current().isReadable() && !receiver.current().isPartial());
        Delivery delivery = receiver.current();
        byte[] bytes = new byte[delivery.pending()];
        receiver.recv(WritableBuffer.ByteBufferWrapper.wrap(ByteBuffer.wrap(bytes)));
        receiver.advance();
        delivery.disposition(outcome);
        delivery.settle();
        flush();
        Message message = Proton.message();
        message.decode(bytes, 0, bytes.length);
        return message;
    }

    void close(Receiver receiver) throws IOException {
        receiver.close();
        until(() -> receiver.getRemoteState() == EndpointState.CLOSED);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
