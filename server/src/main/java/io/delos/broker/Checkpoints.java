package io.delos.broker;

import io.delos.address.AddressBook;
import io.delos.address.AddressRecord;
import io.delos.address.Route;
import io.delos.address.Routes;
import io.delos.journal.Census;
import io.delos.journal.CheckpointWriter;
import io.delos.loop.Loop;
import io.delos.queue.Queue;
import io.delos.queue.QueueSnapshot;
import io.delos.store.BodyRefs;
import io.delos.store.Fact;
import io.delos.store.Shelf;
import io.delos.store.Store;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Gathers the state that makes the journal's past unnecessary. The journal thread begins one when everything up to a position has been
 * posted to its owners; its own posts come behind those, so each owner's answer is its state at exactly that position. A worker writes the
 * answers down.
 */
final class Checkpoints {

    /** Between two rounds of compaction that no traffic asks for: each writes up to a segment. */
    private static final long COMPACTION_PAUSE_MILLIS = 1000;

    private static final Logger LOG = LogManager.getLogger(Checkpoints.class);

    private final QueueRegistry registry;
    private final Routes routes;
    private final Loop control;
    private final Executor workers;
    private final OpenTransactions transactions;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile CountDownLatch current = new CountDownLatch(0);
    private Store store;
    /** Where the newest checkpoint stands, and where the journal stood when that was last looked at. */
    private volatile long taken;
    private long seen;
    private AddressBook book;
    private volatile boolean ended;

    Checkpoints(QueueRegistry registry, Routes routes, Loop control, Executor workers, OpenTransactions transactions) {
        this.registry = registry;
        this.routes = routes;
        this.control = control;
        this.workers = workers;
        this.transactions = transactions;
    }

    /** Before the first checkpoint; {@code checkpoint} is where the one stands that was found, or -1 if more was found behind it. */
    void serve(Store theStore, AddressBook theBook, long checkpoint) {
        store = theStore;
        taken = checkpoint;
        book = theBook;
    }

    /** Control loop, now and then: when nothing is being written, what was written since the last checkpoint gets one, so that a start is short. */
    void whenIdle() {
        long position = store.durablePosition();
        if (position != taken && position == seen) {
            store.wantCheckpoint();
        }
        seen = position;
    }

    /** Somebody who keeps messages of the journal alive: a queue, or who has them before they are in one. */
    interface Keeper {

        /**
         * Says which, as it is where the checkpoint begins, and then runs {@code answered}, now or later and on any thread. To name one that
         * has ended meanwhile does no harm; to leave out one that lives loses it.
         */
        void living(Census.Tally tally, Runnable answered);
    }

    /** One checkpoint on its way. */
    private final class Gathering {
        final long position;
        final CountDownLatch done;
        final Map<Long, ByteBuffer> queues = new ConcurrentHashMap<>();
        final ConcurrentLinkedQueue<QueueSnapshot> withRuns = new ConcurrentLinkedQueue<>();
        final AtomicInteger missing;
        final List<OpenTransactions.Open> transactions;
        final BodyRefs.Saved bodies = store.bodies().refs().saved();
        final Shelf.Saved shelf = store.notes().shelf().saved();
        volatile List<Fact> facts = List.of();
        volatile long greatestQueueId;
        volatile Optional<Runnable> staged = Optional.empty();
        final Optional<Census> census = ended ? Optional.empty() : store.census();
        /** The checkpoint itself, and who was asked. */
        final AtomicInteger unanswered = new AtomicInteger(1);

        Gathering(long position, int parts, List<OpenTransactions.Open> transactions, CountDownLatch done) {
            this.position = position;
            this.missing = new AtomicInteger(parts);
            this.transactions = transactions;
            this.done = done;
        }

        /** Journal thread: one more who is to say what it keeps alive; nothing if nobody wants to know. */
        Optional<Runnable> question(Keeper keeper) {
            return census.map(asked -> {
                Census.Tally tally = asked.tally();
                unanswered.incrementAndGet();
                return () -> keeper.living(tally, () -> {
                    tally.done();
                    answered(workers);
                });
            });
        }

        /** One of those asked has answered, or the checkpoint was written; the last of them begins the compaction. */
        void answered(Executor where) {
            if (unanswered.decrementAndGet() == 0 && !ended) {
                where.execute(() -> census.ifPresent(Checkpoints.this::compact));
            }
        }

        void partDone() {
            if (missing.decrementAndGet() == 0) {
                workers.execute(() -> write(this));
            }
        }
    }

    /** Opens when the checkpoint that was begun last has been written, or given up. */
    CountDownLatch current() {
        return current;
    }

    /** Journal thread: begins a checkpoint at this position unless one is under way. */
    void begin(long position) {
        if (!ended) {
            begin(position, new CountDownLatch(1));
        }
    }

    /** Journal thread: begins the last one. */
    void last(long position, CountDownLatch done) {
        ended = true;
        begin(position, done);
    }

