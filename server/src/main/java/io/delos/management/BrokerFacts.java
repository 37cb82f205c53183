package io.delos.management;

import io.delos.config.BrokerXml;
import io.delos.security.LoginFile;
import io.delos.security.UserFiles;
import java.util.List;
import java.util.Optional;

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

    /** The files that hold the users; empty when they are kept elsewhere. */
    Optional<UserFiles> users();

    /** What logins go by, as far as it lies in files that were read. */
    List<LoginFile> loginFiles();

    /** What was set beside broker.xml, and what of it was not taken over. */
    List<BrokerXml.AppliedSource> overrides();

    /** Bytes of messages in memory. */
    long windowBytes();

    /** How many bytes of messages may be in memory. */
    long windowLimit();
}
