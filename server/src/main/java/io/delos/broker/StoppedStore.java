package io.delos.broker;

import io.delos.journal.Census;
import io.delos.journal.CheckpointWriter;
import io.delos.journal.Disk;
import io.delos.journal.JournalConfig;
import io.delos.queue.BacklogFiles;
import io.delos.queue.StoredQueue;
import io.delos.store.BodyFiles;
import io.delos.store.BodyRefs;
import io.delos.store.Fact;
import io.delos.store.MemoryBudget;
import io.delos.store.Notes;
import io.delos.store.Shelf;
import io.delos.store.Shelving;
import io.delos.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The files of a broker that is not running, opened to be put in order: nobody is served, nothing expires, no queue is made or removed. One
 * thread, blocking; the caller has locked the directory.
 */
public final class StoppedStore implements AutoCloseable {

    /** More than any configuration keeps for an address: none is to be forgotten here. */
    private static final int DUPLICATE_IDS = 1 << 22;
    /** Rounds in which nothing may change before all is done: what a checkpoint makes superfluous goes with the second one after it. */
    private static final int QUIET_ROUNDS = 3;
    /** What values are counted under that belong to no queue. */
    private static final String VALUES = "(retained messages)";

    private final Notes notes = new Notes();
    private final Restorer restored;
    private final BacklogFiles backlogs;
    private final Store store;
    private final List<StoredQueue> queues = new ArrayList<>();
    private final Map<Long, String> names = new HashMap<>();
    private final List<Fact> facts = new ArrayList<>();
    private long lost;

    private StoppedStore(JournalConfig config, Path bodies, Disk disk) throws IOException {
        BodyFiles bodyFiles = new BodyFiles(bodies, disk, Runnable::run, MemoryBudget.ofHeap(), config.sync());
        restored = new Restorer(notes, address -> DUPLICATE_IDS, bodyFiles.refs());
        backlogs = new BacklogFiles(disk, config.directory().resolve("backlog"), Runnable::run, BacklogFiles.Depth.USUAL, config.salvage());
        store = Store.open(config, disk, restored, notes, Runnable::run, new Store.Listener(fact -> { }, position -> { }, failure -> { }),
                MemoryBudget.ofHeap(), bodyFiles);
        restored.discardUndecided();
        bodyFiles.begin(store.id(), store.durablePosition());
        facts.addAll(restored.addresses().values());
        facts.addAll(restored.queues().values());
        facts.addAll(restored.diverts().values());
        notes.under("").forEach((key, value) -> facts.add(new Fact.Remembered(key, value)));
        for (Fact.Queue queue : restored.queues().values()) {
            names.put(queue.id(), queue.attributes().getOrDefault("name", Long.toString(queue.id())));
            StoredQueue stored = new StoredQueue(queue.id(), names.get(queue.id()), restored.takeContentsOf(queue.id()), backlogs, store);
            lost += stored.restore();
            queues.add(stored);
        }
        restored.prepared().forEach(each -> each.messages.forEach(messages -> messages.retain(store, 1)));
        notes.shelf().serve(store);
    }

    /**
     * Opens them as a start would.
     *
     * @param bodies the directory of large messages' bodies
     * @throws IOException if a start would be refused; the message says why
     */
    public static StoppedStore open(JournalConfig config, Path bodies, Disk disk) throws IOException {
        return new StoppedStore(config, bodies, disk);
    }

    /** As above, where bodies are beside the journal's files. */
    public static StoppedStore open(JournalConfig config, Disk disk) throws IOException {
        return open(config, BrokerFiles.beside(config.directory()), disk);
    }

    /** Messages that salvaging gave up together with the references to them. */
    public long lost() {
        return lost;
    }

    /** What the journal's files have together, in bytes. */
    public long bytes() {
        return store.bytes();
    }

    /** Rewrites what is worth it until nothing is. */
    public void compact() throws IOException {
        rounds(false);
    }

    /** Rewrites every file, so that nothing is left in them but what is needed. */
    public void rewrite() throws IOException {
        rounds(true);
    }

    private void rounds(boolean all) throws IOException {
        long before = -1;
        for (int quiet = 0; quiet < QUIET_ROUNDS;) {
            boolean more = round(all);
            long now = store.bytes();
            quiet = more || now != before ? 0 : quiet + 1;
            before = now;
        }
    }

