package io.delos.amqp;

import io.delos.broker.Credentials;
import io.delos.broker.Reply;
import io.delos.spi.Connection;
import io.delos.spi.FrameCutter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A connection's bytes; owned by the channel's loop. It greets, has the peer log in, and hands frames to the {@link Engine}. The phases:
 * <pre>
 *   HEADER ──SASL header──► SASL ──init, login──► AMQP_HEADER ──header──► FRAMES
 *      └──plain header, anonymous login──────────────────────────────────►┘
 *   any ──refusal or damage──► DEAF
 * </pre>
 * While a login is under way nothing is read, neither from the socket nor from what has arrived.
 */
final class AmqpHandler extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LogManager.getLogger(AmqpHandler.class);
    private static final long PLAIN_HEADER = 0x414d_5150_0001_0000L;
    private static final long SASL_HEADER = 0x414d_5150_0301_0000L;
    private static final int PROTOCOL_ID_SHIFT = 24;
    private static final int MAX_SASL_FRAME = 16 * 1024;
    /** How long a refused client may take to leave, in milliseconds. */
    private static final long REFUSED_LINGER = 10_000;

    private final Channel channel;
    private final Connection connection;
    private final AmqpSasl sasl;
    private final SaslDialog dialog;
    private final int maxFrameSize;
    private final Engine engine;
    private final Passage passage;
    private final AmqpConnection amqp;
    private ByteBuf received = Unpooled.EMPTY_BUFFER;
    private Phase phase = Phase.HEADER;
    private int holds;
    private boolean reading;
    private int counted;

    private enum Phase { HEADER, SASL, AMQP_HEADER, FRAMES, DEAF }

    AmqpHandler(Channel channel, Connection connection, AmqpProtocol.Terms terms) {
        this.channel = channel;
        this.connection = connection;
        this.sasl = terms.sasl();
        this.dialog = new SaslDialog(this, connection, sasl);
        this.maxFrameSize = terms.options().frames().maxFrameSize();
        this.engine = new Engine(channel, connection, terms.options().frames());
        this.passage = new Passage(engine);
        this.amqp = new AmqpConnection(this, connection, engine, terms);
        engine.events(amqp);
        connection.onShutdown(amqp::shutdown);
        connection.onRefusal(amqp::refused);
        connection.timeToLive(amqp.idleTimeout(), amqp::idle);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (phase == Phase.DEAF) {
            ((ByteBuf) message).release();
            return;
        }
        ByteBuf more = (ByteBuf) message;
        FrameCutter.reuse(received, more);
        received = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), received, more);
        read();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        amqp.endOfBurst();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            engine.flush();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        enter(Phase.DEAF);
        amqp.disconnected();
        forgetReceived();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
        if (connection.endedBy(thrown)) {
            return;
        }
        if (thrown instanceof DecoderException) {
            LOG.warn("Closing the AMQP connection from {}: {}", connection.remoteAddress(), thrown.getMessage());
        } else {
            LOG.error("The AMQP connection from {} failed and is closed", connection.remoteAddress(), thrown);
        }
        connection.close();
    }

    private void read() {
        if (reading) {
            return;
        }
        reading = true;
        try {
            while (holds == 0 && step()) {
                // as much as there is
            }
        } catch (FrameException damaged) {
            LOG.warn("Closing the AMQP connection from {}: {}", connection.remoteAddress(), damaged.getMessage());
            damaged(damaged);
        } finally {
            reading = false;
        }
        if (phase == Phase.DEAF || !received.isReadable()) {
            forgetReceived();
        } else if (received.capacity() >= 2 * received.readableBytes() && connection.unfinished().tight(received.capacity())) {
            ByteBuf fit = channel.alloc().buffer(received.readableBytes()).writeBytes(received);
            received.release();
            received = fit;
        }
        count();
    }

    private void damaged(FrameException damage) {
        if (phase == Phase.SASL) {
            // nothing can be found behind it
            saslEnds(AmqpSasl.SYS, AmqpSasl.NOTHING);
            channel.flush();
            connection.close();
            return;
        }
        enter(Phase.DEAF);
        engine.fail(damage.condition(), damage.getMessage());
    }

    private void forgetReceived() {
        received.release();
        received = Unpooled.EMPTY_BUFFER;
        count();
    }

    private void count() {
        int now = received.capacity();
        connection.unfinished().add(now - counted);
        counted = now;
    }

    /** One header or frame; false when it isn't all there. */
    private boolean step() {
        switch (phase) {
            case HEADER: case AMQP_HEADER: return header();
            case SASL: return saslFrame();
            case FRAMES: return frame();
            default: return false;
        }
    }

    private boolean header() {
        if (received.readableBytes() < Long.BYTES) {
            return false;
        }
        long header = received.readLong();
        if (phase == Phase.AMQP_HEADER && header == PLAIN_HEADER) {
            enter(Phase.FRAMES);
        } else if (phase == Phase.HEADER && header == SASL_HEADER) {
            enter(Phase.SASL);
            byte[] mechanisms = sasl.mechanisms();
            channel.writeAndFlush(channel.alloc().ioBuffer(Long.BYTES + mechanisms.length).writeLong(SASL_HEADER).writeBytes(mechanisms));
        } else if (phase == Phase.HEADER && header == PLAIN_HEADER) {
            login(sasl.nobody(connection), () -> enter(Phase.FRAMES), () -> demand(SASL_HEADER));
        } else if (phase == Phase.AMQP_HEADER) {
            LOG.warn("Closing the AMQP connection from {}: behind SASL it sent a header of something else", connection.remoteAddress());
            enter(Phase.DEAF);
            connection.close();
        } else {
            // another version of the same, or another protocol: what is always spoken comes first
            boolean plain = (header >>> PROTOCOL_ID_SHIFT & 0xff) == 0;
            demand(plain ? PLAIN_HEADER : SASL_HEADER);
        }
        return true;
    }

    /** A peer that would be nobody where nobody may enter, or speaks another version, is shown how to begin. */
    private void demand(long header) {
        enter(Phase.DEAF);
        write(header);
        connection.close();
    }

    private boolean saslFrame() {
        int size = AmqpCodec.frameSize(received, MAX_SASL_FRAME);
        if (size < 0) {
            return false;
        }
        byte[] frame = new byte[size];
        received.readBytes(frame);
        dialog.frame(frame);
        return true;
    }

    /** Says something of the SASL layer. */
    void say(byte[] saslFrame) {
        channel.writeAndFlush(Unpooled.wrappedBuffer(saslFrame));
    }

    /** The SASL layer has come to its end; a peer that isn't let in may leave by itself. */
    void saslEnds(int code, byte[] additional) {
        channel.write(Unpooled.wrappedBuffer(AmqpSasl.outcome(code, additional)));
        if (code == AmqpSasl.OK) {
            enter(Phase.AMQP_HEADER);
        } else {
            enter(Phase.DEAF);
            connection.timeToLive(REFUSED_LINGER, () -> { });
        }
        engine.greet();
    }

    private boolean frame() {
        if (passage.busy()) {
            return received.isReadable() && passage.take(received);
        }
        int size = AmqpCodec.frameSize(received, maxFrameSize);
        if (passage.take(received)) {
            return true;
        }
        if (size < 0) {
            return false;
        }
        AmqpCodec.read(received, size).ifPresent(engine::receive);
        return true;
    }

    private void write(long header) {
        channel.writeAndFlush(channel.alloc().ioBuffer(Long.BYTES).writeLong(header));
    }

    /** Logs in, reading nothing until that is decided. */
    void login(Credentials credentials, Runnable accepted, Runnable refused) {
        hold();
        connection.client().login(credentials, Reply.of(done -> {
            accepted.run();
            goOn();
        }, refusal -> {
            refused.run();
            goOn();
        }));
    }

    /** Stops reading until {@link #goOn} was called as often as this. */
    void hold() {
        holds++;
        connection.pauseReading(true);
    }

    /** Reads on, first what had arrived. */
    void goOn() {
        holds--;
        connection.pauseReading(false);
        if (holds == 0) {
            read();
            amqp.endOfBurst();
        }
    }

    /** Hears nothing more. */
    void deafen() {
        enter(Phase.DEAF);
    }

    private void enter(Phase next) {
        if (phase != Phase.DEAF) {
            phase = next;
            if (next == Phase.FRAMES) {
                engine.greet();
            }
        }
    }
}
