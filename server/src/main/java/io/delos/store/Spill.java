package io.delos.store;

import io.delos.journal.Disk;
import io.delos.journal.Journal;
import io.delos.journal.JournalConfig;
import io.delos.journal.RecordReader;
import io.delos.journal.Recovery;
import io.delos.loop.Loop;
import io.delos.message.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Where messages that need not survive a restart lie while the memory has no room for them: a log of the journal's format that is never
 * synced and never replayed. Opened when it is first needed; any thread.
 */
final class Spill implements AutoCloseable {

    private static final Logger LOG = LogManager.getLogger(Spill.class);
    private static final long[] NO_QUEUES = new long[0];

    private final JournalConfig config;
    private final Disk disk;
    private final Executor workers;
    private final Consumer<IOException> onFailure;
    private final AtomicLong waiting = new AtomicLong();
    private CompletableFuture<Journal> journal;

    /** {@code journal}: as the broker's own is kept, beside which this one lies. */
    Spill(JournalConfig journal, Disk disk, Executor workers, Consumer<IOException> onFailure) {
        this.config = JournalConfig.in(journal.directory().resolve("spill")).withSegmentBytes(journal.segmentBytes()).withSync(false)
                .withPooledSegments(1).withCrew(journal.crew()).withCheckpointDue(() -> workers.execute(this::reclaim)).withOnFailure(onFailure);
        this.disk = disk;
        this.workers = workers;
        this.onFailure = onFailure;
    }

    private synchronized CompletableFuture<Journal> journal() {
        if (journal == null) {
            journal = CompletableFuture.supplyAsync(this::open, workers);
        }
        return journal;
    }

    private synchronized boolean unused() {
        return journal == null;
    }

    private Journal open() {
        try {
            wipe(config.directory(), disk);
            return Journal.open(config, disk, NOTHING);
        } catch (IOException failure) {
            onFailure.accept(failure);
            throw new UncheckedIOException(failure);
        }
    }

    /** Deletes what an earlier process left there. */
    static void wipe(Path directory, Disk disk) throws IOException {
        for (String file : disk.list(directory)) {
            disk.delete(directory.resolve(file));
        }
    }

    /** Gives back the files whose messages have all been fetched. */
    private void reclaim() {
        Journal open = journal().join();
        try {
            open.checkpoint(open.durablePosition(), target -> { });
        } catch (IOException failure) {
            LOG.warn("The spilled messages in {} keep more of the disk than they need: {}", config.directory(), failure.toString());
        }
    }

    /** Payload bytes on their way to the disk. */
    long pendingBytes() {
        return waiting.get();
    }

    /** Writes a message; then {@code placed} is told its position on {@code loop}, and one life is counted for it there. */
    void write(Message message, Loop loop, LongConsumer placed) {
        waiting.addAndGet(message.bytes().length);
        journal().thenAccept(open -> open.append(new SpillUnit(open, message, loop, placed)));
    }

    void retain(long position, int delta) {
        journal().join().retain(position, delta);
    }

    long segment(long position) {
        return journal().join().segment(position);
    }

    RecordReader reader() {
        return journal().join().reader();
    }

    @Override
    public void close() {
        if (!unused()) {
            journal().thenAccept(Journal::close).exceptionally(failure -> null).join();
        }
    }

    private static final Recovery NOTHING = new Recovery() {
        @Override
        public void checkpoint(io.delos.journal.CheckpointReader saved) {
            throw new IllegalStateException("a wiped directory has no checkpoint");
        }

        @Override
        public void record(long position, byte type, ByteBuffer payload, long unitEnd) {
            throw new IllegalStateException("a wiped directory has no records");
        }
    };

    private final class SpillUnit extends io.delos.journal.Append {
        private final Journal target;
        private final Message message;
        private final Fact.Enqueued fact;
        private final Loop loop;
        private final LongConsumer placed;
        private long position;

        SpillUnit(Journal target, Message message, Loop loop, LongConsumer placed) {
            this.target = target;
            this.message = message;
            this.fact = new Fact.Enqueued(message, NO_QUEUES);
            this.loop = loop;
            this.placed = placed;
        }

        @Override
        protected int recordCount() {
            return 1;
        }

        @Override
        protected int recordSize(int i) {
            return fact.size();
        }

        @Override
        protected byte recordType(int i) {
            return fact.type();
        }

        @Override
        protected void encodeRecord(int i, ByteBuffer out, long at) {
            position = at;
            fact.write(out);
        }

        @Override
        protected void durable() {
            waiting.addAndGet(-message.bytes().length);
            target.retain(position, 1);
            loop.post(() -> placed.accept(position));
        }

        @Override
        protected void failed(IOException cause) {
            waiting.addAndGet(-message.bytes().length);
        }
    }

    /** Reads spilled messages back for {@link Store#fetch}; they were not durable and are not now. */
    static Message decoded(Fact.Enqueued fact) {
        return fact.message().toBuilder().durable(false).build();
    }
}
