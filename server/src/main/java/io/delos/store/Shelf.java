package io.delos.store;

import io.delos.journal.Census;
import io.delos.journal.GoneException;
import io.delos.journal.RecordVisitor;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Values by key that stay in the journal: memory has, for each, where it lies and what of its key is its own. Sorted by the bytes of the keys
 * in UTF-8. The journal thread changes it when a fact is durable; any thread looks, and may see a change or not that happens meanwhile.
 */
public final class Shelf {

    private static final Logger LOG = LogManager.getLogger(Shelf.class);
    /** Values read at once. */
    private static final int BATCH = 256;
    /** Times a value is looked for again because it was replaced just then. */
    private static final int TRIES = 16;

    /** Pages by a key that is not greater than their first, and greater than all before; there always is one for the least key. */
    private final ConcurrentSkipListMap<byte[], ShelfPage> pages = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
    private Optional<Values> values = Optional.empty();
    private volatile long count;

    /** Where a value lies in the journal, and about how many bytes it has. */
    public record Spot(String key, long position, int size) { }

    /** The journal behind it. */
    interface Values {
        void retain(long position, int delta);

        /** On the calling thread, which may block. */
        void read(long[] positions, int[] sizes, int count, RecordVisitor visitor);
    }

    public Shelf() {
        pages.put(new byte[0], ShelfPage.EMPTY);
    }

    /** After all facts of a start have been applied: from now on what is here is kept alive. */
    public void serve(Store store) {
        serve(store.values());
    }

    void serve(Values behind) {
        values = Optional.of(behind);
        for (ShelfPage page : pages.values()) {
            for (int i = 0; i < page.count(); i++) {
                behind.retain(page.position(i), 1);
            }
        }
    }

    /** How many values there are. */
    public long count() {
        return count;
    }

    /** How many keys there are from one on, and before another; of pages that lie between it looks at no key. */
    public long count(String from, String before) {
        byte[] low = bytes(from);
        byte[] high = bytes(before);
        if (Arrays.compareUnsigned(low, high) >= 0) {
            return 0;
        }
        Map.Entry<byte[], ShelfPage> at = pages.floorEntry(low);
        long found = -at.getValue().lessThan(low);
        while (at != null && Arrays.compareUnsigned(at.getKey(), high) < 0) {
            Map.Entry<byte[], ShelfPage> following = pages.higherEntry(at.getKey());
            boolean last = following == null || Arrays.compareUnsigned(following.getKey(), high) >= 0;
            found += last ? at.getValue().lessThan(high) : at.getValue().count();
            at = following;
        }
        return found;
    }

    /** Where the value of a key lies. */
    public Optional<Spot> find(String key) {
        byte[] wanted = bytes(key);
        ShelfPage page = pages.floorEntry(wanted).getValue();
        ShelfPage.Cursor cursor = page.new Cursor();
        return cursor.seek(wanted) ? Optional.of(new Spot(key, page.position(cursor.index()), page.size(cursor.index()))) : Optional.empty();
    }

    /** Begins to look through the keys, at the first that is not less than this one. */
    public Walk from(String key) {
        return new Walk(key);
    }

    /** A way through the keys, in order. One thread. */
    public final class Walk {
        private byte[] pageKey;
        private ShelfPage page;
        private ShelfPage.Cursor cursor;
        private boolean found;

        private Walk(String from) {
            skipTo(from);
        }

        /** Where it stands; empty behind the last. */
        public Optional<Spot> spot() {
            return found ? Optional.of(new Spot(new String(cursor.key(), StandardCharsets.UTF_8), page.position(cursor.index()), page.size(cursor.index())))
                    : Optional.empty();
        }

        /** Goes on to the next key. */
        public void next() {
            byte[] last = cursor.key();
            found = cursor.next();
            if (!found) {
                onward(last, true);
            }
        }

        /** Goes on, or back, to the first key that is not less than this one. */
        public void skipTo(String key) {
            byte[] wanted = bytes(key);
            stand(pages.floorEntry(wanted));
            cursor.seek(wanted);
            found = cursor.index() < page.count();
            if (!found) {
                onward(wanted, false);
            }
        }

        private void stand(Map.Entry<byte[], ShelfPage> at) {
            pageKey = at.getKey();
            page = at.getValue();
            cursor = page.new Cursor();
        }

        /** Through the pages that follow, which may begin with keys that were seen in a page that was divided meanwhile. */
        private void onward(byte[] key, boolean beyond) {
            Map.Entry<byte[], ShelfPage> following;
            while (!found && (following = pages.higherEntry(pageKey)) != null) {
                stand(following);
                boolean same = cursor.seek(key);
                found = same && beyond ? cursor.next() : cursor.index() < page.count();
            }
        }
    }

    /**
     * Reads values, on the calling thread, a worker, which blocks. Of one that was replaced meanwhile the new one is read, one that is gone is left
     * out, and so is one that is damaged, which is logged.
     *
     * @param found  told each value and where it lies
     * @throws IOException while the disk itself can't be read: some may have been told already
     */
    public void read(List<Spot> spots, BiConsumer<Spot, byte[]> found) throws IOException {
        List<Spot> wanted = new ArrayList<>(spots);
        wanted.sort((a, b) -> Long.compare(a.position(), b.position()));
        for (int tries = 0; !wanted.isEmpty() && tries < TRIES; tries++) {
            List<Spot> missed = new ArrayList<>();
            for (int from = 0; from < wanted.size(); from += BATCH) {
                read(wanted.subList(from, Math.min(wanted.size(), from + BATCH)), missed, found);
            }
            wanted.clear();
            missed.forEach(each -> find(each.key()).filter(now -> now.position() != each.position()).ifPresent(wanted::add));
        }
    }

