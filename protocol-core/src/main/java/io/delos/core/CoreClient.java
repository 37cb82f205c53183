package io.delos.core;

import io.delos.core.ConnectionPacket.CreateSession;
import io.delos.core.ConnectionPacket.Ping;
import io.delos.core.ConnectionPacket.SessionCreated;
import io.delos.core.ConnectionPacket.SubscribeTopology;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A blocking client: one socket, read by a thread of its own; all methods may be called on any thread but a loop. Every wait ends after
 * {@link Options#timeout()} with an {@link IOException}. Sessions are independent of one another.
 */
public final class CoreClient implements AutoCloseable {
    private static final long SESSION_CREATION = 1;
    private static final long FIRST_SESSION = 10;
    private static final int FRAME_LIMIT = 512 * 1024 * 1024;
    private static final long PING_SECONDS = 15;
    private static final long TTL_MILLIS = 60_000;

    private final Options options;
    private final Socket socket;
    private final OutputStream out;
    private final Map<Long, CoreClientSession> sessions = new ConcurrentHashMap<>();
    private final AtomicLong nextChannel = new AtomicLong(FIRST_SESSION);
    private final CountDownLatch closed = new CountDownLatch(1);
    /** Who waits on channel 1; sessions are created one at a time. */
    private volatile CompletableFuture<Packet> creation = new CompletableFuture<>();

    /**
     * Where to connect and as whom.
     *
     * @param user     empty for none
     * @param clientId empty for none
     * @param timeout  how long to wait for a connection and for each answer
     * @param tls      how to encrypt, or empty for plain TCP
     */
    public record Options(String host, int port, String user, String password, String clientId, Duration timeout, Optional<Tls> tls) {
        /** A plain connection that waits 30 seconds for answers. */
        public static Options of(String host, int port, String user, String password) {
            return new Options(host, port, user, password, "", Duration.ofSeconds(30), Optional.empty());
        }

        /** The same with a client id. */
        public Options withClientId(String id) {
            return new Options(host, port, user, password, id, timeout, tls);
        }

        /** The same with another timeout. */
        public Options withTimeout(Duration wait) {
            return new Options(host, port, user, password, clientId, wait, tls);
        }

        /** The same over TLS. */
        public Options withTls(Tls how) {
            return new Options(host, port, user, password, clientId, timeout, Optional.of(how));
        }

        @Override
        public String toString() {
            return "Options[" + user + "@" + host + ":" + port + "]";
        }
    }

    /** @param verifyHost whether the certificate must name the host we connect to */
    public record Tls(SSLContext context, boolean verifyHost) { }

    private CoreClient(Options options) throws IOException {
        this.options = options;
        this.socket = open(options);
        this.out = socket.getOutputStream();
    }

    /** Connects; credentials are only checked when the first session is opened. */
    public static CoreClient connect(Options options) throws IOException {
        CoreClient client = new CoreClient(options);
        client.greet();
        client.start("delos-core-client-reader", client::readAll);
        client.start("delos-core-client-pinger", client::pingUntilClosed);
        return client;
    }

    private static Socket open(Options options) throws IOException {
        Socket plain = new Socket();
        try {
            plain.setTcpNoDelay(true);
            plain.connect(new InetSocketAddress(options.host(), options.port()), (int) options.timeout().toMillis());
            return options.tls().isPresent() ? encrypt(plain, options, options.tls().get()) : plain;
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    private static Socket encrypt(Socket plain, Options options, Tls tls) throws IOException {
        SSLSocket secure = (SSLSocket) tls.context().getSocketFactory().createSocket(plain, options.host(), options.port(), true);
        if (tls.verifyHost()) {
            SSLParameters parameters = secure.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
        }
        secure.setSoTimeout((int) options.timeout().toMillis());
        secure.startHandshake();
        secure.setSoTimeout(0);
        return secure;
    }

    private void start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void greet() throws IOException {
        ByteBuf hello = Unpooled.buffer();
        hello.writeCharSequence(CoreCodec.PREAMBLE, StandardCharsets.US_ASCII);
        CoreCodec.encode(hello, 0, new Ping(TTL_MILLIS), Version.CURRENT);
        CoreCodec.encode(hello, 0, new SubscribeTopology(false, OptionalInt.of(Version.CURRENT)), Version.CURRENT);
        write(hello);
    }

    /** A session whose sends and acknowledgements take effect at once, or together at its commit when {@code transacted}. */
    public synchronized CoreClientSession openSession(boolean transacted) throws IOException {
        long channel = nextChannel.getAndIncrement();
        CoreClientSession session = new CoreClientSession(this, channel);
        sessions.put(channel, session);
        creation = new CompletableFuture<>();
        write(SESSION_CREATION, new CreateSession(UUID.randomUUID().toString(), channel, Version.CURRENT, present(options.user()),
                present(options.password()), Integer.MAX_VALUE, false, !transacted, !transacted, -1, false, Optional.empty(), true,
                present(options.clientId())));
        try {
            Packet answer = await(creation);
            if (!(answer instanceof SessionCreated)) {
                throw new IOException("the broker answered the creation of a session with " + answer);
            }
        } catch (IOException e) {
            sessions.remove(channel);
            throw e;
        }
        return session;
    }

    private static Optional<String> present(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    Duration timeout() {
        return options.timeout();
    }

    void forget(long channel) {
        sessions.remove(channel);
    }

    void write(long channel, Packet packet) throws IOException {
        ByteBuf frame = Unpooled.buffer();
        CoreCodec.encode(frame, channel, packet, Version.CURRENT);
        write(frame);
    }

    private void write(ByteBuf frames) throws IOException {
        synchronized (out) {
            frames.readBytes(out, frames.readableBytes());
            out.flush();
        }
    }

    /** The answer, or the refusal as an exception. */
    Packet await(CompletableFuture<Packet> answer) throws IOException {
        return Answers.await(answer, options.timeout());
    }

    private void pingUntilClosed() {
        try {
            while (!closed.await(PING_SECONDS, TimeUnit.SECONDS)) {
                write(0, new Ping(TTL_MILLIS));
            }
        } catch (IOException | InterruptedException e) {
            fail(new IOException("the connection to the broker is lost", e));
        }
    }

    private void readAll() {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()))) {
            while (closed.getCount() > 0) {
                int length = in.readInt();
                if (length < CoreCodec.HEADER || length > FRAME_LIMIT) {
                    throw new IOException("the broker sent a frame of " + length + " bytes");
                }
                byte[] bytes = in.readNBytes(length);
                if (bytes.length < length) {
                    throw new EOFException();
                }
                ByteBuf frame = Unpooled.wrappedBuffer(bytes);
                long channel = CoreCodec.channel(frame);
                dispatch(channel, CoreCodec.decode(frame, Version.CURRENT), length + Integer.BYTES);
            }
        } catch (IOException | MalformedPacketException e) {
            fail(new IOException(closed.getCount() == 0 ? "the connection is closed" : "the connection to the broker is lost", e));
        }
    }

    private void dispatch(long channel, Packet packet, int size) {
        if (channel == SESSION_CREATION) {
            creation.complete(packet);
        } else if (packet instanceof ConnectionPacket.Disconnect) {
            fail(new IOException("the broker has shut down"));
        } else {
            CoreClientSession session = sessions.get(channel);
            if (session != null) {
                session.received(packet, size);
            }
        }
    }

    private void fail(IOException cause) {
        closed.countDown();
        creation.completeExceptionally(cause);
        sessions.values().forEach(session -> session.fail(cause));
        try {
            socket.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Closes all sessions, then the socket. Unsettled messages go back to their queues. */
    @Override
    public void close() throws IOException {
        IOException first = null;
        for (CoreClientSession session : sessions.values()) {
            try {
                if (closed.getCount() > 0) {
                    session.close();
                }
            } catch (IOException e) {
                first = e;
            }
        }
        fail(new IOException("the client is closed"));
        if (first != null) {
            throw first;
        }
    }
}
