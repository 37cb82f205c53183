package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One thread at a time: keep one per worker. Reads records by position, each verified by its own checksum; positions that lie near each other
 * are fetched with one read of up to 256 KiB. A segment may be reclaimed or replaced while it is read; then whatever was found in it means
 * nothing, and the record is looked for in the one that has its place.
 */
public final class RecordReader {
    private static final int RANGE = 256 << 10;
    /** A gap this small costs less to read over than a second read. */
    private static final int GAP = 16 << 10;

    private final Segments segments;
    private final Disk disk;
    private final CRC32C crc = new CRC32C();
    private final IndexPage page;
    private ByteBuffer range = ByteBuffer.allocate(0);

    RecordReader(Segments segments, Disk disk) {
        this.segments = segments;
        this.disk = disk;
        this.page = new IndexPage(disk);
    }

    /** Receives whole records, header included, as they lie in the file. */
    interface RawVisitor {

        /** One verified record; it begins at the index {@code at}, and its bytes are valid during the call only. */
        void record(int index, long position, ByteBuffer bytes, int at, int payloadLength);

        /** That record can't be had. */
        void failed(int index, long position, IOException cause);
    }

    /** A stretch of one segment's file that holds the records of some of the positions asked for, in order. */
    private record Stretch(Segment segment, long offset, int bytes, int from, int to) {
    }

    /**
     * Reads one record.
     *
     * @param expectedBytes the payload's size if known, else a guess: a wrong one costs a second read
     * @throws DamagedException if the record is not what was written there
     * @throws GoneException if its segment has been reclaimed
     */
    public StoredRecord read(long position, int expectedBytes) throws IOException {
        ByteBuffer raw = raw(position, expectedBytes);
        return new StoredRecord(position, raw.get(8), raw.slice(Layout.RECORD_HEADER, raw.limit() - Layout.RECORD_HEADER));
    }

    /**
     * Reads many records. Ascending positions are what makes it fast; any order works.
     *
     * @param positions where they start
     * @param expectedBytes their payloads' sizes if known, else guesses
     * @param from the first index to read
     * @param to the index behind the last to read
     */
    public void read(long[] positions, int[] expectedBytes, int from, int to, RecordVisitor visitor) {
        readRaw(positions, expectedBytes, from, to, new RawVisitor() {
            @Override
            public void record(int index, long position, ByteBuffer bytes, int at, int payloadLength) {
                visitor.record(index, position, bytes.get(at + 8), bytes.slice(at + Layout.RECORD_HEADER, payloadLength));
            }

            @Override
            public void failed(int index, long position, IOException cause) {
                visitor.failed(index, position, cause);
            }
        });
    }

    /** As {@link #read(long[], int[], int, int, RecordVisitor)}, for whole records. */
    void readRaw(long[] positions, int[] expectedBytes, int from, int to, RawVisitor visitor) {
        int i = from;
        while (i < to) {
            Segment segment = segments.find(positions[i]);
            long start = offset(segment, positions[i]);
            if (start < 0) {
                single(positions[i], expectedBytes[i], i, visitor);
                i++;
                continue;
            }
            long end = start + clamp(segment, start, expectedBytes[i]);
            int next = i + 1;
            while (next < to && segment.holds(positions[next])) {
                long offset = offset(segment, positions[next]);
                long further = Math.max(end, offset + clamp(segment, offset, expectedBytes[next]));
                if (offset < start || offset > end + GAP || further - start > RANGE) {
                    break;
                }
                end = further;
                next++;
            }
            readStretch(new Stretch(segment, start, (int) (end - start), i, next), positions, expectedBytes, visitor);
            i = next;
        }
    }

    private void readStretch(Stretch stretch, long[] positions, int[] expectedBytes, RawVisitor visitor) {
        boolean loaded = stretch.bytes <= RANGE && load(stretch);
        for (int i = stretch.from; i < stretch.to; i++) {
            long offset = loaded ? offset(stretch.segment, positions[i]) : -1;
            int at = (int) (offset - stretch.offset);
            int length = offset < 0 ? Integer.MAX_VALUE : length(stretch.segment, range, at, offset, positions[i]);
            if (length >= 0 && length <= range.limit() - at - Layout.RECORD_HEADER) {
                visitor.record(i, positions[i], range, at, length);
            } else {
                single(positions[i], length < 0 || length == Integer.MAX_VALUE ? expectedBytes[i] : length, i, visitor);
            }
        }
    }

