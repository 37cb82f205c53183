package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.JournalConfig;
import io.delos.journal.MemoryDisk;
import io.delos.queue.Delivery;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The files of a broker that is not running are put in order, and the broker finds everything again. */
class StoppedStoreTest {

    private static final Path DATA = Path.of("/data");
    private static final int COUNT = 1200;

    private final MemoryDisk disk = new MemoryDisk();
    private final JournalConfig config = JournalConfig.in(DATA).withSegmentBytes(256 << 10).withPooledSegments(2);

    private static void send(TestBroker broker, String queue, int count) throws Exception {
        TestBroker.User user = broker.user();
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String text = "n=" + i + ";pad=" + "x".repeat(1500);
            answers.add(user.start(reply -> user.session.send(PlainFormat.message(queue, text), reply)));
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get();
    }

    /** Leaves each tenth in "a" and all in "b", which is deep. */
    private void fill() throws Exception {
        try (TestBroker broker = TestBroker.deep(disk)) {
            send(broker, "a", COUNT);
            send(broker, "b", COUNT);
            TestBroker.User user = broker.user();
            TestBroker.Received all = user.subscribe(SubscribeRequest.of("a", SubscribeRequest.UNLIMITED));
            await().atMost(Duration.ofSeconds(30)).until(() -> all.count() >= COUNT);
            List<Delivery> settled = all.all().stream().filter(delivery -> number(PlainFormat.text(delivery.message())) % 10 != 0).toList();
            user.settle(settled, Outcome.ACCEPTED);
        }
    }

    private static int number(String text) {
        return Integer.parseInt(text.substring(2, text.indexOf(';')));
    }

    private static List<Integer> drain(TestBroker broker, String queue, int count) {
        TestBroker.Received all = broker.user().subscribe(SubscribeRequest.of(queue, SubscribeRequest.UNLIMITED));
        await().atMost(Duration.ofSeconds(30)).until(() -> all.count() >= count);
        assertThat(broker.broker().findQueue(queue).orElseThrow().counters().messages()).isEqualTo(count);
        return all.texts().stream().map(StoppedStoreTest::number).toList();
    }

    private static List<Integer> numbers(int step) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < COUNT; i += step) {
            numbers.add(i);
        }
        return numbers;
    }

    @Test
    void compactingGivesBackWhatNothingNeeds() throws Exception {
        fill();
        long before;
        long after;
        try (StoppedStore store = StoppedStore.open(config, disk)) {
            before = store.bytes();
            store.compact();
            after = store.bytes();
        }
        assertThat(before - after).isGreaterThan(COUNT * 1500 / 2);
        try (TestBroker broker = TestBroker.deep(disk)) {
            assertThat(drain(broker, "a", COUNT / 10)).isEqualTo(numbers(10));
            assertThat(drain(broker, "b", COUNT)).isEqualTo(numbers(1));
        }
    }

    @Test
    void whatIsDamagedIsGoneAfterRewriting() throws Exception {
        fill();
        List<String> logs = disk.list(DATA).stream().filter(name -> name.endsWith(".log")).sorted().toList();
        Path hit = DATA.resolve(logs.get(logs.size() / 2));
        byte[] bytes = disk.bytes(hit);
        for (int i = 40_000; i < 46_000; i++) {
            bytes[i] ^= 0x55;
        }
        disk.put(hit, bytes);
        Map<String, Long> lost;
        try (StoppedStore store = StoppedStore.open(config.withSalvage(true), disk)) {
            store.checkpoint();
            store.checkpoint();
            lost = store.removeUnreadable();
        }
        assertThat(lost.values().stream().mapToLong(Long::longValue).sum()).isBetween(1L, 8L);
        try (StoppedStore store = StoppedStore.open(config, disk)) {
            store.rewrite();
            assertThat(store.removeUnreadable()).isEmpty();
        }
        assertThat(disk.list(DATA)).as("none of the old files").doesNotContainAnyElementsOf(logs);
        try (TestBroker broker = TestBroker.deep(disk)) {
            int a = COUNT / 10 - lost.getOrDefault("a", 0L).intValue();
            int b = COUNT - lost.getOrDefault("b", 0L).intValue();
            assertThat(drain(broker, "a", a)).isSorted().doesNotHaveDuplicates().isSubsetOf(numbers(10));
            assertThat(drain(broker, "b", b)).isSorted().doesNotHaveDuplicates();
        }
    }
}
