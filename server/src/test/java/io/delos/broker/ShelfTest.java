package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.MemoryDisk;
import io.delos.store.Shelf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Values that are kept in the journal and not in memory. */
class ShelfTest {

    private final MemoryDisk disk = new MemoryDisk();

    private static void put(TestBroker.User user, Map<String, String> values) {
        user.<Void>call(reply -> {
            Transaction transaction = user.session.begin();
            values.forEach((key, value) -> transaction.shelve(key, value.getBytes(StandardCharsets.UTF_8)));
            user.session.commit(transaction, reply);
        });
    }

    private static Map<String, String> all(TestBroker broker) throws IOException {
        List<Shelf.Spot> spots = new ArrayList<>();
        for (Shelf.Walk walk = broker.broker().shelf().from(""); walk.spot().isPresent(); walk.next()) {
            spots.add(walk.spot().get());
        }
        Map<String, String> found = new TreeMap<>();
        broker.broker().shelf().read(spots, (spot, value) -> found.put(spot.key(), new String(value, StandardCharsets.UTF_8)));
        return found;
    }

    @Test
    void theLastValueIsThereAfterARestart() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            put(broker.user(), Map.of("a", "first", "b", "kept", "c", "goes"));
            put(broker.user(), Map.of("a", "second"));
            TestBroker.User user = broker.user();
            user.<Void>call(reply -> {
                Transaction transaction = user.session.begin();
                transaction.unshelve("c");
                user.session.commit(transaction, reply);
            });
            Map<String, String> expected = Map.of("a", "second", "b", "kept");
            assertThat(all(broker)).isEqualTo(expected);
            broker.restart();
            assertThat(all(broker)).isEqualTo(expected);
            put(broker.user(), Map.of("d", "new"));
            broker.restart();
            assertThat(all(broker)).hasSize(3).containsEntry("d", "new");
        }
    }

    @Test
    void whatWasReplacedIsNotTakenAway() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            put(broker.user(), Map.of("a", "old"));
            Shelf.Spot old = broker.broker().shelf().find("a").orElseThrow();
            put(broker.user(), Map.of("a", "new"));
            broker.broker().unshelve(old);
            put(broker.user(), Map.of("b", "behind it"));
            assertThat(all(broker)).containsEntry("a", "new");
            broker.broker().unshelve(broker.broker().shelf().find("a").orElseThrow());
            put(broker.user(), Map.of("b", "behind it"));
            assertThat(all(broker)).doesNotContainKey("a");
        }
    }

    @Test
    void valuesStayWhileOthersPassAndTheirFilesAreCompacted() throws Exception {
        Map<String, String> expected = new TreeMap<>();
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            for (int i = 0; i < 200; i++) {
                Map<String, String> values = new TreeMap<>();
                values.put(String.format("stays/%03d", i), "value " + i);
                for (int k = 0; k < 20; k++) {
                    values.put("passes/" + k, i + "x".repeat(1000));
                }
                put(user, values);
                expected.putAll(values);
            }
            assertThat(all(broker)).isEqualTo(expected);
            await().untilAsserted(() -> {
                put(user, Map.of("passes/0", "last"));
                broker.broker().store().wantCheckpoint();
                assertThat(disk.used()).isLessThan(2 << 20);
            });
            expected.put("passes/0", "last");
            assertThat(disk.list(Path.of("/data"))).doesNotContain("0000000000000000.log");
            assertThat(all(broker)).isEqualTo(expected);
            broker.restart();
            assertThat(all(broker)).isEqualTo(expected);
        }
    }
}
