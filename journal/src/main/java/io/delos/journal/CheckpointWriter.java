package io.delos.journal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** One thread: the one taking the checkpoint. A checkpoint being written: named sections of bytes, one after the other, of any length. */
public final class CheckpointWriter {
    private final BlockWriter blocks;

    CheckpointWriter(DiskFile file) {
        this.blocks = new BlockWriter(file);
    }

    /**
     * Begins a section, which ends the one before. Names need not be unique; they come back in this order.
     * The stream gathers 64 KiB itself, so small writes are cheap; closing it is allowed and does nothing.
     *
     * @param name 1 to 1000 bytes of UTF-8
     */
    public OutputStream section(String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > 1000) {
            throw new IllegalArgumentException("a section's name has 1 to 1000 bytes, not " + bytes.length);
        }
        blocks.begin(CheckpointFile.SECTION);
        blocks.write(bytes);
        blocks.begin(CheckpointFile.DATA);
        return blocks;
    }

    void head(CheckpointFile.Head head, UUID store) throws IOException {
        blocks.begin(CheckpointFile.HEAD);
        blocks.writeLong(CheckpointFile.MAGIC);
        blocks.writeInt(Layout.FORMAT);
        blocks.writeInt(head.epoch());
        blocks.writeLong(store.getMostSignificantBits());
        blocks.writeLong(store.getLeastSignificantBits());
        blocks.writeLong(head.position());
        blocks.writeLong(head.replayFrom());
        blocks.begin(CheckpointFile.SEGMENTS);
        for (CheckpointFile.Needed needed : head.needed()) {
            blocks.writeLong(needed.encode());
        }
        blocks.flush();
    }

    void end() throws IOException {
        blocks.flush();
        long count = blocks.blocks();
        blocks.begin(CheckpointFile.END);
        blocks.writeLong(count);
        blocks.flush();
    }
}
