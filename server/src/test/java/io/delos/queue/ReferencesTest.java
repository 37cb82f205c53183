package io.delos.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.store.ColdMessages;
import io.delos.store.Fact;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** The small things a backlog is made of, each beside the plainest one that does the same. */
class ReferencesTest {

    private static final int TRIES = 200;

    @Property(tries = TRIES)
    void referencesAreFoundAndRemovedWhateverTheirOrder(@ForAll @Size(max = 60) List<@LongRange(min = 1, max = 80) Long> numbers,
            @ForAll Set<@IntRange(max = 59) Integer> gone) {
        List<Long> positions = new ArrayList<>(new java.util.LinkedHashSet<>(numbers));
        Refs refs = new Refs(1);
        positions.forEach(position -> refs.addMarked(position, (int) (position * 3), Refs.mark((int) (position % 10), 0, position % 2 == 0, false), null));
        BitSet bits = new BitSet();
        gone.stream().filter(i -> i < positions.size()).forEach(bits::set);
        refs.removeAll(bits);
        List<Long> left = new ArrayList<>();
        for (int i = 0; i < positions.size(); i++) {
            if (!bits.get(i)) {
                left.add(positions.get(i));
            }
        }
        ByteBuffer bytes = ByteBuffer.allocate(4 + refs.count() * Refs.BYTES);
        refs.write(bytes);
        Refs read = Refs.read(bytes.flip());
        assertThat(read.count()).isEqualTo(left.size());
        for (long position = 1; position <= 80; position++) {
            assertThat(read.find(position) >= 0).as("position %d", position).isEqualTo(left.contains(position));
        }
        for (int i = 0; i < left.size(); i++) {
            long position = left.get(i);
            assertThat(read.position(i)).isEqualTo(position);
            assertThat(refs.find(position)).isEqualTo(i);
            assertThat(read.size(i)).isEqualTo((int) position * 3);
            assertThat(read.staged(i)).isEqualTo(position % 2 == 0);
            read.failures(i, 40_000);
            assertThat(read.failures(i)).isEqualTo(0x7fff);
            assertThat(read.priority(i)).isEqualTo((int) (position % 10));
        }
    }

    @Property(tries = TRIES)
    void livesAreCountedForEachFile(@ForAll @Size(max = 80) List<@IntRange(max = 9_999) Integer> positions,
            @ForAll @IntRange(max = 80) int left) {
        Lives lives = new Lives();
        Map<Long, Integer> model = new TreeMap<>();
        for (int position : positions) {
            long base = position / 1000 * 1000L | (position % 2 == 0 ? 0 : ColdMessages.SPILLED);
            lives.add(base, 1);
            model.merge(base, 1, Integer::sum);
        }
        for (int position : positions.subList(0, Math.min(left, positions.size()))) {
            long spilled = position % 2 == 0 ? 0 : ColdMessages.SPILLED;
            lives.remove(position | spilled);
            model.merge(position / 1000 * 1000L | spilled, -1, Integer::sum);
        }
        model.values().removeIf(count -> count == 0);
        assertThat(counts(lives)).isEqualTo(model);
        model.keySet().forEach(base -> assertThat(lives.any(base)).isTrue());
        assertThat(lives.any(999_000)).isFalse();
        assertThat(counts(lives.without(lives.emptied()))).isEqualTo(model);
        assertThat(counts(lives.without(lives))).isEmpty();
        ByteBuffer bytes = ByteBuffer.allocate(lives.encodedSize());
        lives.write(bytes, ColdMessages.SPILLED);
        Map<Long, Integer> read = counts(Lives.read(bytes.flip()));
        model.keySet().removeIf(ColdMessages::spilled);
        assertThat(read).isEqualTo(model);
        assertThat(Arrays.stream(lives.bases(ColdMessages.SPILLED)).boxed().toList()).isEqualTo(List.copyOf(model.keySet()));
    }

    private static Map<Long, Integer> counts(Lives lives) {
        Map<Long, Integer> counts = new TreeMap<>();
        lives.forEach(counts::put);
        return counts;
    }

