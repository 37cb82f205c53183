package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.FaultDisk;
import io.delos.journal.MemoryDisk;
import io.delos.queue.QueueCounters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The disk returns errors to who reads, for a while: nothing counts as lost, and when it works again everything is handed out in its order. */
class ReadErrorTest {

    private static final int COUNT = 1500;
    private static final String PAD = ";pad=" + "x".repeat(2000);

    private final FaultDisk disk = new FaultDisk(new MemoryDisk());

    private static void send(TestBroker broker) throws Exception {
        TestBroker.User user = broker.user();
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            String text = "n=" + i + PAD;
            answers.add(user.start(reply -> user.session.send(PlainFormat.message("q", text), reply)));
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get();
    }

    private void failsAndWorksAgain(Predicate<Path> files, String teller, String what) throws Exception {
        try (LogLines lines = new LogLines(teller); TestBroker broker = TestBroker.deep(disk)) {
            send(broker);
            QueueCounters counters = broker.broker().findQueue("q").orElseThrow().counters();
            disk.failReads(files);
            TestBroker.Received all = broker.user().subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED));
            await().atMost(Duration.ofSeconds(30)).until(() -> !lines.all().isEmpty());
            assertThat(counters.messages()).isEqualTo(COUNT);
            disk.heal();
            await().atMost(Duration.ofSeconds(30)).until(() -> all.count() >= COUNT);
            assertThat(all.texts().stream().map(text -> Integer.parseInt(text.substring(2, text.indexOf(';')))).toList())
                    .isEqualTo(Stream.iterate(0, i -> i + 1).limit(COUNT).toList());
            assertThat(counters.messages()).isEqualTo(COUNT);
            await().atMost(Duration.ofSeconds(30)).until(() -> lines.all().size() == 2);
            assertThat(lines.all().get(0)).startsWith("ERROR " + what + " can't be read now: java.io.IOException: injected: a read failed. None counts as lost");
            assertThat(lines.all().get(1)).isEqualTo("INFO " + what + " can be read again");
        }
    }

    @Test
    void messagesWaitForTheDisk() throws Exception {
        failsAndWorksAgain(file -> file.toString().endsWith(".log"), "io.delos.store.ReadTrouble", "Messages of the journal");
    }

    @Test
    void aBrokerWhoseWholeDiskRefusesLosesNothing() throws Exception {
        try (TestBroker broker = TestBroker.deep(disk)) {
            send(broker);
            QueueCounters counters = broker.broker().findQueue("q").orElseThrow().counters();
            disk.failReads(file -> true);
            TestBroker.Received all;
            try (LogLines lines = new LogLines("io.delos.store.ReadTrouble")) {
                all = broker.user().subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED));
                TestBroker.Received some = all;
                await().atMost(Duration.ofSeconds(30)).until(() -> some.count() > 0 && !lines.all().isEmpty() || some.count() == COUNT);
            }
            assertThat(counters.messages()).isEqualTo(COUNT);
            disk.heal();
            await().atMost(Duration.ofSeconds(30)).until(() -> all.count() >= COUNT);
            assertThat(all.texts()).doesNotHaveDuplicates().hasSize(COUNT);
        }
    }

    @Test
    void aStartThatCanNotReadIsRefusedAndChangesNothing() throws Exception {
        try (TestBroker broker = TestBroker.deep(disk)) {
            send(broker);
        }
        disk.failReads(file -> file.toString().endsWith(".log"));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> TestBroker.deep(disk)).hasMessageContaining("a read failed");
        disk.heal();
        try (TestBroker broker = TestBroker.deep(disk)) {
            assertThat(broker.broker().findQueue("q").orElseThrow().counters().messages()).isEqualTo(COUNT);
        }
    }
}
