package io.delos.store;

import io.delos.journal.DamagedException;
import io.delos.journal.Disk;
import io.delos.journal.DiskFile;
import io.delos.message.BodyPiece;
import io.delos.message.LargeBody;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** The bodies of large messages of a broker that is not running, only looked at. One thread, blocking. */
public final class BodyView {

    private static final int PIECE = 4 * BodyBlocks.CONTENT;

    private final Path directory;
    private final Disk disk;
    private final UUID store;

    /** {@code store}: the identity of the journal whose messages have them. */
    public BodyView(Path directory, Disk disk, UUID store) {
        this.directory = directory;
        this.disk = disk;
        this.store = store;
    }

    /** The names of all files there. */
    public List<String> files() throws IOException {
        return disk.list(directory).stream().sorted().toList();
    }

    /** Reads all of a body; throws {@link DamagedException}, with file and offset, if it is not what was written. */
    public void check(LargeBody body) throws IOException {
        copy(body, OutputStream.nullOutputStream());
    }

    /** Writes a body to {@code target}, as far as it is what was written; throws like {@link #check}. */
    public void copy(LargeBody body, OutputStream target) throws IOException {
        try (DiskFile file = disk.open(directory.resolve(BodyFiles.name(body.file())), Disk.Mode.READ)) {
            BodyInput input = new BodyInput(file, new BodyBlocks.Seal(store, body.file()), body);
            input.checkShape();
            BlockPool pool = new BlockPool();
            byte[] piece = new byte[PIECE];
            for (long at = 0; at < body.length(); at += PIECE) {
                target.write(piece, 0, new BodyPiece(input.read(at, PIECE, pool), pool::give).moveTo(piece, 0));
            }
        } catch (NoSuchFileException missing) {
            throw new DamagedException(BodyFiles.name(body.file()), 0, "the file with the body of a message is missing in " + directory);
        }
    }
}
