package io.delos.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** One thread. Reads the files of all runs in a directory from the first to the last byte without changing any, and tells what isn't sound. */
public final class RunScanner {
    private static final int CRC = 4;
    private static final int WINDOW = 1 << 16;

    private final Disk disk;
    private final Path directory;
    private final int entryBytes;

    /** @param entryBytes an entry's size, as in {@link Run#open} */
    public RunScanner(Disk disk, Path directory, int entryBytes) {
        this.disk = disk;
        this.directory = directory;
        this.entryBytes = entryBytes;
    }

    /** Receives what is found, on the scanning thread, file by file. */
    public interface Visitor {

        /** A file with so many whole entries, sound or not, and so many bytes behind the last one, which mean nothing. */
        void file(String file, long entries, int rest) throws IOException;

        /** Entries from one to another, both included, are not what was written. */
        void damaged(String file, long offset, long first, long last) throws IOException;
    }

    /** Goes through everything once. */
    public void scan(Visitor visitor) throws IOException {
        List<String> names = new ArrayList<>(disk.list(directory));
        names.sort(null);
        for (String name : names) {
            int dot = name.lastIndexOf('.');
            if (dot > 0 && Layout.number(name.substring(dot), ".", "").isPresent()) {
                scan(name, Layout.number(name.substring(dot), ".", "").getAsLong(), visitor);
            }
        }
    }

    private void scan(String name, long base, Visitor visitor) throws IOException {
        ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
        CRC32C crc = new CRC32C();
        try (DiskFile file = disk.open(directory.resolve(name), Disk.Mode.READ)) {
            long entries = file.size() / entryBytes;
            visitor.file(name, entries, (int) (file.size() % entryBytes));
            ByteBuffer window = ByteBuffer.allocate(WINDOW / entryBytes * entryBytes);
            long damagedFrom = -1;
            for (long entry = 0; entry < entries; entry++) {
                int at = (int) (entry * entryBytes % window.capacity());
                if (at == 0) {
                    file.readUpTo(window.clear(), entry * entryBytes);
                }
                crc.reset();
                crc.update(number.putLong(0, base + entry).clear());
                crc.update(window.array(), at, entryBytes - CRC);
                boolean sound = (int) crc.getValue() == window.getInt(at + entryBytes - CRC);
                if (!sound && damagedFrom < 0) {
                    damagedFrom = entry;
                } else if (sound && damagedFrom >= 0) {
                    visitor.damaged(name, damagedFrom * entryBytes, base + damagedFrom, base + entry - 1);
                    damagedFrom = -1;
                }
            }
            if (damagedFrom >= 0) {
                visitor.damaged(name, damagedFrom * entryBytes, base + damagedFrom, base + entries - 1);
            }
        }
    }
}
