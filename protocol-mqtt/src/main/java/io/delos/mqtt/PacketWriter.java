package io.delos.mqtt;

import io.delos.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.mqtt.MqttProperties;

/**
 * Owned by the connection's loop: writes packets, and ends each turn that wrote something with one flush. The packets of every message
 * are put together here; rare ones by {@link Replies}. Nothing is written that is larger than the client takes.
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

    private final ChannelHandlerContext ctx;
    private final Loop loop;
    private final Ledger ledger;
    private final Runnable endTurn = this::endTurn;
    private Runnable beforeFlush = () -> { };
    private Replies.Manner manner = Replies.Manner.UNKNOWN;
    private boolean v5;
    private boolean scheduled;
    private boolean closed;

    PacketWriter(ChannelHandlerContext ctx, Loop loop, Ledger ledger) {
        this.ctx = ctx;
        this.loop = loop;
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

    /** Has {@code task} run at the end of every turn, before its flush. */
    void atEndOfTurn(Runnable task) {
        beforeFlush = task;
    }

    /** Makes sure that this turn ends with {@link #atEndOfTurn} and a flush. */
    void soon() {
        if (!scheduled) {
            scheduled = true;
            loop.post(endTurn);
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
    }

    boolean writable() {
        return !closed && ctx.channel().isWritable();
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
            ctx.write(out);
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
    int size(Head head, Publication publication) {
        int remaining = remaining(head, publication);
        return 1 + intSize(remaining) + remaining;
    }

    void publish(Head head, Publication publication) {
        if (closed) {
            return;
        }
        int payload = publication.payloadLength();
        boolean copy = payload <= COPY_LIMIT;
        int remaining = remaining(head, publication);
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
            ctx.write(out);
        } else {
            ctx.write(out);
            ctx.write(Unpooled.wrappedBuffer(publication.bytes(), publication.payloadStart(), payload));
        }
        soon();
    }

    private int remaining(Head head, Publication publication) {
        int remaining = 2 + head.topic.length + (head.qos > 0 ? 2 : 0) + publication.payloadLength();
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