    /** Whether the stretch is in the buffer now; if not, its records are read one by one, and each tells of its own trouble. */
    private boolean load(Stretch stretch) {
        if (range.capacity() == 0) {
            range = ByteBuffer.allocateDirect(RANGE);
        }
        try {
            stretch.segment.read(disk, range.clear().limit(stretch.bytes), stretch.offset);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void single(long position, int expectedBytes, int index, RawVisitor visitor) {
        ByteBuffer bytes;
        try {
            bytes = raw(position, expectedBytes);
        } catch (IOException e) {
            visitor.failed(index, position, e);
            return;
        }
        visitor.record(index, position, bytes, 0, bytes.limit() - Layout.RECORD_HEADER);
    }

    /** One whole record; the buffer ends with it. */
    private ByteBuffer raw(long position, int expectedBytes) throws IOException {
        while (true) {
            Segment segment = segments.find(position);
            try {
                return raw(segment, position, expectedBytes);
            } catch (IOException e) {
                if (segments.find(position) == segment) {
                    throw e;
                }
            }
        }
    }

    private ByteBuffer raw(Segment segment, long position, int expectedBytes) throws IOException {
        if (segment == Segment.NONE) {
            throw new GoneException(position);
        }
        long offset = segment.isSparse() ? page.find(segment, position) : position - segment.base();
        if (offset < 0) {
            throw new GoneException(position);
        }
        ByteBuffer bytes = ByteBuffer.allocate(clamp(segment, offset, expectedBytes));
        int length = fetch(segment, bytes, offset, position);
        if (length > bytes.limit() - Layout.RECORD_HEADER) {
            bytes = ByteBuffer.allocate(Layout.RECORD_HEADER + length);
            fetch(segment, bytes, offset, position);
        }
        return bytes.limit(Layout.RECORD_HEADER + length);
    }

    private int fetch(Segment segment, ByteBuffer bytes, long offset, long position) throws IOException {
        segment.read(disk, bytes, offset);
        int length = length(segment, bytes, 0, offset, position);
        if (length < 0) {
            throw new DamagedException(segment.name(), offset, "the record there is damaged");
        }
        return length;
    }

    /** Where in the segment's file a position's record lies; -1 if that can't be said, and reading it will say why. */
    private long offset(Segment segment, long position) {
        if (!segment.isSparse()) {
            return segment == Segment.NONE ? -1 : position - segment.base();
        }
        try {
            return page.find(segment, position);
        } catch (IOException e) {
            return -1;
        }
    }

    /** Header and payload, but never beyond the segment. */
    private static int clamp(Segment segment, long offset, int expectedBytes) {
        long wanted = Layout.RECORD_HEADER + (long) Math.max(expectedBytes, 0);
        return (int) Math.max(Layout.RECORD_HEADER, Math.min(wanted, segment.recordsEnd() - offset));
    }

    /** The length of the payload of the record at an index of the buffer; -1 if it is not sound. Verified unless it is not all there. */
    private int length(Segment segment, ByteBuffer bytes, int at, long offset, long position) {
        int limit = bytes.limit();
        int length = bytes.getInt(at);
        boolean sound = length >= 0 && Layout.RECORD_HEADER + (long) length <= segment.recordsEnd() - offset
                && bytes.getInt(at + 4) == Layout.place(position);
        if (sound && Layout.RECORD_HEADER + length <= limit - at) {
            crc.reset();
            crc.update(bytes.limit(at + 12).position(at));
            crc.update(bytes.limit(at + Layout.RECORD_HEADER + length).position(at + Layout.RECORD_HEADER));
            bytes.limit(limit).position(0);
            sound = (int) crc.getValue() == bytes.getInt(at + 12);
        }
        return sound ? length : -1;
    }
}
