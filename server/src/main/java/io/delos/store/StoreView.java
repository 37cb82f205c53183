package io.delos.store;

import io.delos.journal.Disk;
import io.delos.journal.JournalView;
import io.delos.journal.RecordReader;
import io.delos.journal.RecordVisitor;
import io.delos.journal.Recovery;
import io.delos.message.Message;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The messages of a journal that nobody has open, only looked at: nothing is changed. One thread. */
public final class StoreView implements Finder, Closeable {

    private final JournalView journal;
    private final RecordReader reader;

    private StoreView(JournalView journal) {
        this.journal = journal;
        this.reader = journal.reader();
    }

    /** As {@link JournalView#of}. */
    public static StoreView of(Path directory, Disk disk, Recovery recovery, boolean salvage) throws IOException {
        return new StoreView(JournalView.of(directory, disk, recovery, salvage));
    }

    /** The bodies of large messages, which are in this directory. */
    public BodyView bodies(Path directory, Disk disk) {
        return new BodyView(directory, disk, journal.storeId());
    }

    /** Is told what {@link #read} finds. */
    public interface Reading {

        /** The message at the position with this index. */
        void message(int index, Message message);

        /** That message can't be had. */
        void lost(int index, IOException cause);
    }

    /** Reads the messages at the first {@code count} of these positions, which weigh about {@code sizes}, in their order. */
    public void read(long[] positions, int[] sizes, int count, Reading reading) {
        reader.read(positions, sizes, 0, count, new RecordVisitor() {
            @Override
            public void record(int index, long position, byte type, ByteBuffer payload) {
                Message message;
                try {
                    Fact fact = Fact.read(type, payload);
                    message = (fact instanceof Staging.Sent staged ? staged.what() : (Fact.Enqueued) fact).message();
                } catch (RuntimeException damaged) {
                    reading.lost(index, new IOException("the record at position " + position + " does not hold a message", damaged));
                    return;
                }
                reading.message(index, message);
            }

            @Override
            public void failed(int index, long position, IOException cause) {
                reading.lost(index, cause);
            }
        });
    }

    @Override
    public long segment(long position) {
        return journal.segment(position);
    }

    @Override
    public long search(long from, long to, Found found) throws IOException {
        Store.Searcher searcher = new Store.Searcher(found);
        long behind = journal.scan(from, to, searcher);
        searcher.check();
        return behind;
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
