package io.delos.core;

/** The incrementing version numbers clients announce, named by what each brought. A version of 0 means "not announced yet". */
final class Version {
    static final int OLDEST = 121;
    static final int TOPOLOGY_EVENTS = 122;
    static final int SCALE_DOWN_TARGET = 125;
    static final int AUTO_CREATE_QUEUES = 126;
    static final int AUTO_CREATE_ADDRESSES = 127;
    static final int SLOW_CONSUMERS = 128;
    static final int ADDRESS_MODEL = 129;
    static final int CORRELATION = 130;
    static final int REDIRECT = 131;
    static final int COMMIT_CORRELATION = 132;
    static final int PRODUCER_IDS = 134;
    static final int ROUTING_TYPES_OF_ADDRESS = 135;
    static final int CURRENT = 136;

    private Version() {
    }

    /** What to speak with a peer that announced {@code version}: the current one until it announces any. */
    static int orCurrent(int version) {
        return version == 0 ? CURRENT : version;
    }
}
