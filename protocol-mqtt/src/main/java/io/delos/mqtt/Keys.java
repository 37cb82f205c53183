package io.delos.mqtt;

/**
 * The names under which MQTT has the broker remember things. A client id cannot hold U+0000, so it ends there and no client's prefix is
 * the beginning of another's.
 */
final class Keys {

    /** In front of every {@link SessionRecord}; the client id follows. */
    static final String SESSIONS = "mqtt.session/";
    /** In front of every subscription; the client id, U+0000 and the filter follow. */
    static final String SUBSCRIPTIONS = "mqtt.sub/";
    /** In front of every retained message; the topic follows. */
    static final String RETAINED = "mqtt.retain/";
    /** Sorts behind all of those. */
    static final String BEHIND_RETAINED = "mqtt.retain0";

    /** In front of when a retained message expires, in so many hexadecimal digits that they sort, and its topic. */
    static final String DUE = "mqtt.due/";
    /** Sorts behind all of those. */
    static final String BEHIND_DUE = "mqtt.due0";
    private static final int DUE_DIGITS = 16;

    /** In front of every {@link WillRecord}; the client id follows. */
    static final String WILLS = "mqtt.will/";

    private Keys() {
    }

    static String session(String clientId) {
        return SESSIONS + clientId;
    }

    /** In front of the filters a client has subscribed to. */
    static String subscriptions(String clientId) {
        return SUBSCRIPTIONS + clientId + '\u0000';
    }

    static String will(String clientId) {
        return WILLS + clientId;
    }

    /** In front of the packet ids of QoS 2 that a client sent and has not released. */
    static String received(String clientId) {
        return "mqtt.in/" + clientId + '\u0000';
    }

    /** In front of the packet ids of QoS 2 that were sent to a client and are not completed. */
    static String sent(String clientId) {
        return "mqtt.out/" + clientId + '\u0000';
    }

    static String packet(String prefix, int packetId) {
        return prefix + Integer.toHexString(packetId);
    }

    /** The packet id in a key made with that prefix; 0 if there is none. */
    static int packetId(String prefix, String key) {
        try {
            int id = Integer.parseInt(key, prefix.length(), key.length(), 16);
            return id > 0 && id <= MqttOptions.PACKET_IDS ? id : 0;
        } catch (NumberFormatException foreign) {
            return 0;
        }
    }

    /** What tells at a time, in milliseconds since the epoch, to look whether the topic's retained message has expired. */
    static String due(long time, String topic) {
        return DUE + String.format("%016x", time) + topic;
    }

    /** The time in a key made by {@link #due}. */
    static long dueTime(String key) {
        return Long.parseLong(key, DUE.length(), DUE.length() + DUE_DIGITS, 16);
    }

    /** The topic in a key made by {@link #due}. */
    static String dueTopic(String key) {
        return key.substring(DUE.length() + DUE_DIGITS);
    }

    static String retained(String topic) {
        return RETAINED + topic;
    }
}
