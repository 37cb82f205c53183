package io.delos.amqp;

import io.delos.spi.Connection;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transport.ConnectionError;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.engine.Collector;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Transport;
import org.apache.qpid.proton.engine.TransportException;
import org.apache.qpid.proton.engine.impl.TransportImpl;
import org.apache.qpid.proton.framing.TransportFrame;

/**
 * Proton's engine, driven by hand; owned by the connection's loop. Frames go in one by one and become events; what the engine has to say
 * is collected and goes to the socket once per burst, while the socket takes it.
 */
final class Engine {

    private static final Logger LOG = LogManager.getLogger(Engine.class);
    private static final int LEAST_BUFFER = 512;
    private static final int MOST_BUFFER = 128 * 1024;
    private static final long MAX_ID = 0xffff_ffffL;
    /** More deliveries settled at once than any consumer can hold is taken for an attack. */
    private static final long MAX_RANGE = 1 << 22;

    private final Channel channel;
    private final Connection connection;
    private final org.apache.qpid.proton.engine.Connection proton = org.apache.qpid.proton.engine.Connection.Factory.create();
    private final Collector collector = Collector.Factory.create();
    private final TransportImpl transport;
    private final Runnable flush = this::flushScheduled;
    private AmqpConnection events;
    private int expected = LEAST_BUFFER;
    private boolean scheduled;
    private boolean dirty;
    private boolean dispatching;
    private boolean ended;
    private long bytesWritten;

    Engine(Channel channel, Connection connection, AmqpOptions.Frames frames) {
        this.channel = channel;
        this.connection = connection;
        this.transport = (TransportImpl) Transport.Factory.create();
        transport.setMaxFrameSize(frames.maxFrameSize());
        transport.setInitialRemoteMaxFrameSize(frames.initialRemoteMaxFrameSize());
        transport.setOutboundFrameSizeLimit(frames.maxFrameSize());
        transport.setEmitFlowEventOnSend(false);
        proton.collect(collector);
        transport.bind(proton);
    }

    void events(AmqpConnection listener) {
        events = listener;
    }

    org.apache.qpid.proton.engine.Connection proton() {
        return proton;
    }

    /** What the peer is told: half of this, in milliseconds; 0 or less for nothing. */
    void idleTimeout(int millis) {
        transport.setIdleTimeout(Math.max(0, millis));
    }

    /** After how long, in milliseconds, the peer wants to hear from us; 0 if it does not care. */
    long remoteIdleTimeout() {
        return transport.getRemoteIdleTimeout();
    }

    /** How many bytes have gone to the channel. */
    long bytesWritten() {
        return bytesWritten;
    }

    /** Sends the AMQP header, the first thing the engine says. */
    void greet() {
        dirty = true;
        flush();
    }

    /** A heartbeat: an empty frame. */
    void beat() {
        if (!ended && channel.isWritable()) {
            channel.writeAndFlush(channel.alloc().ioBuffer(AmqpCodec.HEAD).writeInt(AmqpCodec.HEAD).writeInt(0x0200_0000));
        }
    }

    /** Takes a frame in. What it makes Proton stumble over ends the connection, for only a peer that breaks the protocol can. */
    void receive(TransportFrame frame) {
        dirty = true;
        try {
            if (frame.getBody() instanceof Disposition) {
                settle((Disposition) frame.getBody(), frame.getChannel());
            } else {
                if (frame.getBody() instanceof Flow) {
                    bound((Flow) frame.getBody());
                }
                transport.handleFrame(frame);
            }
        } catch (RuntimeException unfit) {
            LOG.warn("Closing the AMQP connection from {}, which sent a frame that makes no sense here: {}", connection.remoteAddress(), unfit.toString());
            fail("a frame makes no sense here: " + unfit.getMessage());
        }
        dispatch();
    }

    /** Proton counts credit in ints: more of it than they hold is as good as the most they hold. */
    private static void bound(Flow flow) {
        if (flow.getLinkCredit() != null && flow.getLinkCredit().longValue() > Integer.MAX_VALUE) {
            flow.setLinkCredit(UnsignedInteger.valueOf(Integer.MAX_VALUE));
        }
    }

    /**
     * Proton walks a disposition's range id by id and can't pass the highest one: ranges are kept within reason, and one that runs over
     * the end of the ids is cut in two, without that id.
     */
    private void settle(Disposition range, int channelNumber) {
        long first = range.getFirst().longValue();
        long last = range.getLast() == null ? first : range.getLast().longValue();
        if ((last - first & MAX_ID) > MAX_RANGE) {
            throw new IllegalArgumentException("a disposition of the deliveries " + first + " to " + last);
        }
        if (last < first) {
            settle(range, channelNumber, first, MAX_ID - 1);
            settle(range, channelNumber, 0, last);
        } else {
            settle(range, channelNumber, first, Math.min(last, MAX_ID - 1));
        }
    }

    private void settle(Disposition range, int channelNumber, long first, long last) {
        if (first <= last) {
            range.setFirst(UnsignedInteger.valueOf(first));
            range.setLast(UnsignedInteger.valueOf(last));
            transport.handleDisposition(range, null, channelNumber);
        }
    }

    /** Whoever is called for an event may cause others: those wait for its end, and it isn't handled twice. */
    private void dispatch() {
        if (dispatching) {
            return;
        }
        dispatching = true;
        for (Event event = collector.peek(); event != null; event = collector.peek()) {
            try {
                events.handle(event);
            } catch (RuntimeException fault) {
                LOG.error("The AMQP connection from {} failed at {} and is closed", connection.remoteAddress(), event.getType(), fault);
                fail("Unrecoverable error: " + fault);
            } finally {
                collector.pop();
            }
        }
        dispatching = false;
    }

    /** Ends the connection with a framing error. */
    void fail(String sentence) {
        transport.setCondition(new ErrorCondition(ConnectionError.FRAMING_ERROR, sentence));
        transport.closed(new TransportException(sentence));
        changed();
    }

    /** Something was said: it goes out when the loop's turn ends. */
    void changed() {
        dirty = true;
        if (!scheduled) {
            scheduled = true;
            connection.loop().post(flush);
        }
    }

    private void flushScheduled() {
        scheduled = false;
        flush();
    }

    /** Writes what there is to say, as far as the socket takes it. */
    void flush() {
        if (!dirty || ended) {
            return;
        }
        boolean wrote = false;
        boolean last = false;
        while (channel.isWritable() && !last) {
            ByteBuf out = channel.alloc().ioBuffer(expected, MOST_BUFFER);
            ByteBuffer view = out.nioBuffer(0, out.writableBytes());
            last = transport.writeInto(view);
            int written = view.position();
            if (written == 0) {
                out.release();
                dirty = false;
                break;
            }
            expected = view.hasRemaining() ? Math.max(LEAST_BUFFER, written) : Math.min(MOST_BUFFER, written * 2);
            last &= view.hasRemaining();
            bytesWritten += written;
            channel.write(out.writerIndex(written), channel.voidPromise());
            wrote = true;
        }
        if (wrote) {
            channel.flush();
        }
        dispatch();
        if (last) {
            events.said();
        }
    }

    /** Says nothing more. */
    void end() {
        ended = true;
    }

    /** Whether Proton failed the connection, so that no orderly close is to be waited for. */
    boolean failed() {
        return transport.getCondition() != null;
    }
}
