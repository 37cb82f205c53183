package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.journal.FaultDisk;
import io.delos.journal.MemoryDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of references that can't be written or synced, or are all damaged: the queue goes on, and nothing that was confirmed is lost. */
class RunFailureTest {

    private static final int COUNT = 1500;
    private static final String PAD = ";pad=" + "x".repeat(2000);

    private final MemoryDisk memory = new MemoryDisk();
    private final FaultDisk disk = new FaultDisk(memory).only(file -> file.startsWith("/data/backlog"));

    private static void send(TestBroker broker, int from, int to) throws Exception {
        TestBroker.User user = broker.user();
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (int i = from; i < to; i++) {
            String text = "n=" + i + PAD;
            answers.add(user.start(reply -> user.session.send(PlainFormat.message("q", text), reply)));
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get();
    }

    private static void allAreThere(TestBroker broker, int count) {
        TestBroker.Received all = broker.user().subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED));
        await().atMost(Duration.ofSeconds(30)).until(() -> all.count() >= count);
        assertThat(all.texts().stream().map(text -> Integer.parseInt(text.substring(2, text.indexOf(';')))).toList())
                .isEqualTo(Stream.iterate(0, i -> i + 1).limit(count).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a write fails", "a sync fails", "a sync fails and its pages are gone"})
    void theQueueGoesOn(String fault) throws Exception {
        try (TestBroker broker = TestBroker.deep(disk)) {
            send(broker, 0, COUNT / 2);
            if (fault.startsWith("a write")) {
                disk.failWrite(1);
            } else {
                disk.failForce(1, fault.endsWith("gone"));
            }
            send(broker, COUNT / 2, COUNT);
            try (TestBroker after = TestBroker.deep(memory.afterCrash(1))) {
                allAreThere(after, COUNT);
            }
            disk.heal();
            send(broker, COUNT, COUNT + 300);
            allAreThere(broker, COUNT + 300);
        }
        try (TestBroker broker = TestBroker.deep(memory)) {
            allAreThere(broker, COUNT + 300);
        }
    }

    @Test
    void withEveryFileOfReferencesGoneWhileItRunsAllIsHandedOut() throws Exception {
        try (LogLines lines = new LogLines("io.delos.queue.ChunkOnDisk"); TestBroker broker = TestBroker.deep(memory)) {
            send(broker, 0, COUNT);
            await().until(() -> !memory.list(Path.of("/data/backlog")).isEmpty());
            for (String name : memory.list(Path.of("/data/backlog"))) {
                byte[] bytes = memory.bytes(Path.of("/data/backlog").resolve(name));
                java.util.Arrays.fill(bytes, (byte) 0x55);
                memory.put(Path.of("/data/backlog").resolve(name), bytes);
            }
            allAreThere(broker, COUNT);
            assertThat(lines.all()).allMatch(line -> line.matches(
                    "WARN References of queue q are damaged: q\\d+-4\\.0{16} at offset \\d+: entry \\d+ is damaged\\. "
                            + "Of the entries \\d+ to \\d+, all \\d+ that are needed were found in the journal and written anew"));
            assertThat(new HashSet<>(lines.all())).as("one line for each piece").hasSameSizeAs(lines.all()).isNotEmpty();
        }
    }

    @Test
    void manyQueuesWithLittleInThemAreAllThereAndSmall() throws Exception {
        int queues = 3000;
        MemoryDisk on = new MemoryDisk();
        try (TestBroker broker = TestBroker.on(on)) {
            TestBroker.User user = broker.user();
            List<CompletableFuture<?>> made = new ArrayList<>();
            for (int i = 0; i < queues; i++) {
                String name = "many." + i;
                made.add(user.<QueueInfo>start(reply ->
                        user.session.resources().createQueue(QueueRequest.of(name, name, RoutingType.ANYCAST), false, reply)));
                for (int m = 0; m < 3; m++) {
                    String text = "n=" + m;
                    made.add(user.<Void>start(reply -> user.session.send(PlainFormat.message(name, text), reply)));
                }
            }
            CompletableFuture.allOf(made.toArray(CompletableFuture[]::new)).get();
        }
        long before = heap();
        try (TestBroker broker = TestBroker.on(on)) {
            assertThat((heap() - before) / queues).as("bytes of heap for each queue").isLessThan(12_000);
            for (int i = 0; i < queues; i++) {
                assertThat(broker.broker().findQueue("many." + i).orElseThrow().counters().messages()).isEqualTo(3);
            }
            for (int i = 0; i < queues; i += 500) {
                TestBroker.Received got = broker.user().subscribe(SubscribeRequest.of("many." + i, SubscribeRequest.UNLIMITED));
                await().until(() -> got.count() == 3);
                assertThat(got.texts()).containsExactly("n=0", "n=1", "n=2");
            }
        }
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
