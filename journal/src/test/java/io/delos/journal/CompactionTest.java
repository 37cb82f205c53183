package io.delos.journal;

import static io.delos.journal.JournalTest.DIRECTORY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompactionTest {
    private static final int SEGMENT = 32 << 10;

    private final JournalConfig config = JournalConfig.in(DIRECTORY).withSegmentBytes(SEGMENT).withPooledSegments(1);
    private final MemoryDisk memory = new MemoryDisk();
    private final FaultDisk disk = new FaultDisk(memory);
    private Postbox box = new Postbox(config, disk);

    @BeforeEach
    void open() throws IOException {
        box.open();
    }

    @AfterEach
    void close() {
        box.close();
    }

    private void reopen() throws IOException {
        box.close();
        box = new Postbox(config, disk).open();
    }

    private List<String> sparse(Disk where) throws IOException {
        return where.list(DIRECTORY).stream().filter(name -> name.endsWith(".sparse")).sorted().toList();
    }

    @Test
    void oneOldMessageTakesItsOwnBytes() throws IOException {
        box.add(1);
        for (int round = 0; round < 12; round++) {
            box.flow(100, Integer.MAX_VALUE);
            box.compact();
        }
        assertThat(sparse(memory)).hasSize(1);
        assertThat(memory.size(DIRECTORY.resolve(sparse(memory).get(0)))).isLessThan(2000);
        Journal.SegmentState first = box.journal().segments().get(0);
        assertThat(first.base()).isZero();
        assertThat(first.living()).isEqualTo(1);
        assertThat(first.bytes()).isLessThan(first.capacity());
        box.verify();
        reopen();
        assertThat(box.living()).hasSize(1);
        box.verify();
    }

    /** Of a long flow every tenth stays: twice what lives, and a number of files that follows from what lives. */
    @Test
    void everyTenthMessageStays() throws IOException {
        for (int round = 0; round < 150; round++) {
            box.flow(100, 10);
            box.compact();
        }
        assertNear();
        Map<Long, Integer> before = new TreeMap<>(box.living());
        reopen();
        assertThat(box.living()).isEqualTo(before);
        box.verify();
        box.compact();
        box.compact();
        assertNear();
        box.remove(List.copyOf(box.living().keySet()));
        for (int round = 0; round < 6; round++) {
            box.flow(40, Integer.MAX_VALUE);
            box.compact();
        }
        assertThat(sparse(memory)).hasSizeLessThan(3);
    }

    private void assertNear() throws IOException {
        long lives = box.living().values().stream().mapToLong(number -> Postbox.content(number, Postbox.size(number)).length + 16).sum();
        long fixed = 6L * SEGMENT;
        assertThat(lives).isGreaterThan(1 << 20);
        assertThat(memory.used() - fixed).isLessThan(2 * lives);
        assertThat(sparse(memory).size()).isLessThan((int) (4 * lives / (SEGMENT / 4)) + 4);
    }

    @Test
    void onlyWhatTheOlderCheckpointDoesNotReplayIsRewritten() throws IOException {
        box.flow(200, 50);
        assertThat(box.checkpoint()).as("nothing was checkpointed before").isEmpty();
        box.flow(200, 50);
        long older = box.journal().durablePosition();
        Optional<Census> census = box.checkpoint();
        assertThat(census).isPresent();
        box.journal().compact(census.get());
        assertThat(sparse(memory)).isNotEmpty();
        long limit = sparse(memory).stream().mapToLong(name -> Layout.sparseBase(name).orElseThrow()).max().orElseThrow();
        assertThat(limit).isLessThan(older);
        memory.delete(DIRECTORY.resolve(memory.list(DIRECTORY).stream().filter(name -> name.startsWith("ckpt")).sorted().toList().get(1)));
        Map<Long, Integer> before = new TreeMap<>(box.living());
        reopen();
        assertThat(box.living()).isEqualTo(before);
        box.verify();
    }

    @Test
    void nothingHappensUnlessEverybodyAnswersAndTheCheckpointIsWritten() throws IOException {
        box.flow(200, 50);
        box.checkpoint();
        box.flow(200, 50);
        Census unanswered = box.checkpoint().orElseThrow();
        unanswered.tally();
        assertThat(box.journal().compact(unanswered)).isFalse();
        Census nobody = box.journal().census().orElseThrow();
        assertThat(box.journal().compact(nobody)).isFalse();
        box.add(1);
        Census early = box.journal().census().orElseThrow();
        early.tally().done();
        assertThat(box.journal().compact(early)).as("without its checkpoint").isFalse();
        assertThat(sparse(memory)).isEmpty();
        box.verify();
    }

    @Test
    void manyOwnersOfOneRecordKeepItOnce() throws IOException {
        long[] kept = box.add(3);
        box.flow(100, Integer.MAX_VALUE);
        box.checkpoint();
        box.flow(100, Integer.MAX_VALUE);
        Census census = box.journal().census().orElseThrow();
        List<Census.Tally> tallies = List.of(census.tally(), census.tally(), census.tally());
        for (int i = 0; i < 3; i++) {
            Census.Tally tally = tallies.get(i);
            for (int j = 0; j <= i; j++) {
                tally.living(kept[j], 100);
                tally.living(1L << 40, 5);
            }
            assertThat(tally.wants(0, 10)).isTrue();
            assertThat(tally.wants(1L << 40, 1L << 41)).isFalse();
            box.living().keySet().forEach(position -> tally.living(position, 100));
            tally.done();
        }
        box.journal().checkpoint(box.journal().durablePosition(), out -> { });
        box.journal().compact(census);
        assertThat(sparse(memory)).isNotEmpty();
        box.verify();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aFailingDiskLeavesEverythingAsItWas(int nth) throws IOException {
        for (boolean write : new boolean[] {true, false}) {
            box.flow(200, 50);
            box.checkpoint();
            box.flow(200, 50);
            Census census = box.checkpoint().orElseThrow();
            disk.only(file -> file.getFileName().toString().contains(".sparse"));
            if (write) {
                disk.failWrite(nth);
            } else {
                disk.failForce(nth, true);
            }
            box.journal().compact(census);
            disk.heal();
            assertThat(memory.list(DIRECTORY)).noneMatch(name -> name.endsWith(".tmp"));
            box.verify();
            Map<Long, Integer> before = new TreeMap<>(box.living());
            reopen();
            assertThat(box.living()).isEqualTo(before);
            box.verify();
        }
        box.flow(20, 1000);
        box.compact();
        box.compact();
        assertThat(sparse(memory)).isNotEmpty();
    }

    @Test
    void whatIsDamagedIsNeitherCopiedNorThrownAway() throws IOException {
        box.add(1);
        long victim = box.add(1)[0];
        box.flow(100, Integer.MAX_VALUE);
        box.checkpoint();
        Path file = Layout.segment(DIRECTORY, 0);
        byte[] bytes = memory.bytes(file);
        bytes[(int) victim + 30] ^= 1;
        memory.put(file, bytes);
        box.compact();
        box.compact();
        box.compact();
        assertThat(memory.bytes(file)).isEqualTo(bytes);
        assertThatThrownBy(() -> box.journal().read(victim, 10)).isInstanceOfSatisfying(DamagedException.class, e -> {
            assertThat(e.file()).isEqualTo(file.getFileName().toString());
            assertThat(e.offset()).isEqualTo(victim);
        });
        box.living().remove(victim);
        box.verify();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyMixtureOfComingAndGoingAndCompactingAndReopening(long seed) throws IOException {
        Random random = new Random(seed);
        Map<Long, Integer> expected = new TreeMap<>();
        for (int step = 0; step < 120; step++) {
            for (int i = random.nextInt(12); i >= 0; i--) {
                box.add(1 + random.nextInt(4));
            }
            List<Long> all = new ArrayList<>(box.living().keySet());
            int share = random.nextInt(4) == 0 ? 2 : 20;
            box.remove(all.stream().filter(position -> random.nextInt(share) != 0 && random.nextInt(9) != 0).toList());
            int what = random.nextInt(8);
            if (what < 4) {
                box.compact();
            } else if (what == 4) {
                box.checkpoint();
            } else if (what == 5) {
                expected.clear();
                expected.putAll(box.living());
                reopen();
                assertThat(box.living()).isEqualTo(expected);
            }
            box.verify();
        }
        assertThat(Frames.of(memory, DIRECTORY).damages).isEmpty();
    }

    @Test
    void aScanGoesThroughSparseSegmentsToo() throws IOException {
        box.flow(300, 20);
        box.checkpoint();
        box.flow(300, 20);
        box.compact();
        box.close();
        List<Long> seen = new ArrayList<>();
        List<String> files = new ArrayList<>();
        new Scanner(memory, DIRECTORY).scan(new Scanner.Visitor() {
            @Override
            public void sparse(String file, java.util.UUID store, long base, long limit, long records) {
                files.add(file);
            }

            @Override
            public void record(long position, byte type, ByteBuffer payload, boolean lastOfUnit) {
                seen.add(position);
            }

            @Override
            public void damaged(String file, long offset, String what) {
                throw new AssertionError(file + what);
            }
        });
        assertThat(files).isEqualTo(sparse(memory)).isNotEmpty();
        assertThat(seen).isSorted().doesNotHaveDuplicates().containsAll(box.living().keySet());
        box.open();
    }
}
