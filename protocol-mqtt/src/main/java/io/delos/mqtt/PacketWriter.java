package io.delos.mqtt;

import io.delos.spi.Connection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * Owned by the connection's loop: writes packets, and ends each turn that wrote something with one flush. The packets of every message
 * are put together here; rare ones by {@link Replies}. Nothing is written that is larger than the client takes. While the payload of a large
 * message goes out, everything else waits behind it.
 */
final class PacketWriter {

    /** First bytes of the packets with nothing but a packet id. */
    static final int PUBACK = 0x40;
    static final int PUBREC = 0x50;
    static final int PUBREL = 0x62;
    static final int PUBCOMP = 0x70;

    private static final int PUBLISH = 0x30;
    private static final int PINGRESP = 0xD0;
    /** Payloads up to this size are copied behind their header; larger ones are written as a part of the stored bytes. */
    private static final int COPY_LIMIT = 2048;
    /** When so many bytes wait behind a large message the client's next packets wait too. */
    private static final int MOST_BEHIND = 64 << 10;

    private final ChannelHandlerContext ctx;
    private final Connection connection;
    private final Ledger ledger;
    private final Runnable endTurn = this::endTurn;
    private final ArrayDeque<Behind> behind = new ArrayDeque<>(0);
    private int bytesBehind;
    private Optional<LargeStream> stream = Optional.empty();
    private Runnable beforeFlush = () -> { };
    private Runnable whenFree = () -> { };
    private Replies.Manner manner = Replies.Manner.UNKNOWN;
    private boolean v5;
    private boolean scheduled;
    private boolean closed;

    PacketWriter(ChannelHandlerContext ctx, Connection connection, Ledger ledger) {
        this.ctx = ctx;
        this.connection = connection;
        this.ledger = ledger;
    }

    /** Where what is written is counted. */
    Ledger ledger() {
        return ledger;
    }

    /** Talks like this from now on. */
    void speak(Replies.Manner how) {
        manner = how;
        v5 = how.v5();
    }

    Replies.Manner manner() {
        return manner;
    }

    /** Has {@code task} run at the end of every turn, before its flush; and {@code free} when a large message has gone out. */
    void atEndOfTurn(Runnable task, Runnable free) {
        beforeFlush = task;
        whenFree = free;
    }

    /** Makes sure that this turn ends with {@link #atEndOfTurn} and a flush. */
    void soon() {
        if (!scheduled) {
            scheduled = true;
            connection.loop().post(endTurn);
        }
    }

    private void endTurn() {
        scheduled = false;
        beforeFlush.run();
        if (!closed) {
            ctx.flush();
        }
    }

    /** Nothing more is written. */
    void close() {
        closed = true;
        stream.ifPresent(LargeStream::end);
        stream = Optional.empty();
        behind.forEach(waiting -> waiting.bytes.release());
        behind.clear();
        if (bytesBehind >= MOST_BEHIND) {
            connection.pauseReading(false);
        }
        bytesBehind = 0;
    }

    /** Whether messages can be written. */
    boolean writable() {
        return !closed && stream.isEmpty() && ctx.channel().isWritable();
    }

    /** The socket takes more. */
    void roomAgain() {
        stream.ifPresent(going -> going.go(ctx));
    }

    /** What can't be written before a large message has gone out. */
    private record Behind(ByteBuf bytes, Optional<LargeStream> payload) { }

    private void put(ByteBuf bytes, Optional<LargeStream> payload) {
        if (stream.isPresent()) {
            behind.add(new Behind(bytes, payload));
            countBehind(bytes.readableBytes());
            return;
        }
        ctx.write(bytes);
        if (payload.isPresent()) {
            stream = payload;
            payload.get().begin(ctx, this::streamed);
        }
    }

    /** Who asks much while it does not read the answers is read no more. */
    private void countBehind(int change) {
        boolean many = bytesBehind >= MOST_BEHIND;
        bytesBehind += change;
        if (bytesBehind >= MOST_BEHIND != many) {
            connection.pauseReading(!many);
        }
    }

    private void streamed() {
        stream = Optional.empty();
        while (stream.isEmpty() && !behind.isEmpty()) {
            Behind next = behind.remove();
            countBehind(-next.bytes.readableBytes());
            put(next.bytes, next.payload);
        }
        soon();
        if (stream.isEmpty()) {
            whenFree.run();
        }
    }

    /** A packet that {@link Replies} has made; false if it is larger than the client takes, and so is not written. */
    boolean packet(ByteBuf packet) {
        if (packet.readableBytes() > manner.limit()) {
            packet.release();
            return false;
        }
        bytes(packet);
        return true;
    }

    void pong() {
        bytes(ctx.alloc().buffer(2).writeByte(PINGRESP).writeByte(0));
    }