    private boolean round(boolean all) throws IOException {
        Optional<Census> census = all ? store.censusOfAll() : store.census();
        checkpoint();
        if (census.isEmpty()) {
            return false;
        }
        Census.Tally tally = census.get().tally();
        for (StoredQueue queue : queues) {
            queue.living(tally);
        }
        restored.prepared().forEach(each -> each.messages.forEach(messages -> messages.living(tally)));
        notes.shelf().saved().living(tally);
        tally.done();
        return store.compact(census.get());
    }

    /** Takes a checkpoint: the next opening reads nothing that lies before it. One has its place from the journal's end, so that moves on. */
    public void checkpoint() throws IOException {
        write(new Fact.Forgotten(""));
        store.checkpoint(store.durablePosition(), this::write);
    }

    private void write(CheckpointWriter target) throws IOException {
        Sections.facts(facts, restored.greatestQueueId(), target);
        Sections.ids(restored.duplicateIds().byAddress(), target);
        for (OpenTransactions.Open each : restored.prepared()) {
            OpenTransactions.write(each, target.section(Sections.TRANSACTION + each.number));
        }
        notes.shelf().saved().write(target.section(Sections.SHELF));
        BodyRefs.Saved saved = store.bodies().refs().saved();
        if (!saved.isEmpty()) {
            saved.write(target.section(Sections.BODIES));
        }
        for (StoredQueue queue : queues) {
            queue.write(target.section(Sections.QUEUE + queue.id()));
        }
    }

    /**
     * Takes those messages out of their queues that can't be read any more. It is seen at the next opening.
     *
     * @return how many each queue has lost, by the queue's name
     * @throws IOException if the disk fails
     */
    public Map<String, Long> removeUnreadable() throws IOException {
        Map<String, Long> removed = new HashMap<>();
        for (StoredQueue queue : queues) {
            List<Long> unreadable = new ArrayList<>();
            queue.forEach((position, size) -> {
                if (!store.readable(position, size)) {
                    unreadable.add(position);
                }
            });
            for (int from = 0; from < unreadable.size(); from += Settlements.AT_ONCE) {
                List<Long> some = unreadable.subList(from, Math.min(unreadable.size(), from + Settlements.AT_ONCE));
                write(new Fact.Settled(queue.id(), some.stream().mapToLong(Long::longValue).toArray()));
            }
            if (!unreadable.isEmpty()) {
                removed.put(names.get(queue.id()), (long) unreadable.size());
            }
        }
        long values = removeUnreadableValues();
        if (values > 0) {
            removed.put(VALUES, values);
        }
        return removed;
    }

    private long removeUnreadableValues() throws IOException {
        Set<String> readable = new HashSet<>();
        List<Shelf.Spot> spots = new ArrayList<>();
        long removed = 0;
        Shelf.Walk walk = notes.shelf().from("");
        while (walk.spot().isPresent()) {
            for (; walk.spot().isPresent() && spots.size() < Settlements.AT_ONCE; walk.next()) {
                spots.add(walk.spot().get());
            }
            notes.shelf().read(spots, (spot, value) -> readable.add(spot.key()));
            for (Shelf.Spot spot : spots) {
                if (!readable.contains(spot.key())) {
                    write(new Shelving.Unshelved(spot.key(), spot.position()));
                    removed++;
                }
            }
            readable.clear();
            spots.clear();
        }
        return removed;
    }

    private void write(Fact fact) throws IOException {
        CompletableFuture<Void> written = new CompletableFuture<>();
        store.write(new Written(fact, written));
        try {
            written.get();
        } catch (ExecutionException failure) {
            throw new IOException(failure.getCause().getMessage(), failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /** A fact whose writer waits for it. */
    private static final class Written extends io.delos.store.Unit {
        private final CompletableFuture<Void> done;

        Written(Fact fact, CompletableFuture<Void> done) {
            super(List.of(fact));
            this.done = done;
        }

        @Override
        protected void completed(io.delos.store.Completions completions) {
            done.complete(null);
        }

        @Override
        protected void refused(io.delos.store.Completions completions, IOException cause) {
            done.completeExceptionally(cause);
        }
    }

    @Override
    public void close() {
        backlogs.close();
        store.close();
    }
}
