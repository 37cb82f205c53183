package io.delos.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.journal.DamagedException;
import io.delos.journal.MemoryDisk;
import io.delos.loop.Loop;
import io.delos.message.Message;
import io.delos.store.ColdMessages;
import io.delos.store.Fact;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/** Whatever byte of a run's file changes, and wherever the file ends: it is noticed, and the chunk is what it was, from the journal. */
class RunDamageTest {

    private static final long QUEUE = 7;
    private static final int LEVEL = 4;
    private static final long FILE = 1 << 20;
    private static final Path DIRECTORY = Path.of("/backlog");
    private static final Path RUN = DIRECTORY.resolve("q7-4.0000000000000000");

    private final MemoryDisk disk = new MemoryDisk();
    private final Records journal = new Records();
    private final BacklogFile file = new BacklogFile(disk, DIRECTORY, "q7-4", gone -> { });
    private final ChunkOnDisk.Home home = new ChunkOnDisk.Home(QUEUE, "q", LEVEL, file, journal);
    private final Chunk chunk = new Chunk(0, 40);

    /** A journal of which only the messages matter. */
    private static final class Records implements ColdMessages {
        private final NavigableMap<Long, Fact.Enqueued> messages = new TreeMap<>();
        private final Map<Long, Long> transactions = new TreeMap<>();

        void add(long position, long queue, int level, long transaction) {
            Message message = Message.of((byte) 1, new byte[(int) (position / 8 % 50)]).address("q").priority((byte) level).durable(true).build();
            messages.put(position, new Fact.Enqueued(message, new long[] {3, queue}));
            transactions.put(position, transaction);
        }

        @Override
        public long search(long from, long to, Found found) {
            long limit = segment(from) + FILE;
            messages.subMap(from, true, Math.min(to, limit - 1), true)
                    .forEach((position, fact) -> found.message(position, fact, transactions.get(position)));
            return limit;
        }

        @Override
        public long segment(long position) {
            return ColdMessages.spilled(position) ? ColdMessages.SPILLED : position / FILE * FILE;
        }

        @Override
        public void spill(Message message, Loop loop, LongConsumer placed) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void fetch(long[] positions, int[] sizes, int count, Loop loop, Consumer<List<Message>> loaded) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void retain(long position, int delta) {
            throw new UnsupportedOperationException();
        }
    }

    private void put(long position, long transaction) {
        journal.add(position, QUEUE, LEVEL, transaction);
        chunk.add(position, journal.messages.get(position).message().size(), Refs.mark(LEVEL, 0, transaction != 0, false), null);
    }

    /** Of two files of the journal, with others' messages between, large transactions, one rolled back, and what is nowhere durable. */
    private Refs filled() throws IOException {
        for (int i = 0; i < 20; i++) {
            put(FILE - 800 + i * 80, 0);
            journal.add(FILE - 800 + i * 80 + 8, QUEUE, LEVEL - 1, 0);
            journal.add(FILE - 800 + i * 80 + 16, QUEUE + 1, LEVEL, 0);
            journal.add(FILE - 800 + i * 80 + 24, QUEUE, LEVEL, 99);
        }
        chunk.add(ColdMessages.SPILLED | 64, 10, LEVEL, null);
        for (int i = 0; i < 9; i++) {
            put(FILE - 800 + i * 80 + 32, 50);
        }
        for (int i = 0; i < 9; i++) {
            put(FILE - 800 + i * 80 + 40, 51);
        }
        put(3 * FILE, 0);
        Refs refs = chunk.refs();
        long entry = file.append(refs);
        chunk.written(entry, journal);
        Piece head = new Piece();
        chunk.take(head, 3, Long.MAX_VALUE);
        for (int slot : new int[] {5, 6, 19, 20, 21, 29}) {
            chunk.take(slot, refs, slot);
        }
        chunk.unload();
        return refs;
    }

