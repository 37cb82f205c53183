package io.delos.stomp;

import io.delos.config.Check;
import io.delos.config.Setting;
import io.delos.config.Unit;

/** What an acceptor's URL says about STOMP. */
public record StompOptions(
    @Setting(name = "stompConsumerWindowSize", alias = "stompConsumerCredits", value = "10240", unit = Unit.BYTES,
        text = "bytes a subscription with acknowledgements may have in its hands; 0 one message, -1 any number") int consumerWindowSize,
    @Setting(name = "stompMinLargeMessageSize", alias = "stomp-min-large-message-size", value = "102400", unit = Unit.BYTES,
        text = "the headers of a frame must be smaller than this, and longer bodies may go to the disk as they come; -1 for never") int minLargeMessageSize,
    @Setting(name = "stompEnableMessageId", alias = "stomp-enable-message-id", value = "false",
        text = "gives each message a header amqMessageId") boolean enableMessageId,
    @Setting(name = "disableStompServerHeader", value = "false", text = "leaves out the header server of CONNECTED")
    boolean disableServerHeader,
    @Setting(name = "stompMaxBodySize", value = "2147483647", check = Check.POSITIVE_INT, unit = Unit.BYTES,
        text = "a frame with a larger body ends its connection") int maxBodySize) {

    private static final int USUAL_HEADERS = 102400;

    /** How long a body may be, in bytes, if {@code inMemory} is what the memory takes of one. */
    int largestBody(long inMemory) {
        return minLargeMessageSize < 0 ? (int) Math.min(maxBodySize, inMemory) : maxBodySize;
    }

    /** Bodies longer than this go to the disk as they come, in bytes, if those up to {@code inline} need not. */
    int largeFrom(long inline) {
        return minLargeMessageSize < 0 ? Integer.MAX_VALUE : (int) Math.max(minLargeMessageSize, inline);
    }

    /** How long the headers of a frame may be, in bytes. */
    int maxHeaderBytes() {
        return minLargeMessageSize > 0 ? minLargeMessageSize : USUAL_HEADERS;
    }
}
