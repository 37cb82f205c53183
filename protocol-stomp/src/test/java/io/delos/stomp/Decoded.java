package io.delos.stomp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A codec with somebody behind it who writes down what comes. */
final class Decoded implements AutoCloseable {

    static final int MAX_HEADERS = 8000;
    static final int MAX_BODY = 300_000;

    private final StompCodec codec = new StompCodec(Optional.empty(), MAX_HEADERS, MAX_BODY);
    private final List<Seen> seen = new ArrayList<>();
    private String holdAfter = "";
    private final ByteArrayOutputStream large = new ByteArrayOutputStream();
    private Headers begun = new Headers();
    private final EmbeddedChannel channel;

    /** A frame, or with its message for the command what the codec didn't understand. */
    record Seen(String command, List<String> headers, String body) { }

    Decoded(Version version) {
        this(version, Integer.MAX_VALUE);
    }

    /** With bodies longer than this passed on as they come; they are seen when they are whole. */
    Decoded(Version version, int largeFrom) {
        codec.speak(version, MAX_BODY, largeFrom);
        channel = new EmbeddedChannel(codec, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof Inbound.Frame frame) {
                    seen.add(new Seen(frame.command().name(), headers(frame.headers()), frame.body().toString(StandardCharsets.UTF_8)));
                    frame.body().release();
                    if (frame.command().name().equals(holdAfter)) {
                        codec.hold();
                    }
                } else if (message instanceof Inbound.LargeBegin begin) {
                    begun = begin.headers();
                    large.reset();
                } else if (message instanceof Inbound.Piece piece) {
                    large.writeBytes(ByteBufUtil.getBytes(piece.bytes()));
                    piece.bytes().release();
                } else if (message instanceof Inbound.LargeEnd) {
                    seen.add(new Seen("SEND", headers(begun), large.toString(StandardCharsets.UTF_8)));
                } else {
                    seen.add(new Seen(((Inbound.Broken) message).why().getMessage(), List.of(), ""));
                }
            }
        });
    }

    private static List<String> headers(Headers headers) {
        List<String> lines = new ArrayList<>();
        for (Headers.Cursor cursor = headers.cursor(); cursor.next();) {
            if (!cursor.name().equals("content-length")) {
                lines.add(cursor.name() + ":" + cursor.text());
            }
        }
        return lines;
    }

    void holdAfter(String command) {
        holdAfter = command;
    }

    void release() {
        codec.release();
    }

    void feed(byte[] bytes) {
        feed(bytes, 0, bytes.length);
    }

    /** As a direct buffer, like one from a socket. */
    void feed(byte[] bytes, int from, int to) {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(to - from);
        buffer.writeBytes(bytes, from, to - from);
        channel.writeInbound(buffer);
    }

    List<Seen> seen() {
        return List.copyOf(seen);
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
    }
}
