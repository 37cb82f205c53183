package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The journal thread's. The segment being written and its only writing descriptor; nothing is closed before it is forced. */
final class OpenSegment {
    private final Segment segment;
    private final DiskFile file;

    OpenSegment(Segment segment, DiskFile file) {
        this.segment = segment;
        this.file = file;
    }

    Segment segment() {
        return segment;
    }

    /** Writes the header and syncs it, so that a frame never lies behind a header that is not there. */
    void begin(SegmentHeader header) throws IOException {
        file.writeFully(header.encode(), 0);
        file.force(false);
    }

    void write(ByteBuffer frame, long position) throws IOException {
        file.writeFully(frame, position - segment.base());
    }

    void force() throws IOException {
        file.force(false);
    }

    /** Ends the segment. It has been forced. */
    void seal(long end) throws IOException {
        segment.sealedAt(end);
        file.close();
    }

    /** Gives the descriptor back without ending the segment in any way. */
    void abandon() throws IOException {
        file.close();
    }
}
