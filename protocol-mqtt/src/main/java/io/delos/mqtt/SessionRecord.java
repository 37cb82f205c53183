package io.delos.mqtt;

import io.delos.message.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/**
 * What is kept of a session beyond its connection, but for its subscriptions, which have keys of their own. Immutable.
 *
 * @param stamp         differs for every connection of the session; tells whether somebody came back since
 * @param attached      whether the connection was still there when this was written; after a crash it tells that what was under way is unknown
 * @param level         the number of the protocol's version; 0 if that isn't known
 * @param since         when the connection began, or ended if it isn't attached, in milliseconds since the epoch; 0 if that isn't known
 * @param expirySeconds how long the session outlives its connection; {@link #NEVER} for ever
 * @param subscriptions those that are kept in here: in records of the first version
 * @param underWay      what had been sent and not been acknowledged when the connection ended
 */
record SessionRecord(long stamp, boolean attached, int level, long since, long expirySeconds, List<SubscriptionOptions> subscriptions,
                     List<UnderWay> underWay) {

    /** An expiry that never comes; as on the wire. */
    static final long NEVER = 0xFFFFFFFFL;

    private static final byte VERSION = 3;
    /** Without level and time. */
    private static final byte WITHOUT_TIME = 2;
    /** With the subscriptions inside, so that each of them wrote all of them. */
    private static final byte WITH_SUBSCRIPTIONS = 1;

    /** A message sent under a packet id: where it came from and which it was. */
    record UnderWay(int packetId, String queue, long messageId) { }

    /** Without subscriptions. */
    byte[] write() {
        ByteBuf out = Unpooled.buffer(32 + 48 * underWay.size());
        out.writeByte(VERSION).writeBoolean(attached).writeLong(stamp).writeInt((int) expirySeconds).writeByte(level).writeLong(since);
        out.writeInt(underWay.size());
        for (UnderWay each : underWay) {
            out.writeShort(each.packetId()).writeLong(each.messageId());
            RememberedText.write(out, each.queue());
        }
        byte[] written = new byte[out.readableBytes()];
        out.readBytes(written);
        return written;
    }

    /** Reads what {@link #write} wrote, or a record of an earlier version; MalformedMessageException if it is something else. */
    static SessionRecord read(byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        try {
            byte version = in.readByte();
            if (version != VERSION && version != WITHOUT_TIME && version != WITH_SUBSCRIPTIONS) {
                throw new MalformedMessageException("a remembered MQTT session is of version " + version);
            }
            boolean attached = in.readBoolean();
            long stamp = in.readLong();
            long expiry = in.readUnsignedInt();
            int level = version == VERSION ? in.readByte() : 0;
            long since = version == VERSION ? in.readLong() : 0;
            List<SubscriptionOptions> subscriptions = new ArrayList<>();
            for (int left = version == WITH_SUBSCRIPTIONS ? count(in, 12) : 0; left > 0; left--) {
                subscriptions.add(new SubscriptionOptions(RememberedText.read(in), in.readByte(), in.readBoolean(), in.readBoolean(), in.readByte(),
                        in.readInt()));
            }
            List<UnderWay> underWay = new ArrayList<>();
            for (int left = count(in, 14); left > 0; left--) {
                int packetId = in.readUnsignedShort();
                long messageId = in.readLong();
                underWay.add(new UnderWay(packetId, RememberedText.read(in), messageId));
            }
            return new SessionRecord(stamp, attached, level, since, expiry, subscriptions, underWay);
        } catch (IndexOutOfBoundsException early) {
            throw new MalformedMessageException("a remembered MQTT session ends early", early);
        }
    }

    private static int count(ByteBuf in, int smallest) {
        int count = in.readInt();
        if (count < 0 || count > in.readableBytes() / smallest) {
            throw new MalformedMessageException("a remembered MQTT session claims " + count + " parts");
        }
        return count;
    }
}
