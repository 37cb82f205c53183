package io.delos.amqp;

import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.transport.AmqpError;
import org.apache.qpid.proton.amqp.transport.ConnectionError;

/** Bytes that are no frame, or not one that can be read: nothing behind them can be found, so the connection ends with this condition. */
final class FrameException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Symbol condition;

    private FrameException(Symbol condition, String sentence) {
        super(sentence);
        this.condition = condition;
    }

    /** A header or frame header that can't be. */
    static FrameException framing(String sentence) {
        return new FrameException(ConnectionError.FRAMING_ERROR, sentence);
    }

    /** A frame whose body can't be read. */
    static FrameException decoding(String sentence) {
        return new FrameException(AmqpError.DECODE_ERROR, sentence);
    }

    Symbol condition() {
        return condition;
    }
}
