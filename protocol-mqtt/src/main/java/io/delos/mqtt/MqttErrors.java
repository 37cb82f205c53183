package io.delos.mqtt;

import io.delos.broker.Reason;

/** The one table from the broker's reasons to MQTT's codes. */
final class MqttErrors {

    static final int SUCCESS = 0x00;
    static final int WITH_WILL = 0x04;
    static final int NO_SUBSCRIPTION = 0x11;
    static final int CONTINUE = 0x18;
    static final int AGAIN = 0x19;
    static final int UNSPECIFIED = 0x80;
    static final int MALFORMED = 0x81;
    static final int PROTOCOL_ERROR = 0x82;
    static final int IMPLEMENTATION = 0x83;
    static final int CLIENT_ID = 0x85;
    static final int BAD_METHOD = 0x8C;
    static final int TAKEN_OVER = 0x8E;
    static final int BAD_FILTER = 0x8F;
    static final int UNKNOWN_PACKET_ID = 0x92;
    static final int RECEIVE_MAXIMUM = 0x93;
    static final int BAD_ALIAS = 0x94;
    static final int TOO_LARGE = 0x95;
    static final int QUOTA = 0x97;
    static final int NOT_AUTHORIZED = 0x87;
    static final int BAD_VERSION = 0x84;
    static final int SHUTTING_DOWN = 0x8B;
    static final int KEEP_ALIVE = 0x8D;
    static final int ID_IN_USE = 0x91;
    static final int ADMINISTRATIVE = 0x98;
    static final int PAYLOAD_FORMAT = 0x99;

    /** CONNACK's codes before MQTT 5. */
    static final int V3_BAD_VERSION = 1;
    static final int V3_BAD_ID = 2;
    static final int V3_UNAVAILABLE = 3;
    static final int V3_NOT_AUTHORIZED = 5;

    private MqttErrors() {
    }

    /** For PUBACK, PUBREC, SUBACK and DISCONNECT of MQTT 5. */
    static int code(Reason reason) {
        return switch (reason) {
            case AUTHENTICATION_FAILED -> 0x86;
            case NOT_PERMITTED -> NOT_AUTHORIZED;
            case NAME_IN_USE -> CLIENT_ID;
            case ADDRESS_FULL, LIMIT_EXCEEDED -> QUOTA;
            case TOO_LARGE -> TOO_LARGE;
            case UNAVAILABLE -> 0x88;
            case INTERNAL, TRANSACTION_STATE -> UNSPECIFIED;
            default -> IMPLEMENTATION;
        };
    }

    /** For CONNACK of any version. */
    static int connectCode(Reason reason, MqttLevel level) {
        if (level == MqttLevel.V5) {
            return code(reason);
        }
        return switch (reason) {
            case AUTHENTICATION_FAILED, NOT_PERMITTED -> V3_NOT_AUTHORIZED;
            case NAME_IN_USE -> V3_BAD_ID;
            default -> V3_UNAVAILABLE;
        };
    }

    /** The code as CONNACK of MQTT 5 may have it (table 3-1). */
    static int inConnack(int code) {
        boolean known = code <= 0x8A || code == BAD_METHOD || code == 0x90 || code == TOO_LARGE || code == QUOTA || code >= PAYLOAD_FORMAT;
        return code == SHUTTING_DOWN ? 0x88 : known ? code : UNSPECIFIED;
    }

    /** The code as DISCONNECT of MQTT 5 may have it (table 3-10). */
    static int inDisconnect(int code) {
        return code >= BAD_VERSION && code <= 0x8A && code != NOT_AUTHORIZED || code == BAD_METHOD ? code == 0x86 || code == BAD_METHOD ? NOT_AUTHORIZED : IMPLEMENTATION : code;
    }
}
