package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.FaultDisk;
import io.delos.journal.MemoryDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The disk has no byte left in the middle of a burst, or becomes very slow. */
class DiskFullTest {

    private static final String PAD = ";" + "x".repeat(2000);

    private final MemoryDisk memory = new MemoryDisk();
    private final FaultDisk disk = new FaultDisk(memory);
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean stopped;

    /** Sends the next when the last is confirmed. */
    private void produce(TestBroker.User user, int producer, int n) {
        String text = "p=" + producer + ";n=" + n + PAD;
        user.session.send(PlainFormat.message("q", text), Reply.of(done -> {
            confirmed.add(text);
            if (!stopped) {
                user.loop.post(() -> produce(user, producer, n + 1));
            }
        }, refusal -> refused.incrementAndGet()));
    }

    private static Set<String> everything(TestBroker broker) {
        long count = broker.broker().findQueue("q").orElseThrow().counters().messages();
        TestBroker.Received received = broker.user().subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED));
        await().atMost(Duration.ofSeconds(30)).until(() -> received.count() == count);
        return new HashSet<>(received.texts());
    }

    @Test
    void producersWaitWhileNoFileCanBeMadeAndGoOnWhenThereIsRoomAgain() throws Exception {
        try (TestBroker broker = new TestBroker(java.nio.file.Path.of("/data"), c -> c.with("disk-scan-period", 10), disk);
             LogLines log = new LogLines(DiskGuard.class.getName())) {
            disk.fullAfter(1 << 20);
            for (int i = 0; i < 4; i++) {
                int producer = i;
                TestBroker.User user = broker.user();
                user.loop.post(() -> produce(user, producer, 0));
            }
            await().until(() -> broker.broker().diskGuard().full() && !log.all().isEmpty());
            TestBroker.User reader = broker.user();
            TestBroker.Received received = reader.subscribe(SubscribeRequest.of("q", 10));
            await().until(() -> received.count() == 10);
            reader.settle(received.all().subList(0, 5), Outcome.ACCEPTED);
            int before = confirmed.size();
            assertThat(log.all()).hasSize(1).allMatch(line -> line.contains("AMQ222210") && line.contains("No space left"));
            assertThat(refused).hasValue(0);
            disk.heal();
            await().until(() -> confirmed.size() > before + 100);
            assertThat(log.all()).hasSize(2);
            stopped = true;
            Set<String> mustBeThere = new HashSet<>(confirmed);
            mustBeThere.removeAll(received.texts().subList(0, 5));
            broker.restart();
            assertThat(everything(broker)).containsAll(mustBeThere);
        }
    }

    @Test
    void whereTheJournalMustStopAllThatWasConfirmedIsThereAfterwards() throws Exception {
        int burst = 2000;
        AtomicInteger answered = new AtomicInteger();
        try (TestBroker broker = TestBroker.on(disk)) {
            disk.fullAfter(600 << 10);
            TestBroker.User user = broker.user();
            user.send("q", "n=first");
            user.loop.post(() -> {
                for (int i = 0; i < burst; i++) {
                    String text = "n=" + i + PAD;
                    user.session.send(PlainFormat.message("q", text), Reply.of(done -> {
                        confirmed.add(text);
                        answered.incrementAndGet();
                    }, refusal -> {
                        refused.incrementAndGet();
                        answered.incrementAndGet();
                    }));
                }
            });
            await().until(() -> answered.get() == burst || broker.broker().diskGuard().full());
        }
        assertThat(confirmed).as("some went through before").isNotEmpty();
        disk.heal();
        try (TestBroker broker = TestBroker.on(disk)) {
            assertThat(everything(broker)).containsAll(confirmed);
        }
    }

    @Test
    void aDiskAHundredTimesSlowerHoldsProducersBackAndCatchesUp() throws Exception {
        int producers = 8;
        int messages = 120;
        String large = ";" + "x".repeat(64 << 10);
        AtomicLong most = new AtomicLong();
        AtomicInteger done = new AtomicInteger();
        try (TestBroker broker = TestBroker.on(disk)) {
            disk.slowForce(TimeUnit.MILLISECONDS.toNanos(20));
            List<TestBroker.User> users = new ArrayList<>();
            for (int p = 0; p < producers; p++) {
                users.add(broker.user());
            }
            AtomicInteger begun = new AtomicInteger();
            for (TestBroker.User user : users) {
                AtomicInteger paused = new AtomicInteger();
                user.client.onPressure(pause -> paused.addAndGet(pause ? 1 : -1));
                user.loop.post(() -> pour(user, paused, large, messages, begun, done));
            }
            await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(2)).until(() -> {
                most.accumulateAndGet(begun.get() - done.get(), Math::max);
                return broker.broker().store().underPressure();
            });
            disk.heal();
            await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(2)).until(() -> {
                most.accumulateAndGet(begun.get() - done.get(), Math::max);
                return done.get() == producers * messages;
            });
            assertThat(most.get() * large.length()).as("bytes under way at most").isLessThan(40L << 20);
            // what is done has been handed to the queue's loop, which may have to count it yet
            await().atMost(Duration.ofSeconds(60)).until(() -> broker.broker().findQueue("q").orElseThrow().counters().messages() == producers * messages);
        }
    }

    /** Sends without waiting for answers, as fast as the socket may be read. */
    private static void pour(TestBroker.User user, AtomicInteger paused, String text, int left, AtomicInteger begun, AtomicInteger done) {
        int rest = left;
        if (paused.get() == 0 && rest > 0) {
            begun.incrementAndGet();
            user.session.send(PlainFormat.message("q", text), Reply.of(ok -> done.incrementAndGet(), refusal -> { }));
            rest--;
        }
        int next = rest;
        if (next > 0) {
            user.loop.schedule(() -> pour(user, paused, text, next, begun, done), paused.get() == 0 ? 0 : 1);
        }
    }
}
