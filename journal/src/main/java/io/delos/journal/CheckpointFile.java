package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Any thread. A checkpoint on the disk whose every block has been verified once. */
record CheckpointFile(Path path, Head head) {
    static final long MAGIC = 0x44454C4F53434B50L;
    static final byte HEAD = 1;
    static final byte SEGMENTS = 2;
    static final byte SECTION = 3;
    static final byte DATA = 4;
    static final byte END = 5;

    /**
     * What a checkpoint says of itself.
     *
     * @param position how far the journal was durable when it was taken
     * @param replayFrom units that end at or before this position are all in the saved state
     * @param needed the segments that must exist
     */
    record Head(int epoch, UUID store, long position, long replayFrom, List<Needed> needed) {

        /** Whether this segment was not needed any more when the checkpoint was taken, or would not be at the next one. */
        boolean dead(Segment segment) {
            return segment.base() < position && needed.stream().noneMatch(listed -> segment.holds(listed.base()) && !listed.dying());
        }
    }

    /**
     * A segment that must exist.
     *
     * @param dying nothing lived in it, but the saved state, which is a little older, may refer to it
     */
    record Needed(long base, boolean dying) {

        static Needed decode(long stored) {
            return new Needed(stored & -2, (stored & 1) != 0);
        }

        long encode() {
            return dying ? base | 1 : base;
        }
    }

    /** Reads the whole file once. {@link DamagedException} if anything is wrong with it. */
    static CheckpointFile verify(Disk disk, Path path) throws IOException {
        String name = path.getFileName().toString();
        try (BlockReader blocks = new BlockReader(disk.open(path, Disk.Mode.READ), name)) {
            Head head = readHead(blocks, name);
            boolean inSection = false;
            while (blocks.next()) {
                byte kind = blocks.kind();
                if (kind == SEGMENTS && !inSection) {
                    for (ByteBuffer bases = blocks.payload(); bases.remaining() >= 8;) {
                        head.needed().add(Needed.decode(bases.getLong()));
                    }
                } else if (kind == SECTION || kind == DATA && inSection) {
                    inSection = true;
                } else if (kind == END) {
                    verifyEnd(blocks, name);
                    return new CheckpointFile(path, head);
                } else {
                    throw new DamagedException(name, blocks.position(), "a block of kind " + kind + " is out of place");
                }
            }
            throw new DamagedException(name, blocks.position(), "the checkpoint is cut short");
        }
    }

    private static Head readHead(BlockReader blocks, String name) throws IOException {
        if (!blocks.next() || blocks.kind() != HEAD || blocks.payload().remaining() < 48) {
            throw new DamagedException(name, 0, "the checkpoint has no head");
        }
        ByteBuffer in = blocks.payload();
        if (in.getLong() != MAGIC) {
            throw new DamagedException(name, 0, "this is not a checkpoint");
        }
        int format = in.getInt();
        if (format != Layout.FORMAT) {
            throw new FormatException(name, "journal format " + Integer.toUnsignedString(format)
                    + " of another release; this one reads format " + Layout.FORMAT);
        }
        return new Head(in.getInt(), new UUID(in.getLong(), in.getLong()), in.getLong(), in.getLong(), new ArrayList<>());
    }

    private static void verifyEnd(BlockReader blocks, String name) throws IOException {
        if (blocks.payload().remaining() != 8 || blocks.payload().getLong() != blocks.blocks() - 1 || blocks.next()) {
            throw new DamagedException(name, blocks.position(), "the checkpoint's end is not its end");
        }
    }
}
