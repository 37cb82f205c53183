package io.delos.journal;

import static io.delos.journal.JournalTest.DIRECTORY;
import static io.delos.journal.JournalTest.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is torn is cut, what is damaged is refused, and nothing acknowledged is ever lost without a word. */
class TornTailTest {
    private final JournalConfig config = JournalConfig.in(DIRECTORY).withSegmentBytes(32 << 10).withPooledSegments(0);
    private final MemoryDisk disk = new MemoryDisk();
    private final List<String> texts = new ArrayList<>();
    private Frames sound;

    @BeforeEach
    void write() throws IOException {
        try (Journal journal = Journal.open(config, disk, new Replayed())) {
            for (int i = 0; i < 4; i++) {
                texts.add("first " + i + " " + "x".repeat(i * 10));
                texts.add("second " + i);
                append(journal, texts.get(2 * i), texts.get(2 * i + 1)).await();
            }
        }
        sound = Frames.of(disk, DIRECTORY);
        assertThat(sound.frames).hasSize(4);
    }

    private Replayed reopen(MemoryDisk from, boolean salvage) throws IOException {
        Replayed replayed = new Replayed();
        Journal.open(config.withSalvage(salvage), from, replayed).close();
        return replayed;
    }

    private MemoryDisk damaged(Frames.Frame frame, int offset, int mask) throws IOException {
        MemoryDisk copy = disk.copy();
        byte[] bytes = copy.bytes(frame.file());
        bytes[frame.offset() + offset] ^= (byte) mask;
        copy.put(frame.file(), bytes);
        return copy;
    }

    @Test
    void theLastFrameTornAnywhereIsCut() throws IOException {
        Frames.Frame last = sound.last();
        for (int kept = 0; kept <= last.length(); kept++) {
            MemoryDisk copy = disk.copy();
            byte[] bytes = copy.bytes(last.file());
            Arrays.fill(bytes, last.offset() + kept, bytes.length, (byte) 0);
            copy.put(last.file(), bytes);
            boolean whole = Arrays.equals(bytes, disk.bytes(last.file()));
            assertThat(reopen(copy, false).texts()).isEqualTo(whole ? texts : texts.subList(0, 6));
            assertThat(reopen(copy, false).texts()).as("a second time").isEqualTo(whole ? texts : texts.subList(0, 6));
        }
    }

    @Test
    void anyBitOfTheLastFrameMatters() throws IOException {
        Frames.Frame last = sound.last();
        for (int offset = 0; offset < last.length(); offset++) {
            for (int bit = offset % 3; bit < 8; bit += 3) {
                assertThat(reopen(damaged(last, offset, 1 << bit), false).texts()).isEqualTo(texts.subList(0, 6));
            }
        }
    }

    @Test
    void paddingIsNobodys() throws IOException {
        Frames.Frame last = sound.last();
        assertThat(reopen(damaged(last, last.length(), 0xFF), false).texts()).isEqualTo(texts);
    }

    @Test
    void anyBitOfAMiddleFrameIsDamage() throws IOException {
        Frames.Frame middle = sound.frames.get(1);
        for (int offset = 0; offset < middle.length(); offset++) {
            MemoryDisk copy = damaged(middle, offset, 1 << offset % 8);
            try {
                reopen(copy, false);
                fail("a flipped bit at " + offset + " went unseen");
            } catch (DamagedException e) {
                assertThat(e.file()).isEqualTo(middle.file().getFileName().toString());
                assertThat(e.offset()).isEqualTo(middle.offset());
                assertThat(e.getMessage().lines()).hasSize(1);
            }
            Replayed salvaged = reopen(copy, true);
            assertThat(salvaged.texts()).as("all but the unit that was hit").isIn(texts, offset < Layout.FRAME_HEADER ? texts : without(2, 4));
            assertThat(salvaged.damages).containsExactly(middle.file().getFileName() + "@" + middle.offset() + "+4096");
        }
    }

