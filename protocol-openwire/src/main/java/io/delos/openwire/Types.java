package io.delos.openwire;

/** The numbers by which OpenWire names its structures. */
final class Types {

    static final int WIRE_FORMAT_INFO = 1;
    static final int BROKER_INFO = 2;
    static final int CONNECTION_INFO = 3;
    static final int SESSION_INFO = 4;
    static final int CONSUMER_INFO = 5;
    static final int PRODUCER_INFO = 6;
    static final int TRANSACTION_INFO = 7;
    static final int DESTINATION_INFO = 8;
    static final int REMOVE_SUBSCRIPTION_INFO = 9;
    static final int KEEP_ALIVE_INFO = 10;
    static final int SHUTDOWN_INFO = 11;
    static final int REMOVE_INFO = 12;
    static final int CONTROL_COMMAND = 14;
    static final int FLUSH_COMMAND = 15;
    static final int CONNECTION_ERROR = 16;
    static final int CONSUMER_CONTROL = 17;
    static final int CONNECTION_CONTROL = 18;
    static final int PRODUCER_ACK = 19;
    static final int MESSAGE_PULL = 20;
    static final int MESSAGE_DISPATCH = 21;
    static final int MESSAGE_ACK = 22;
    /** A message without a body; the other kinds of message follow. */
    static final int MESSAGE = 23;
    static final int BYTES_MESSAGE = 24;
    static final int MAP_MESSAGE = 25;
    static final int OBJECT_MESSAGE = 26;
    static final int STREAM_MESSAGE = 27;
    static final int TEXT_MESSAGE = 28;
    static final int BLOB_MESSAGE = 29;
    static final int RESPONSE = 30;
    static final int EXCEPTION_RESPONSE = 31;
    static final int DATA_ARRAY_RESPONSE = 33;
    static final int INTEGER_RESPONSE = 34;
    static final int MESSAGE_DISPATCH_NOTIFICATION = 90;
    static final int BROKER_SUBSCRIPTION_INFO = 92;
    /** A queue; topic, temporary queue and temporary topic follow. */
    static final int QUEUE = 100;
    static final int MESSAGE_ID = 110;
    static final int LOCAL_TRANSACTION_ID = 111;
    static final int XA_TRANSACTION_ID = 112;
    static final int CONNECTION_ID = 120;
    static final int SESSION_ID = 121;
    static final int CONSUMER_ID = 122;
    static final int PRODUCER_ID = 123;
    static final int BROKER_ID = 124;

    private Types() {
    }

    static boolean isMessage(int type) {
        return type >= MESSAGE && type <= BLOB_MESSAGE;
    }
}
