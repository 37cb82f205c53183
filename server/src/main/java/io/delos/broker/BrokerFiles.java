package io.delos.broker;

import io.delos.journal.Disk;
import io.delos.journal.JournalConfig;
import io.delos.queue.BacklogFiles;

/** Where a broker keeps its data: the journal's settings, the disk it lies on, and how much of a deep queue is in memory. */
public record BrokerFiles(JournalConfig journal, Disk disk, BacklogFiles.Depth depth) {

    /** With the usual depth. */
    public BrokerFiles(JournalConfig journal, Disk disk) {
        this(journal, disk, BacklogFiles.Depth.USUAL);
    }
}