    @Test
    void theOnlyFrameOfTheNewestSegmentIsDamagedIfACheckpointCoversIt() throws IOException {
        try (Journal journal = Journal.open(config, disk, new Replayed())) {
            texts.add("alone");
            append(journal, "alone").await();
            journal.checkpoint(journal.durablePosition(), out -> { });
        }
        Frames.Frame alone = Frames.of(disk, DIRECTORY).last();
        assertThat(alone.offset()).isEqualTo(Layout.BLOCK);
        assertThat(reopen(disk.copy(), false).texts()).isEmpty();
        for (int offset = 0; offset < alone.length(); offset++) {
            MemoryDisk copy = damaged(alone, offset, 1 << offset % 8);
            assertThatThrownBy(() -> reopen(copy, false)).isInstanceOfSatisfying(DamagedException.class, damage -> {
                assertThat(damage.file()).isEqualTo(alone.file().getFileName().toString());
                assertThat(damage.offset()).isEqualTo(alone.offset());
            });
            assertThat(reopen(copy, true).damages).isNotEmpty();
        }
    }

    private List<String> without(int from, int to) {
        List<String> rest = new ArrayList<>(texts);
        rest.subList(from, to).clear();
        return rest;
    }

    @Test
    void anyBitOfTheHeaderIsDamage() throws IOException {
        Frames.Frame first = sound.frames.get(0);
        for (int offset = 0; offset < 72; offset++) {
            MemoryDisk copy = damaged(first, offset - Layout.BLOCK, 1 << offset % 8);
            assertThatThrownBy(() -> reopen(copy, false)).isInstanceOfAny(DamagedException.class, FormatException.class);
        }
    }

    @Test
    void aSegmentWithASuccessorMustReachItsEnd() throws IOException {
        try (Journal journal = Journal.open(config, disk, new Replayed())) {
            append(journal, "later").await();
        }
        Frames.Frame last = sound.last();
        MemoryDisk copy = damaged(last, 40, 1);
        assertThatThrownBy(() -> reopen(copy, false)).isInstanceOf(DamagedException.class).hasMessageContaining("the next segment");
        Replayed salvaged = reopen(copy, true);
        List<String> expected = new ArrayList<>(texts.subList(0, 6));
        expected.add("later");
        assertThat(salvaged.texts()).isEqualTo(expected);
        assertThat(salvaged.damages).containsExactly(last.file().getFileName() + "@" + last.offset() + "+" + last.length());
    }

    @Test
    void afterSalvagingACheckpointIsDueAtOnceAndEndsTheDamage() throws IOException {
        MemoryDisk copy = damaged(sound.frames.get(1), 40, 1);
        java.util.concurrent.atomic.AtomicInteger due = new java.util.concurrent.atomic.AtomicInteger();
        try (Journal journal = Journal.open(config.withSalvage(true).withCheckpointDue(due::incrementAndGet), copy, new Replayed())) {
            append(journal, "after").await();
            append(journal).await();
            assertThat(due).hasValue(1);
        }
        assertThatThrownBy(() -> reopen(copy, false)).isInstanceOf(DamagedException.class);
        try (Journal journal = Journal.open(config.withSalvage(true), copy, new Replayed())) {
            append(journal, "later").await();
            journal.checkpoint(journal.durablePosition(), out -> { });
        }
        assertThat(reopen(copy, false).texts()).isEmpty();
    }

    @Test
    void damageSaysIfSyncingWasOff() throws IOException {
        MemoryDisk fast = new MemoryDisk();
        try (Journal journal = Journal.open(config.withSync(false), fast, new Replayed())) {
            for (int i = 0; i < 3; i++) {
                append(journal, "unit " + i).await();
            }
        }
        Frames.Frame first = Frames.of(fast, DIRECTORY).frames.get(0);
        byte[] bytes = fast.bytes(first.file());
        bytes[first.offset() + 33] ^= 1;
        fast.put(first.file(), bytes);
        assertThatThrownBy(() -> reopen(fast, false)).hasMessageContaining("syncing was switched off");
    }

    @Test
    void aDamagedHeaderCostsOnlyTheHeaderWhenSalvaging() throws IOException {
        try (Journal journal = Journal.open(config, disk, new Replayed())) {
            append(journal, "later").await();
        }
        MemoryDisk copy = damaged(sound.frames.get(0), 20 - Layout.BLOCK, 1);
        assertThatThrownBy(() -> reopen(copy, false)).isInstanceOf(DamagedException.class).hasMessageContaining("header");
        List<String> expected = new ArrayList<>(texts);
        expected.add("later");
        assertThat(reopen(copy, true).texts()).isEqualTo(expected);
    }