    @Property(tries = TRIES)
    void lossesAreWhatFactsSay(@ForAll @Size(max = 20) Set<@LongRange(max = 100) Long> settled, @ForAll @LongRange(max = 100) long from,
            @ForAll @LongRange(max = 100) long upTo, @ForAll @Size(max = 5) Set<@LongRange(max = 100) Long> except) {
        Losses losses = new Losses();
        settled.forEach(losses::settled);
        long[] spared = except.stream().mapToLong(Long::longValue).sorted().toArray();
        losses.purged(new Fact.Purged(1, from, upTo, spared));
        losses.failed(5, 2);
        Set<Long> gone = new HashSet<>(settled);
        for (long position = from; position <= upTo; position++) {
            if (!except.contains(position)) {
                gone.add(position);
            }
        }
        for (long position = 0; position <= 100; position++) {
            assertThat(losses.gone(position, false)).isEqualTo(gone.contains(position));
            assertThat(losses.gone(position, true)).as("of a large transaction").isEqualTo(settled.contains(position));
            long last = position + 7;
            boolean any = false;
            for (long each = position; each <= last; each++) {
                any |= gone.contains(each);
            }
            assertThat(losses.any(position, last) || !any).as("any of %d to %d", position, last).isTrue();
            if (losses.all(position, last)) {
                for (long each = position; each <= last; each++) {
                    assertThat(gone).contains(each);
                }
            }
        }
        assertThat(losses.failed()).isEqualTo(Map.of(5L, 2));
    }

    @Property(tries = TRIES)
    void whoDepartedIsKnown(@ForAll @Size(max = 100) List<@LongRange(min = 1, max = 1L << 57) Long> eighths) {
        Departed departed = new Departed();
        eighths.forEach(eighth -> departed.add(eighth * 8));
        ByteBuffer bytes = ByteBuffer.allocate(departed.encodedSize());
        departed.write(bytes);
        Departed read = Departed.read(bytes.flip());
        read.add(8);
        departed.add(8);
        long[] expected = java.util.stream.LongStream.concat(eighths.stream().mapToLong(eighth -> eighth * 8), java.util.stream.LongStream.of(8))
                .sorted().toArray();
        assertThat(read.positions()).isEqualTo(expected);
        assertThat(departed.copy().positions()).isEqualTo(expected);
    }

    /** A chunk loses its messages at the head and elsewhere, and is saved now and then: it counts what is left at all times. */
    @Property(tries = TRIES)
    void aChunkCountsWhatIsLeft(@ForAll @Size(min = 1, max = 70) List<Boolean> durable, @ForAll List<@IntRange(max = 90) Integer> steps) {
        Chunk chunk = new Chunk(1000, durable.size());
        Map<Long, Long> left = new HashMap<>();
        for (int i = 0; i < durable.size(); i++) {
            long position = (i + 1) * 8L | (durable.get(i) ? 0 : ColdMessages.SPILLED);
            chunk.add(position, i + 1, 4, null);
            left.put(1000L + i, position);
        }
        Refs all = new Refs(durable.size());
        for (int i = 0; i < durable.size(); i++) {
            all.add(chunk.refs(), i);
        }
        for (int step : steps) {
            if (step >= 80) {
                Piece piece = new Piece();
                chunk.take(piece, step - 79, Long.MAX_VALUE);
                for (int i = 0; i < piece.count(); i++) {
                    assertThat(left.remove(piece.order(i))).isEqualTo(piece.refs().position(i));
                }
            } else if (left.remove(1000L + step) != null) {
                chunk.take(step, all, step);
            }
            verify(chunk, left);
        }
    }

    private static void verify(Chunk chunk, Map<Long, Long> left) {
        assertThat(chunk.count()).isEqualTo(left.size());
        assertThat(chunk.bytes()).isEqualTo(left.keySet().stream().mapToLong(order -> order - 999).sum());
        List<Long> durable = left.values().stream().filter(position -> !ColdMessages.spilled(position)).toList();
        assertThat(chunk.durableCount()).isEqualTo(durable.size());
        assertThat(chunk.trace().sum()).isEqualTo(durable.stream().mapToLong(Trace::mix).sum());
        if (!left.isEmpty()) {
            assertThat(chunk.head()).isEqualTo(left.keySet().stream().mapToLong(Long::longValue).min().orElseThrow());
        }
        Set<Long> found = new HashSet<>();
        Set<Long> departed = new HashSet<>();
        Arrays.stream(chunk.trace().departed().positions()).forEach(departed::add);
        chunk.trace().forEach((first, last, staged) -> {
            for (long position = (first + 7) / 8 * 8; position <= last; position += 8) {
                found.add(position);
            }
        });
        found.removeAll(departed);
        assertThat(found).as("the stretches without who departed").containsAll(durable);
    }
}
