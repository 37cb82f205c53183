package io.delos.broker;

import io.delos.journal.CheckpointReader;
import io.delos.journal.Recovery;
import io.delos.message.Message;
import io.delos.queue.Queue;
import io.delos.queue.QueueSnapshot;
import io.delos.store.BodyRefs;
import io.delos.store.Fact;
import io.delos.store.Notes;
import io.delos.store.Staging;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Collects what a journal says when it is opened: the checkpoint, then the facts behind it, which the running broker would have applied
 * too. Owned by the starting thread.
 */
final class Restorer implements Recovery {

    private static final Logger LOG = LogManager.getLogger(Restorer.class);

    private final Notes notes;
    private final Map<String, Fact.Address> addresses = new LinkedHashMap<>();
    private final Map<Long, Fact.Queue> queues = new LinkedHashMap<>();
    private final Map<String, Fact.Divert> diverts = new LinkedHashMap<>();
    private final Map<Long, Contents> contents = new HashMap<>();
    private final OpenTransactions open;
    private final Claims ids;
    private final BodyRefs bodies;
    private static final long[] NOWHERE = {};

    private long greatestQueueId;
    private long replayed;

    /** What a queue holds: as the checkpoint has it, until something is known that came later. There may be very many queues. */
    private static final class Contents {
        private byte[] saved;
        private QueueSnapshot snapshot;

        Contents(byte[] saved) {
            this.saved = saved;
        }

        /** Of a queue that is younger than the checkpoint. */
        Contents() {
            this.snapshot = new QueueSnapshot();
        }

        QueueSnapshot snapshot() {
            if (snapshot == null) {
                snapshot = QueueSnapshot.read(ByteBuffer.wrap(saved));
                saved = null;
            }
            return snapshot;
        }
    }

    /** {@code duplicateIds}: how many duplicate-detection ids are kept per address. */
    Restorer(Notes notes, ToIntFunction<String> duplicateIds) {
        this(notes, duplicateIds, new BodyRefs());
    }

    /** {@code bodies}: is told which messages refer to files. */
    Restorer(Notes notes, ToIntFunction<String> duplicateIds, BodyRefs bodies) {
        this.notes = notes;
        this.bodies = bodies;
        this.ids = new Claims(duplicateIds);
        this.open = new OpenTransactions(duplicateIds);
    }

    @Override
    public void checkpoint(CheckpointReader saved) throws IOException {
        saved.sections((name, content) -> {
            if (name.startsWith(Sections.QUEUE)) {
                long id = Long.parseLong(name.substring(Sections.QUEUE.length()));
                contents.put(id, new Contents(content.readAllBytes()));
            } else if (name.startsWith(Sections.TRANSACTION)) {
                open.read(Long.parseLong(name.substring(Sections.TRANSACTION.length())), content);
            } else if (name.equals(Sections.BODIES)) {
                bodies.read(content);
            } else if (name.equals(Sections.FACTS)) {
                facts(content);
            } else if (name.equals(Sections.SHELF)) {
                notes.shelf().read(content);
            } else if (name.equals(Sections.IDS)) {
                duplicateIds(content);
            } else {
                LOG.warn("A checkpoint has a section {} that this release does not know; it is passed over", name);
            }
        });
    }

    private void facts(InputStream content) throws IOException {
        DataInputStream in = new DataInputStream(content);
        for (int count = in.readInt(); count > 0; count--) {
            byte type = in.readByte();
            byte[] payload = in.readNBytes(in.readInt());
            apply(Fact.read(type, ByteBuffer.wrap(payload)), 0);
        }
        greatestQueueId = Math.max(greatestQueueId, in.readLong());
    }

