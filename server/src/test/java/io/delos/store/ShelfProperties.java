package io.delos.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.journal.GoneException;
import io.delos.journal.RecordVisitor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.BeforeTry;

/** A shelf beside a plain sorted map. */
class ShelfProperties {

    /** A journal that holds what was written and counts who keeps it. */
    private static final class Written implements Shelf.Values {
        private final Map<Long, Shelving.Shelved> records = new HashMap<>();
        private final Map<Long, Integer> kept = new HashMap<>();

        @Override
        public void retain(long position, int delta) {
            kept.merge(position, delta, Integer::sum);
            kept.values().removeIf(count -> count == 0);
        }

        @Override
        public void read(long[] positions, int[] sizes, int count, RecordVisitor visitor) {
            for (int i = 0; i < count; i++) {
                if (!kept.containsKey(positions[i])) {
                    visitor.failed(i, positions[i], new GoneException(positions[i]));
                    continue;
                }
                Shelving.Shelved fact = records.get(positions[i]);
                assertThat(sizes[i]).isEqualTo(fact.size());
                ByteBuffer payload = ByteBuffer.allocate(fact.size());
                fact.write(payload);
                visitor.record(i, positions[i], fact.type(), payload.flip());
            }
        }
    }

    private final Written journal = new Written();
    private final TreeMap<String, Long> model = new TreeMap<>((a, b) ->
            Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)));
    private Shelf shelf = new Shelf();
    private long position;

    @BeforeTry
    void begin() {
        journal.records.clear();
        journal.kept.clear();
        model.clear();
        position = 0;
        shelf = new Shelf();
        shelf.serve(journal);
    }

    @Provide
    Arbitrary<List<String>> keys() {
        return Arbitraries.strings().withChars("ab/\u00e9\uFFFD").ofMaxLength(7).list().ofMinSize(1).ofMaxSize(400);
    }

    private void put(String key) {
        position += 8;
        Shelving.Shelved fact = new Shelving.Shelved(key, ("value " + position).getBytes(StandardCharsets.UTF_8));
        journal.records.put(position, fact);
        shelf.apply(fact, position);
        model.put(key, position);
    }

    private List<Shelf.Spot> all(String from) {
        List<Shelf.Spot> spots = new ArrayList<>();
        for (Shelf.Walk walk = shelf.from(from); walk.spot().isPresent(); walk.next()) {
            spots.add(walk.spot().get());
        }
        return spots;
    }

    private void check(String from) {
        assertThat(shelf.count()).isEqualTo(model.size());
        assertThat(all(from).stream().map(Shelf.Spot::key)).containsExactlyElementsOf(model.tailMap(from).keySet());
        assertThat(all("").stream().map(Shelf.Spot::position)).containsExactlyElementsOf(model.values());
        assertThat(shelf.count("", from)).isEqualTo(model.headMap(from).size());
        assertThat(shelf.count(from, "x")).isEqualTo(all(from).stream().filter(spot -> model.headMap("x").containsKey(spot.key())).count());
        model.forEach((key, at) -> assertThat(shelf.find(key).orElseThrow().position()).isEqualTo(at));
        assertThat(journal.kept.keySet()).containsExactlyInAnyOrderElementsOf(model.values());
        assertThat(journal.kept.values()).allMatch(count -> count == 1);
    }

    @Property(tries = 300)
    void holdsWhatASortedMapHolds(@ForAll("keys") List<String> keys, @ForAll long seed) throws IOException {
        Random random = new Random(seed);
        for (String key : keys) {
            int what = random.nextInt(10);
            if (what < 6) {
                put(key);
            } else {
                String there = model.ceilingKey(key) == null ? key : model.ceilingKey(key);
                boolean other = what == 6;
                shelf.apply(new Shelving.Unshelved(there, other ? 1 : what == 7 ? Shelving.Unshelved.ANY : model.getOrDefault(there, 1L)), 0);
                if (!other) {
                    model.remove(there);
                }
            }
        }
        check(keys.get(0));
        saveAndRead();
        check(keys.get(0));
        put("later");
        check("");
    }

    @Property(tries = 20)
    void keysInOrderFillTheirPages(@ForAll long seed) throws IOException {
        for (int i = 0; i < 1000; i++) {
            put(String.format("sensor/%05d/state", i));
        }
        assertThat(shelf.saved().pages()).hasSize((1000 + ShelfPage.MOST - 1) / ShelfPage.MOST);
        Random random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            String gone = String.format("sensor/%05d/state", random.nextInt(1000));
            shelf.apply(Shelving.Unshelved.any(gone), 0);
            model.remove(gone);
        }
        check("sensor/005");
        saveAndRead();
        check("sensor/005");
    }

    private void saveAndRead() throws IOException {
        ByteArrayOutputStream saved = new ByteArrayOutputStream();
        shelf.saved().write(saved);
        shelf = new Shelf();
        shelf.read(new ByteArrayInputStream(saved.toByteArray()));
        journal.kept.clear();
        shelf.serve(journal);
    }

    @Property(tries = 100)
    void whatIsReadIsWhatIsThereByNow(@ForAll("keys") List<String> keys, @ForAll long seed) throws IOException {
        keys.forEach(this::put);
        List<Shelf.Spot> spots = all("");
        Random random = new Random(seed);
        for (Shelf.Spot each : spots) {
            switch (random.nextInt(3)) {
                case 0 -> put(each.key());
                case 1 -> {
                    shelf.apply(Shelving.Unshelved.any(each.key()), 0);
                    model.remove(each.key());
                }
                default -> { }
            }
        }
        Map<String, String> found = new TreeMap<>();
        shelf.read(spots, (spot, value) -> found.put(spot.key(), new String(value, StandardCharsets.UTF_8)));
        Map<String, String> expected = new TreeMap<>();
        model.forEach((key, at) -> expected.put(key, "value " + at));
        assertThat(found).isEqualTo(expected);
    }
}
