package io.delos.store;

import io.delos.journal.DiskFile;
import io.delos.loop.Loop;
import io.delos.message.LargeBody;
import java.io.IOException;
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
     * @param got  told on the loop, unless the reader was closed meanwhile
     * @param lost told instead when the file is damaged or gone; as long as the disk itself fails it is tried again
     */
    public void read(int most, Consumer<byte[]> got, Consumer<IOException> lost) {
        loop.assertInside();
        assert !busy && !closed;
        int length = (int) Math.min(most, left());
        files.holds(length - held);
        held = length;
        busy = true;
        read(position, length, false, bytes -> {
            position += length;
            got.accept(bytes);
        }, lost);
    }

    private void read(long from, int length, boolean again, Consumer<byte[]> got, Consumer<IOException> lost) {
        files.reading().execute(() -> {
            try {
                byte[] bytes = new byte[length];
                try (DiskFile file = files.openToRead(body.file())) {
                    new BodyInput(file, files.seal(body.file()), body).read(from, bytes);
                }
                loop.post(() -> arrived(again, () -> got.accept(bytes)));
            } catch (IOException failure) {
                loop.post(() -> failed(failure, again, () -> read(from, length, true, got, lost), lost));
            }
        });
    }

    private void arrived(boolean waited, Runnable then) {
        busy = false;
        if (waited) {
            files.unreadable().over();
        }
        if (closed) {
            release();
        } else {
            then.run();
        }
    }

    private void failed(IOException failure, boolean waited, Runnable retry, Consumer<IOException> lost) {
        if (closed || !ReadTrouble.mayPass(failure)) {
            arrived(waited, () -> lost.accept(failure));
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
        files.unpin(body.file());
    }
}
