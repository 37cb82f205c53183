package io.delos.core;

import io.delos.core.MessagePacket.Receive;
import io.delos.core.MessagePacket.ReceiveChunk;
import io.delos.core.MessagePacket.ReceiveLarge;
import io.delos.message.Message;
import io.delos.message.MessageFormat;
import io.netty.buffer.ByteBuf;
import java.util.Map;

/** Writes messages for one consumer; owned by the connection's loop. Each method returns the size of the frames it wrote, in bytes. */
final class MessageWriter {
    private static final CoreFormat FORMAT = new CoreFormat();

    private final CoreSession session;
    private final long consumer;

    MessageWriter(CoreSession session, long consumer) {
        this.session = session;
        this.consumer = consumer;
    }

    /** The message as CORE writes it, sent to where it now is. */
    byte[] block(Message message) {
        Message core = session.handler().connection().broker().formats().translate(message, MessageFormat.CORE);
        return CoreMessage.sentTo(core.bytes(), core.address()) ? core.bytes() : FORMAT.annotate(core, Map.of(), core.expiration());
    }

    int write(byte[] block, long messageId, int count) {
        CoreHome handler = session.handler();
        ByteBuf out = handler.outbox().room(block.length + Receive.OVERHEAD + Integer.BYTES);
        int start = out.writerIndex();
        out.writeInt(0).writeByte(Receive.TYPE).writeLong(session.channel());
        Receive.write(out, block, messageId, consumer, count, handler.version());
        int size = CoreCodec.finish(out, start);
        handler.outbox().written();
        return size;
    }

    /** The header part alone; {@code bodySize} bytes of body are to follow. */
    int header(byte[] block, long messageId, int count, long bodySize) {
        return session.handler().outbox().write(session.channel(),
                new ReceiveLarge(sized(parse(block), bodySize), messageId, consumer, count, bodySize), session.handler().version());
    }

    /** In chunks, as the client asked for messages of this size; the header part comes first. */
    int inChunks(byte[] block, long messageId, int count) {
        CoreHome handler = session.handler();
        int bodyEnd = CoreMessage.bodyEnd(block);
        int size = header(block, messageId, count, bodyEnd - Integer.BYTES);
        int chunk = Math.max(1, session.request().minLargeMessageSize());
        for (int at = Integer.BYTES; at < bodyEnd; at += chunk) {
            int length = Math.min(chunk, bodyEnd - at);
            ByteBuf out = handler.outbox().room(length + ReceiveChunk.OVERHEAD);
            ReceiveChunk.writeBefore(out, session.channel(), length);
            ReceiveChunk.writeBehind(out.writeBytes(block, at, length), at + length < bodyEnd, consumer);
            handler.outbox().written();
            size += length + ReceiveChunk.OVERHEAD;
        }
        return size;
    }

    /** Clients rely on a large message's size being among its properties, whoever sent it, and as what. */
    private static CoreMessage sized(CoreMessage message, long bodySize) {
        boolean said = message.property(Names.LARGE_SIZE) != null || Boolean.TRUE.equals(message.property(Names.LARGE_COMPRESSED));
        return said ? message : message.withBody(new byte[0]).withProperties(Map.of(Names.LARGE_SIZE, bodySize));
    }

    private static CoreMessage parse(byte[] block) {
        try {
            return CoreMessage.of(block);
        } catch (MalformedPacketException e) {
            throw new IllegalStateException(e);
        }
    }
}
