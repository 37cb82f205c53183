package io.delos.broker;

import io.delos.journal.Disk;
import io.delos.journal.JournalConfig;

/** Where a broker keeps its data: the journal's settings and the disk it lies on. */
public record BrokerFiles(JournalConfig journal, Disk disk) { }
