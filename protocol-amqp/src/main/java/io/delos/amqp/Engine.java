package io.delos.amqp;

import io.delos.spi.Connection;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.ConnectionError;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.amqp.transport.Open;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.engine.Collector;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.TransportException;
import org.apache.qpid.proton.framing.TransportFrame;

/**
 * Proton's engine, driven by hand; owned by the connection's loop. Frames go in one by one and become events; what the engine has to say
 * is collected and goes to the socket once per burst, while the socket takes it.
 */
final class Engine {

    private static final Logger LOG = LogManager.getLogger(Engine.class);
    private static final long MAX_ID = 0xffff_ffffL;

    private final Channel channel;
    private final Connection connection;
    private final org.apache.qpid.proton.engine.Connection proton = org.apache.qpid.proton.engine.Connection.Factory.create();
    private final Collector collector = Collector.Factory.create();
    private final Books books = new Books();
    private final FrameRules rules;
    private final Outbox transport = new Outbox(books);
    private final Runnable flush = this::flushScheduled;
    private AmqpConnection events;
    private boolean scheduled;
    private boolean dirty;
    private int streams;
    private boolean writing;
    private boolean dispatching;
    private boolean ended;
    private long bytesWritten;
    private List<Runnable> awaitingRoom = new ArrayList<>(0);

