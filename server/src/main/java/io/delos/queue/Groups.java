package io.delos.queue;

import io.delos.config.QueueConfig;
import io.delos.message.Formats;
import io.delos.message.Message;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Which consumer gets the messages of which group (address model, section 8.1). Owned by the queue's loop. */
final class Groups {

    private static final String SEQUENCE = "_AMQ_GROUP_SEQUENCE";
    private static final int LAST = -1;

    private final Formats formats;
    private int buckets = -1;
    private String firstKey = "";
    private boolean rebalance;
    /** By name, or by the number of a bucket. Made with the first group: there may be very many queues. */
    private Map<Object, Consumer> owners = Map.of();

    Groups(Formats formats) {
        this.formats = formats;
    }

    /** Goes by these attributes from now on. Who owns what is forgotten if groups are told apart in another way. */
    void configure(QueueConfig config) {
        if (buckets != config.groupBuckets()) {
            owners = Map.of();
        }
        buckets = config.groupBuckets();
        firstKey = config.groupFirstKey();
        rebalance = config.groupRebalance();
    }

    /** The group of a message, as this queue tells groups apart; null for none. */
    Object of(Message message) {
        String name = message.group();
        if (name.isEmpty() || buckets == 0) {
            return null;
        }
        return key(name);
    }

    private Object key(String name) {
        return buckets < 0 ? Keys.of(name) : (Object) Math.floorMod(name.hashCode(), buckets);
    }

    boolean isEmpty() {
        return owners.isEmpty();
    }

    int count() {
        return owners.size();
    }

    /** Whose group it is; null for nobody's. */
    Consumer owner(Object group) {
        return owners.get(group);
    }

    void give(Object group, Consumer owner) {
        if (owners.isEmpty()) {
            owners = new HashMap<>();
        }
        owners.put(group, owner);
    }

    /** Whose each group is, by its name or by the number of its bucket. */
    Map<String, Consumer> all() {
        Map<String, Consumer> all = new TreeMap<>();
        owners.forEach((group, owner) -> all.put(group.toString(), owner));
        return all;
    }

    /** A consumer has come; whether all groups are to be given anew. */
    boolean rebalances() {
        return rebalance && !owners.isEmpty();
    }

    /** A group, as clients call it, is nobody's; false if it was. */
    boolean forget(String name) {
        Object group = name.isEmpty() || buckets == 0 ? null : key(name);
        return group != null && !owners.isEmpty() && owners.remove(group) != null;
    }

    /** All groups are nobody's. */
    void clear() {
        owners = Map.of();
    }

    /** A consumer has left. */
    void left(Consumer consumer) {
        if (!owners.isEmpty()) {
            owners.values().removeIf(owner -> owner == consumer);
        }
    }

    /** This message of a group has been handed out: if it says that it is the last one the group is nobody's. */
    void handed(Object group, Message message) {
        Object sequence = formats.property(message, SEQUENCE);
        if (sequence instanceof Number number ? number.intValue() == LAST : "-1".equals(sequence)) {
            owners.remove(group);
        }
    }

    /** Whether consumers want to know which is the first message of a group that they get. */
    boolean marksFirst() {
        return !firstKey.isEmpty();
    }

    /** The message with the property that says so. */
    Message first(Message message) {
        byte[] marked = formats.of(message.format()).annotate(message, Map.of(firstKey, true), message.expiration());
        return message.toBuilder().encoded(message.format(), marked).build();
    }
}