    private void begin(long position, CountDownLatch done) {
        if (book == null || !running.compareAndSet(false, true)) {
            done.countDown();
            return;
        }
        List<Queue> queues = new ArrayList<>(registry.all());
        List<Queue> others = queues.stream().filter(queue -> !queue.durable()).toList();
        queues.removeIf(queue -> !queue.durable());
        List<Fact> notes = notes();
        Gathering gathering = new Gathering(position, queues.size() + 1, transactions.snapshot(), done);
        current = done;
        control.post(() -> {
            gathering.facts = bookFacts(notes);
            gathering.partDone();
        });
        gathering.staged = gathering.question((tally, answered) -> {
            gathering.transactions.forEach(open -> open.messages.forEach(messages -> messages.living(tally)));
            gathering.shelf.living(tally);
            answered.run();
        });
        if (store.bodies().any()) {
            // large messages are in the journal for queues too that are not
            others.forEach(queue -> gathering.question(queue::living).ifPresent(question -> queue.loop().post(question)));
        }
        for (Queue queue : queues) {
            gathering.greatestQueueId = Math.max(gathering.greatestQueueId, queue.id());
            Optional<Runnable> question = gathering.question(queue::living);
            queue.loop().post(() -> {
                QueueSnapshot snapshot = queue.snapshot();
                ByteBuffer bytes = ByteBuffer.allocate(snapshot.encodedSize());
                snapshot.write(bytes);
                gathering.queues.put(queue.id(), bytes.flip());
                if (snapshot.hasRuns()) {
                    gathering.withRuns.add(snapshot);
                }
                try {
                    question.ifPresent(Runnable::run);
                } finally {
                    gathering.partDone();
                }
            });
        }
    }

    private List<Fact> notes() {
        List<Fact> notes = new ArrayList<>();
        store.notes().under("").forEach((key, value) -> notes.add(new Fact.Remembered(key, value)));
        return notes;
    }

    private List<Fact> bookFacts(List<Fact> notes) {
        List<Fact> facts = new ArrayList<>();
        for (AddressRecord address : book.addresses()) {
            if (!address.temporary()) {
                facts.add(new Fact.Address(address.name(), AddressBook.bits(address.types()), address.autoCreated()));
            }
        }
        for (Queue queue : book.queues()) {
            if (queue.durable()) {
                facts.add(new Fact.Queue(queue.id(), Administration.texts(queue.config())));
            }
        }
        book.diverts().forEach(divert -> facts.add(Diverts.fact(divert.config())));
        facts.addAll(notes);
        return facts;
    }

    private void write(Gathering gathering) {
        boolean written = false;
        gathering.staged.ifPresent(Runnable::run);
        try {
            for (QueueSnapshot queue : gathering.withRuns) {
                queue.sync();
            }
            store.checkpoint(gathering.position, target -> {
                Sections.facts(gathering.facts, gathering.greatestQueueId, target);
                duplicateIds(target);
                gathering.shelf.write(target.section(Sections.SHELF));
                if (!gathering.bodies.isEmpty()) {
                    gathering.bodies.write(target.section(Sections.BODIES));
                }
                for (OpenTransactions.Open transaction : gathering.transactions) {
                    OpenTransactions.write(transaction, target.section(Sections.TRANSACTION + transaction.number));
                }
                for (Map.Entry<Long, ByteBuffer> queue : gathering.queues.entrySet()) {
                    target.section(Sections.QUEUE + queue.getKey()).write(queue.getValue().array(), 0, queue.getValue().limit());
                }
            });
            written = true;
            taken = gathering.position;
            tidy(gathering);
        } catch (IOException | RuntimeException failure) {
            LOG.warn("A checkpoint could not be written; the one before stays, and the next start reads more of the journal", failure);
        } finally {
            running.set(false);
            gathering.done.countDown();
        }
        if (written) {
            gathering.answered(Runnable::run);
        }
    }

    /** What has been counted is rewritten where that is worth it; when more is, the next checkpoint is not left to chance. */
    private void compact(Census census) {
        if (store.compact(census) && !ended) {
            control.schedule(store::wantCheckpoint, COMPACTION_PAUSE_MILLIS);
        }
    }

    /** The checkpoint counts: what was kept for older ones may go. */
    private static void tidy(Gathering gathering) {
        try {
            for (QueueSnapshot queue : gathering.withRuns) {
                queue.taken();
            }
        } catch (IOException failure) {
            LOG.warn("Files of references that are needed no more could not be removed; they take space until the next checkpoint", failure);
        }
    }

    private void duplicateIds(CheckpointWriter target) throws IOException {
        Map<String, List<String>> ids = new LinkedHashMap<>();
        for (Route route : routes.all()) {
            if (route.duplicates().size() > 0) {
                ids.put(route.address(), List.of(route.duplicates().confirmed()));
            }
        }
        Sections.ids(ids, target);
    }
}
