package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One thread. A disk on which nothing changes, so that code that also tidies up can be used to look: what it has deleted is from then on gone
 * for it alone, cutting a file is passed over, and writing into one or making one fails.
 */
final class ReadOnlyDisk implements Disk {
    private final Disk disk;
    private final Set<Path> gone = new HashSet<>();

    ReadOnlyDisk(Disk disk) {
        this.disk = disk;
    }

    private Path present(Path file) throws NoSuchFileException {
        if (gone.contains(file)) {
            throw new NoSuchFileException(file.toString());
        }
        return file;
    }

    @Override
    public DiskFile open(Path file, Mode mode) throws IOException {
        if (mode == Mode.CREATE) {
            throw new IOException(file + " would have to be made, and nothing may be changed");
        }
        return new ReadOnlyFile(file, disk.open(present(file), Mode.READ));
    }

    @Override
    public void createDirectory(Path directory) {
        // whoever looks into it finds it empty
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        List<String> names = new ArrayList<>(disk.list(directory));
        names.removeIf(name -> gone.contains(directory.resolve(name)));
        return names;
    }

    @Override
    public long size(Path file) throws IOException {
        return disk.size(present(file));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        throw new IOException(from + " would have to be renamed, and nothing may be changed");
    }

    @Override
    public void delete(Path file) {
        gone.add(file);
    }

    @Override
    public Space space(Path directory) throws IOException {
        return disk.space(directory);
    }

    @Override
    public void syncDirectory(Path directory) {
        // nothing has changed there
    }

    private record ReadOnlyFile(Path path, DiskFile file) implements DiskFile {

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            throw new IOException(path + " would have to be written, and nothing may be changed");
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void force(boolean metadata) {
            // nothing was written
        }

        @Override
        public void truncate(long length) {
            // what lies behind is not read
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
