package io.delos.store;

import io.delos.journal.DiskFile;
import io.delos.loop.Loop;
import io.delos.message.LargeBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * A body on its way into its file. Owned by its loop; what gathers there is written in portions by a worker, one at a time. Either
 * {@link #seal} or {@link #close} ends it.
 */
public final class BodyWriter {

    private static final Logger LOG = LogManager.getLogger(BodyWriter.class);
    /** As soon as so much has gathered, in bytes, it is written. */
    private static final int PORTION = 4 * BodyBlocks.CONTENT;
    /** After so many bytes what was written is synced, so that the end of a long body does not take long. */
    private static final long SYNC_EVERY = 32L << 20;

    private final BodyFiles files;
    private final Loop loop;
    private final long file;
    private final boolean sync;
    private final ArrayDeque<byte[]> gathered = new ArrayDeque<>();
    private int firstUsed;
    private long gatheredBytes;
    private long underWay;
    private long length;
    private boolean busy;
    private boolean sealed;
    private boolean closed;
    private Runnable progress = () -> { };
    private Optional<IOException> failure = Optional.empty();
    private Optional<Consumer<Optional<IOException>>> sealing = Optional.empty();
    /** The worker's own, handed from one portion to the next. */
    private final File onDisk = new File();

    BodyWriter(BodyFiles files, Loop loop, long file, boolean sync) {
        this.files = files;
        this.loop = loop;
        this.file = file;
        this.sync = sync;
    }

    /** Who is told, on the loop, each time something has been written. */
    public void onProgress(Runnable told) {
        progress = told;
    }

    /** The next bytes, which belong to the writer from now on. */
    public void add(byte[] bytes) {
        loop.assertInside();
        length += bytes.length;
        if (failure.isEmpty() && !closed && bytes.length > 0) {
            gathered.add(bytes);
            gatheredBytes += bytes.length;
            goOn();
        }
    }

    /** Bytes in memory. */
    public long waiting() {
        return gatheredBytes + underWay;
    }

    /** What was added so far, which may fail yet. */
    public LargeBody body() {
        return new LargeBody(file, length);
    }

    /** What went wrong; empty if nothing has. */
    public Optional<IOException> failure() {
        return failure;
    }

    /** That was all. {@code done} is told, on the loop, when it is on the disk, or what went wrong; the file stays pinned. */
    public void seal(Consumer<Optional<IOException>> done) {
        loop.assertInside();
        sealing = Optional.of(done);
        goOn();
    }

    /** Ends the pin it began with: unless somebody else has pinned the file meanwhile it is removed. Again is allowed. */
    public void close() {
        loop.assertInside();
        if (closed) {
            return;
        }
        closed = true;
        gathered.clear();
        gatheredBytes = 0;
        if (sealed) {
            files.unpin(file);
        } else if (!busy) {
            discard();
        }
    }

    private void discard() {
        files.writing().execute(() -> {
            onDisk.close();
            files.unpin(file);
        });
    }

    private void goOn() {
        if (busy || closed || sealed) {
            return;
        }
        boolean last = sealing.isPresent();
        if (last || gatheredBytes >= (files.tight() ? BodyBlocks.CONTENT : PORTION)) {
            busy = true;
            List<ByteBuffer> portion = failure.isPresent() ? List.of() : take(last ? gatheredBytes : gatheredBytes / BodyBlocks.CONTENT * BodyBlocks.CONTENT);
            boolean good = failure.isEmpty();
            files.writing().execute(() -> write(portion, last, good));
        }
    }

    private List<ByteBuffer> take(long bytes) {
        List<ByteBuffer> taken = new ArrayList<>(gathered.size());
        long left = bytes;
        while (left > 0) {
            byte[] first = gathered.peek();
            int part = (int) Math.min(left, first.length - firstUsed);
            taken.add(ByteBuffer.wrap(first, firstUsed, part));
            left -= part;
            firstUsed += part;
            if (firstUsed == first.length) {
                gathered.remove();
                firstUsed = 0;
            }
        }
        gatheredBytes -= bytes;
        underWay = bytes;
        return taken;
    }

    private void write(List<ByteBuffer> portion, boolean last, boolean good) {
        Optional<IOException> trouble = Optional.empty();
        try {
            if (good) {
                onDisk.append(portion, last);
            }
        } catch (IOException refused) {
            trouble = Optional.of(refused);
        } catch (RuntimeException fault) {
            trouble = Optional.of(new IOException("a fault in the broker: " + fault, fault));
        }
        if (last || trouble.isPresent()) {
            onDisk.close();
        }
        Optional<IOException> what = trouble;
        loop.post(() -> written(what, last));
    }

    private void written(Optional<IOException> trouble, boolean last) {
        busy = false;
        underWay = 0;
        if (trouble.isPresent() && failure.isEmpty()) {
            failure = trouble;
            gathered.clear();
            gatheredBytes = 0;
            LOG.warn("The body of a large message can't be written: {}. Its sender is told, and what was written is removed; others go on",
                    trouble.get().getMessage());
        }
        if (closed) {
            discard();
        } else if (last) {
            sealed = true;
            sealing.orElseThrow().accept(failure);
        } else {
            progress.run();
            goOn();
        }
    }

    /** The file, as the workers see it: one at a time. */
    private final class File {
        private DiskFile handle;
        private boolean made;
        private long offset;
        private long block;
        private long synced;

        void append(List<ByteBuffer> portion, boolean last) throws IOException {
            open();
            ByteBuffer blocks = BodyFiles.SCRATCH.get().clear();
            if (offset == 0) {
                BodyBlocks.putHeader(blocks, files.store(), file);
                flush(blocks.flip());
            }
            int start = 0;
            blocks.position(BodyBlocks.BLOCK_HEADER);
            for (ByteBuffer bytes : portion) {
                while (bytes.hasRemaining()) {
                    int room = start + BodyBlocks.BLOCK - blocks.position();
                    int part = Math.min(room, bytes.remaining());
                    blocks.put(bytes.duplicate().limit(bytes.position() + part));
                    bytes.position(bytes.position() + part);
                    if (part == room) {
                        start = finish(blocks, start);
                    }
                }
            }
            if (blocks.position() > start + BodyBlocks.BLOCK_HEADER) {
                start = finish(blocks, start);
            }
            flush(blocks.position(start).flip());
            settle(last);
        }

        private void open() throws IOException {
            if (handle == null) {
                handle = made ? files.goOn(file) : files.make(file);
                made = true;
            }
        }

        /** Seals the block that begins at {@code start}; returns where the next one does. */
        private int finish(ByteBuffer blocks, int start) throws IOException {
            int content = blocks.position() - start - BodyBlocks.BLOCK_HEADER;
            BodyBlocks.seal(blocks, start, content, files.seal(file), block++);
            int next = blocks.position();
            if (next == blocks.capacity()) {
                flush(blocks.flip());
                next = 0;
            }
            if (next + BodyBlocks.BLOCK_HEADER <= blocks.capacity()) {
                blocks.position(next + BodyBlocks.BLOCK_HEADER);
            }
            return next;
        }

        private void flush(ByteBuffer full) throws IOException {
            int length = full.remaining();
            handle.writeFully(full, offset);
            offset += length;
            full.clear();
        }

        private void settle(boolean last) throws IOException {
            boolean closes = !last && files.tooManyOpen();
            if (sync && (last || closes || offset - synced >= SYNC_EVERY)) {
                handle.force(false);
                synced = offset;
            }
            if (closes) {
                close();
            }
            if (last && sync) {
                files.syncDirectory();
            }
        }

        void close() {
            if (handle != null) {
                try {
                    files.close(handle);
                } catch (IOException late) {
                    LOG.warn("The file {} could not be closed: {}", BodyFiles.name(file), late.toString());
                }
                handle = null;
            }
        }
    }
}
