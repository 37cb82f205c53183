package io.delos.mqtt;

import io.delos.queue.Delivery;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.agrona.collections.Hashing;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * The packet ids towards one client: those in use, and those that an earlier connection used for messages which will be delivered again.
 * Owned by the connection's loop.
 *
 * <p>A message that the client may ask for again after a crash of the broker must have the id it had (4.4). So that nothing has to be written
 * for that, its id follows from where it lies: {@link #natural}. Only if that is in use, it has another, which its sender has to remember.
 */
final class PacketIds {

    /**
     * The bytes of the journal that a message takes at least, but for few: so those of one queue that are near to each other have different
     * natural ids. It can't be changed without losing the ids of messages that are under way.
     */
    private static final long SMALLEST = 64;

    private record Key(String queue, long messageId) { }

    private record Expected(int packetId, boolean remembered) { }

    private static final int FEW = 8;
    /** Of one with nothing under way, which needs no table of its own. */
    private static final Int2ObjectHashMap<Sent> NOTHING = table();

    /** Ids follow each other: a map that keeps neighbours together would look through all of them for each that leaves. */
    private Int2ObjectHashMap<Sent> sent = NOTHING;
    private final BitSet released = new BitSet();
    private final Map<Key, Expected> expected = new HashMap<>();
    private final BitSet reserved = new BitSet();
    private int releasedCount;
    private int last;

    /** An earlier connection sent this message under this id. */
    void expect(SessionRecord.UnderWay earlier, boolean remembered) {
        if (reserved.get(earlier.packetId()) || released.get(earlier.packetId())) {
            return;
        }
        expected.put(new Key(earlier.queue(), earlier.messageId()), new Expected(earlier.packetId(), remembered));
        reserved.set(earlier.packetId());
    }

    /** The client has the message of this id; PUBREL and PUBCOMP are left. */
    void releasedEarlier(int packetId) {
        if (!released.get(packetId)) {
            released.set(packetId);
            releasedCount++;
        }
    }

    /** How many ids count against the client's receive maximum. */
    int inUse() {
        return sent.size() + releasedCount;
    }

    /**
     * An id for a message.
     *
     * @param again      whether an earlier connection sent it
     * @param remembered whether it is remembered under a key of its own
     * @param natural    whether the message would have it again by what it is
     */
    record Choice(int packetId, boolean again, boolean remembered, boolean natural) { }

    /** The id that follows from what a message is: its queue, and its place in the journal. */
    static int natural(String queue, long messageId) {
        return (int) Math.floorMod(messageId / SMALLEST + queue.hashCode(), (long) MqttOptions.PACKET_IDS) + 1;
    }

    /**
     * Whether a message that an earlier connection may have sent has to wait: what it was sent under is another's now, whose exchange ends soon.
     */
    boolean mustWait(String queue, long messageId) {
        int natural = natural(queue, messageId);
        return (sent.containsKey(natural) || released.get(natural)) && !expected.containsKey(new Key(queue, messageId));
    }

    /** As {@link #choose}, for a message that must have the same id after a crash: its natural one, if that is free. */
    Choice chooseLasting(String queue, long messageId) {
        int natural = natural(queue, messageId);
        boolean free = !sent.containsKey(natural) && !released.get(natural) && !reserved.get(natural);
        return free && (expected.isEmpty() || !expected.containsKey(new Key(queue, messageId))) ? new Choice(natural, false, false, true) : choose(queue, messageId);
    }

    /** Chooses the id for a message: the one it had, or the next free one. Fewer ids than {@link MqttOptions#PACKET_IDS} must be in use. */
    Choice choose(String queue, long messageId) {
        if (!expected.isEmpty()) {
            Expected earlier = expected.remove(new Key(queue, messageId));
            if (earlier != null) {
                reserved.clear(earlier.packetId());
                return new Choice(earlier.packetId(), true, earlier.remembered(), earlier.packetId() == natural(queue, messageId));
            }
        }
        return new Choice(free(), false, false, false);
    }

    private int free() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < MqttOptions.PACKET_IDS; i++) {
                last = last % MqttOptions.PACKET_IDS + 1;
                if (!sent.containsKey(last) && !released.get(last) && !reserved.get(last)) {
                    return last;
                }
            }
            expected.clear();
            reserved.clear();
        }
        throw new IllegalStateException("all packet ids are in use");
    }

    /** One that makes each iterator anew: the empty one is shared by all loops. */
    private static Int2ObjectHashMap<Sent> table() {
        return new Int2ObjectHashMap<>(FEW, Hashing.DEFAULT_LOAD_FACTOR, false);
    }

    void add(Sent message) {
        if (sent == NOTHING) {
            sent = table();
        }
        sent.put(message.packetId, message);
    }

    Optional<Sent> find(int packetId) {
        return Optional.ofNullable(sent.get(packetId));
    }

    void remove(Sent message) {
        sent.remove(message.packetId);
    }

    /** From sent to released. */
    void release(Sent message) {
        if (sent.remove(message.packetId) != null) {
            releasedEarlier(message.packetId);
        }
    }

    boolean isReleased(int packetId) {
        return released.get(packetId);
    }

    /** The exchange is over; false if the id was not released. */
    boolean complete(int packetId) {
        boolean known = released.get(packetId);
        if (known) {
            released.clear(packetId);
            releasedCount--;
        }
        return known;
    }

    /** The released ids, for PUBREL to be sent again. */
    int[] allReleased() {
        return released.stream().toArray();
    }

    /** Messages of QoS 2 out of shared subscriptions that the client may have, and has not confirmed. */
    List<Delivery> doubtfulShared() {
        List<Delivery> list = new ArrayList<>();
        for (Sent message : sent.values()) {
            if (message.qos == 2 && message.subscription.filter().shared() && !message.releasing && message.delivery != null) {
                list.add(message.delivery);
            }
        }
        return list;
    }

    /** What a later connection has to know and is not remembered under a key of its own. */
    List<SessionRecord.UnderWay> underWay() {
        List<SessionRecord.UnderWay> list = new ArrayList<>();
        for (Sent message : sent.values()) {
            if (!message.remembered && !message.releasing) {
                list.add(new SessionRecord.UnderWay(message.packetId, message.delivery.queue(), message.delivery.messageId()));
            }
        }
        expected.forEach((key, earlier) -> {
            if (!earlier.remembered()) {
                list.add(new SessionRecord.UnderWay(earlier.packetId(), key.queue(), key.messageId()));
            }
        });
        return list;
    }
}
