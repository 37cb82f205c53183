package io.delos.server;

import io.delos.broker.StoppedStore;
import io.delos.journal.Disk;
import io.delos.journal.JournalConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What can be done with the data directory of a server that is not running; none can be started on it meanwhile. Blocking. */
public final class DataDirectory {

    private DataDirectory() {
    }

    /**
     * What compacting has given back.
     *
     * @param before what the journal's files had, in bytes
     * @param after what they have now
     */
    public record Compacted(long before, long after) { }

    /**
     * What was recovered.
     *
     * @param lost messages that can't be read and are gone, by queue
     * @param lostReferences messages that are gone with the references to them, and that nobody can name
     * @param health what is in the new directory
     */
    public record Recovered(Map<String, Long> lost, long lostReferences, Verification.Health health) { }

    /**
     * Looks at everything and changes nothing; see {@link Verification}.
     *
     * @param evenInUse whether to look though a server may be running; what is found then means little
     * @throws StartException if a server is running on it, or the data are another broker's
     */
    public static Verification.Health verify(DataFiles data, boolean evenInUse, Consumer<Finding> told) throws StartException, IOException {
        Path journal = data.journal();
        refuseForeign(journal);
        Optional<DirectoryLock> lock = evenInUse ? Optional.empty() : DirectoryLock.keepOut(journal);
        try {
            return Verification.of(data, Disk.real(), told);
        } finally {
            if (lock.isPresent()) {
                lock.get().close();
            }
        }
    }

    /**
     * Gives back what files hold for nothing, as a running broker does beside its work, but until nothing is worth it.
     *
     * @throws StartException if a server is running on it, or would not start: then nothing is changed
     */
    @SuppressWarnings("try") // the lock is held, not used
    public static Compacted compact(DataFiles data) throws StartException, IOException {
        Path journal = data.journal();
        refuseForeign(journal);
        try (DirectoryLock lock = DirectoryLock.take(journal); StoppedStore store = open(data, false)) {
            long before = store.bytes();
            store.compact();
            return new Compacted(before, store.bytes());
        }
    }

    /**
     * Writes what can be read of a journal, damaged or not, into another directory, which is sound then.
     *
     * @param target is made, or is empty; bodies of large messages are in its directory {@code bodies} then
     * @param told is given what can't be read of the old files
     * @throws StartException if a server is running on it, the target can't be used, or nothing can be read
     */
    public static Recovered recover(DataFiles data, Path target, Consumer<Finding> told) throws StartException, IOException {
        Path journal = data.journal();
        refuseForeign(journal);
        if (Files.exists(target) && (!Files.isDirectory(target) || !isEmpty(target))) {
            throw new StartException(target + " is not an empty directory: what is recovered needs one of its own");
        }
        Optional<DirectoryLock> lock = DirectoryLock.keepOut(journal);
        try {
            new RescueCopy(Disk.real(), Disk.real(), told).copy(data, DataFiles.in(target));
            return salvage(DataFiles.in(target), told);
        } finally {
            if (lock.isPresent()) {
                lock.get().close();
            }
        }
    }

    @SuppressWarnings("try") // the lock is held, not used
    private static Recovered salvage(DataFiles target, Consumer<Finding> told) throws StartException, IOException {
        try (DirectoryLock lock = DirectoryLock.take(target.journal())) {
            Map<String, Long> lost;
            long lostReferences;
            try (StoppedStore store = open(target, true)) {
                // no start looks before the second checkpoint any more
                store.checkpoint();
                store.checkpoint();
                lost = new TreeMap<>(store.removeUnreadable());
                lostReferences = store.lost();
            }
            try (StoppedStore store = open(target, false)) {
                store.rewrite();
            }
            return new Recovered(lost, lostReferences, Verification.of(target, Disk.real(), told));
        }
    }

    private static StoppedStore open(DataFiles data, boolean salvage) throws StartException, IOException {
        Path journal = data.journal();
        JournalConfig config = JournalConfig.in(journal).withSalvage(salvage);
        Optional<Integer> size = segmentBytes(journal);
        try {
            return StoppedStore.open(size.isEmpty() ? config : config.withSegmentBytes(size.get()), data.bodies(), Disk.real());
        } catch (IOException | RuntimeException refused) {
            throw new StartException(Refusal.of(refused, journal), refused);
        }
    }

    /** The size of the segments there are: new ones are to be like them. */
    private static Optional<Integer> segmentBytes(Path journal) throws IOException {
        try (Stream<Path> files = Files.list(journal)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".log")).map(file -> file.toFile().length())
                    .filter(length -> length >= 16 << 10 && length <= 1 << 30 && length % 4096 == 0).max(Long::compare).map(Long::intValue);
        }
    }

    private static void refuseForeign(Path journal) throws StartException, IOException {
        Optional<String> foreign = ForeignData.in(journal);
        if (foreign.isPresent()) {
            throw new StartException(foreign.get());
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }
}
