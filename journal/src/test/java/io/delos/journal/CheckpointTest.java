package io.delos.journal;

import static io.delos.journal.JournalTest.DIRECTORY;
import static io.delos.journal.JournalTest.append;
import static io.delos.journal.JournalTest.bytes;
import static io.delos.journal.JournalTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CheckpointTest {
    private final JournalConfig config = JournalConfig.in(DIRECTORY).withSegmentBytes(16 << 10).withPooledSegments(2);
    private final MemoryDisk memory = new MemoryDisk();
    private final FaultDisk disk = new FaultDisk(memory);
    private Journal journal;

    private Replayed open() throws IOException {
        return open(config);
    }

    private Replayed open(JournalConfig with) throws IOException {
        if (journal != null) {
            journal.close();
        }
        Replayed replayed = new Replayed();
        journal = Journal.open(with, disk, replayed);
        return replayed;
    }

    @AfterEach
    void close() {
        if (journal != null) {
            journal.close();
        }
    }

    private void checkpoint(long replayFrom, String state) throws IOException {
        journal.checkpoint(replayFrom, out -> out.section("state").write(bytes(state)));
    }

    private List<String> checkpoints() {
        return memory.list(DIRECTORY).stream().filter(name -> name.startsWith("ckpt")).toList();
    }

    @Test
    void onlyTheTailIsReplayed() throws IOException {
        open();
        TestUnit last = null;
        for (int i = 0; i < 30; i++) {
            last = append(journal, "old " + i + "x".repeat(3000)).await();
        }
        long between = journal.durablePosition();
        append(journal, "new 1", "new 2").await();
        append(journal, "new 3").await();
        checkpoint(between, "all the old");
        Replayed replayed = open();
        assertThat(replayed.texts()).containsExactly("new 1", "new 2", "new 3");
        assertThat(text(java.nio.ByteBuffer.wrap(replayed.sections.get("state")))).isEqualTo("all the old");
        assertThat(journal.read(last.position(0), 3000).payload().remaining()).isEqualTo(3006);
        assertThat(last.position(0)).isLessThan(replayed.records.get(0).position());
    }

    @Test
    void aPositionInsideAUnitReplaysTheWholeUnit() throws IOException {
        open();
        append(journal, "before").await();
        TestUnit unit = append(journal, "one", "two", "three").await();
        checkpoint(unit.position(1) + 1, "");
        assertThat(open().texts()).containsExactly("one", "two", "three");
    }

    @Test
    void startingDoesNotReadWhatLiesBeforeTheCheckpoint() throws IOException {
        open();
        List<TestUnit> kept = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            TestUnit unit = append(journal, "cold".repeat(700)).await();
            journal.retain(unit.position(0), 1);
            kept.add(unit);
        }
        checkpoint(journal.durablePosition(), "");
        journal.close();
        assertThat(memory.used()).isGreaterThan(200 * 2800);
        AtomicInteger reads = new AtomicInteger();
        journal = Journal.open(config, new CountingDisk(memory, reads), new Replayed());
        assertThat(reads.get()).isLessThan(30);
        assertThat(text(journal.read(kept.get(0).position(0), 2800).payload())).startsWith("coldcold");
    }

    @Test
    void sectionsOfAnySizeComeBackInOrder() throws IOException {
        open();
        Random random = new Random(3);
        byte[] large = new byte[1_000_000];
        random.nextBytes(large);
        journal.checkpoint(0, out -> {
            out.section("empty");
            OutputStream section = out.section("large");
            int at = 0;
            while (at < large.length) {
                int piece = Math.min(large.length - at, random.nextInt(200_000));
                section.write(large, at, piece);
                at += piece;
            }
            section.close();
            OutputStream bytewise = out.section("ünïcode");
            for (int i = 0; i < 70_000; i++) {
                bytewise.write(i);
            }
            for (int i = 0; i < 5000; i++) {
                out.section("many " + i).write(i);
            }
        });
        Replayed replayed = open();
        assertThat(replayed.sections).hasSize(5003);
        assertThat(replayed.sections.keySet()).startsWith("empty", "large", "ünïcode", "many 0").endsWith("many 4999");
        assertThat(replayed.sections.get("empty")).isEmpty();
        assertThat(replayed.sections.get("large")).isEqualTo(large);
        assertThat(replayed.sections.get("ünïcode")).hasSize(70_000);
        assertThat(replayed.sections.get("many 77")).containsExactly(77);
    }

    @Test
    void aSectionMayBeReadByTheByteInPartOrNotAtAll() throws IOException {
        open();
        journal.checkpoint(0, out -> {
            out.section("skipped").write(new byte[200_000]);
            out.section("partly").write(bytes("abcdef"));
            out.section("bytewise").write(bytes("xyz"));
        });
        journal.close();
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        journal = Journal.open(config, disk, new Recovery() {
            @Override
            public void checkpoint(CheckpointReader saved) throws IOException {
                saved.sections((name, content) -> {
                    if (name.equals("partly")) {
                        seen.write(content.readNBytes(3));
                    } else if (name.equals("bytewise")) {
                        for (int b = content.read(); b >= 0; b = content.read()) {
                            seen.write(b);
                        }
                        assertThat(content.read(new byte[1])).isEqualTo(-1);
                    }
                });
            }

            @Override
            public void record(long position, byte type, java.nio.ByteBuffer payload, long unitEnd) {
                throw new AssertionError("nothing to replay");
            }
        });
        assertThat(seen.toString(java.nio.charset.StandardCharsets.US_ASCII)).isEqualTo("abcxyz");
    }

    @Test
    void twoAreKept() throws IOException {
        open();
        for (int i = 0; i < 5; i++) {
            append(journal, "unit " + i).await();
            checkpoint(journal.durablePosition(), "state " + i);
        }
        assertThat(checkpoints()).hasSize(2);
        checkpoint(journal.durablePosition(), "again, at the same position");
        assertThat(checkpoints()).hasSize(2);
        assertThat(text(java.nio.ByteBuffer.wrap(open().sections.get("state")))).isEqualTo("again, at the same position");
    }

    @Test
    void anyDamagedByteOfTheNewestFallsBackToTheOneBefore() throws IOException {
        open();
        append(journal, "a").await();
        checkpoint(journal.durablePosition(), "older");
        append(journal, "b").await();
        checkpoint(journal.durablePosition(), "newer");
        append(journal, "c").await();
        journal.close();
        Path newest = DIRECTORY.resolve(checkpoints().get(1));
        byte[] sound = memory.bytes(newest);
        for (int i = 0; i < sound.length; i++) {
            byte[] flipped = sound.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            memory.put(newest, flipped);
            Replayed replayed = reopenCopy(config);
            assertThat(text(java.nio.ByteBuffer.wrap(replayed.sections.get("state")))).isEqualTo("older");
            assertThat(replayed.texts()).containsExactly("b", "c");
        }
        for (int cut = 0; cut < sound.length; cut++) {
            memory.put(newest, Arrays.copyOf(sound, cut));
            assertThat(reopenCopy(config).texts()).containsExactly("b", "c");
        }
    }

    private Replayed reopenCopy(JournalConfig with) throws IOException {
        Replayed replayed = new Replayed();
        Journal.open(with, memory.copy(), replayed).close();
        return replayed;
    }

    @Test
    void aMissingSegmentThatStillLivesIsNoticed() throws IOException {
        open();
        TestUnit unit = append(journal, "cold".repeat(1000)).await();
        journal.retain(unit.position(0), 1);
        for (int i = 0; i < 10; i++) {
            append(journal, "warm".repeat(1000)).await();
        }
        checkpoint(journal.durablePosition(), "");
        journal.close();
        memory.delete(Layout.segment(DIRECTORY, 0));
        assertThatThrownBy(() -> reopenCopy(config)).isInstanceOf(DamagedException.class)
                .hasMessageContaining("0000000000000000.log").hasMessageContaining("missing");
        Replayed salvaged = new Replayed();
        try (Journal reopened = Journal.open(config.withSalvage(true), memory.copy(), salvaged)) {
            assertThat(salvaged.damages).containsExactly("0000000000000000.log@0+0");
            reopened.retain(unit.position(0), 1);
            assertThat(reopened.holds(unit.position(0))).isFalse();
            assertThatThrownBy(() -> reopened.read(unit.position(0), 10)).isInstanceOf(GoneException.class);
        }
    }

    @Test
    void aJournalThatEndsBeforeItsCheckpointIsDamaged() throws IOException {
        open();
        append(journal, "a").await();
        append(journal, "b").await();
        checkpoint(0, "");
        journal.close();
        Frames.Frame last = Frames.of(memory, DIRECTORY).last();
        byte[] bytes = memory.bytes(last.file());
        bytes[last.offset()] ^= 1;
        memory.put(last.file(), bytes);
        assertThatThrownBy(() -> reopenCopy(config)).isInstanceOf(DamagedException.class).hasMessageContaining("the journal ends here");
        Replayed salvaged = reopenCopy(config.withSalvage(true));
        assertThat(salvaged.texts()).as("only its frame's header was hit").containsExactly("a", "b");
        assertThat(salvaged.noticed).singleElement().asString().contains("the last group's header is damaged, 1 sound records follow it");
    }

    @Test
    void halfACheckpointChangesNothing() throws IOException {
        open();
        append(journal, "a").await();
        checkpoint(0, "older");
        append(journal, "b").await();
        assertThatThrownBy(() -> journal.checkpoint(0, out -> {
            out.section("half");
            throw new IOException("the state can't be had");
        })).hasMessage("the state can't be had");
        assertThatThrownBy(() -> journal.checkpoint(0, out -> {
            throw new IllegalStateException("a bug");
        })).hasMessage("a bug");
        disk.fullAfter(0);
        assertThatThrownBy(() -> checkpoint(0, "no room")).hasMessageContaining("No space");
        disk.heal();
        assertThat(checkpoints()).hasSize(1);
        append(journal, "c").await();
        memory.put(DIRECTORY.resolve("ckpt.0000000000099999.tmp"), new byte[5]);
        assertThat(text(java.nio.ByteBuffer.wrap(open().sections.get("state")))).isEqualTo("older");
        assertThat(checkpoints()).hasSize(1);
    }

    @Test
    void replayPositionsOnlyMoveForwardAndNeverAhead() throws IOException {
        open();
        append(journal, "a").await();
        long end = journal.durablePosition();
        assertThatThrownBy(() -> checkpoint(end + 1, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> checkpoint(-1, "")).isInstanceOf(IllegalArgumentException.class);
        checkpoint(end, "");
        assertThatThrownBy(() -> checkpoint(end - 1, "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void deadSegmentsComeBackAndTheDirectoryStaysBounded() throws IOException {
        open();
        long most = 0;
        for (int round = 0; round < 60; round++) {
            for (int i = 0; i < 10; i++) {
                TestUnit unit = append(journal, "x".repeat(3000)).await();
                journal.retain(unit.position(0), 2);
                journal.retain(unit.position(0), -1);
                journal.retain(unit.position(0), -1);
            }
            checkpoint(journal.durablePosition(), "round " + round);
            most = Math.max(most, memory.used());
        }
        assertThat(most).isLessThan(25 * 16 << 10);
        assertThat(journal.segments().size()).isLessThan(16);
        assertThat(open().records).isEmpty();
    }

    @Test
    void aLivingRecordKeepsItsSegmentAndNoOther() throws IOException {
        open();
        TestUnit living = append(journal, "living").await();
        journal.retain(living.position(0), 1);
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 10; i++) {
                append(journal, "x".repeat(3000)).await();
            }
            checkpoint(journal.durablePosition(), "");
        }
        assertThat(text(journal.read(living.position(0), 6).payload())).isEqualTo("living");
        assertThat(journal.segments().get(0).living()).isEqualTo(1);
        assertThat(journal.segments().get(1).base()).isGreaterThan(20 * 16 << 10);
        open();
        assertThat(journal.segments().get(0).base()).isZero();
        assertThat(journal.segments().get(0).living()).isZero();
        journal.retain(living.position(0), 1);
        checkpoint(journal.durablePosition(), "");
        checkpoint(journal.durablePosition(), "");
        assertThat(text(journal.read(living.position(0), 6).payload())).isEqualTo("living");
        journal.retain(living.position(0), -1);
        for (int i = 0; i < 4; i++) {
            append(journal, "y").await();
            checkpoint(journal.durablePosition(), "");
        }
        assertThat(journal.holds(living.position(0))).isFalse();
        assertThatThrownBy(() -> journal.retain(living.position(0), 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> journal.read(living.position(0), 6)).isInstanceOf(GoneException.class);
    }

    /** What died after the state was saved is still referred to by it, until the checkpoint after. */
    @Test
    void aFallbackFindsEverySegmentItsStateRefersTo() throws IOException {
        open();
        List<TestUnit> living = new ArrayList<>();
        for (int round = 0; round < 30; round++) {
            List<TestUnit> saved = List.copyOf(living);
            long from = journal.durablePosition();
            for (int i = 0; i < 6; i++) {
                TestUnit unit = append(journal, "x".repeat(3000)).await();
                journal.retain(unit.position(0), 1);
                living.add(unit);
            }
            while (living.size() > 3) {
                journal.retain(living.remove(0).position(0), -1);
            }
            checkpoint(from, "");
            for (int fallBack = 0; fallBack < 2 && fallBack < round; fallBack++) {
                MemoryDisk copy = memory.copy();
                if (fallBack == 1) {
                    copy.delete(DIRECTORY.resolve(checkpoints().get(1)));
                }
                try (Journal reopened = Journal.open(config, copy, new Replayed())) {
                    saved.forEach(unit -> assertThat(reopened.holds(unit.position(0))).isTrue());
                }
            }
        }
        assertThat(journal.segments().size()).isLessThan(14);
    }

    @Test
    void restartsWithFewWritesStayBoundedToo() throws IOException {
        for (int i = 0; i < 40; i++) {
            open();
            append(journal, "unit " + i).await();
            checkpoint(journal.durablePosition(), "state " + i);
        }
        assertThat(memory.used()).isLessThan(10 * 16 << 10);
        append(journal, "tail").await();
        assertThat(open().texts()).containsExactly("tail");
    }

    @Test
    void anotherSegmentSizeMayBeChosenAtAnyStart() throws IOException {
        List<String> expected = new ArrayList<>();
        for (int size : new int[] {16, 64, 32, 16, 128}) {
            open(config.withSegmentBytes(size << 10));
            for (int i = 0; i < 8; i++) {
                expected.add(size + " KiB, " + i + "x".repeat(3000));
                append(journal, expected.get(expected.size() - 1)).await();
            }
        }
        assertThat(open().texts()).isEqualTo(expected);
    }
}
