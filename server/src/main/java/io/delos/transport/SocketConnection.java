package io.delos.transport;

import io.delos.broker.Broker;
import io.delos.broker.BrokerException;
import io.delos.broker.Client;
import io.delos.broker.Unfinished;
import io.delos.config.AcceptorConfig;
import io.delos.loop.Fatal;
import io.delos.loop.Loop;
import io.delos.spi.Connection;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Owned by the channel's loop: a socket that a protocol has taken over. It knows who the peer is, when it was last heard, and how to end. */
final class SocketConnection implements Connection, Unfinished.Socket {

    private static final Logger LOG = LogManager.getLogger(SocketConnection.class);

    private static final FewLines ENDS = new FewLines(System::nanoTime);

    private final Acceptor acceptor;
    private final Channel channel;
    private final Loop loop;
    private final IdleScan scan;
    private final String id;
    private final String remoteAddress;
    private final Guest guest;
    private final Unfinished unfinished;

    private Consumer<BrokerException> refusal = why -> close();
    private Runnable farewell = this::close;
    private int pauses;
    private boolean handling;
    private boolean closing;
    private boolean writable = true;
    private Optional<LastTurn> lastTurn = Optional.empty();
    private Optional<Lingering> lingering = Optional.empty();

    private long timeToLive;
    private Runnable expired = () -> { };
    private long lastHeard = IdleScan.nowMillis();
    private boolean heard;

    private boolean admitted;
    private long bytesBeforeLogin;

    SocketConnection(Acceptor acceptor, Arrival arrival, Loop loop, String id) {
        this.acceptor = acceptor;
        this.channel = arrival.channel();
        this.loop = loop;
        this.scan = acceptor.scanOf(loop);
        this.id = id;
        this.remoteAddress = arrival.remoteAddress();
        this.guest = acceptor.host().open(loop, id, remoteAddress, () -> loop.post(this::shutdown));
        guest.onPressure(this::pauseReading);
        guest.connectedTo(localAddress(channel));
        unfinished = acceptor.intake().open(loop, this);
    }

    private static String localAddress(Channel channel) {
        return channel.localAddress() instanceof InetSocketAddress address ? address.getHostString() + ":" + address.getPort() : "";
    }

    @Override
    public Broker broker() {
        return guest.broker();
    }

    @Override
    public Client client() {
        return guest.client();
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public List<X509Certificate> certificates() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        return tls == null ? List.of() : Tls.certificates(tls.engine().getSession());
    }

    @Override
    public int frameLimit() {
        return channel.pipeline().get(WebSocketBytes.class) == null ? Integer.MAX_VALUE
                : acceptor.options().webSocket().maxFramePayloadLength();
    }

    @Override
    public AcceptorConfig acceptor() {
        return acceptor.config();
    }

    @Override
    public void timeToLive(long millis, Runnable whenExpired) {
        loop.assertInside();
        timeToLive = millis;
        expired = whenExpired;
        lastHeard = IdleScan.nowMillis();
        if (millis > 0 && !closing && channel.isActive()) {
            scan.watch(this);
        } else {
            scan.forget(this);
        }
    }

    /** A peer we don't read cannot be heard, so a pause counts as hearing it. */
    void checkSilence(long nowMillis) {
        if (heard || pauses > 0) {
            heard = false;
            lastHeard = nowMillis;
        } else if (nowMillis - lastHeard >= timeToLive) {
            scan.forget(this);
            LOG.warn("AMQ229014: Did not receive data from {} within the {}ms connection TTL. The connection will now be closed.",
                    remoteAddress, timeToLive);
            expired.run();
            close();
        }
    }

    @Override
    public void pauseReading(boolean pause) {
        loop.assertInside();
        pauses += pause ? 1 : -1;
        assert pauses >= 0 : "more resumes than pauses on " + remoteAddress;
        if (!handling) {
            readOrNot();
        }
        lastTurn.ifPresent(LastTurn::soon);
    }

    /** Telling the channel costs a call of the system, and a pause that ends within the turn it began in needn't be told. */
    private void readOrNot() {
        boolean read = pauses == 0 || lingering.isPresent();
        if (channel.config().isAutoRead() != read && channel.isOpen()) {
            channel.config().setAutoRead(read);
        }
    }

