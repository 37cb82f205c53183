package io.delos.journal;

import static io.delos.journal.JournalTest.DIRECTORY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each changed bit of a sparse segment is noticed, reported with file and offset, and made good where another part of the file tells it. */
class SparseDamageTest {
    private final JournalConfig config = JournalConfig.in(DIRECTORY).withSegmentBytes(16 << 10).withPooledSegments(1);
    private final MemoryDisk memory = new MemoryDisk();
    private final Map<Long, Integer> living = new TreeMap<>();
    private Path file;
    private byte[] sound;
    private SparseHeader header;

    @BeforeEach
    void makeOne() throws IOException {
        Postbox box = new Postbox(config, memory).open();
        box.flow(100, 20);
        box.checkpoint();
        box.flow(100, 20);
        box.compact();
        living.putAll(box.living());
        box.close();
        String name = memory.list(DIRECTORY).stream().filter(each -> each.endsWith(".sparse")).findFirst().orElseThrow();
        file = DIRECTORY.resolve(name);
        sound = memory.bytes(file);
        header = SparseIndex.read(memory, file).header();
    }

    private void flip(int offset) {
        byte[] bytes = sound.clone();
        bytes[offset] ^= (byte) (1 << offset % 8);
        memory.put(file, bytes);
    }

    private void refused(long reported) {
        assertThatThrownBy(() -> new Postbox(config, memory).open()).isInstanceOfSatisfying(DamagedException.class, e -> {
            assertThat(e.file()).isEqualTo(file.getFileName().toString());
            assertThat(e.offset()).isEqualTo(reported);
        });
    }

    private void madeGood(int offset) throws IOException {
        assertThat(Frames.of(memory, DIRECTORY).noticed).as("at %d", offset).singleElement().asString().startsWith(file.getFileName() + "@");
        Postbox box = new Postbox(config, memory).open();
        assertThat(box.living()).isEqualTo(living);
        box.verify();
        box.close();
    }

    /** All they say is in the pages of the index, and all these say is in the records. */
    @Test
    void aDamagedHeaderFenceOrPageIsMadeGood() throws IOException {
        for (int i = 0; i < SparseHeader.BYTES; i++) {
            flip(i);
            madeGood(i);
        }
        for (int i = (int) header.pages(); i < sound.length; i++) {
            flip(i);
            madeGood(i);
        }
        byte[] bytes = sound.clone();
        java.util.Arrays.fill(bytes, 0, SparseHeader.BYTES, (byte) 0);
        memory.put(file, bytes);
        madeGood(0);
    }

    @Test
    void aFileCutShortStopsTheOpening() throws IOException {
        memory.put(file, java.util.Arrays.copyOf(sound, sound.length - 8));
        refused(sound.length - 8);
        assertThat(Frames.of(memory, DIRECTORY).damages).anyMatch(damage -> damage.startsWith(file.getFileName() + "@"));
    }

    @Test
    void twoThatProveEachOtherStopTheOpening() throws IOException {
        byte[] bytes = sound.clone();
        bytes[20] ^= 1;
        bytes[(int) header.pages()] ^= 1;
        memory.put(file, bytes);
        refused(0);
    }

    @Test
    void aDamagedRecordIsReportedByWhoeverReadsIt() throws IOException {
        IndexPage page = new IndexPage(memory);
        page.turnTo(Segment.sparse(file, SparseIndex.read(memory, file)), 0);
        long position = page.position(0);
        int recordBytes = 16 + 4 + Postbox.size(living.get(position));
        for (int i = 0; i < recordBytes; i += i < 32 ? 1 : 97) {
            flip((int) page.offset(0) + i);
            reported(position, page.offset(0));
        }
    }

    private void reported(long position, long offset) throws IOException {
        Postbox box = new Postbox(config, memory).open();
        try {
            for (int size : new int[] {0, 3000}) {
                assertThatThrownBy(() -> box.journal().read(position, size)).isInstanceOfSatisfying(DamagedException.class, e -> {
                    assertThat(e.file()).isEqualTo(file.getFileName().toString());
                    assertThat(e.offset()).isEqualTo(offset);
                });
            }
            IOException[] cause = new IOException[1];
            box.journal().reader().read(new long[] {position}, new int[] {3000}, 0, 1, new RecordVisitor() {
                @Override
                public void record(int index, long at, byte type, java.nio.ByteBuffer payload) {
                    throw new AssertionError("was read at " + at);
                }

                @Override
                public void failed(int index, long at, IOException why) {
                    cause[0] = why;
                }
            });
            assertThat(cause[0]).isInstanceOf(DamagedException.class);
        } finally {
            box.close();
        }
        assertThat(Frames.of(memory, DIRECTORY).damages).singleElement().asString().startsWith(file.getFileName() + "@" + offset);
    }

    @Test
    void salvagingGivesUpThatFileAndOnlyThat() throws IOException {
        memory.put(file, java.util.Arrays.copyOf(sound, sound.length - 8));
        Replayed replayed = new Replayed();
        Postbox box = new Postbox(config.withSalvage(true), memory).open();
        Collection<Long> lost = living.keySet().stream().filter(position -> !box.journal().holds(position)).toList();
        assertThat(lost).isNotEmpty();
        assertThat(lost.size()).isLessThan(living.size());
        box.living().keySet().removeAll(lost);
        box.verify();
        box.flow(20, 1000);
        box.compact();
        box.close();
        Journal.open(config, memory, replayed).close();
        assertThat(memory.list(DIRECTORY)).as("nobody needs the damaged file any more").doesNotContain(file.getFileName().toString());
    }

    @Test
    void withoutAnyCheckpointWhatWasRewrittenCanNotBeReplayed() {
        List<String> checkpoints = memory.list(DIRECTORY).stream().filter(name -> name.startsWith("ckpt")).toList();
        checkpoints.forEach(name -> memory.delete(DIRECTORY.resolve(name)));
        refused(0);
    }

    @Test
    void anotherJournalsFileIsRefused() throws IOException {
        MemoryDisk other = new MemoryDisk();
        Postbox box = new Postbox(config, other).open();
        box.add(1);
        box.checkpoint();
        box.close();
        other.put(file, sound);
        assertThatThrownBy(() -> new Postbox(config, other).open()).isInstanceOf(FormatException.class).hasMessageContaining("another journal");
        memory.put(Layout.sparse(DIRECTORY, 16 << 10, 77), sound);
        assertThatThrownBy(() -> new Postbox(config, memory).open()).isInstanceOf(FormatException.class).hasMessageContaining("renamed");
    }
}
