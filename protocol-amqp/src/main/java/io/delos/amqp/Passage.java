package io.delos.amqp;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.apache.qpid.proton.framing.TransportFrame;

/**
 * The way of a transfer that brings more of a large message: what it carries goes where the message's body goes, as it comes and before the
 * frame is whole; Proton, which would keep it, hears of the transfer when it has come. Owned by the connection's loop.
 */
final class Passage {

    private final Engine engine;
    /** The transfer that is coming, if it is as it should be, and whose message it brings more of. */
    private Optional<TransportFrame> transfer = Optional.empty();
    private Optional<ReceiverLink> link = Optional.empty();
    private int left;

    Passage(Engine engine) {
        this.engine = engine;
    }

    /** Takes such a transfer in, or what there is of it; whether there was any. Without, what comes is a frame like others. */
    boolean take(ByteBuf in) {
        if (left == 0 && !begin(in)) {
            return false;
        }
        int part = Math.min(left, in.readableBytes());
        link.ifPresent(to -> to.arrived(in.nioBuffer(in.readerIndex(), part)));
        in.skipBytes(part);
        left -= part;
        if (left == 0) {
            transfer.ifPresent(engine::pass);
        }
        return true;
    }

    /** Whether the rest of one is to come. */
    boolean busy() {
        return left > 0;
    }

    private boolean begin(ByteBuf in) {
        int head = engine.streams() ? AmqpCodec.transferHead(in) : -1;
        if (head < 0) {
            return false;
        }
        TransportFrame frame = AmqpCodec.readHead(in, head);
        link = engine.streamOf(frame);
        if (link.isEmpty()) {
            return false;
        }
        left = in.getInt(in.readerIndex()) - head;
        in.skipBytes(head);
        transfer = engine.admit(frame) ? Optional.of(frame) : Optional.empty();
        link = transfer.isPresent() ? link : Optional.empty();
        return true;
    }
}
