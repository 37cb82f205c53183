package io.delos.broker;

import io.delos.journal.Disk;
import io.delos.journal.JournalConfig;
import io.delos.queue.BacklogFiles;
import java.nio.file.Path;

/**
 * Where a broker keeps its data: the journal's settings, the directory of large messages' bodies, the disk they lie on, and how much of a deep
 * queue is in memory.
 */
public record BrokerFiles(JournalConfig journal, Path bodies, Disk disk, BacklogFiles.Depth depth) {

    /** With the usual depth, and bodies beside the journal's files. */
    public BrokerFiles(JournalConfig journal, Disk disk) {
        this(journal, disk, BacklogFiles.Depth.USUAL);
    }

    /** With bodies beside the journal's files. */
    public BrokerFiles(JournalConfig journal, Disk disk, BacklogFiles.Depth depth) {
        this(journal, beside(journal.directory()), disk, depth);
    }

    /** Where bodies are unless they have a place of their own. */
    public static Path beside(Path journal) {
        return journal.resolve("bodies");
    }
}