    Engine(Channel channel, Connection connection, AmqpOptions.Frames frames) {
        this.channel = channel;
        this.connection = connection;
        this.rules = new FrameRules(books, frames.channelMax());
        transport.setChannelMax(frames.channelMax());
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

    /** What peers must keep to. */
    FrameRules rules() {
        return rules;
    }

    /** Takes a frame in, if it is as it should be. */
    void receive(TransportFrame frame) {
        if (admit(frame)) {
            if (frame.getBody() instanceof Flow && ((Flow) frame.getBody()).getProperties() != null) {
                acquire((Flow) frame.getBody(), frame.getChannel());
            }
            pass(frame);
        }
    }

    /** Whether a frame is as it should be, so that it is to be {@linkplain #pass passed on}; otherwise what has to follow does. */
    boolean admit(TransportFrame frame) {
        dirty = true;
        Verdict verdict = rules.judge(frame);
        if (verdict != Verdict.FINE) {
            events.judged(verdict, frame);
        }
        return verdict == Verdict.FINE;
    }

    /** One link more, or fewer, is in the middle of a message that goes to the disk as it comes. */
    void streams(int more) {
        streams += more;
    }

    /** Whether there is any such link. */
    boolean streams() {
        return streams > 0;
    }

    /** The link of that sort that a transfer is for. */
    Optional<ReceiverLink> streamOf(TransportFrame transfer) {
        return books.session(transfer.getChannel()).map(session -> session.attached.get(((Transfer) transfer.getBody()).getHandle()))
                .flatMap(link -> link.link).map(Link::getContext).filter(ReceiverLink.class::isInstance).map(ReceiverLink.class::cast)
                .filter(ReceiverLink::streams);
    }

    /** Gives a frame to Proton. What it stumbles over ends the connection, for only a peer that breaks the protocol can make it. */
    void pass(TransportFrame frame) {
        try {
            if (frame.getBody() instanceof Disposition) {
                settle((Disposition) frame.getBody(), frame.getChannel());
            } else {
                bound(frame.getBody());
                transport.handleFrame(frame);
            }
        } catch (RuntimeException unfit) {
            LOG.warn("Closing the AMQP connection from {}, which sent a frame that makes no sense here: {}", connection.remoteAddress(), unfit.toString());
            fail(ConnectionError.FRAMING_ERROR, "a frame makes no sense here: " + unfit.getMessage());
        }
        dispatch();
        if (frame.getBody() instanceof Flow && ((Flow) frame.getBody()).getEcho()) {
            echo((Flow) frame.getBody(), frame.getChannel());
        }
    }

    /** Proton does not pass on what a flow says of transactions. */
    private void acquire(Flow flow, int channelNumber) {
        books.session(channelNumber).map(session -> session.attached.get(flow.getHandle())).flatMap(link -> link.link)
                .ifPresent(link -> events.acquire(link, flow.getProperties()));
    }

    private void echo(Flow flow, int channelNumber) {
        Optional<Books.OfSession> session = books.session(channelNumber);
        if (session.isPresent() && flow.getHandle() == null) {
            transport.echo(session.get());
        } else if (session.isPresent()) {
            Optional.ofNullable(session.get().attached.get(flow.getHandle())).flatMap(link -> link.link).ifPresent(events::echo);
        }
    }

    /** What is known of a link that its peer holds something unsettled of; empty if the peer hasn't said so, which it does by an empty map, too. */
    Optional<Reattachment> reattachment(Link link) {
        return books.of(link).flatMap(book -> book.reattachment);
    }

    /** The largest frame that is sent, in bytes: as the peer takes it, and not more than it may send itself. */
    int largestFrame() {
        long peers = Integer.toUnsignedLong(transport.getRemoteMaxFrameSize());
        return (int) Math.min(peers, transport.getMaxFrameSize());
    }

    /** Tells the peer where a link stands, behind everything that is to be said before. */
    void echo(Link link) {
        books.of(link).ifPresent(transport::echo);
        changed();
    }

    /** Proton counts credit in ints: more of it than they hold is as good as the most they hold. And every peer takes frames of 512 bytes. */
    private static void bound(FrameBody body) {
        if (body instanceof Flow) {
            Flow flow = (Flow) body;
            if (flow.getLinkCredit() != null && flow.getLinkCredit().longValue() > Integer.MAX_VALUE) {
                flow.setLinkCredit(UnsignedInteger.valueOf(Integer.MAX_VALUE));
            }
        } else if (body instanceof Open) {
            Open open = (Open) body;
            if (open.getMaxFrameSize().longValue() < AmqpOptions.Frames.LEAST_FRAME_SIZE) {
                open.setMaxFrameSize(UnsignedInteger.valueOf(AmqpOptions.Frames.LEAST_FRAME_SIZE));
            }
        }
    }

    /**
     * Proton walks a disposition's range id by id and can't pass the highest one: one that runs over the end of the ids is cut in two, and that id's
     * delivery told apart.
     */
    private void settle(Disposition range, int channelNumber) {
        long first = range.getFirst().longValue();
        long last = range.getLast() == null ? first : range.getLast().longValue();
        if (last < first) {
            settle(range, channelNumber, first, MAX_ID - 1);
            settleHighest(range, channelNumber);
            settle(range, channelNumber, 0, last);
        } else {
            settle(range, channelNumber, first, Math.min(last, MAX_ID - 1));
            if (last == MAX_ID) {
                settleHighest(range, channelNumber);
            }
        }
    }

    private void settleHighest(Disposition range, int channelNumber) {
        dispatch();
        books.session(channelNumber).flatMap(session -> session.highest(range.getRole(), range.getSettled()))
                .ifPresent(delivery -> events.told(HighestDelivery.said(delivery, range.getState(), range.getSettled())));
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
                fail(AmqpError.INTERNAL_ERROR, "Unrecoverable error: " + fault);
            } finally {
                collector.pop();
            }
        }
        dispatching = false;
    }

    /** Ends the connection at once: nothing the peer says can be heard any more. */
    void fail(Symbol condition, String sentence) {
        transport.setCondition(new ErrorCondition(condition, sentence));
        transport.closed(new TransportException(sentence));
        changed();
    }

    /** Something was said: it goes out when the loop's turn ends. */
    void changed() {
        dirty = true;
        if (!scheduled && !writing) {
            scheduled = true;
            connection.loop().post(flush);
        }
    }

    private void flushScheduled() {
        scheduled = false;
        flush();
    }

    /** Runs a task, once, when something may have been written, or can be again. */
    void whenWritten(Runnable task) {
        awaitingRoom.add(task);
    }

    /** Writes what there is to say, as far as the socket takes it. */
    void flush() {
        if (dirty && !ended) {
            write();
        }
        resume();
    }

    private void resume() {
        if (!awaitingRoom.isEmpty() && !ended) {
            List<Runnable> tasks = awaitingRoom;
            awaitingRoom = new ArrayList<>(1);
            tasks.forEach(Runnable::run);
        }
    }

    private void write() {
        long before = bytesWritten;
        writing = true;
        try {
            while (dirty && channel.isWritable()) {
                dirty = transport.encode();
                bytesWritten += transport.writeTo(channel);
                if (!dirty) {
                    resume();
                }
            }
        } finally {
            writing = false;
        }
        if (bytesWritten > before) {
            channel.flush();
        }
        dispatch();
        if (transport.last()) {
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
