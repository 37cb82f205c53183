package io.delos.config;

import java.util.List;

/** The parameters of an acceptor's URL that concern its sockets (acceptor document, section 1), protocols' own apart. */
public record TransportOptions(Socket socket, Limits limits, WebSocket webSocket, Naming naming) {

    /** The sockets themselves. */
    public record Socket(
        @Setting(name = "tcpNoDelay", value = "true", text = "sends small packets at once") boolean tcpNoDelay,
        @Setting(name = "tcpSendBufferSize", value = "1048576", unit = Unit.BYTES, text = "socket buffer; -1 leaves it to the system")
        int tcpSendBufferSize,
        @Setting(name = "tcpReceiveBufferSize", value = "1048576", unit = Unit.BYTES, text = "socket buffer; -1 leaves it to the system")
        int tcpReceiveBufferSize,
        @Setting(name = "writeBufferLowWaterMark", value = "32768", unit = Unit.BYTES, text = "below it the socket is writable again")
        int writeBufferLowWaterMark,
        @Setting(name = "writeBufferHighWaterMark", value = "131072", unit = Unit.BYTES, text = "above it the socket is unwritable")
        int writeBufferHighWaterMark,
        @Setting(name = "backlog", value = "-1", text = "connections that may wait to be accepted; -1 leaves it to the system") int backlog,
        @Setting(name = "useEpoll", value = "true", text = "uses Linux's own mechanism when it can be loaded") boolean useEpoll,
        @Setting(name = "proxyProtocolEnabled", value = "false", text = "expects a PROXY header first") boolean proxyProtocolEnabled) {
    }

    /** How many, how long. */
    public record Limits(
        @Setting(name = "connectionsAllowed", value = "-1", text = "connections at once; -1 any number") long connectionsAllowed,
        @Setting(name = "handshake-timeout", value = "10", unit = Unit.SECONDS,
            text = "time for a client to send something that is recognised; 0 or less: no limit") int handshakeTimeout,
        @Setting(name = "connectionTtl", value = "-1", unit = Unit.MILLISECONDS, text = "time without a sign of life; -1 not set here")
        long connectionTtl,
        @Setting(name = "connectionTtlMin", value = "1000", unit = Unit.MILLISECONDS, text = "lowest that a heart-beat may ask for")
        long connectionTtlMin,
        @Setting(name = "connectionTtlMax", value = "9223372036854775807", unit = Unit.MILLISECONDS,
            text = "highest that a heart-beat may ask for") long connectionTtlMax,
        @Setting(name = "heartBeatToConnectionTtlModifier", value = "2.0", text = "heart-beat to time to live")
        double heartBeatToConnectionTtlModifier,
        @Setting(name = "quietPeriod", value = "100", unit = Unit.MILLISECONDS, text = "pause at shutdown") long quietPeriod,
        @Setting(name = "shutdownTimeout", value = "3000", unit = Unit.MILLISECONDS, text = "patience at shutdown") long shutdownTimeout) {
    }

    /** WebSocket on the same port. */
    public record WebSocket(
        @Setting(name = "webSocketMaxFramePayloadLength", alias = "stompMaxFramePayloadLength", value = "65536", check = Check.POSITIVE_INT,
            unit = Unit.BYTES, text = "largest frame in either direction") int maxFramePayloadLength,
        @Setting(name = "webSocketEncoderType", value = "BINARY", text = "kind of the frames sent") FrameType encoderType,
        @Setting(name = "webSocketCompressionSupported", value = "false", text = "offers permessage-deflate") boolean compression) {
    }

    /** Kind of WebSocket data frames. */
    public enum FrameType { BINARY, TEXT }

    /** Names that other parts go by. */
    public record Naming(
        @Setting(name = "autoStart", value = "true", text = "listens as soon as the broker is up") boolean autoStart,
        @Setting(name = "anycastPrefix", text = "prefixes that mean ANYCAST and are taken off") List<String> anycastPrefixes,
        @Setting(name = "multicastPrefix", text = "prefixes that mean MULTICAST and are taken off") List<String> multicastPrefixes,
        @Setting(name = "securityDomain", text = "login entry for this acceptor; empty for the broker's") String securityDomain,
        @Setting(name = "router", text = "connection router to ask; empty for none") String router,
        @Setting(name = "clusterConnection", text = "whose topology clients are told; empty for the first") String clusterConnection) {
    }
}
