package io.delos.store;

import io.delos.journal.DiskFile;
import io.delos.loop.Loop;
import io.delos.message.BodyPiece;
import io.delos.message.LargeBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A body on its way out of its file, piece by piece and in order. Owned by its loop; workers read. */
public final class BodyReader {

    private final BodyFiles files;
    private final LargeBody body;
    private final Loop loop;
    private long position;
    private long held;
    private boolean busy;
    private boolean closed;
    /** The worker's own, handed from one piece to the next. */
    private Optional<DiskFile> open = Optional.empty();

    BodyReader(BodyFiles files, LargeBody body, Loop loop) {
        this.files = files;
        this.body = body;
        this.loop = loop;
    }

    /** Bytes that were not asked for yet. */
    public long left() {
        return body.length() - position;
    }

    /** How much it is good to ask for at once, in bytes, as memory is now. */
    public int portion() {
        return files.portion();
    }

    /**
     * Reads the next bytes, at most so many; one piece at a time. It counts against memory until the next is asked for or the reader is closed.
     *
     * @param got  told on the loop, and has to release it, unless the reader was closed meanwhile
     * @param lost told instead when the file is damaged or gone; as long as the disk itself fails it is tried again
     */
    public void read(int most, Consumer<BodyPiece> got, Consumer<IOException> lost) {
        loop.assertInside();
        assert !busy && !closed;
        int length = (int) Math.min(wholeBlocks(most), left());
        files.holds(length - held);
        held = length;
        busy = true;
        read(position, length, false, piece -> {
            position += length;
            got.accept(piece);
        }, lost);
    }

    /** So many bytes, or fewer if that ends with a block, of which no part is then read twice. */
    private long wholeBlocks(int most) {
        long end = (position + most) / BodyBlocks.CONTENT * BodyBlocks.CONTENT;
        return end > position ? end - position : most;
    }

    private void read(long from, int length, boolean again, Consumer<BodyPiece> got, Consumer<IOException> lost) {
        files.reading().execute(() -> {
            try {
                BodyPiece piece = piece(from, length);
                loop.post(() -> arrived(again, piece, got));
            } catch (IOException failure) {
                loop.post(() -> failed(failure, again, () -> read(from, length, true, got, lost), lost));
            }
        });
    }

    private BodyPiece piece(long from, int length) throws IOException {
        boolean last = from + length == body.length();
        try {
            DiskFile file = open.isPresent() ? open.get() : openAgain();
            List<ByteBuffer> blocks = new BodyInput(file, files.seal(body.file()), body).read(from, length, files.blocks());
            if (last || files.tooManyRead()) {
                closeFile();
            }
            return new BodyPiece(blocks, files.blocks()::give);
        } catch (IOException | RuntimeException failure) {
            closeFile();
            throw failure;
        }
    }

    private DiskFile openAgain() throws IOException {
        DiskFile file = files.openToRead(body.file());
        open = Optional.of(file);
        return file;
    }

    private void closeFile() {
        open.ifPresent(files::closeRead);
        open = Optional.empty();
    }

    private void arrived(boolean waited, BodyPiece piece, Consumer<BodyPiece> got) {
        if (ended(waited)) {
            piece.release();
        } else {
            got.accept(piece);
        }
    }

    /** A reading is over; whether the reader has been closed meanwhile. */
    private boolean ended(boolean waited) {
        busy = false;
        if (waited) {
            files.unreadable().over();
        }
        if (closed) {
            release();
        }
        return closed;
    }

    private void failed(IOException failure, boolean waited, Runnable retry, Consumer<IOException> lost) {
        if (closed || !ReadTrouble.mayPass(failure)) {
            if (!ended(waited)) {
                lost.accept(failure);
            }
            return;
        }
        if (!waited) {
            files.unreadable().begun(failure);
        }
        loop.schedule(retry, ReadTrouble.RETRY_MILLIS);
    }

    /** The file is not needed any more. Again is allowed. */
    public void close() {
        loop.assertInside();
        if (!closed) {
            closed = true;
            if (!busy) {
                release();
            }
        }
    }

    private void release() {
        files.holds(-held);
        held = 0;
        if (position < body.length()) {
            files.reading().execute(this::closeFile);
        }
        files.unpin(body.file());
    }
}
