package io.delos.transport;

import io.delos.broker.Broker;
import io.delos.broker.Client;
import io.delos.broker.Intake;
import io.delos.config.AcceptorConfig;
import io.delos.config.WildcardSyntax;
import io.delos.loop.Loop;
import io.delos.loop.Loops;
import io.delos.message.MessageFormat;
import io.delos.spi.Connection;
import io.delos.spi.Protocol;
import io.delos.spi.ProtocolProvider;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;

/** An acceptor with invented protocols behind real sockets, and a broker that only takes notes. */
final class Fixture implements AutoCloseable {

    /** Protocols whose connections begin with their name. */
    static final String ALPHA = "ALPHA";
    static final String BETA = "CONNECTB";

    final Loops loops = new Loops(2);
    final Queue<FakeGuest> guests = new ConcurrentLinkedQueue<>();
    final Queue<Connection> connections = new ConcurrentLinkedQueue<>();
    final Intake intake = new Intake(io.delos.store.MemoryBudget.of(1 << 30), loops.control());
    volatile boolean loggedIn = true;
    /** What a protocol does with its connection when it takes over; on the loop. */
    volatile BiConsumer<Channel, Connection> onAttach = (channel, connection) -> { };
    Acceptor acceptor;

    Acceptor start(String parameters) throws IOException {
        return start(parameters, 20);
    }

    Acceptor start(String parameters, long scanMillis) throws IOException {
        acceptor = make(parameters, scanMillis);
        acceptor.start();
        return acceptor;
    }

    Acceptor make(String parameters, long scanMillis) {
        AcceptorConfig config = AcceptorConfig.of("test", "tcp://127.0.0.1:0?" + parameters);
        return new Acceptor(config, List.of(new Fake(ALPHA, Set.of("alpha.v1", "alpha.v2")), new Fake(BETA, Set.of("beta"))),
                means(this::open, intake, scanMillis), loops);
    }

    static Acceptor.Means means(Guest.Host host, Intake intake, long scanMillis) {
        return new Acceptor.Means(host, intake, scanMillis, 20, text -> text.startsWith("ENC(") ? text.substring(4, text.length() - 1) : text, Runnable::run);
    }

    Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", acceptor.port());
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        return socket;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Sends and returns as many bytes as were sent, which an invented protocol echoes. */
    static String echo(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(ascii(text));
        return new String(socket.getInputStream().readNBytes(text.length()), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        if (acceptor != null) {
            acceptor.stop();
        }
        loops.close();
    }

    private Guest open(Loop loop, String id, String remote, Runnable closeConnection) {
        FakeGuest guest = new FakeGuest(id, remote, closeConnection);
        guests.add(guest);
        return guest;
    }

    /** A client of no broker. */
    final class FakeGuest implements Guest {
        final String id;
        final String remote;
        final Runnable closeConnection;
        final Queue<Boolean> writable = new ConcurrentLinkedQueue<>();
        volatile java.util.function.Consumer<Boolean> pressure;
        final CountDownLatch closed = new CountDownLatch(1);

        FakeGuest(String id, String remote, Runnable closeConnection) {
            this.id = id;
            this.remote = remote;
            this.closeConnection = closeConnection;
        }

        @Override
        public Broker broker() {
            throw new UnsupportedOperationException("the transport asks nothing else of it");
        }

        @Override
        public Client client() {
            throw new UnsupportedOperationException("the transport asks nothing else of it");
        }

        @Override
        public boolean loggedIn() {
            return loggedIn;
        }

        @Override
        public void onPressure(java.util.function.Consumer<Boolean> pause) {
            pressure = pause;
        }

        @Override
        public void writable(boolean is) {
            writable.add(is);
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }

    /** Recognises its own name and echoes everything. */
    private final class Fake implements ProtocolProvider, Protocol {
        private final String name;
        private final Set<String> webSocketNames;

        Fake(String name, Set<String> webSocketNames) {
            this.name = name;
            this.webSocketNames = webSocketNames;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public MessageFormat format(WildcardSyntax syntax) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Protocol create(AcceptorConfig config) {
            return this;
        }

        @Override
        public boolean recognises(ByteBuf firstEight) {
            ByteBuf wanted = Unpooled.copiedBuffer(name, StandardCharsets.US_ASCII);
            return firstEight.slice(firstEight.readerIndex(), wanted.readableBytes()).equals(wanted);
        }

        @Override
        public Set<String> webSocketNames() {
            return webSocketNames;
        }

        @Override
        public void attach(Channel channel, Connection connection) {
            connections.add(connection);
            channel.pipeline().addLast(new Echo());
            onAttach.accept(channel, connection);
        }
    }

    /** Sends back what it gets; {@code !} makes it fail like a broken codec. */
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            if (bytes.indexOf(bytes.readerIndex(), bytes.writerIndex(), (byte) '!') >= 0) {
                bytes.release();
                throw new io.netty.handler.codec.CorruptedFrameException("an exclamation mark");
            }
            ctx.writeAndFlush(bytes);
        }
    }
}