    /** PUBACK and its like; the reason is left out where it says nothing or cannot be said. */
    void acknowledge(int type, int packetId, int reason) {
        boolean withReason = v5 && reason != MqttErrors.SUCCESS;
        ByteBuf out = ctx.alloc().buffer(5).writeByte(type).writeByte(withReason ? 3 : 2).writeShort(packetId);
        if (withReason) {
            out.writeByte(reason);
        }
        bytes(out);
    }

    /** The same for something that went wrong, with a sentence. */
    void acknowledge(int type, int packetId, int reason, String why) {
        if (v5 && reason >= MqttErrors.UNSPECIFIED && manner.problems() && !why.isEmpty()) {
            packet(Replies.acknowledgement(manner, type, packetId, reason, why));
        } else {
            acknowledge(type, packetId, reason);
        }
    }

    private void bytes(ByteBuf out) {
        if (closed) {
            out.release();
        } else {
            count(out.readableBytes());
            put(out, Optional.empty());
            soon();
        }
    }

    private void count(int size) {
        ledger.add(Count.MESSAGES_SENT, 1);
        ledger.add(Count.BYTES_SENT, size);
    }

    /**
     * One delivery's own part of a PUBLISH.
     *
     * @param packetId      0 for QoS 0
     * @param topic         empty when the alias stands for it
     * @param alias         0 for none
     * @param expirySeconds -1 for none
     * @param identifiers   subscription identifiers
     */
    record Head(int qos, boolean dup, boolean retain, int packetId, byte[] topic, int alias, long expirySeconds, int[] identifiers) { }

    /** The size of the whole packet in bytes. */
    long size(Head head, Publication publication) {
        long remaining = remaining(head, publication);
        return 1 + intSize((int) Math.min(remaining, Integer.MAX_VALUE)) + remaining;
    }

    void publish(Head head, Publication publication) {
        publish(head, publication, Optional.empty());
    }

    /** @param large the payload, if it lies in a file */
    void publish(Head head, Publication publication, Optional<LargeStream> large) {
        if (closed) {
            return;
        }
        int payload = (int) publication.payloadLength();
        boolean copy = payload <= COPY_LIMIT && large.isEmpty();
        int remaining = (int) remaining(head, publication);
        count(1 + intSize(remaining) + remaining);
        ledger.add(Count.PUBLISHES_SENT, 1);
        ledger.add(Count.PAYLOAD_SENT, payload);
        ByteBuf out = ctx.alloc().buffer(5 + remaining - (copy ? 0 : payload));
        out.writeByte(PUBLISH | (head.dup ? 8 : 0) | head.qos << 1 | (head.retain ? 1 : 0));
        writeInt(out, remaining);
        out.writeShort(head.topic.length).writeBytes(head.topic);
        if (head.qos > 0) {
            out.writeShort(head.packetId);
        }
        if (v5) {
            writeProperties(out, head, publication);
        }
        if (copy) {
            out.writeBytes(publication.bytes(), publication.payloadStart(), payload);
            put(out, large);
        } else {
            put(out, large);
            if (large.isEmpty()) {
                put(Unpooled.wrappedBuffer(publication.bytes(), publication.payloadStart(), payload), large);
            }
        }
        soon();
    }

    private long remaining(Head head, Publication publication) {
        long remaining = 2 + head.topic.length + (head.qos > 0 ? 2 : 0) + publication.payloadLength();
        if (v5) {
            int properties = properties(head, publication);
            remaining += intSize(properties) + properties;
        }
        return remaining;
    }

    private static int properties(Head head, Publication publication) {
        int size = publication.propertiesLength() + (head.alias > 0 ? 3 : 0) + (head.expirySeconds >= 0 ? 5 : 0);
        for (int identifier : head.identifiers) {
            size += 1 + intSize(identifier);
        }
        return size;
    }

    private static void writeProperties(ByteBuf out, Head head, Publication publication) {
        writeInt(out, properties(head, publication));
        if (head.expirySeconds >= 0) {
            out.writeByte(MqttProperties.PUBLICATION_EXPIRY_INTERVAL).writeInt((int) head.expirySeconds);
        }
        if (head.alias > 0) {
            out.writeByte(MqttProperties.TOPIC_ALIAS).writeShort(head.alias);
        }
        for (int identifier : head.identifiers) {
            out.writeByte(MqttProperties.SUBSCRIPTION_IDENTIFIER);
            writeInt(out, identifier);
        }
        publication.writeProperties(out);
    }

    /** A variable byte integer (MQTT 5, 1.5.5). */
    static void writeInt(ByteBuf out, int value) {
        int rest = value;
        do {
            int digit = rest & 0x7F;
            rest >>>= 7;
            out.writeByte(rest > 0 ? digit | 0x80 : digit);
        } while (rest > 0);
    }

    /** How many bytes it takes as a variable byte integer. */
    static int intSize(int value) {
        return value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4;
    }
}
