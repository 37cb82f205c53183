package io.delos.transport;

import io.delos.broker.Broker;
import io.delos.broker.Intake;
import io.delos.config.AcceptorConfig;
import io.delos.config.BrokerConfig;
import io.delos.config.Check;
import io.delos.config.Setting;
import io.delos.config.TlsOptions;
import io.delos.config.TransportOptions;
import io.delos.config.Unit;
import io.delos.loop.Loop;
import io.delos.loop.Loops;
import io.delos.loop.NettyLoop;
import io.delos.security.PasswordMask;
import io.delos.spi.Protocol;
import io.delos.spi.ProtocolProvider;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * One acceptor of broker.xml: where to listen, what to allow, how to end. {@link #start}, {@link #pause} and {@link #stop} block and are
 * called by one thread at a time, never by a loop; each socket's affairs happen on the loop it was placed on.
 */
public final class Acceptor {

    private static final Logger LOG = LogManager.getLogger(Acceptor.class);
    private static final String HORNETQ = "HORNETQ";
    private static final AtomicInteger IDS = new AtomicInteger(ThreadLocalRandom.current().nextInt());

    private final AcceptorConfig config;
    private final TransportOptions options;
    private final TlsOptions tlsOptions;
    private final Loops loops;
    private final Means means;
    private final long bytesBeforeLogin;
    private final List<Protocol> protocols = new ArrayList<>();
    private final Set<String> webSocketNames = new LinkedHashSet<>();
    private final Map<Loop, IdleScan> scans = new HashMap<>();
    private final AtomicLong places = new AtomicLong();
    private final Map<Channel, SocketConnection> connections = new ConcurrentHashMap<>();
    private final ChannelGroup sockets;
    private final List<Channel> listening = new ArrayList<>();
    private volatile Optional<Tls> tls = Optional.empty();
    private volatile boolean open;

    /**
     * What an acceptor gets from the broker.
     *
     * @param host         opens a client for each connection
     * @param intake       counts what is still arriving
     * @param scanMillis   how often silent connections are looked for
     * @param reloadMillis how often changed TLS stores are looked for
     * @param reveal       unmasks a password
     * @param workers      where files are read
     */
    record Means(Guest.Host host, Intake intake, long scanMillis, long reloadMillis, UnaryOperator<String> reveal, Executor workers) {

        static Means of(Broker broker) {
            BrokerConfig config = broker.config();
            return new Means(Guest.of(broker), broker.intake(), config.settings().timing().connectionTtlCheckInterval(),
                    Math.max(1000, config.settings().timing().configurationFileRefreshPeriod()),
                    text -> PasswordMask.ofCodec(config.settings().security().passwordCodec()).reveal(text), broker.workers());
        }
    }

    /** An acceptor that doesn't listen yet; IllegalArgumentException with a sentence when a parameter is wrong. */
    public Acceptor(AcceptorConfig config, List<ProtocolProvider> installed, Broker broker, Loops loops) {
        this(config, installed, Means.of(broker), loops);
    }

    Acceptor(AcceptorConfig config, List<ProtocolProvider> installed, Means means, Loops loops) {
        this.config = config;
        this.options = config.transport();
        this.tlsOptions = config.tls();
        this.bytesBeforeLogin = config.options(Admission.class).bytesBeforeLogin();
        this.means = means;
        this.loops = loops;
        this.sockets = new DefaultChannelGroup(loops.control().events());
        for (ProtocolProvider provider : enabled(installed)) {
            Protocol protocol = provider.create(config);
            protocols.add(protocol);
            webSocketNames.addAll(protocol.webSocketNames());
        }
        for (NettyLoop loop : loops.all()) {
            scans.put(loop, new IdleScan(loop, means.scanMillis));
        }
    }

    /** What a stranger may do here. */
    record Admission(
        @Setting(name = "bytesBeforeLogin", value = "65536", check = Check.POSITIVE_INT, unit = Unit.BYTES,
            text = "a connection that has sent more without having logged in is closed") int bytesBeforeLogin) {
    }

    private List<ProtocolProvider> enabled(List<ProtocolProvider> installed) {
        List<ProtocolProvider> chosen = new ArrayList<>();
        for (String wanted : config.protocols()) {
            Optional<ProtocolProvider> known = installed.stream().filter(provider -> provider.name().equals(wanted)).findFirst();
            // what every generated instance names, and never was part of this broker, is no cause for alarm
            known.ifPresentOrElse(chosen::add, () -> LOG.log(wanted.equals(HORNETQ) ? Level.INFO : Level.WARN,
                    "AMQ222203: The protocol \"{}\" that acceptor \"{}\" names isn't installed; installed are {}.", wanted, config.name(),
                    installed.stream().map(ProtocolProvider::name).toList()));
        }
        return chosen.isEmpty() ? installed : chosen;
    }

    /**
     * Listens on all hosts. When one of them cannot be had, or the TLS stores cannot be read: IOException with a sentence, and nothing is
     * left open; IllegalArgumentException for a TLS setting that is wrong.
     */
    public void start() throws IOException {
        if (open) {
            return;
        }
        if (tlsOptions.enabled()) {
            TlsFiles files = new TlsFiles(tlsOptions, means.reveal);
            tls = Optional.of(files.read());
            if (tlsOptions.autoReload()) {
                lookAgain(files);
            }
        }
        Entrance entrance = new Entrance(this);
        open = true;
        try {
            int port = config.port();
            for (String hostName : config.hosts()) {
                Channel socket = bind(entrance, hostName, port);
                listening.add(socket);
                port = portOf(socket);
            }
        } catch (IOException refused) {
            pause();
            throw refused;
        }
        LOG.info("AMQ221020: Started {} Acceptor at {}:{} for protocols {}", loops.epoll() ? "EPOLL" : "NIO",
                String.join(",", config.hosts()), port(), protocolNames());
    }

    /** Every so often, while it listens: new connections get what the files say by then. */
    private void lookAgain(TlsFiles files) {
        loops.control().schedule(() -> means.workers.execute(() -> {
            if (open) {
                files.readIfChanged(config.name()).ifPresent(changed -> tls = Optional.of(changed));
                lookAgain(files);
            }
        }), means.reloadMillis);
    }

    private Channel bind(Entrance entrance, String hostName, int port) throws IOException {
        ChannelFuture bound = bootstrap(entrance).bind(hostName, port).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("acceptor \"" + config.name() + "\" can't listen on " + hostName + ":" + port + ": "
                    + bound.cause().getMessage(), bound.cause());
        }
        return bound.channel();
    }

    private ServerBootstrap bootstrap(Entrance entrance) {
        TransportOptions.Socket socket = options.socket();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.epoll() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, loops.allocator())
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new Sips(means.intake::room))
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(socket.writeBufferLowWaterMark(), socket.writeBufferHighWaterMark()))
                .childHandler(entrance);
        if (socket.backlog() > 0) {
            bootstrap.option(ChannelOption.SO_BACKLOG, socket.backlog());
        }
        if (!socket.tcpNoDelay()) {
            // each option is a call of the system for each socket, and Netty has told it no delay already
            bootstrap.childOption(ChannelOption.TCP_NODELAY, false);
        }
        if (socket.tcpReceiveBufferSize() > 0) {
            // accepted sockets inherit it
            bootstrap.option(ChannelOption.SO_RCVBUF, socket.tcpReceiveBufferSize());
        }
        if (socket.tcpSendBufferSize() > 0) {
            bootstrap.childOption(ChannelOption.SO_SNDBUF, socket.tcpSendBufferSize());
        }
        return bootstrap;
    }

    /** Listens no more; connections live on. */
    public void pause() {
        open = false;
        listening.forEach(socket -> socket.close().awaitUninterruptibly());
        listening.clear();
    }

    /** Listens no more, lets every protocol say goodbye, and closes what is left when {@code shutdownTimeout} has passed. */
    public void stop() {
        pause();
        for (SocketConnection connection : connections.values()) {
            connection.loop().post(connection::shutdown);
        }
        sockets.stream().filter(socket -> !connections.containsKey(socket)).forEach(Channel::close);
        if (!sockets.newCloseFuture().awaitUninterruptibly(options.limits().shutdownTimeout())) {
            sockets.close().awaitUninterruptibly();
        }
    }

    /** Whether it listens. */
    public boolean started() {
        return open;
    }

    /** The port it listens on, the system's choice for 0; the configured one while it doesn't listen. */
    public int port() {
        return listening.isEmpty() ? config.port() : portOf(listening.get(0));
    }

    /** How many connections a protocol serves here now. Any thread. */
    public int connectionCount() {
        return connections.size();
    }

    /** How many sockets are open here, whether or not a protocol serves them yet. Any thread. */
    int socketCount() {
        return sockets.size();
    }

    public String name() {
        return config.name();
    }

    public AcceptorConfig config() {
        return config;
    }

    private static int portOf(Channel socket) {
        return ((InetSocketAddress) socket.localAddress()).getPort();
    }

    TransportOptions options() {
        return options;
    }

    Intake intake() {
        return means.intake;
    }

    Guest.Host host() {
        return means.host;
    }

    /** What new connections speak first; empty for plain text. */
    Optional<Tls> tls() {
        return tls;
    }

    List<Protocol> protocols() {
        return protocols;
    }

    List<String> protocolNames() {
        return protocols.stream().map(Protocol::name).toList();
    }

    Set<String> webSocketNames() {
        return webSocketNames;
    }

    long bytesBeforeLogin() {
        return bytesBeforeLogin;
    }

    IdleScan scanOf(Loop loop) {
        return scans.get(loop);
    }

    /** Whether a socket that was just accepted may come in; it is known here from now on. */
    boolean letIn(Channel socket) {
        sockets.add(socket);
        return open;
    }

    /** One of the places that {@code connectionsAllowed} leaves, to be {@linkplain #leave given back}; false when all are taken. */
    boolean takePlace() {
        long allowed = options.limits().connectionsAllowed();
        if (places.incrementAndGet() > allowed && allowed >= 0) {
            places.decrementAndGet();
            return false;
        }
        return true;
    }

    /** The connection of a socket that has found its protocol. */
    SocketConnection connect(Arrival arrival, Loop loop) {
        String id = HexFormat.of().toHexDigits(IDS.getAndIncrement());
        SocketConnection connection = new SocketConnection(this, arrival, loop, id);
        connections.put(arrival.channel(), connection);
        return connection;
    }

    /** The channel that had a place is closed. */
    void leave(Channel socket) {
        places.decrementAndGet();
        connections.remove(socket);
    }
}
