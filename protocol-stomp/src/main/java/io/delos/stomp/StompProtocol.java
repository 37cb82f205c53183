package io.delos.stomp;

import io.delos.config.TransportOptions;
import io.delos.spi.Connection;
import io.delos.spi.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** STOMP on one acceptor. */
final class StompProtocol implements Protocol {

    static final String NAME = "STOMP";

    private static final String[] BEGINNINGS = {"CONNECT", "STOMP"};
    private static final Set<String> WEB_SOCKET_NAMES = new LinkedHashSet<>(List.of("v10.stomp", "v11.stomp", "v12.stomp"));
    /** The body of a frame before anybody has logged in: CONNECT has none. */
    private static final int BODY_BEFORE_LOGIN = 1024;

    private final StompOptions options;
    private final TransportOptions transport;
    private final Destinations destinations;

    StompProtocol(StompOptions options, TransportOptions transport) {
        this.options = options;
        this.transport = transport;
        this.destinations = new Destinations(transport.naming().anycastPrefixes(), transport.naming().multicastPrefixes());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean recognises(ByteBuf firstEight) {
        for (String beginning : BEGINNINGS) {
            if (beginsWith(firstEight, beginning)) {
                return true;
            }
        }
        return false;
    }

    private static boolean beginsWith(ByteBuf bytes, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Set<String> webSocketNames() {
        return WEB_SOCKET_NAMES;
    }

    @Override
    public void attach(Channel channel, Connection connection) {
        StompCodec codec = new StompCodec(Optional.of(connection.unfinished()), options.maxHeaderBytes(), BODY_BEFORE_LOGIN);
        channel.pipeline().addLast(codec, new StompHandler(connection, codec, this));
    }

    StompOptions options() {
        return options;
    }

    Destinations destinations() {
        return destinations;
    }

    /** The limits for heart-beats; {@code override} is the broker's own setting. */
    HeartBeat.Limits heartBeats(long override) {
        TransportOptions.Limits limits = transport.limits();
        long silence = limits.connectionTtl() > 0 ? limits.connectionTtl() : override > 0 ? override : HeartBeat.USUAL_SILENCE;
        return new HeartBeat.Limits(silence, limits.connectionTtlMin(), limits.connectionTtlMax(), limits.heartBeatToConnectionTtlModifier());
    }

    String securityDomain() {
        return transport.naming().securityDomain();
    }
}
