package io.delos.stomp;

import io.delos.broker.Unfinished;
import io.delos.spi.FrameCutter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.util.List;
import java.util.Optional;

/**
 * Owned by the channel's loop: cuts the stream into frames. Headers are unescaped straight into the run they are stored as; a body is a
 * slice of what was read, which whoever takes the frame must release; one that is too long for the memory is passed on as it comes. Nothing is taken from memory before what it is for has arrived, and everything has a limit. After the first byte
 * that makes no sense it says so once and swallows the rest.
 *
 * <pre>
 *   BETWEEN ──command──► HEADERS ──empty line──► COUNTED_BODY or BODY_UP_TO_NUL ──NUL──► BETWEEN
 *      └───────────────────┴────────────────── what makes no sense ─────────────────────► BROKEN
 * </pre>
 */
final class StompCodec extends FrameCutter {

    private enum Place { BETWEEN, HEADERS, COUNTED_BODY, BODY_UP_TO_NUL, BROKEN }

    /** No frame needs more headers than this. */
    private static final int MAX_HEADERS = 1000;
    private static final int LONGEST_COMMAND = 16;
    /** Longer bodies are collected apart, so that the buffer of the socket stays small; in bytes. */
    private static final int BODY_IN_PLACE = 64 << 10;
    private static final int FIRST_PIECE = 4 << 10;
    /** What is read over behind a frame that has no body. */
    private static final int BODY_OF_NONE = 1 << 10;

    private final Headers headers = new Headers();
    private final Lines lines = new Lines(headers);
    private final int maxHeaderBytes;
    private int maxBody;
    private int largeFrom = Integer.MAX_VALUE;
    private boolean streaming;
    private long streamed;
    private Version version = Version.V1_0;
    private boolean unescaping;
    private boolean carriageReturns;
    private boolean first = true;
    private Place place = Place.BETWEEN;
    private Command command = Command.CONNECT;
    private int headerBytes;
    private int searched;
    private int bodyLength;
    private ByteBuf collected = Unpooled.EMPTY_BUFFER;
    private int holds;
    private boolean decoding;
    private ChannelHandlerContext own;

    /** A codec for a connection that hasn't said CONNECT yet. */
    StompCodec(Optional<Unfinished> account, int maxHeaderBytes, int maxBody) {
        super(account);
        this.maxHeaderBytes = maxHeaderBytes;
        this.maxBody = maxBody;
    }

    /** From the next frame on this version is spoken, with bodies of at most so many bytes; those longer than {@code largeFromNow} are passed on as they come. */
    void speak(Version agreed, int maxBodyFromNow, int largeFromNow) {
        largeFrom = largeFromNow;
        version = agreed;
        unescaping = agreed.escapes();
        carriageReturns |= agreed.carriageReturns();
        maxBody = maxBodyFromNow;
    }

    /** Keeps the following frames back until they are released as often. */
    void hold() {
        holds++;
    }

