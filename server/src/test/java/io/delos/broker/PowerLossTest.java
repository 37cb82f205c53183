package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import io.delos.queue.QueueCounters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The power goes while producers and consumers are at work. What was confirmed before is there after, what was acknowledged is not, a
 * transaction is there whole or not at all, and the order is what it was. With the later seeds most queues are deep and partly in files.
 */
class PowerLossTest {

    private static final String[] QUEUES = {"a", "b", "c"};

    private final Set<String> attempted = ConcurrentHashMap.newKeySet();
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final Set<String> ackAttempted = ConcurrentHashMap.newKeySet();
    private final Set<String> ackConfirmed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger sent = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18})
    void nothingConfirmedIsLostAndNothingAcknowledgedReturns(long seed) throws Exception {
        Random random = new Random(seed);
        MemoryDisk disk = new MemoryDisk();
        MemoryDisk after;
        Set<String> mustBeThere;
        Set<String> mustNotBeThere;
        boolean deep = seed > 12;
        try (TestBroker broker = deep ? TestBroker.deep(disk) : TestBroker.on(disk)) {
            for (String queue : QUEUES) {
                produce(broker.user(), queue, deep ? 2000 : random.nextInt(400));
                if (!deep || queue.equals("a")) {
                    consume(broker.user(), queue);
                }
            }
            int goal = 200 + random.nextInt(1500);
            await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(1)).until(() -> sent.get() >= goal);
            mustBeThere = new HashSet<>(confirmed);
            mustNotBeThere = new HashSet<>(ackConfirmed);
            after = disk.afterCrash(seed);
            mustBeThere.removeAll(ackAttempted);
            stopped = true;
        }
        try (TestBroker broker = deep ? TestBroker.deep(after) : TestBroker.on(after)) {
            Set<String> there = new HashSet<>();
            for (String queue : QUEUES) {
                check(drain(broker, queue), there);
            }
            assertThat(there).as("confirmed and never acknowledged").containsAll(mustBeThere);
            assertThat(there).as("acknowledged").doesNotContainAnyElementsOf(mustNotBeThere);
            assertThat(attempted).containsAll(there);
            there.stream().filter(text -> text.contains(";tx=1")).forEach(text -> {
                String other = text.contains(";half=1") ? text.replace(";half=1", ";half=2") : text.replace(";half=2", ";half=1");
                assertThat(there.contains(other) || ackAttempted.contains(other)).as("the other half of %s", text).isTrue();
            });
        }
    }

    private volatile boolean stopped;

    private void produce(TestBroker.User user, String queue, int pad) {
        user.loop.post(() -> sendNext(user, queue, "x".repeat(pad), 0));
    }

    /** Keeps four sends under way; every eighth is a transaction of two. */
    private void sendNext(TestBroker.User user, String queue, String pad, int n) {
        for (int i = n; i < n + 4; i++) {
            String text = "queue=" + queue + ";n=" + i + ";pad=" + pad;
            if (i % 8 == 7) {
                Transaction both = user.session.begin();
                String one = text + ";tx=1;half=1";
                String two = text + ";tx=1;half=2";
                attempted.addAll(List.of(one, two));
                user.session.send(PlainFormat.message(queue, one), both, Reply.ignored());
                user.session.send(PlainFormat.message(queue, two), both, Reply.ignored());
                user.session.commit(both, Reply.of(done -> confirmed.addAll(List.of(one, two)), refused -> { }));
            } else {
                attempted.add(text);
                user.session.send(PlainFormat.message(queue, text), Reply.of(done -> {
                    confirmed.add(text);
                    sent.incrementAndGet();
                }, refused -> { }));
            }
        }
        Runnable next = () -> {
            if (!stopped) {
                sendNext(user, queue, pad, n + 4);
            }
        };
        Message last = PlainFormat.message("marker", "n=0").toBuilder().durable(false).build();
        user.session.send(last, Reply.of(done -> user.loop.post(next), refused -> { }));
    }

    private void consume(TestBroker.User user, String queue) {
        this.<AddressInfo>ask(user, reply -> user.session.resources().ensure(queue, java.util.Optional.of(io.delos.config.RoutingType.ANYCAST), true, reply));
        user.<Subscription>call(reply -> user.session.subscribe(SubscribeRequest.of(queue, SubscribeRequest.UNLIMITED), new Sink() {
            private final Set<String> returned = new HashSet<>();
            private int seen;

            @Override
            public void deliver(List<Delivery> burst) {
                for (Delivery delivery : burst) {
                    String text = PlainFormat.text(delivery.message());
                    if (++seen % 5 == 0 && returned.add(text)) {
                        user.session.settle(delivery, Outcome.RELEASED, Reply.ignored());
                    } else if (seen % 7 != 0) {
                        ackAttempted.add(text);
                        user.session.settle(delivery, Outcome.ACCEPTED, Reply.of(done -> ackConfirmed.add(text), refused -> { }));
                    }
                }
            }

            @Override
            public void closed(BrokerException reason) {
                returned.clear();
            }
        }, reply));
    }

    private <T> T ask(TestBroker.User user, java.util.function.Consumer<Reply<T>> question) {
        return user.call(question);
    }

    private static List<String> drain(TestBroker broker, String queue) {
        long count = broker.broker().findQueue(queue).map(Queue::counters).map(QueueCounters::messages).orElse(0L);
        if (count == 0) {
            return List.of();
        }
        TestBroker.Received received = broker.user().subscribe(SubscribeRequest.of(queue, SubscribeRequest.UNLIMITED));
        await().atMost(Duration.ofSeconds(30)).until(() -> received.count() == count);
        return new ArrayList<>(received.texts());
    }

    private static void check(List<String> texts, Set<String> there) {
        int last = -1;
        for (String text : texts) {
            assertThat(there.add(text)).as("twice: %s", text).isTrue();
            int n = Integer.parseInt(text.replaceAll(".*;n=(\\d+);.*", "$1"));
            assertThat(n).as("order").isGreaterThanOrEqualTo(last);
            last = n;
        }
    }
}
