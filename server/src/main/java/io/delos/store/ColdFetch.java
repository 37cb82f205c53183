package io.delos.store;

import io.delos.journal.GoneException;
import io.delos.journal.RecordReader;
import io.delos.journal.RecordVisitor;
import io.delos.loop.Loop;
import io.delos.message.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** Reads messages on workers and posts them; while the disk itself fails it tries again. Any thread. */
final class ColdFetch {

    private static final Logger LOG = LogManager.getLogger(ColdFetch.class);
    /** What a record may have beyond what a message weighs; a wrong guess costs a second read. */
    private static final int ENVELOPE = 64;

    private final Executor workers;
    private final ThreadLocal<RecordReader> readers;
    private final ThreadLocal<RecordReader> spillReaders;
    private final AtomicBoolean closing;
    private final ReadTrouble unreadable = new ReadTrouble("Messages of the journal");

    /** {@code closing}: whether nobody waits any more. */
    ColdFetch(Executor workers, ThreadLocal<RecordReader> readers, ThreadLocal<RecordReader> spillReaders, AtomicBoolean closing) {
        this.workers = workers;
        this.readers = readers;
        this.spillReaders = spillReaders;
        this.closing = closing;
    }

    /** What is to be read, and for whom. */
    private record Cold(long[] positions, int[] guesses, boolean mayBeGone, Loop loop, Consumer<List<Message>> loaded) { }

    /** See {@link ColdMessages#fetch}. */
    void fetch(long[] positions, int[] sizes, int count, Loop loop, Consumer<List<Message>> loaded) {
        fetch(new Cold(positions, guesses(sizes, count), false, loop, loaded), false);
    }

    /** See {@link ColdMessages#look}. */
    void look(long[] positions, int[] sizes, int count, Loop loop, Consumer<List<Message>> loaded) {
        fetch(new Cold(positions, guesses(sizes, count), true, loop, loaded), false);
    }

    private static int[] guesses(int[] sizes, int count) {
        int[] guesses = new int[count];
        for (int i = 0; i < count; i++) {
            guesses[i] = sizes[i] + ENVELOPE;
        }
        return guesses;
    }

    private void fetch(Cold wanted, boolean waited) {
        if (closing.get()) {
            return;
        }
        workers.execute(() -> {
            Collector read = new Collector(wanted.guesses.length, wanted.mayBeGone);
            read(wanted, read);
            if (closing.get()) {
                return;
            }
            if (read.trouble != null) {
                if (!waited) {
                    unreadable.begun(read.trouble);
                }
                wanted.loop.schedule(() -> fetch(wanted, true), ReadTrouble.RETRY_MILLIS);
                return;
            }
            if (waited) {
                unreadable.over();
            }
            read.lost.forEach(Runnable::run);
            List<Message> result = Arrays.asList(read.messages);
            wanted.loop.post(() -> wanted.loaded.accept(result));
        });
    }

    private void read(Cold wanted, Collector into) {
        int from = 0;
        int count = wanted.guesses.length;
        while (from < count) {
            boolean spilled = ColdMessages.spilled(wanted.positions[from]);
            int to = from + 1;
            while (to < count && ColdMessages.spilled(wanted.positions[to]) == spilled) {
                to++;
            }
            into.spilled = spilled;
            read(wanted.positions, wanted.guesses, from, to, into);
            from = to;
        }
    }

    private void read(long[] positions, int[] guesses, int from, int to, Collector into) {
        if (!into.spilled) {
            readers.get().read(positions, guesses, from, to, into);
            return;
        }
        long[] places = positions.clone();
        for (int i = from; i < to; i++) {
            places[i] &= ~ColdMessages.SPILLED;
        }
        spillReaders.get().read(places, guesses, from, to, into);
    }

    /** Takes in what is read. One thread. */
    private static final class Collector implements RecordVisitor {
        private final Message[] messages;
        /** Tells of what is damaged, if that is all that is wrong. */
        private final List<Runnable> lost = new ArrayList<>(0);
        private final boolean mayBeGone;
        private boolean spilled;
        private IOException trouble;

        Collector(int count, boolean mayBeGone) {
            this.mayBeGone = mayBeGone;
            messages = new Message[count];
        }

        @Override
        public void record(int index, long position, byte type, ByteBuffer payload) {
            try {
                Fact read = Fact.read(type, payload);
                Fact.Enqueued fact = read instanceof Staging.Sent staged ? staged.what() : (Fact.Enqueued) read;
                messages[index] = spilled ? Spill.decoded(fact) : fact.message();
            } catch (RuntimeException damaged) {
                lost.add(() -> LOG.error("The record at position {} of the journal does not hold a message; the message is lost", position, damaged));
            }
        }

        @Override
        public void failed(int index, long position, IOException cause) {
            if (ReadTrouble.mayPass(cause)) {
                trouble = cause;
            } else if (!mayBeGone || !(cause instanceof GoneException)) {
                lost.add(() -> LOG.error("A message can't be read from the journal and is lost: {}", cause.toString()));
            }
        }
    }
}