    @Test
    void aZeroedHeaderBeforeFramesIsDamage() throws IOException {
        Frames.Frame first = sound.frames.get(0);
        byte[] bytes = disk.bytes(first.file());
        Arrays.fill(bytes, 0, Layout.BLOCK, (byte) 0);
        disk.put(first.file(), bytes);
        assertThatThrownBy(() -> reopen(disk, false)).isInstanceOf(DamagedException.class);
    }

    @Test
    void aMissingSegmentIsNamed() throws IOException {
        try (Journal journal = Journal.open(config, disk, new Replayed())) {
            append(journal, "second segment").await();
        }
        try (Journal journal = Journal.open(config, disk, new Replayed())) {
            append(journal, "third segment").await();
        }
        MemoryDisk noMiddle = disk.copy();
        noMiddle.delete(Layout.segment(DIRECTORY, 32 << 10));
        assertThatThrownBy(() -> reopen(noMiddle, false)).isInstanceOf(DamagedException.class).hasMessageContaining("missing");
        List<String> expected = new ArrayList<>(texts);
        expected.add("third segment");
        assertThat(reopen(noMiddle, true).texts()).isEqualTo(expected);

        disk.delete(Layout.segment(DIRECTORY, 0));
        assertThatThrownBy(() -> reopen(disk, false)).isInstanceOf(DamagedException.class).hasMessageContaining("missing");
        assertThat(reopen(disk, true).texts()).containsExactly("second segment", "third segment");
    }

    @Test
    void anotherJournalsSegmentIsRefused() throws IOException {
        MemoryDisk other = new MemoryDisk();
        try (Journal journal = Journal.open(config, other, new Replayed())) {
            append(journal, "foreign").await();
        }
        try (Journal journal = Journal.open(config, other, new Replayed())) {
            append(journal, "foreign too").await();
        }
        disk.put(Layout.segment(DIRECTORY, 32 << 10), other.bytes(Layout.segment(DIRECTORY, 32 << 10)));
        assertThatThrownBy(() -> reopen(disk, false)).isInstanceOf(FormatException.class).hasMessageContaining("another journal");
    }

    @Test
    void aRenamedSegmentIsRefused() throws IOException {
        disk.rename(Layout.segment(DIRECTORY, 0), Layout.segment(DIRECTORY, 32 << 10));
        assertThatThrownBy(() -> reopen(disk, false)).isInstanceOf(FormatException.class).hasMessageContaining("renamed");
    }