    private void read(List<Spot> batch, List<Spot> missed, BiConsumer<Spot, byte[]> found) throws IOException {
        Reading reading = new Reading(batch, missed, found);
        values.orElseThrow().read(batch.stream().mapToLong(Spot::position).toArray(), batch.stream().mapToInt(Spot::size).toArray(), batch.size(),
                reading);
        if (reading.trouble.isPresent()) {
            throw reading.trouble.get();
        }
    }

    /** Takes in what is read of one batch. One thread. */
    private static final class Reading implements RecordVisitor {
        private final List<Spot> batch;
        private final List<Spot> missed;
        private final BiConsumer<Spot, byte[]> found;
        private Optional<IOException> trouble = Optional.empty();

        Reading(List<Spot> batch, List<Spot> missed, BiConsumer<Spot, byte[]> found) {
            this.batch = batch;
            this.missed = missed;
            this.found = found;
        }

        @Override
        public void record(int index, long position, byte type, ByteBuffer payload) {
            Spot spot = batch.get(index);
            if (type == Shelving.SHELVED && Fact.read(type, payload) instanceof Shelving.Shelved shelved && shelved.key().equals(spot.key())) {
                found.accept(spot, shelved.value());
            } else {
                LOG.error("The record at position {} of the journal is not the value of {}, which is lost", position, spot.key());
            }
        }

        @Override
        public void failed(int index, long position, IOException cause) {
            if (cause instanceof GoneException) {
                missed.add(batch.get(index));
            } else if (ReadTrouble.mayPass(cause)) {
                trouble = Optional.of(cause);
            } else {
                LOG.error("The value of {} can't be read and is lost: {}", batch.get(index).key(), cause.toString());
            }
        }
    }

    /** Takes in a fact, which lies at {@code position}. */
    void apply(Shelving fact, long position) {
        if (fact instanceof Shelving.Shelved shelved) {
            put(bytes(shelved.key()), position, shelved.size());
        } else if (fact instanceof Shelving.Unshelved gone) {
            remove(bytes(gone.key()), gone.position());
        }
    }

    private void put(byte[] key, long position, int size) {
        Map.Entry<byte[], ShelfPage> entry = pages.floorEntry(key);
        ShelfPage page = entry.getValue();
        ShelfPage.Cursor cursor = page.new Cursor();
        values.ifPresent(behind -> behind.retain(position, 1));
        if (cursor.seek(key)) {
            long before = page.position(cursor.index());
            pages.put(entry.getKey(), page.moved(cursor.index(), position, size));
            values.ifPresent(behind -> behind.retain(before, -1));
            return;
        }
        count++;
        boolean last = cursor.index() == page.count();
        if (page.count() < ShelfPage.MOST) {
            pages.put(entry.getKey(), cursor.with(key, position, size));
        } else if (last) {
            // keys often come in order: what is full stays full
            pages.put(key, ShelfPage.of(key, position, size));
        } else {
            divide(entry.getKey(), cursor.with(key, position, size));
        }
    }

    /** The second half first, so that whoever looks meanwhile sees some twice but none missing. */
    private void divide(byte[] at, ShelfPage full) {
        ShelfPage second = full.part(full.count() / 2, full.count());
        pages.put(second.first(), second);
        pages.put(at, full.part(0, full.count() / 2));
    }

    private void remove(byte[] key, long position) {
        Map.Entry<byte[], ShelfPage> entry = pages.floorEntry(key);
        ShelfPage page = entry.getValue();
        ShelfPage.Cursor cursor = page.new Cursor();
        if (!cursor.seek(key)) {
            return;
        }
        long before = page.position(cursor.index());
        if (position != Shelving.Unshelved.ANY && position != before) {
            return;
        }
        count--;
        if (page.count() == 1 && entry.getKey().length > 0) {
            pages.remove(entry.getKey());
        } else {
            pages.put(entry.getKey(), cursor.without());
        }
        values.ifPresent(behind -> behind.retain(before, -1));
    }

    /** What there is now. Immutable. */
    public record Saved(List<ShelfPage> pages) {

        /** Writes it: for each page how many there are (i32), the bytes of their keys (i32 and so many), their positions (i64) and sizes (i32); at the end 0. */
        public void write(OutputStream target) throws IOException {
            DataOutputStream out = new DataOutputStream(target);
            for (ShelfPage page : pages) {
                out.writeInt(page.count());
                out.writeInt(page.keys().length);
                out.write(page.keys());
                for (int i = 0; i < page.count(); i++) {
                    out.writeLong(page.position(i));
                    out.writeInt(page.size(i));
                }
            }
            out.writeInt(0);
            out.flush();
        }

        /** Says what of it is kept alive. */
        public void living(Census.Tally tally) {
            for (ShelfPage page : pages) {
                for (int i = 0; i < page.count(); i++) {
                    tally.living(page.position(i), page.size(i));
                }
            }
        }
    }

    /** Journal thread, or nobody else is there: what there is at this moment. Cheap. */
    public Saved saved() {
        return new Saved(pages.values().stream().filter(page -> page.count() > 0).toList());
    }

    /** Reads what {@link Saved#write} wrote, before anything else is here. */
    public void read(InputStream content) throws IOException {
        DataInputStream in = new DataInputStream(content);
        boolean first = true;
        for (int entries = in.readInt(); entries > 0; entries = in.readInt()) {
            byte[] keys = in.readNBytes(in.readInt());
            long[] positions = new long[entries];
            int[] sizes = new int[entries];
            for (int i = 0; i < entries; i++) {
                positions[i] = in.readLong();
                sizes[i] = in.readInt();
            }
            ShelfPage page = new ShelfPage(keys, positions, sizes);
            pages.put(first ? new byte[0] : page.first(), page);
            count += entries;
            first = false;
        }
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }
}
