package io.delos.openwire;

import io.delos.spi.Connection;
import io.delos.spi.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Optional;
import java.util.Set;

/** OpenWire on one acceptor. */
final class OpenWireProtocol implements Protocol {

    static final String NAME = "OPENWIRE";

    private final OpenWireOptions options;
    private final VirtualTopics virtualTopics;
    private final Advisories advisories;
    private final Neighbours neighbours;

    OpenWireProtocol(OpenWireOptions options, VirtualTopics virtualTopics, Advisories advisories) {
        this.options = options;
        this.virtualTopics = virtualTopics;
        this.advisories = advisories;
        this.neighbours = new Neighbours(options);
    }

    OpenWireOptions options() {
        return options;
    }

    VirtualTopics virtualTopics() {
        return virtualTopics;
    }

    /** What all acceptors know of temporary destinations, and who wants to hear of them. */
    Advisories advisories() {
        return advisories;
    }

    /** Of which brokers clients are told. */
    Neighbours neighbours() {
        return neighbours;
    }

    @Override
    public String name() {
        return NAME;
    }

    /** Behind the length: the type of the first command and the beginning of its magic. */
    @Override
    public boolean recognises(ByteBuf firstEight) {
        int at = firstEight.readerIndex() + Integer.BYTES;
        return firstEight.getByte(at) == Types.WIRE_FORMAT_INFO && firstEight.getByte(at + 1) == 'A' && firstEight.getByte(at + 2) == 'c'
                && firstEight.getByte(at + 3) == 't';
    }

    @Override
    public Set<String> webSocketNames() {
        return Set.of();
    }

    @Override
    public void attach(Channel channel, Connection connection) {
        FrameDecoder frames = new FrameDecoder(Optional.of(connection.unfinished()));
        OpenWireHandler handler = new OpenWireHandler(this, channel, connection, frames);
        channel.pipeline().addLast(frames, handler);
        handler.greet();
    }
}
