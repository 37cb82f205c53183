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
    /** As soon as so many blocks have gathered they are written. */
    private static final int PORTION = 4;
    /** After so many bytes what was written is synced, while more comes, so that the end of a long body does not take long. */
    private static final long SYNC_EVERY = 4L << 20;

    private final BodyFiles files;
    private final Loop loop;
    private final long file;
    private final boolean sync;
    /** Blocks that are full, but for their headers. */
    private final ArrayDeque<ByteBuffer> full = new ArrayDeque<>(PORTION);
    private Optional<ByteBuffer> filling = Optional.empty();
    private int underWay;
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

    /** The next bytes, all that are left in the buffer. */
    public void add(ByteBuffer bytes) {
        loop.assertInside();
        length += bytes.remaining();
        if (failure.isPresent() || closed) {
            return;
        }
        while (bytes.hasRemaining()) {
            fill(filling.orElseGet(() -> files.blocks().take().position(BodyBlocks.BLOCK_HEADER)), bytes);
        }
        goOn();
    }

    private void fill(ByteBuffer block, ByteBuffer bytes) {
        int part = Math.min(block.remaining(), bytes.remaining());
        block.put(bytes.duplicate().limit(bytes.position() + part));
        bytes.position(bytes.position() + part);
        if (block.hasRemaining()) {
            filling = Optional.of(block);
        } else {
            filling = Optional.empty();
            full.add(block);
        }
    }

    /** Bytes of memory it takes. */
    public long waiting() {
        return (long) BodyBlocks.BLOCK * (full.size() + underWay + (filling.isPresent() ? 1 : 0));
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
        forget();
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

    private void forget() {
        full.forEach(files.blocks()::give);
        full.clear();
        filling.ifPresent(files.blocks()::give);
        filling = Optional.empty();
    }

    private void goOn() {
        if (busy || closed || sealed) {
            return;
        }
        boolean last = sealing.isPresent();
        if (last || full.size() >= (files.tight() ? 1 : PORTION)) {
            busy = true;
            List<ByteBuffer> portion = take(last);
            boolean good = failure.isEmpty();
            files.writing().execute(() -> write(portion, last, good));
        }
    }

    private List<ByteBuffer> take(boolean last) {
        List<ByteBuffer> taken = new ArrayList<>(full);
        full.clear();
        if (last) {
            filling.ifPresent(taken::add);
            filling = Optional.empty();
        }
        underWay = taken.size();
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
        portion.forEach(files.blocks()::give);
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
            forget();
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

    /** The file, as the workers see it: one at a time, but for what is synced meanwhile. */
    private final class File {
        /** Held while the file is opened, synced or closed. */
        private final Object lock = new Object();
        private DiskFile handle;
        private boolean made;
        private long offset;
        private long written;
        private long synced;
        private Optional<IOException> notSynced = Optional.empty();

        void append(List<ByteBuffer> blocks, boolean last) throws IOException {
            open();
            if (offset == 0) {
                ByteBuffer header = ByteBuffer.allocate(BodyBlocks.HEADER);
                BodyBlocks.putHeader(header, files.store(), file);
                write(header.flip());
            }
            BodyBlocks.Seal seal = files.seal(file);
            for (ByteBuffer block : blocks) {
                BodyBlocks.seal(block, 0, block.position() - BodyBlocks.BLOCK_HEADER, seal, written++);
                write(block.flip());
            }
            settle(last);
        }

        private void open() throws IOException {
            synchronized (lock) {
                if (handle == null) {
                    handle = made ? files.goOn(file) : files.make(file);
                    made = true;
                }
            }
        }

        private void write(ByteBuffer bytes) throws IOException {
            int length = bytes.remaining();
            handle.writeFully(bytes, offset);
            offset += length;
        }

        private void settle(boolean last) throws IOException {
            boolean closes = !last && files.tooManyOpen();
            if (sync && (last || closes)) {
                force();
            } else if (sync && offset - synced >= SYNC_EVERY) {
                files.syncing().execute(this::forceMeanwhile);
                synced = offset;
            }
            if (closes) {
                close();
            }
            if (last && sync) {
                files.syncDirectory();
            }
        }

        private void force() throws IOException {
            synchronized (lock) {
                if (notSynced.isPresent()) {
                    throw notSynced.get();
                }
                handle.force(false);
                synced = offset;
            }
        }

        /** What fails here will not fail again: the end of the body has to know. */
        private void forceMeanwhile() {
            synchronized (lock) {
                if (handle != null && notSynced.isEmpty()) {
                    try {
                        handle.force(false);
                    } catch (IOException failure) {
                        notSynced = Optional.of(failure);
                    }
                }
            }
        }

        void close() {
            synchronized (lock) {
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
}
