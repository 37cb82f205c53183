package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.MemoryDisk;
import io.delos.queue.Delivery;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** Messages that stay while others pass: they keep what they weigh on the disk, and nothing else. */
class CompactionTest {

    private static final String QUEUE = "q";
    private static final int PAYLOAD = 1000;
    private static final String PAD = "x".repeat(PAYLOAD);

    private final MemoryDisk disk = new MemoryDisk();
    private final Set<String> attempted = ConcurrentHashMap.newKeySet();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger received = new AtomicInteger();

    /** Sends numbered messages, each when 200 before it were confirmed; a consumer settles those that are not to stay. */
    private final class Flow {
        private final TestBroker.User sender;
        private final int count;
        private final Runnable now;
        private int next;
        private int unconfirmed;

        Flow(TestBroker broker, int count, IntPredicate stays, Runnable now) {
            this.sender = broker.user();
            this.count = count;
            this.now = now;
            TestBroker.User consumer = broker.user();
            consumer.<Subscription>call(reply -> consumer.session.subscribe(SubscribeRequest.of(QUEUE, SubscribeRequest.UNLIMITED),
                    new Sink() {
                        @Override
                        public void deliver(List<Delivery> burst) {
                            burst.forEach(delivery -> settle(consumer, delivery, stays));
                        }

                        @Override
                        public void closed(BrokerException reason) {
                            // with the broker
                        }
                    }, reply));
        }

        private void settle(TestBroker.User consumer, Delivery delivery, IntPredicate stays) {
            String text = PlainFormat.text(delivery.message());
            received.incrementAndGet();
            if (!stays.test(number(text))) {
                attempted.add(text);
                consumer.session.settle(delivery, Outcome.ACCEPTED, Reply.of(done -> acknowledged.add(text), refused -> { }));
            }
        }

        void run() {
            sender.loop.post(this::more);
            await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(2)).until(() -> {
                now.run();
                return received.get() >= count && confirmed.size() >= count && acknowledged.size() == attempted.size();
            });
        }