    private void duplicateIds(InputStream content) throws IOException {
        DataInputStream in = new DataInputStream(content);
        for (int count = in.readInt(); count > 0; count--) {
            String address = text(in);
            for (int each = in.readInt(); each > 0; each--) {
                ids.add(address, text(in));
            }
        }
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    @Override
    public void record(long position, byte type, ByteBuffer payload, long unitEnd) throws IOException {
        replayed++;
        try {
            apply(Fact.read(type, payload), position);
        } catch (RuntimeException unreadable) {
            throw new IOException("the record at position " + position + " is sound but holds no fact this release knows", unreadable);
        }
    }

    private void apply(Fact fact, long position) {
        bodies.noted(fact, position);
        if (fact instanceof Fact.Enqueued enqueued) {
            entered(enqueued, position);
        } else if (fact instanceof Fact.Settled settled) {
            ended(settled);
        } else if (fact instanceof Staging part) {
            part(part, position);
        } else if (fact instanceof Fact.Failed failed) {
            QueueSnapshot queue = contentsOf(failed.queue());
            if (queue != null) {
                queue.failed(failed.position(), failed.failures());
            }
        } else if (fact instanceof Fact.Purged purged) {
            QueueSnapshot queue = contentsOf(purged.queue());
            if (queue != null) {
                queue.purged(purged);
            }
        } else if (fact instanceof Fact.Address address) {
            addresses.put(address.name(), address);
        } else if (fact instanceof Fact.AddressGone gone) {
            addresses.remove(gone.name());
        } else if (fact instanceof Fact.Queue queue) {
            queues.put(queue.id(), queue);
            contents.computeIfAbsent(queue.id(), id -> new Contents());
            greatestQueueId = Math.max(greatestQueueId, queue.id());
        } else if (fact instanceof Fact.QueueGone gone) {
            queues.remove(gone.id());
            contents.remove(gone.id());
        } else if (fact instanceof Fact.Divert divert) {
            diverts.put(divert.name(), divert);
        } else if (fact instanceof Fact.DivertGone gone) {
            diverts.remove(gone.name());
        } else if (fact instanceof Fact.Claimed claimed) {
            ids.add(claimed.address(), claimed.id());
        } else if (fact instanceof Fact.ClaimsForgotten forgotten) {
            ids.forget(forgotten.address());
        } else {
            notes.apply(fact, position);
        }
    }

    /** What a queue holds; null if there is no such queue any more. */
    private QueueSnapshot contentsOf(long queue) {
        Contents held = contents.get(queue);
        return held == null ? null : held.snapshot();
    }

    private void ended(Fact.Settled settled) {
        QueueSnapshot queue = contentsOf(settled.queue());
        if (queue != null) {
            for (long gone : settled.positions()) {
                queue.settled(gone);
            }
        }
    }

    private void part(Staging part, long position) {
        if (part instanceof Staging.Sent sent) {
            Message message = sent.what().message();
            OpenTransactions.Open transaction = open.of(sent.transaction());
            transaction.last().add(StagedMessages.Targets.of(sent.what().queues()), position, message.size(), message.priority(),
                    message.deliverAt());
            transaction.claims.add(message);
        } else if (part instanceof Staging.Ended ended) {
            open.of(ended.transaction()).ended.add(ended.what());
        } else if (part instanceof Staging.Known known) {
            open.of(known.transaction()).claims.add(known.what().address(), known.what().id());
        } else if (part instanceof Staging.Prepared prepared) {
            open.of(prepared.transaction()).prepared = Optional.of(prepared);
        } else if (part instanceof Staging.Decided decided) {
            open.decided(decided.transaction()).filter(transaction -> decided.committed()).ifPresent(this::committed);
        }
    }

    private void committed(OpenTransactions.Open transaction) {
        for (StagedMessages messages : transaction.messages) {
            for (int i = 0; i < messages.count(); i++) {
                for (long id : messages.position(i) == Queue.NO_POSITION ? NOWHERE : messages.targets(i).durable()) {
                    QueueSnapshot queue = contentsOf(id);
                    if (queue != null) {
                        queue.enteredStaged(messages.position(i), messages.size(i), messages.priority(i), messages.deliverAt(i));
                    }
                }
            }
        }
        transaction.ended.forEach(this::ended);
        transaction.claims.forEach(ids::add);
    }

    /** What was undecided when the broker ended never was, and says so; but for what was prepared. */
    void discardUndecided() {
        for (OpenTransactions.Open transaction : open.discardUnprepared()) {
            LOG.info("A transaction was not committed when the broker ended: its {} message(s) written so far are discarded",
                    transaction.count());
        }
        Set<Long> dropped = new HashSet<>(0);
        bodies.afterRestart(open.all().stream().map(each -> each.number).collect(Collectors.toSet()), queues.keySet(), new BodyRefs.Gone() {
            @Override
            public void left(long queue, long position) {
                contentsOf(queue).settled(position);
            }

            @Override
            public void neverComes(long position) {
                dropped.add(position);
            }
        });
        open.without(dropped);
        for (OpenTransactions.Open transaction : open.all()) {
            LOG.info("The branch {} of a distributed transaction is prepared: what it sends, {} message(s), and what it acknowledges waits for"
                    + " a decision", transaction.prepared.orElseThrow().xid(), transaction.count());
        }
    }

    /** The transactions that are prepared, and so wait for a decision. */
    Collection<OpenTransactions.Open> prepared() {
        return open.all();
    }

    private void entered(Fact.Enqueued enqueued, long position) {
        Message message = enqueued.message();
        for (long id : enqueued.queues()) {
            QueueSnapshot queue = contentsOf(id);
            if (queue != null) {
                queue.entered(position, message);
            }
        }
        ids.add(message);
    }

    @Override
    public void damaged(String file, long offset, long length) {
        LOG.error("Salvaging: {} bytes of {} at offset {} are damaged; what is not sound in them is lost", length, file, offset);
    }

    Map<String, Fact.Address> addresses() {
        return addresses;
    }

    Map<String, Fact.Divert> diverts() {
        return diverts;
    }

    Map<Long, Fact.Queue> queues() {
        return queues;
    }

    /** Gives away what a queue holds: there may be very many queues, so it is not kept besides. */
    QueueSnapshot takeContentsOf(long queue) {
        Contents held = contents.remove(queue);
        QueueSnapshot snapshot = held == null ? new QueueSnapshot() : held.snapshot();
        snapshot.compact();
        return snapshot;
    }

    Claims duplicateIds() {
        return ids;
    }

    long greatestQueueId() {
        return greatestQueueId;
    }

    /** Lets go of all it collected: the broker has it now. */
    void forget() {
        addresses.clear();
        queues.clear();
        diverts.clear();
        contents.clear();
        ids.clear();
        open.clear();
    }

    /** Facts read behind the checkpoint. */
    long replayed() {
        return replayed;
    }
}
