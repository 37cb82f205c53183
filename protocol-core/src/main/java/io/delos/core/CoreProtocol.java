package io.delos.core;

import io.delos.spi.Connection;
import io.delos.spi.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Optional;
import java.util.Set;

/** CORE on one acceptor. */
final class CoreProtocol implements Protocol {
    static final String NAME = "CORE";

    private final CoreOptions options;
    private final Prefixes prefixes;
    private final Resumable resumable;

    CoreProtocol(CoreOptions options, Resumable resumable) {
        this.options = options;
        this.prefixes = Prefixes.of(options);
        this.resumable = resumable;
    }

    CoreOptions options() {
        return options;
    }

    Prefixes prefixes() {
        return prefixes;
    }

    /** The sessions that may go on over another connection, whichever acceptor they came by. */
    Resumable resumable() {
        return resumable;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean recognises(ByteBuf firstEight) {
        int start = firstEight.readerIndex();
        for (int i = 0; i < CoreCodec.PREAMBLE.length(); i++) {
            if (firstEight.getByte(start + i) != CoreCodec.PREAMBLE.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Set<String> webSocketNames() {
        return Set.of();
    }

    @Override
    public void attach(Channel channel, Connection connection) {
        FrameDecoder frames = new FrameDecoder(Optional.of(connection.unfinished()), FrameDecoder.UNTIL_LOGIN, true);
        channel.pipeline().addLast(frames, new CoreHandler(channel, connection, frames, this));
    }
}
