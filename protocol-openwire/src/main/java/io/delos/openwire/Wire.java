package io.delos.openwire;

/**
 * How two peers have agreed to write.
 *
 * @param version     1 to 12
 * @param tight       whether flags and lengths of numbers are gathered in front of a command; otherwise it is loose
 * @param stackTraces whether exceptions carry where they were thrown
 */
record Wire(int version, boolean tight, boolean stackTraces) {

    /** The newest version there is. */
    static final int NEWEST = 12;

    /** How everybody writes before there is an agreement. */
    static final Wire FIRST = new Wire(1, false, false);

    /** How messages are stored that no OpenWire client wrote. */
    static final Wire OWN = new Wire(NEWEST, true, true);
}
