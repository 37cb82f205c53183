package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.zip.CRC32C;

/**
 * One thread at a time: keep one per worker. Reads records by position, each verified by its own checksum; positions that lie near each other
 * are fetched with one read of up to 256 KiB.
 */
public final class RecordReader {
    private static final int RANGE = 256 << 10;
    /** A gap this small costs less to read over than a second read. */
    private static final int GAP = 16 << 10;

    private final Segments segments;
    private final Disk disk;
    private final CRC32C crc = new CRC32C();
    private ByteBuffer range = ByteBuffer.allocate(0);

    RecordReader(Segments segments, Disk disk) {
        this.segments = segments;
        this.disk = disk;
    }

    /**
     * Reads one record.
     *
     * @param expectedBytes the payload's size if known, else a guess: a wrong one costs a second read
     * @throws DamagedException if the record is not what was written there
     * @throws GoneException if its segment has been reclaimed
     */
    public StoredRecord read(long position, int expectedBytes) throws IOException {
        Segment segment = segments.find(position);
        ByteBuffer bytes = ByteBuffer.allocate(clamp(segment, position, expectedBytes));
        int length = fetch(segment, position, bytes, position);
        if (length > bytes.limit() - Layout.RECORD_HEADER) {
            bytes = ByteBuffer.allocate(Layout.RECORD_HEADER + length);
            fetch(segment, position, bytes, position);
        }
        return new StoredRecord(position, bytes.get(8), bytes.slice(Layout.RECORD_HEADER, length));
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
        int i = from;
        while (i < to) {
            Segment segment = segments.find(positions[i]);
            long start = positions[i];
            long end = start + clamp(segment, start, expectedBytes[i]);
            int next = i + 1;
            while (next < to && segment.holds(positions[next]) && positions[next] >= start && positions[next] <= end + GAP) {
                long further = Math.max(end, positions[next] + clamp(segment, positions[next], expectedBytes[next]));
                if (further - start > RANGE) {
                    break;
                }
                end = further;
                next++;
            }
            readRange(segment, positions, expectedBytes, i, next, (int) (end - start), visitor);
            i = next;
        }
    }

    private void readRange(Segment segment, long[] positions, int[] expectedBytes, int from, int to, int bytes, RecordVisitor visitor) {
        long start = positions[from];
        boolean single = bytes > RANGE;
        if (!single) {
            if (range.capacity() == 0) {
                range = ByteBuffer.allocateDirect(RANGE);
            }
            range.clear().limit(bytes);
        }
        IOException unread = single ? null : load(segment, start, range);
        for (int i = from; i < to; i++) {
            try {
                if (unread != null) {
                    throw unread;
                }
                int length = single ? Integer.MAX_VALUE : verify(segment, range, start, positions[i]);
                int at = (int) (positions[i] - start);
                if (length <= range.limit() - at - Layout.RECORD_HEADER) {
                    visitor.record(i, positions[i], range.get(at + 8), range.slice(at + Layout.RECORD_HEADER, length));
                } else {
                    StoredRecord record = read(positions[i], single ? expectedBytes[i] : length);
                    visitor.record(i, record.position(), record.type(), record.payload());
                }
            } catch (IOException e) {
                visitor.failed(i, positions[i], e);
            }
        }
    }

    /** Header and payload, but never beyond the segment. */
    private static int clamp(Segment segment, long position, int expectedBytes) {
        long wanted = Layout.RECORD_HEADER + (long) Math.max(expectedBytes, 0);
        return (int) Math.max(Layout.RECORD_HEADER, Math.min(wanted, segment.limit() - position));
    }

    private IOException load(Segment segment, long start, ByteBuffer target) {
        try {
            fill(segment, start, target);
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    /** Fills the buffer from a position on and verifies the record at another one; see {@link #verify}. */
    private int fetch(Segment segment, long start, ByteBuffer target, long position) throws IOException {
        fill(segment, start, target);
        return verify(segment, target, start, position);
    }

    private void fill(Segment segment, long start, ByteBuffer target) throws IOException {
        if (segment == Segment.NONE) {
            throw new GoneException(start);
        }
        DiskFile file = segment.reader(disk);
        int limit = target.limit();
        try {
            int got = file.readUpTo(target, start - segment.base());
            target.position(0).limit(limit);
            if (got < limit) {
                throw new DamagedException(segment.name(), start - segment.base() + got, "the file ends in the middle of a record");
            }
        } catch (ClosedChannelException e) {
            segment.reopen(file);
            throw gone(segment, start) ? new GoneException(start) : e;
        } catch (DamagedException e) {
            throw gone(segment, start) ? new GoneException(start) : e;
        }
    }

    /** The payload's length; verified, unless the buffer doesn't hold all of it. */
    private int verify(Segment segment, ByteBuffer bytes, long start, long position) throws IOException {
        int at = (int) (position - start);
        int limit = bytes.limit();
        int length = bytes.getInt(at);
        boolean sound = length >= 0 && Layout.RECORD_HEADER + (long) length <= segment.limit() - position
                && bytes.getInt(at + 4) == Layout.place(position);
        if (sound && Layout.RECORD_HEADER + length <= limit - at) {
            crc.reset();
            crc.update(bytes.limit(at + 12).position(at));
            crc.update(bytes.limit(at + Layout.RECORD_HEADER + length).position(at + Layout.RECORD_HEADER));
            bytes.limit(limit).position(0);
            sound = (int) crc.getValue() == bytes.getInt(at + 12);
        }
        if (!sound) {
            if (gone(segment, position)) {
                throw new GoneException(position);
            }
            throw new DamagedException(segment.name(), position - segment.base(), "the record there is damaged");
        }
        return length;
    }

    /** A segment may be reclaimed while it is read; then whatever was found in it means nothing. */
    private boolean gone(Segment segment, long position) {
        return segments.find(position) != segment;
    }
}