    private void verify(Refs expected, Chunk of) throws IOException {
        ChunkOnDisk now = of.onDisk(home);
        Refs read = now.read();
        assertThat(now.left().cardinality()).isEqualTo(of.durableCount());
        for (int slot = 0; slot < expected.count(); slot++) {
            if (now.left().get(slot)) {
                assertThat(read.position(slot)).as("slot %d", slot).isEqualTo(expected.position(slot));
                assertThat(read.size(slot)).isEqualTo(expected.size(slot));
                assertThat(read.mark(slot)).isEqualTo(expected.mark(slot));
            }
        }
    }

    /** As the next process has it. */
    private Chunk saved() {
        ByteBuffer bytes = ByteBuffer.allocate(chunk.encodedSize());
        chunk.write(bytes);
        return Chunk.read(bytes.flip());
    }

    @Test
    void everyByteCounts() throws IOException {
        Refs refs = filled();
        byte[] sound = disk.bytes(RUN);
        Chunk next = saved();
        for (int i = 0; i < sound.length; i++) {
            byte[] damaged = sound.clone();
            damaged[i] ^= (byte) (1 << i % 8);
            disk.put(RUN, damaged);
            int at = i;
            assertThatThrownBy(() -> file.read(0, refs.count())).isInstanceOfSatisfying(DamagedException.class, found -> {
                assertThat(found.file()).isEqualTo(RUN.getFileName().toString());
                assertThat(found.offset()).isEqualTo(at / 20 * 20L);
            });
            verify(refs, i % 2 == 0 ? chunk : next);
            assertThat(file.read(0, refs.count()).count()).as("entries that can be read again").isEqualTo(refs.count());
        }
    }

    @Test
    void everyEndCounts() throws IOException {
        Refs refs = filled();
        byte[] sound = disk.bytes(RUN);
        for (int length = 0; length < sound.length; length++) {
            disk.put(RUN, Arrays.copyOf(sound, length));
            BacklogFile reopened = new BacklogFile(disk, DIRECTORY, "q7-4", gone -> { });
            reopened.expect(0, refs.count(), "q");
            assertThatThrownBy(() -> reopened.read(0, refs.count())).isInstanceOf(DamagedException.class);
            Refs more = new Refs(1);
            more.addMarked(8, 1, LEVEL, null);
            assertThat(reopened.append(more)).as("where the next go").isEqualTo(refs.count());
            assertThat(reopened.read(refs.count(), 1).position(0)).isEqualTo(8);
            verify(refs, saved());
        }
    }

    @Test
    void withoutAnyFileItIsTheSame() throws IOException {
        Refs refs = filled();
        file.close();
        disk.delete(RUN);
        BacklogFile reopened = new BacklogFile(disk, DIRECTORY, "q7-4", gone -> { });
        reopened.expect(0, refs.count(), "q");
        Chunk next = saved();
        ChunkOnDisk.Home there = new ChunkOnDisk.Home(QUEUE, "q", LEVEL, reopened, journal);
        Refs found = next.onDisk(there).read();
        assertThat(next.onDisk(there).left().stream().allMatch(slot -> found.position(slot) == refs.position(slot))).isTrue();
        assertThat(disk.list(DIRECTORY)).containsExactly(RUN.getFileName().toString());
        verify(refs, next);
    }

    @Test
    void whatIsInTheJournalNoMoreIsMissedAndNotMistaken() throws IOException {
        Refs refs = filled();
        disk.put(RUN, new byte[0]);
        journal.messages.remove(refs.position(12));
        Refs read = chunk.onDisk(home).read();
        BitSet left = chunk.onDisk(home).left();
        long missing = left.stream().filter(read::missing).count();
        assertThat(missing).isEqualTo(1);
        int durable = chunk.durableCount();
        Chunk.Lost lost = chunk.lose(read);
        assertThat(lost.durable).isEqualTo(1);
        assertThat(chunk.durableCount()).isEqualTo(durable - 1);
        assertThat(lost.bytes).isEqualTo(refs.size(12));
        verifyLives(lost);
    }

    private static void verifyLives(Chunk.Lost lost) {
        long[] sum = new long[1];
        lost.lives.forEach((base, count) -> sum[0] += count);
        assertThat(sum[0]).isEqualTo(1);
    }
}