    /** Undoes one {@link #hold}. */
    void release() {
        holds--;
        if (holds > 0 || decoding) {
            return;
        }
        try {
            channelRead(own, Unpooled.EMPTY_BUFFER);
        } catch (Exception fault) {
            own.fireExceptionCaught(fault);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        own = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
        decoding = true;
        lines.forget();
        try {
            super.channelRead(ctx, bytes);
        } finally {
            decoding = false;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        lines.forget();
        super.channelReadComplete(ctx);
    }

    @Override
    protected void moved() {
        lines.forget();
    }

    @Override
    protected int apart() {
        return collected.capacity();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        forgetCollected();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (holds > 0) {
            return;
        }
        try {
            step(in, out);
        } catch (StompException senseless) {
            place = Place.BROKEN;
            forgetCollected();
            in.skipBytes(in.readableBytes());
            out.add(new Inbound.Broken(senseless));
        }
    }

    private void step(ByteBuf in, List<Object> out) throws StompException {
        if (place == Place.BETWEEN) {
            between(in);
        }
        while (place == Place.HEADERS && headerLine(in)) {
            // one line after the other
        }
        switch (place) {
            case COUNTED_BODY -> countedBody(in, out);
            case BODY_UP_TO_NUL -> bodyUpToNul(in, out);
            case BROKEN -> in.skipBytes(in.readableBytes());
            default -> { }
        }
    }

    private void between(ByteBuf in) throws StompException {
        while (in.isReadable() && isLineEnd(in.getByte(in.readerIndex()))) {
            in.skipBytes(1);
        }
        if (!nextLine(in, LONGEST_COMMAND)) {
            return;
        }
        carriageReturns |= first && lines.endsWithReturn();
        first = false;
        if (carriageReturns) {
            lines.dropReturn();
        }
        command = lines.command(version);
        headers.clear();
        headerBytes = 0;
        place = Place.HEADERS;
    }

    private static boolean isLineEnd(byte b) {
        return b == '\n' || b == '\r';
    }

    private boolean nextLine(ByteBuf in, int longest) throws StompException {
        if (lines.next(in, longest)) {
            return true;
        }
        if (lines.longerThan(longest)) {
            throw place == Place.HEADERS ? StompErrors.headersTooLarge(maxHeaderBytes) : lines.invalid(longest);
        }
        return false;
    }

    private boolean headerLine(ByteBuf in) throws StompException {
        if (!nextLine(in, maxHeaderBytes - headerBytes)) {
            return false;
        }
        headerBytes += lines.length() + 1;
        if (carriageReturns) {
            lines.dropReturn();
        }
        if (lines.length() == 0) {
            place = whichBody();
        } else if (headers.count() == MAX_HEADERS) {
            throw StompErrors.headersTooLarge(maxHeaderBytes);
        } else {
            lines.toHeader(version, unescaping);
        }
        return true;
    }

    private Place whichBody() throws StompException {
        if (!headers.has(Header.CONTENT_LENGTH)) {
            return Place.BODY_UP_TO_NUL;
        }
        String text = headers.text(Header.CONTENT_LENGTH).trim();
        try {
            bodyLength = Integer.parseInt(text);
        } catch (NumberFormatException notANumber) {
            throw StompErrors.badContentLength(text);
        }
        if (bodyLength < 0) {
            throw StompErrors.badContentLength(text);
        }
        if (bodyLength > mostBody()) {
            throw StompErrors.bodyTooLarge(mostBody());
        }
        return Place.COUNTED_BODY;
    }

    private int mostBody() {
        return command == Command.SEND ? maxBody : Math.min(maxBody, BODY_OF_NONE);
    }

    private void countedBody(ByteBuf in, List<Object> out) throws StompException {
        if (streaming || command == Command.SEND && bodyLength > largeFrom) {
            streamCounted(in, out);
            return;
        }
        int missing = bodyLength - collected.readableBytes();
        if (in.readableBytes() <= missing) {
            if (bodyLength > BODY_IN_PLACE) {
                collect(in, in.readableBytes(), bodyLength);
            }
            return;
        }
        if (in.getByte(in.readerIndex() + missing) != 0) {
            throw StompErrors.noNul();
        }
        finish(in, missing, bodyLength, out);
    }

    private void bodyUpToNul(ByteBuf in, List<Object> out) throws StompException {
        if (streaming) {
            streamUpToNul(in, out);
            return;
        }
        int start = in.readerIndex();
        int end = in.indexOf(start + searched, in.writerIndex(), (byte) 0);
        int here = (end < 0 ? in.writerIndex() : end) - start;
        if (here > mostBody() - collected.readableBytes()) {
            throw StompErrors.bodyTooLarge(mostBody());
        }
        if (end >= 0) {
            finish(in, here, maxBody, out);
        } else if (command == Command.SEND && here + collected.readableBytes() > largeFrom) {
            searched = 0;
            beginStream(out);
            stream(in, here, out);
        } else if (collected != Unpooled.EMPTY_BUFFER || here > BODY_IN_PLACE) {
            collect(in, here, maxBody);
            searched = 0;
        } else {
            searched = here;
        }
    }

    private void streamCounted(ByteBuf in, List<Object> out) throws StompException {
        if (!in.isReadable()) {
            return;
        }
        if (!streaming) {
            beginStream(out);
        }
        stream(in, (int) Math.min(in.readableBytes(), bodyLength - streamed), out);
        if (streamed == bodyLength && in.isReadable()) {
            if (in.readByte() != 0) {
                throw StompErrors.noNul();
            }
            endStream(out);
        }
    }

    private void streamUpToNul(ByteBuf in, List<Object> out) throws StompException {
        int start = in.readerIndex();
        int end = in.indexOf(start, in.writerIndex(), (byte) 0);
        int here = (end < 0 ? in.writerIndex() : end) - start;
        if (here > maxBody - streamed) {
            throw StompErrors.bodyTooLarge(maxBody);
        }
        stream(in, here, out);
        if (end >= 0) {
            in.skipBytes(1);
            endStream(out);
        }
    }

    private void beginStream(List<Object> out) {
        streaming = true;
        streamed = collected.readableBytes();
        out.add(new Inbound.LargeBegin(headers));
        if (collected != Unpooled.EMPTY_BUFFER) {
            out.add(new Inbound.Piece(collected));
            collected = Unpooled.EMPTY_BUFFER;
        }
    }

    private void stream(ByteBuf in, int length, List<Object> out) {
        if (length > 0) {
            streamed += length;
            out.add(new Inbound.Piece(in.readRetainedSlice(length)));
        }
    }

    private void endStream(List<Object> out) {
        streaming = false;
        place = Place.BETWEEN;
        out.add(new Inbound.LargeEnd());
    }

    /** The last {@code length} bytes of the body are here, and the NUL behind them. */
    private void finish(ByteBuf in, int length, int most, List<Object> out) {
        ByteBuf body;
        if (collected != Unpooled.EMPTY_BUFFER) {
            collect(in, length, most);
            body = collected;
            collected = Unpooled.EMPTY_BUFFER;
        } else {
            body = length == 0 ? Unpooled.EMPTY_BUFFER : in.readRetainedSlice(length);
        }
        in.skipBytes(1);
        searched = 0;
        place = Place.BETWEEN;
        out.add(new Inbound.Frame(command, headers, body));
    }

    private void collect(ByteBuf in, int length, int most) {
        if (collected == Unpooled.EMPTY_BUFFER) {
            collected = Unpooled.buffer(Math.min(FIRST_PIECE, most), most);
        }
        collected.writeBytes(in, length);
    }

    private void forgetCollected() {
        collected.release();
        collected = Unpooled.EMPTY_BUFFER;
    }
}
