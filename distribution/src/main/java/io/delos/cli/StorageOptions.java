package io.delos.cli;

import picocli.CommandLine.Option;

/** How a new broker keeps messages. */
final class StorageOptions {

    private static final int USUAL_BLOCK = 4096;

    @Option(names = "--disable-persistence", description = "Keep everything in memory and lose it at the end.")
    boolean noPersistence;

    @Option(names = "--nio", description = "Write the journal with NIO (default).")
    boolean nio;

    @Option(names = "--aio", description = "Write the journal with ASYNCIO.")
    boolean aio;

    @Option(names = "--mapped", description = "Write the journal with MAPPED.")
    boolean mapped;

    @Option(names = "--no-fsync", description = "Do not wait for the disk. A power failure then loses messages.")
    boolean noFsync;

    @Option(names = "--no-autotune", description = "Do not measure the disk.")
    boolean noAutotune;

    @Option(names = "--journal-device-block-size", paramLabel = "<bytes>", description = "The disk's block size. Default: 4096.")
    Integer blockSize;

    @Option(names = "--journal-max-io", paramLabel = "<n>", description = "Writes under way at once (ASYNCIO only).")
    Integer maxIo;

    @Option(names = "--journal-retention", paramLabel = "<days>", defaultValue = "0", description = "Keep copies of the journal for so many days.")
    int retentionDays;

    @Option(names = "--journal-retention-max-bytes", paramLabel = "<bytes>", description = "Keep at most so much of them: 5G.")
    String retentionBytes;

    boolean measures() {
        return !noAutotune && !noPersistence;
    }

    boolean retains() {
        return retentionDays > 0 || retentionBytes != null;
    }

    int blockSizeOrUsual() {
        return blockSize == null ? USUAL_BLOCK : blockSize;
    }

    /** Whether somebody asked for a type: the journal has only one. */
    boolean namesType() {
        return nio || aio || mapped;
    }

    String journalType() {
        return mapped ? "MAPPED" : aio ? "ASYNCIO" : "NIO";
    }
}