    @Test
    void aNewerFormatIsRefused() throws IOException {
        byte[] bytes = disk.bytes(Layout.segment(DIRECTORY, 0));
        bytes[11] = 2;
        disk.put(Layout.segment(DIRECTORY, 0), bytes);
        assertThatThrownBy(() -> reopen(disk, false)).as("only that number was changed").isInstanceOf(DamagedException.class);
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 68);
        ByteBuffer.wrap(bytes).putInt(68, (int) crc.getValue());
        disk.put(Layout.segment(DIRECTORY, 0), bytes);
        assertThatThrownBy(() -> reopen(disk, false)).isInstanceOf(FormatException.class).hasMessageContaining("format 2 of a newer release");
    }

    @Test
    void aFileThatWasCutShortIsNotTakenForOneNeverUsed() throws IOException {
        Path newest = sound.last().file();
        byte[] bytes = disk.bytes(newest);
        for (int length : new int[] {0, 1, 71, 72, 4095, 4096, 4097}) {
            MemoryDisk copy = disk.copy();
            copy.put(newest, Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> reopen(copy, false)).as("%d bytes", length).isInstanceOf(DamagedException.class);
        }
        try (Journal journal = Journal.open(config, disk, new Replayed())) {
            append(journal, "later").await();
            journal.checkpoint(journal.durablePosition(), out -> { });
        }
        Path last = Frames.of(disk, DIRECTORY).last().file();
        disk.put(last, Arrays.copyOf(disk.bytes(last), Layout.BLOCK));
        assertThatThrownBy(() -> reopen(disk, false)).as("behind the checkpoint").isInstanceOf(DamagedException.class);
    }

    @Test
    void garbageUnderASegmentsNameIsNeverRecycled() throws IOException {
        byte[] letter = new byte[32 << 10];
        Arrays.fill(letter, (byte) 'x');
        disk.put(Layout.segment(DIRECTORY, 32 << 10), letter);
        assertThatThrownBy(() -> reopen(disk, false)).isInstanceOf(DamagedException.class);
        assertThat(disk.bytes(Layout.segment(DIRECTORY, 32 << 10))).isEqualTo(letter);
    }

    @Test
    void otherFilesAreLeftAlone() throws IOException {
        disk.put(DIRECTORY.resolve("server.lock"), new byte[] {1});
        disk.put(DIRECTORY.resolve("000000000000000G.log"), new byte[] {2});
        assertThat(reopen(disk, false).texts()).isEqualTo(texts);
        assertThat(disk.list(DIRECTORY)).contains("server.lock", "000000000000000G.log");
    }

    @Test
    void framesOfFormerTimesDoNotCount() throws IOException {
        MemoryDisk other = new MemoryDisk();
        try (Journal journal = Journal.open(config, other, new Replayed())) {
            append(journal, "once").await();
        }
        byte[] stale = disk.bytes(Layout.segment(DIRECTORY, 0));
        byte[] blank = new byte[stale.length];
        System.arraycopy(stale, Layout.BLOCK, blank, 3 * Layout.BLOCK, 2 * Layout.BLOCK);
        byte[] fresh = other.bytes(Layout.segment(DIRECTORY, 0));
        System.arraycopy(blank, 3 * Layout.BLOCK, fresh, 3 * Layout.BLOCK, 2 * Layout.BLOCK);
        other.put(Layout.segment(DIRECTORY, 0), fresh);
        assertThat(reopen(other, false).texts()).containsExactly("once");
    }

    @Test
    void aFrameThatDoesNotContinueTheOneBeforeIsDamage() throws IOException {
        Frames.Frame middle = sound.frames.get(1);
        byte[] bytes = disk.bytes(middle.file());
        java.util.UUID store = SegmentHeader.decode(java.nio.ByteBuffer.wrap(bytes), "").orElseThrow().store();
        Batch other = new Batch(store, 4096);
        other.begin(middle.offset());
        TestUnit unit = new TestUnit(JournalTest.bytes("from another history"));
        unit.measure();
        other.add(unit);
        java.nio.ByteBuffer.wrap(bytes).put(middle.offset(), new byte[Layout.BLOCK]);
        int previous = java.nio.ByteBuffer.wrap(disk.bytes(middle.file())).getInt(middle.offset() + 24);
        other.finish(1, previous).get(bytes, middle.offset(), Layout.BLOCK);
        disk.put(middle.file(), bytes);
        assertThatThrownBy(() -> reopen(disk, false)).isInstanceOfSatisfying(DamagedException.class,
                e -> assertThat(e.offset()).isEqualTo(sound.frames.get(2).offset()));
        assertThat(Frames.of(disk, DIRECTORY).damages).hasSize(1).allMatch(what -> what.contains("does not continue"));
    }

    @Test
    void aMessageThatContainsAFrameIsNotTakenForOne() throws IOException {
        MemoryDisk other = new MemoryDisk();
        try (Journal journal = Journal.open(config, other, new Replayed())) {
            append(journal, "a").await();
        }
        // a frame with everything right except the store id, which no client knows, lying right behind a torn group
        int at = sound.last().offset();
        Batch forged = new Batch(new java.util.UUID(0, 0), 4096);
        forged.begin(at + Layout.BLOCK);
        TestUnit unit = new TestUnit(JournalTest.bytes("forged"));
        unit.measure();
        forged.add(unit);
        byte[] bytes = disk.bytes(sound.last().file());
        bytes[at + 50] ^= 1;
        forged.finish(1, 0).get(bytes, at + Layout.BLOCK, Layout.BLOCK);
        disk.put(sound.last().file(), bytes);
        assertThat(reopen(disk, false).texts()).isEqualTo(texts.subList(0, 6));
    }
}
