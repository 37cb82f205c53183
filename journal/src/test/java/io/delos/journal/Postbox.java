package io.delos.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * A small user of the journal as a broker is one: messages come and go, both are facts, what is there is saved in checkpoints and counted.
 * Not thread-safe.
 */
final class Postbox implements Recovery {
    private static final byte MESSAGE = 1;
    private static final byte GONE = 2;

    private final JournalConfig config;
    private final Disk disk;
    private final TreeMap<Long, Integer> living = new TreeMap<>();
    final List<String> noticed = new ArrayList<>();
    private int next;
    private long applied;
    private Journal journal;

    private int most = Integer.MAX_VALUE;

    Postbox(JournalConfig config, Disk disk) {
        this.config = config;
        this.disk = disk;
    }

    /** Its messages have hardly more than so many bytes. */
    Postbox small(int bytes) {
        most = bytes;
        return this;
    }

    private byte[] content(int number) {
        return content(number, size(number, most));
    }

    static int size(int number, int most) {
        return 4 + (size(number) - 4) % most;
    }

    /** Opens the journal and counts what it finds. */
    Postbox open() throws IOException {
        living.clear();
        applied = 0;
        journal = Journal.open(config, disk, this);
        living.keySet().forEach(position -> journal.retain(position, 1));
        return this;
    }

    void close() {
        journal.close();
    }

    Journal journal() {
        return journal;
    }

    /** What lives: position and number. */
    Map<Long, Integer> living() {
        return living;
    }

    /** A message's payload: its number, and bytes that follow from it. */
    static byte[] content(int number, int size) {
        byte[] content = new byte[4 + size];
        new Random(number).nextBytes(content);
        ByteBuffer.wrap(content).putInt(number).putInt(4, 0);
        return content;
    }

    static int size(int number) {
        return 4 + number * 7919 % 1500;
    }

    private static final class Note extends Append {
        private final byte type;
        private final byte[][] payloads;
        private final long[] positions;
        private final CompletableFuture<Void> done = new CompletableFuture<>();

        Note(byte type, byte[]... payloads) {
            this.type = type;
            this.payloads = payloads;
            this.positions = new long[payloads.length];
        }

        @Override
        protected int recordCount() {
            return payloads.length;
        }

        @Override
        protected int recordSize(int i) {
            return payloads[i].length;
        }

        @Override
        protected byte recordType(int i) {
            return type;
        }

        @Override
        protected void encodeRecord(int i, ByteBuffer target, long position) {
            target.put(payloads[i]);
            positions[i] = position;
        }

        @Override
        protected void durable() {
            done.complete(null);
        }

        @Override
        protected void failed(IOException cause) {
            done.completeExceptionally(cause);
        }
    }

    /** Messages come in, as one unit. */
    long[] add(int count) {
        byte[][] contents = new byte[count][];
        for (int i = 0; i < count; i++) {
            contents[i] = content(next + i);
        }
        Note note = new Note(MESSAGE, contents);
        journal.append(note);
        note.done.join();
        for (long position : note.positions) {
            living.put(position, next++);
            journal.retain(position, 1);
        }
        return note.positions;
    }

    /** Messages go. */
    void remove(Collection<Long> positions) {
        if (positions.size() > 500) {
            List<Long> all = List.copyOf(positions);
            remove(all.subList(0, 500));
            remove(all.subList(500, all.size()));
            return;
        }
        Note note = new Note(GONE, positions.stream().map(gone -> ByteBuffer.allocate(8).putLong(gone).array()).toArray(byte[][]::new));
        journal.append(note);
        note.done.join();
        for (long position : positions) {
            living.remove(position);
            journal.retain(position, -1);
        }
    }

    /** So many messages pass, of which one in so many stays. */
    void flow(int messages, int oneInStays) {
        for (int from = 0; from < messages; from += 10) {
            List<Long> gone = new ArrayList<>();
            for (long position : add(10)) {
                if (living.get(position) % oneInStays != 0) {
                    gone.add(position);
                }
            }
            remove(gone);
        }
    }

    /** Takes a checkpoint and begins a count with it. */
    Optional<Census> checkpoint() throws IOException {
        Optional<Census> census = journal.census();
        census.ifPresent(asked -> {
            Census.Tally tally = asked.tally();
            living.forEach((position, number) -> tally.living(position, size(number)));
            tally.done();
        });
        applied = journal.durablePosition();
        journal.checkpoint(applied, out -> {
            DataOutputStream state = new DataOutputStream(out.section("living"));
            state.writeInt(next);
            state.writeLong(applied);
            state.writeInt(living.size());
            for (Map.Entry<Long, Integer> each : living.entrySet()) {
                state.writeLong(each.getKey());
                state.writeInt(each.getValue());
            }
        });
        return census;
    }

    /** A checkpoint, and what can be rewritten with it. */
    void compact() throws IOException {
        checkpoint().ifPresent(journal::compact);
    }

    @Override
    public void checkpoint(CheckpointReader saved) throws IOException {
        saved.sections((name, content) -> {
            DataInputStream in = new DataInputStream(content);
            next = in.readInt();
            applied = in.readLong();
            for (int i = in.readInt(); i > 0; i--) {
                living.put(in.readLong(), in.readInt());
            }
        });
    }

    @Override
    public void noticed(String file, long offset, String what) {
        noticed.add(file + "@" + offset + " " + what);
    }

    @Override
    public void record(long position, byte type, ByteBuffer payload, long unitEnd) {
        if (unitEnd <= applied) {
            return;
        }
        if (type == MESSAGE) {
            int number = payload.getInt();
            living.put(position, number);
            next = number + 1;
        } else {
            living.remove(payload.getLong());
        }
    }

    /** Every living message is there, read alone and read with the others. */
    void verify() throws IOException {
        for (Map.Entry<Long, Integer> each : living.entrySet()) {
            StoredRecord record = journal.read(each.getKey(), 100);
            assertThat(record.type()).isEqualTo(MESSAGE);
            assertThat(record.payload()).isEqualTo(ByteBuffer.wrap(content(each.getValue())));
        }
        long[] positions = living.keySet().stream().mapToLong(Long::longValue).toArray();
        int[] sizes = new int[positions.length];
        Arrays.fill(sizes, 700);
        List<Integer> numbers = new ArrayList<>();
        journal.reader().read(positions, sizes, 0, positions.length, new RecordVisitor() {
            @Override
            public void record(int index, long position, byte type, ByteBuffer payload) {
                int number = payload.getInt(0);
                assertThat(payload).isEqualTo(ByteBuffer.wrap(content(number)));
                numbers.add(number);
            }

            @Override
            public void failed(int index, long position, IOException cause) {
                throw new AssertionError(cause);
            }
        });
        assertThat(numbers).containsExactlyElementsOf(living.values());
    }
}
