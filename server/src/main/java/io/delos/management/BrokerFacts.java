package io.delos.management;

/** What the broker's surroundings know and management shows. Any thread. */
public interface BrokerFacts {

    /** The release. */
    String version();

    /** Since the start, in milliseconds. */
    long uptimeMillis();

    /** The same in words. */
    String uptime();

    /** How full the journal's file system is, 0 to 1. */
    double diskUsage();

    /** Bytes of messages in memory. */
    long windowBytes();

    /** How many bytes of messages may be in memory. */
    long windowLimit();
}
