package io.delos.spi;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Set;

/** One protocol on one acceptor. Stateless between connections; called on the connections' loops. */
public interface Protocol {

    /** As {@code broker.xml} spells it: {@code AMQP}. */
    String name();

    /** Whether a connection that starts with these eight bytes (reader index to reader index + 8; do not move it) speaks this protocol. */
    boolean recognises(ByteBuf firstEight);

    /** WebSocket subprotocol names; empty for none. */
    Set<String> webSocketNames();

    /** Whether it may come and go in WebSocket's frames for text; otherwise one of those ends the connection, and none is sent. */
    default boolean takesText() {
        return true;
    }

    /**
     * Takes over: adds its codec and one handler at the end of the pipeline. The first bytes are replayed afterwards and still hold what
     * {@link #recognises} saw. Called once, on the channel's loop.
     */
    void attach(Channel channel, Connection connection);
}
