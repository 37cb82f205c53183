package io.delos.amqp;

import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.FrameBody;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.apache.qpid.proton.codec.ReadableBuffer;
import org.apache.qpid.proton.engine.impl.TransportImpl;

/**
 * Proton's transport, with a last look at each frame that goes out; owned by the connection's loop. Dispositions that say the same of
 * consecutive deliveries become one, and flows that were asked for go out behind what was to be sent before.
 */
final class Outbox extends TransportImpl {

    private static final ByteBuffer NOWHERE = ByteBuffer.allocate(0);
    /** So many bytes go to the socket together. */
    private static final int ENOUGH = 64 << 10;

    private final Books books;
    private final LoopCodec codec = LoopCodec.get();
    /** The disposition that may still grow, while {@link #held} is true. */
    private final Disposition range = new Disposition();
    private final List<Echo> echoes = new ArrayList<>(0);
    private final Runnable proton = this::askProton;
    private boolean writing;
    private boolean last;
    private boolean held;
    private int heldChannel;

    private record Echo(Books.OfSession session, Supplier<Flow> state) { }

    Outbox(Books books) {
        this.books = books;
        codec.lend(this);
    }

    /** Tells the peer where a session stands. */
    void echo(Books.OfSession session) {
        echoes.add(new Echo(session, () -> Books.state(session)));
    }

    /** Tells the peer where a link stands. */
    void echo(Books.OfLink link) {
        echoes.add(new Echo(link.session, () -> Books.state(link)));
    }

    /**
     * Encodes what there is to say, or a good piece of it; {@link #writeTo} has to follow. True when there is more, and room for it is to be seen
     * to first.
     */
    boolean encode() {
        return encode(proton);
    }

    private void askProton() {
        last = super.writeInto(NOWHERE);
    }

    /** @param source says frames, and is asked until it says none */
    boolean encode(Runnable source) {
        assert codec == LoopCodec.get() : "not the loop that the connection was made on";
        writing = true;
        try {
            int before;
            do {
                // of each delivery one frame, or two, at a time
                before = codec.waiting();
                source.run();
            } while (!last && codec.waiting() > before && codec.waiting() < ENOUGH);
            boolean more = !last && codec.waiting() > before;
            release();
            if (!last && !echoes.isEmpty()) {
                echoes.forEach(this::write);
                echoes.clear();
            }
            writing = false;
            return more;
        } finally {
            if (writing) {
                writing = false;
                codec.discard();
            }
        }
    }

    /** Writes what was encoded. Returns how many bytes it was. */
    int writeTo(Channel channel) {
        return codec.writeTo(channel);
    }

    /** Whether nothing will ever follow. */
    boolean last() {
        return last;
    }

    private void write(Echo echo) {
        if (echo.session.localChannel >= 0 && !echo.session.discarding) {
            Flow flow = echo.state.get();
            super.writeFrame(echo.session.localChannel, flow, null, null);
        }
    }

    @Override
    protected void writeFrame(int channel, FrameBody body, ReadableBuffer payload, Runnable tooLarge) {
        if (!writing) {
            throw new IllegalStateException("a frame at the wrong time: " + body);
        }
        if (body instanceof Disposition) {
            Disposition next = (Disposition) body;
            boolean dropped = next.getRole() == Role.RECEIVER && next.getSettled() && next.getState() == null;
            if (dropped) {
                // what was aborted, or came for a link that has ended: the peer knows
                return;
            }
            if (!held || !joins(next, channel)) {
                release();
                hold(next, channel);
            }
        } else {
            release();
            Optional<Reattachment> reattachment = books.sending(channel, body, payload != null && payload.hasRemaining());
            if (payload instanceof PiecePayload) {
                enclose(channel, body, (PiecePayload) payload, tooLarge);
            } else {
                super.writeFrame(channel, body, payload, tooLarge);
            }
            books.sent(channel, body);
            if (reattachment.isPresent() && body instanceof Transfer) {
                reattachment.get().gone((Transfer) body);
            }
        }
    }

    /** Writes a transfer as Proton does, but for the payload, which goes from where it lies to the socket. */
    private void enclose(int channel, FrameBody transfer, PiecePayload payload, Runnable tooLarge) {
        int mark = codec.mark();
        super.writeFrame(channel, transfer, null, null);
        if (payload.remaining() > room(mark)) {
            tooLarge.run();
            codec.rewind(mark);
            super.writeFrame(channel, transfer, null, null);
        }
        int size = Math.min(payload.remaining(), room(mark));
        codec.enclose(mark, new LoopCodec.Enclosure(payload.take(size), size, payload.piece()::release));
    }

    private int room(int mark) {
        long most = Math.min(Integer.toUnsignedLong(getRemoteMaxFrameSize()), getOutboundFrameSizeLimit());
        return (int) most - (codec.mark() - mark);
    }

    private boolean joins(Disposition next, int channel) {
        boolean same = channel == heldChannel && next.getRole() == range.getRole() && next.getSettled() == range.getSettled()
                && same(next.getState(), range.getState()) && next.getFirst().equals(range.getLast().add(UnsignedInteger.ONE));
        if (same) {
            range.setLast(next.getLast());
        }
        return same;
    }

    private static boolean same(DeliveryState one, DeliveryState other) {
        if (one instanceof TransactionalState && other instanceof TransactionalState) {
            TransactionalState first = (TransactionalState) one;
            TransactionalState second = (TransactionalState) other;
            return first.getTxnId().equals(second.getTxnId()) && first.getOutcome() == second.getOutcome();
        }
        return one == other;
    }

    private void hold(Disposition first, int channel) {
        held = true;
        heldChannel = channel;
        range.setRole(first.getRole());
        range.setFirst(first.getFirst());
        range.setLast(first.getLast());
        range.setSettled(first.getSettled());
        range.setState(first.getState());
        range.setBatchable(first.getBatchable());
    }

    private void release() {
        if (held) {
            held = false;
            super.writeFrame(heldChannel, range, null, null);
        }
    }
}
