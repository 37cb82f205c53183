package io.delos.broker;

import io.delos.address.AddressBook;
import io.delos.config.QueueConfig;
import io.delos.config.RoutingType;
import io.delos.config.Settings;
import io.delos.journal.Disk;
import io.delos.message.Message;
import io.delos.message.Xid;
import io.delos.queue.SavedQueue;
import io.delos.store.BodyView;
import io.delos.store.Fact;
import io.delos.store.Notes;
import io.delos.store.StoreView;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What a broker that is not running holds: its addresses, its durable queues, and the messages in them, found as a start would find them and
 * read without changing anything. What is in memory is what a broker has there too, so messages may be as many as they like. One thread,
 * blocking.
 */
public final class StoppedBroker implements Closeable {

    /** Messages read together: so many, or of so many bytes. */
    private static final int AT_ONCE = 256;
    private static final long BYTES_AT_ONCE = 1 << 20;
    /** What a record may have beyond what a message weighs; a wrong guess costs a second read. */
    private static final int ENVELOPE = 64;

    private final Path journal;
    private final Disk disk;
    private final Restorer restored = new Restorer(new Notes(), address -> 1);
    private final StoreView store;
    private final BodyView bodies;

    /** Receives messages. */
    public interface Visitor {

        /** A message, where it lies, and the names of the queues that hold it. */
        void message(long position, Message message, List<String> queues) throws IOException;

        /** A message that these queues should hold can't be read. */
        void lost(long position, List<String> queues, IOException cause) throws IOException;
    }

    private StoppedBroker(Path journal, Path bodies, Disk disk, boolean salvage) throws IOException {
        this.journal = journal;
        this.disk = Disk.readOnly(disk);
        this.store = StoreView.of(journal, disk, restored, salvage);
        this.bodies = store.bodies(bodies, this.disk);
        restored.discardUndecided();
    }

    /**
     * Reads what there is, except for messages.
     *
     * @param journal the journal's directory, of which no broker makes use meanwhile
     * @param bodies the directory of large messages' bodies
     * @throws IOException if something durable is not there; the message says which file and why
     */
    public static StoppedBroker open(Path journal, Path bodies, Disk disk) throws IOException {
        return new StoppedBroker(journal, bodies, disk, false);
    }

    /** As above, where bodies are beside the journal's files. */
    public static StoppedBroker open(Path journal, Disk disk) throws IOException {
        return open(journal, BrokerFiles.beside(journal), disk);
    }

    /** As {@link #open}, but reads a damaged journal as far as it goes. */
    public static StoppedBroker salvage(Path journal, Path bodies, Disk disk) throws IOException {
        return new StoppedBroker(journal, bodies, disk, true);
    }

    /** The bodies of large messages. */
    public BodyView bodies() {
        return bodies;
    }

    /** The addresses, and what they route. */
    public Map<String, Set<RoutingType>> addresses() {
        Map<String, Set<RoutingType>> addresses = new LinkedHashMap<>();
        restored.addresses().forEach((name, fact) -> addresses.put(name, AddressBook.types(fact.types())));
        return addresses;
    }

    /** The queues by their ids. */
    public Map<Long, QueueConfig> queues() {
        Map<Long, QueueConfig> queues = new TreeMap<>();
        for (Fact.Queue fact : restored.queues().values()) {
            queues.put(fact.id(), Settings.read(QueueConfig.class, fact.attributes()));
        }
        return queues;
    }

    /**
     * A branch of a distributed transaction that waits for a decision.
     *
     * @param sent         messages that will be in queues if it commits, and are in none before
     * @param acknowledged messages that will have left queues then, and are in them before
     */
    public record InDoubt(Xid xid, long sent, long acknowledged) { }

    /** The branches that are prepared. */
    public List<InDoubt> inDoubt() {
        Map<Xid, InDoubt> branches = new LinkedHashMap<>();
        for (OpenTransactions.Open share : restored.prepared()) {
            Xid xid = share.prepared.orElseThrow().xid();
            long acknowledged = share.ended.stream().mapToLong(ended -> ended.positions().length).sum();
            branches.merge(xid, new InDoubt(xid, share.count(), acknowledged),
                    (one, two) -> new InDoubt(xid, one.sent + two.sent, one.acknowledged + two.acknowledged));
        }
        return List.copyOf(branches.values());
    }

    /**
     * Goes through the messages of some queues, once: in the order in which each queue has those of one priority, and as far as that allows in
     * the order of their arrival. One that is in several queues comes once; rarely, if it came with a large transaction, more often, each time
     * for others of its queues.
     *
     * @return how many messages are lost with the references to them, beside those that were told of
     * @throws IOException if references can't be read, or what the visitor throws
     */
    public long read(Predicate<String> wanted, Visitor visitor) throws IOException {
        SavedMerge merge = new SavedMerge();
        List<SavedQueue> saved = new ArrayList<>();
        SavedQueue.Place place = new SavedQueue.Place(disk, journal, store);
        for (Map.Entry<Long, QueueConfig> queue : queues().entrySet()) {
            if (wanted.test(queue.getValue().name())) {
                SavedQueue contents = new SavedQueue(queue.getKey(), queue.getValue().name(), restored.takeContentsOf(queue.getKey()), place);
                saved.add(contents);
                merge.add(queue.getValue().name(), contents);
            }
        }
        Batch batch = new Batch(visitor);
        while (merge.next()) {
            batch.add(merge);
        }
        batch.read();
        return saved.stream().mapToLong(SavedQueue::lost).sum();
    }

    @Override
    public void close() throws IOException {
        store.close();
    }

    /** Messages that are read together. */
    private final class Batch implements StoreView.Reading {
        private final Visitor visitor;
        private final long[] positions = new long[AT_ONCE];
        private final int[] sizes = new int[AT_ONCE];
        private final List<List<String>> queues = new ArrayList<>(AT_ONCE);
        private final Message[] messages = new Message[AT_ONCE];
        private final IOException[] causes = new IOException[AT_ONCE];
        private long bytes;

        Batch(Visitor visitor) {
            this.visitor = visitor;
        }

        void add(SavedMerge next) throws IOException {
            if (queues.size() == AT_ONCE || bytes + next.size() > BYTES_AT_ONCE) {
                read();
            }
            positions[queues.size()] = next.position();
            sizes[queues.size()] = next.size() + ENVELOPE;
            queues.add(next.queues());
            bytes += next.size();
        }

        void read() throws IOException {
            store.read(positions, sizes, queues.size(), this);
            for (int i = 0; i < queues.size(); i++) {
                if (causes[i] == null) {
                    visitor.message(positions[i], messages[i], queues.get(i));
                } else {
                    visitor.lost(positions[i], queues.get(i), causes[i]);
                }
                messages[i] = null;
                causes[i] = null;
            }
            queues.clear();
            bytes = 0;
        }

        @Override
        public void message(int index, Message message) {
            messages[index] = message;
        }

        @Override
        public void lost(int index, IOException cause) {
            causes[index] = cause;
        }
    }
}
