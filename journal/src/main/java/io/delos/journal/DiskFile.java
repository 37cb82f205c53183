package io.delos.journal;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Any thread. An open file. One that was written must be forced before it is closed, or a late write error goes unseen. */
public interface DiskFile extends Closeable {

    /** Writes some or all of the remaining bytes at a position; returns how many. */
    int write(ByteBuffer source, long position) throws IOException;

    /** Reads up to the remaining space from a position; returns how many bytes, or -1 at the file's end. */
    int read(ByteBuffer target, long position) throws IOException;

    /** Makes all content written so far durable; with {@code metadata}, the file's times too. Length is always included. */
    void force(boolean metadata) throws IOException;

    /** Cuts the file to a length; a shorter file stays as it is. */
    void truncate(long length) throws IOException;

    /** The file's length in bytes. */
    long size() throws IOException;

    /** Writes all the remaining bytes, in as many pieces as it takes. */
    default void writeFully(ByteBuffer source, long position) throws IOException {
        long at = position;
        while (source.hasRemaining()) {
            int written = write(source, at);
            if (written <= 0) {
                throw new IOException("the disk accepted no bytes at offset " + at);
            }
            at += written;
        }
    }

    /** Reads until the target is full or the file ends; returns how many bytes were read. */
    default int readUpTo(ByteBuffer target, long position) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int got = read(target, position + total);
            if (got < 0) {
                break;
            }
            total += got;
        }
        return total;
    }

    /** Reads until the target is full; {@link EOFException} if the file ends before. */
    default void readFully(ByteBuffer target, long position) throws IOException {
        int wanted = target.remaining();
        int got = readUpTo(target, position);
        if (got < wanted) {
            throw new EOFException("file ends at offset " + (position + got) + ", " + (wanted - got) + " bytes short");
        }
    }
}
