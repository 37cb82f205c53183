package io.delos.journal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One thread. The saved state of a checkpoint, streamed: never more than one block of it is in memory. */
public final class CheckpointReader {
    private final Disk disk;
    private final CheckpointFile checkpoint;

    CheckpointReader(Disk disk, CheckpointFile checkpoint) {
        this.disk = disk;
        this.checkpoint = checkpoint;
    }

    /** Receives one section. */
    @FunctionalInterface
    public interface SectionVisitor {

        /** The content is valid during the call; what is not read is skipped. It buffers itself. */
        void section(String name, InputStream content) throws IOException;
    }

    /** Units that end at or before this position are all in the saved state; the others will be replayed. */
    public long replayFrom() {
        return checkpoint.head().replayFrom();
    }

    /** How far the journal was durable when the checkpoint was taken. */
    public long position() {
        return checkpoint.head().position();
    }

    /** Goes through all sections in the order they were written. May be called again. */
    public void sections(SectionVisitor visitor) throws IOException {
        String file = checkpoint.path().getFileName().toString();
        try (BlockReader blocks = new BlockReader(disk.open(checkpoint.path(), Disk.Mode.READ), file)) {
            advance(blocks, file);
            while (blocks.kind() != CheckpointFile.END) {
                if (blocks.kind() == CheckpointFile.SECTION) {
                    String name = StandardCharsets.UTF_8.decode(blocks.payload()).toString();
                    advance(blocks, file);
                    Content content = new Content(blocks, file);
                    visitor.section(name, content);
                    content.skipRest();
                } else {
                    advance(blocks, file);
                }
            }
        }
    }

    private static void advance(BlockReader blocks, String file) throws IOException {
        if (!blocks.next()) {
            throw new EOFException(file + " has been cut short while it was read");
        }
    }

    /** The data blocks up to the next block of another kind. */
    private static final class Content extends InputStream {
        private final BlockReader blocks;
        private final String file;

        Content(BlockReader blocks, String file) {
            this.blocks = blocks;
            this.file = file;
        }

        @Override
        public int read() throws IOException {
            return ready() ? blocks.payload().get() & 0xFF : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!ready()) {
                return -1;
            }
            int piece = Math.min(length, blocks.payload().remaining());
            blocks.payload().get(target, offset, piece);
            return piece;
        }

        /** As {@link InputStream} has it, but without a buffer of many KiB for a content of some bytes: there may be very many sections. */
        @Override
        public byte[] readAllBytes() throws IOException {
            byte[] all = new byte[0];
            while (ready()) {
                int before = all.length;
                int piece = blocks.payload().remaining();
                all = Arrays.copyOf(all, before + piece);
                blocks.payload().get(all, before, piece);
            }
            return all;
        }

        @Override
        public int available() {
            return blocks.kind() == CheckpointFile.DATA ? blocks.payload().remaining() : 0;
        }

        private boolean ready() throws IOException {
            while (blocks.kind() == CheckpointFile.DATA) {
                if (blocks.payload().hasRemaining()) {
                    return true;
                }
                advance(blocks, file);
            }
            return false;
        }

        void skipRest() throws IOException {
            while (blocks.kind() == CheckpointFile.DATA) {
                advance(blocks, file);
            }
        }
    }
}