        private void more() {
            while (next < count && unconfirmed < 200) {
                String text = "n=" + next++ + ";pad=" + PAD;
                unconfirmed++;
                sender.session.send(PlainFormat.message(QUEUE, text), Reply.of(done -> {
                    confirmed.add(text);
                    unconfirmed--;
                    sender.loop.post(this::more);
                }, refused -> { }));
            }
        }
    }

    private static int number(String text) {
        return Integer.parseInt(text.substring(2, text.indexOf(';')));
    }

    private static List<Integer> drain(TestBroker broker, int expected) {
        TestBroker.Received all = broker.user().subscribe(SubscribeRequest.of(QUEUE, SubscribeRequest.UNLIMITED));
        await().atMost(Duration.ofSeconds(30)).until(() -> all.count() >= expected);
        return all.texts().stream().map(CompactionTest::number).toList();
    }

    private TestBroker broker(MemoryDisk on) throws Exception {
        TestBroker broker = TestBroker.on(on);
        TestBroker.User user = broker.user();
        user.<AddressInfo>call(reply -> user.session.resources().ensure(QUEUE, java.util.Optional.of(io.delos.config.RoutingType.ANYCAST), true, reply));
        return broker;
    }

    private List<String> files(String end) {
        return disk.list(Path.of("/data")).stream().filter(name -> name.endsWith(end)).toList();
    }

    /** The flow was faster than the checkpoints, which cost nothing on this disk; a few more messages, and the disk is as small as it should be. */
    private void trickle(TestBroker broker, long most) {
        TestBroker.User user = broker.user();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            user.send(QUEUE, "n=1;more");
            broker.broker().store().wantCheckpoint();
            assertThat(disk.used()).isLessThan(most);
        });
        await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged.size() == attempted.size());
    }

    @Test
    void anOldMessageStaysWhileOthersPass() throws Exception {
        try (TestBroker broker = broker(disk)) {
            new Flow(broker, 12_000, number -> number == 0, () -> { }).run();
            assertThat(confirmed).hasSize(12_000);
            trickle(broker, 3 << 20);
        }
        assertThat(disk.list(Path.of("/data"))).doesNotContain("0000000000000000.log");
        try (TestBroker broker = TestBroker.on(disk)) {
            assertThat(drain(broker, 1)).containsExactly(0);
        }
    }

    @Test
    void everyTenthMessageStays() throws Exception {
        int count = 15_000;
        long lives = count / 10 * (PAYLOAD + 100L);
        try (TestBroker broker = broker(disk)) {
            new Flow(broker, count, number -> number % 10 == 0, () -> { }).run();
            trickle(broker, 2 * lives + (3 << 20));
            assertThat(files(".sparse").size()).isLessThan(40);
        }
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < count; i += 10) {
            expected.add(i);
        }
        try (TestBroker broker = TestBroker.on(disk)) {
            assertThat(drain(broker, expected.size())).isEqualTo(expected);
        }
    }

    /** Messages of an undecided transaction are in no queue yet, and stay too. */
    @Test
    void aTransactionStaysOpenWhileOthersPass() throws Exception {
        int staged = 1500;
        try (TestBroker broker = broker(disk)) {
            TestBroker.User user = broker.user();
            user.<AddressInfo>call(reply -> user.session.resources().ensure("other", java.util.Optional.of(io.delos.config.RoutingType.ANYCAST), true, reply));
            Transaction open = user.call(reply -> reply.done(user.session.begin()));
            for (int i = 0; i < staged; i++) {
                String text = "n=" + i + ";pad=" + PAD;
                user.<Void>call(reply -> user.session.send(PlainFormat.message("other", text), open, reply));
            }
            new Flow(broker, 8000, number -> number % 50 == 0, () -> { }).run();
            trickle(broker, 6 << 20);
            assertThat(files(".sparse")).isNotEmpty();
            user.<Void>call(reply -> user.session.commit(open, reply));
        }
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.Received all = broker.user().subscribe(SubscribeRequest.of("other", SubscribeRequest.UNLIMITED));
            await().atMost(Duration.ofSeconds(30)).until(() -> all.count() == staged);
            assertThat(all.texts().stream().map(CompactionTest::number).toList()).isSorted().doesNotHaveDuplicates();
            assertThat(drain(broker, 160)).hasSize(160).isSorted();
        }
    }

    /** What was sure at a moment, and the disk as a power failure at that moment leaves it. */
    private record Moment(MemoryDisk disk, Set<String> confirmed, Set<String> acknowledged, Set<String> attempted) { }

    @Test
    void thePowerGoesWhileSegmentsAreRewritten() throws Exception {
        ConcurrentLinkedQueue<Moment> moments = new ConcurrentLinkedQueue<>();
        AtomicInteger last = new AtomicInteger();
        try (TestBroker broker = broker(disk)) {
            new Flow(broker, 8000, number -> number % 20 == 0, () -> {
                if (received.get() - last.get() > 1100 && moments.size() < 5) {
                    last.set(received.get());
                    Set<String> sent = new HashSet<>(confirmed);
                    Set<String> settled = new HashSet<>(acknowledged);
                    MemoryDisk after = disk.afterCrash(last.get());
                    moments.add(new Moment(after, sent, settled, new HashSet<>(attempted)));
                }
            }).run();
        }
        assertThat(moments).hasSizeGreaterThan(2);
        assertThat(moments).anyMatch(moment -> moment.disk.list(Path.of("/data")).stream().anyMatch(name -> name.endsWith(".sparse")));
        Moment moment;
        while ((moment = moments.poll()) != null) {
            Set<String> mustBeThere = new HashSet<>(moment.confirmed);
            mustBeThere.removeAll(moment.attempted);
            try (TestBroker broker = TestBroker.on(moment.disk)) {
                long there = broker.broker().findQueue(QUEUE).orElseThrow().counters().messages();
                TestBroker.Received all = broker.user().subscribe(SubscribeRequest.of(QUEUE, SubscribeRequest.UNLIMITED));
                await().atMost(Duration.ofSeconds(30)).until(() -> all.count() == there);
                assertThat(all.texts().stream().map(CompactionTest::number).toList()).isSorted().doesNotHaveDuplicates();
                assertThat(new HashSet<>(all.texts())).containsAll(mustBeThere).doesNotContainAnyElementsOf(moment.acknowledged);
            }
        }
    }
}