    /** Bytes are being handed to the protocol. */
    void handling(boolean begins) {
        handling = begins;
        if (!begins) {
            readOrNot();
        }
    }

    @Override
    public boolean pausedOtherwise() {
        return pauses > (unfinished.waiting() ? 1 : 0);
    }

    @Override
    public Unfinished unfinished() {
        return unfinished;
    }

    @Override
    public void onRefusal(Consumer<BrokerException> words) {
        loop.assertInside();
        refusal = words;
    }

    @Override
    public void refuse(BrokerException why) {
        loop.assertInside();
        if (!closing && channel.isActive()) {
            ENDS.line("Closing the connection from " + remoteAddress + ": " + why.getMessage()).ifPresent(LOG::warn);
            inItsWords(() -> refusal.accept(why));
        }
    }

    @Override
    public boolean endedBy(Throwable fault) {
        Fatal.check(fault);
        if (!Fatal.isDirectMemory(fault)) {
            return false;
        }
        if (channel.isActive()) {
            ENDS.line("Closing the connection from " + remoteAddress + ": there is no direct memory for it (" + fault.getMessage()
                    + "). -XX:MaxDirectMemorySize is best left alone, or raised").ifPresent(LOG::warn);
        }
        closing = true;
        channel.close();
        return true;
    }

    /** Words need memory too; without them it ends all the same. */
    private void inItsWords(Runnable words) {
        try {
            words.run();
        } catch (OutOfMemoryError fault) {
            if (!endedBy(fault)) {
                throw fault;
            }
        }
    }

    @Override
    public boolean stopping() {
        return !acceptor.started();
    }

    @Override
    public void onShutdown(Runnable words) {
        loop.assertInside();
        farewell = words;
    }

    /** Ends the connection in the protocol's own words. */
    void shutdown() {
        loop.assertInside();
        if (!closing && channel.isActive()) {
            inItsWords(farewell);
        }
    }

    @Override
    public void hangUp() {
        loop.assertInside();
        if (!closing) {
            closing = true;
            lingering = Optional.of(new Lingering(loop, this::close));
            scan.forget(this);
            channel.flush();
            readOrNot();
        }
    }

    @Override
    public void close() {
        loop.assertInside();
        if (closing && lingering.isEmpty()) {
            return;
        }
        closing = true;
        lingering.ifPresent(Lingering::over);
        lingering = Optional.empty();
        scan.forget(this);
        lastTurn.ifPresent(turn -> loop.post(turn::end));
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        if (channel.isOpen()) {
            Loop.Timer patience = loop.schedule(channel::close, acceptor.options().limits().shutdownTimeout());
            channel.closeFuture().addListener(closed -> patience.cancel());
        }
    }

    /** Whether bytes that have arrived are to be thrown away. Who has not logged in may send no more of these than of others. */
    boolean deaf(int bytes) {
        if (lingering.isPresent()) {
            lingering.get().heard();
            if (!received(bytes)) {
                close();
            }
        }
        return closing;
    }

    /** Takes note of bytes; false when a peer that hasn't logged in has sent more than it may. */
    boolean received(int bytes) {
        heard = true;
        if (admitted) {
            return true;
        }
        if (guest.loggedIn()) {
            admitted = true;
            return true;
        }
        bytesBeforeLogin += bytes;
        return bytesBeforeLogin <= acceptor.bytesBeforeLogin();
    }

    /** The channel may tell the same twice; the client hears of changes. */
    void writable(boolean isNow) {
        if (writable != isNow) {
            writable = isNow;
            guest.writable(isNow);
        }
    }

    /** The socket has ended. What came of it before and is held up is still done, unless the broker ends the connection itself. */
    void gone(Runnable end) {
        scan.forget(this);
        if (closing || !pausedOtherwise()) {
            end.run();
        } else {
            writable(false);
            lastTurn = Optional.of(new LastTurn(loop, () -> !pausedOtherwise() || !guest.finishing(), end));
        }
    }

    void closed() {
        closing = true;
        lingering.ifPresent(Lingering::over);
        lingering = Optional.empty();
        unfinished.close();
        guest.close();
    }
}
