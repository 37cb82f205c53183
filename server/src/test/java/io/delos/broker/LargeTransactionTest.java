package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.RoutingType;
import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Transactions that are many times larger than what a broker holds of one, or than a unit of the journal: a quarter of a MiB here. */
class LargeTransactionTest {

    private static final String PAD = ";pad=" + "x".repeat(300);
    /** A MiB of these: it passes two checkpoints before it is decided. */
    private static final int MANY = 3000;

    private final MemoryDisk disk = new MemoryDisk();

    @Test
    void isSeenWholeAtItsCommitAndInItsOrder() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            user.send("q", text(-2));
            Transaction transaction = begin(user);
            fill(user, transaction, "q", 0, MANY);
            user.send("q", text(-1));
            assertThat(transaction.large()).isTrue();
            holds(broker, 2);
            commit(user, transaction);
            user.send("q", text(MANY));
            holds(broker, MANY + 3);
            List<Integer> expected = IntStream.rangeClosed(-2, MANY).boxed().toList();
            try (TestBroker other = TestBroker.on(disk.afterCrash(1))) {
                assertThat(drained(other, "q", MANY + 3)).isEqualTo(expected);
                holds(other, 0);
                await().until(() -> queue(other, "q").usage().bytes() == 0);
            }
            assertThat(drained(broker, "q", MANY + 3)).isEqualTo(expected);
            broker.restart();
            holds(broker, 0);
        }
    }

    @Test
    void aPartlyConsumedOneIsRestoredAsItWas() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            Transaction transaction = begin(user);
            fill(user, transaction, "q", 0, MANY);
            user.send("q", text(-1));
            commit(user, transaction);
            user.send("q", text(MANY));
            TestBroker.Received some = user.subscribe(SubscribeRequest.of("q", 100));
            await().until(() -> some.count() == 100);
            user.settle(some.all().subList(0, 50), Outcome.ACCEPTED);
            List<Integer> left = IntStream.rangeClosed(49, MANY).boxed().toList();
            try (TestBroker other = TestBroker.on(disk.afterCrash(1))) {
                other.restart();
                assertThat(drained(other, "q", left.size())).isEqualTo(left);
            }
            user.close();
            broker.restart();
            assertThat(drained(broker, "q", left.size())).isEqualTo(left);
        }
    }

    @Test
    void undecidedItNeverWas() throws Exception {
        MemoryDisk after;
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            user.send("q", text(-1));
            Transaction transaction = begin(user);
            fill(user, transaction, "q", 0, MANY);
            user.send("q", text(MANY));
            after = disk.afterCrash(3);
        }
        try (TestBroker other = TestBroker.on(after)) {
            Transaction again = begin(other.user());
            assertThat(drained(other, "q", 2)).containsExactly(-1, MANY);
            TestBroker.User user = other.user();
            fill(user, again, "q", 0, MANY);
            commit(user, again);
            assertThat(drained(other, "q", MANY)).hasSize(MANY).startsWith(0).endsWith(MANY - 1);
        }
    }

    @Test
    void rolledBackOrLeftAloneItLeavesNothing() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            user.send("q", text(-1));
            for (int round = 0; round < 6; round++) {
                Transaction transaction = begin(user);
                fill(user, transaction, "q", 0, MANY);
                user.<Void>call(reply -> user.session.rollback(transaction, Outcome.RELEASED, reply));
                TestBroker.User leaving = broker.user();
                Transaction left = begin(leaving);
                fill(leaving, left, "q", 0, MANY);
                leaving.close();
            }
            user.send("q", text(MANY));
            holds(broker, 2);
            await().until(() -> queue(broker, "q").usage().messages() == 2);
            await("twelve MiB were written, and their files are free again").until(() -> {
                user.send("q", text(0));
                return disk.list(java.nio.file.Path.of("/data")).stream().filter(name -> name.endsWith(".log")).count() < 16;
            });
        }
    }

    @Test
    void duplicateIdsAreTheirMessagesFate() throws Exception {
        MemoryDisk undecided;
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            ensure(user, "q");
            Transaction transaction = begin(user);
            fillWithIds(user, transaction);
            user.send("q", text(0));
            undecided = disk.afterCrash(1);
            user.<Void>call(reply -> user.session.rollback(transaction, Outcome.RELEASED, reply));
            Transaction again = begin(user);
            fillWithIds(user, again);
            commit(user, again);
            user.<Void>call(reply -> user.session.send(withId(7), reply));
            holds(broker, MANY + 1);
            try (TestBroker committed = TestBroker.on(disk.afterCrash(1))) {
                TestBroker.User other = committed.user();
                other.<Void>call(reply -> other.session.send(withId(7), reply));
                holds(committed, MANY + 1);
            }
        }
        try (TestBroker never = TestBroker.on(undecided)) {
            TestBroker.User other = never.user();
            Transaction again = begin(other);
            fillWithIds(other, again);
            commit(other, again);
            holds(never, MANY + 1);
        }
    }

    @Test
    void aSmallOnesIdsAreFreeAfterACrashToo() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            ensure(user, "q");
            Transaction transaction = begin(user);
            user.<Void>call(reply -> user.session.send(withId(1), transaction, reply));
            for (int i = 0; i < MANY; i++) {
                user.start(reply -> user.session.send(PlainFormat.message("q", text(0)), Reply.ignored()));
            }
            user.send("q", text(0));
            try (TestBroker other = TestBroker.on(disk.afterCrash(1))) {
                TestBroker.User resender = other.user();
                await().until(() -> queue(other, "q").counters().messages() > 0);
                long before = queue(other, "q").counters().messages();
                resender.<Void>call(reply -> resender.session.send(withId(1), reply));
                holds(other, before + 1);
            }
        }
    }

    @Test
    void manySettlementsAreOne() throws Exception {
        int count = 40_000;
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            ensure(user, "q");
            for (int i = 0; i < count - 1; i++) {
                String text = "n=" + i;
                user.loop.post(() -> user.session.send(PlainFormat.message("q", text), Reply.ignored()));
            }
            user.send("q", "n=" + (count - 1));
            TestBroker.Received all = user.subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED));
            await().until(() -> all.count() == count);
            Transaction undone = begin(user);
            user.<Void>call(reply -> user.session.settle(all.all(), Outcome.ACCEPTED, undone, reply));
            user.<Void>call(reply -> user.session.rollbackToUnsettled(undone, reply));
            Transaction transaction = begin(user);
            user.<Void>call(reply -> user.session.settle(all.all(), Outcome.ACCEPTED, transaction, reply));
            user.send("q", "n=" + count);
            try (TestBroker other = TestBroker.on(disk.afterCrash(1))) {
                holds(other, count + 1);
            }
            commit(user, transaction);
            holds(broker, 1);
            try (TestBroker other = TestBroker.on(disk.afterCrash(1))) {
                holds(other, 1);
            }
        }
    }

    @Test
    void manySettlementsOutsideATransactionFitToo() throws Exception {
        int count = 40_000;
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            for (int i = 0; i < count; i++) {
                String text = "n=" + i;
                user.loop.post(() -> user.session.send(PlainFormat.message("q", text), Reply.ignored()));
            }
            ensure(user, "q");
            TestBroker.Received all = user.subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED));
            await().until(() -> all.count() == count);
            user.settle(all.all(), Outcome.ACCEPTED);
            broker.restart();
            holds(broker, 0);
        }
    }

    @Test
    void whatIsNotDurableKeepsItsPlaceAmongWhatIs() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            ensure(user, "q");
            Transaction undone = begin(user);
            fillMixed(user, undone);
            user.<Void>call(reply -> user.session.rollback(undone, Outcome.RELEASED, reply));
            Transaction transaction = begin(user);
            fillMixed(user, transaction);
            commit(user, transaction);
            holds(broker, MANY);
            try (TestBroker other = TestBroker.on(disk.afterCrash(1))) {
                assertThat(drained(other, "q", MANY / 2))
                        .isEqualTo(IntStream.range(0, MANY / 2).mapToObj(i -> 2 * i).toList());
            }
            assertThat(drained(broker, "q", MANY)).isEqualTo(IntStream.range(0, MANY).boxed().toList());
            await().until(() -> queue(broker, "q").usage().bytes() == 0);
        }
    }

    @Test
    void whatIsDelayedWaitsForItsTime() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            ensure(user, "q");
            commit(user, delayed(user, System.currentTimeMillis() + 500));
            List<Integer> all = drained(broker, "q", MANY);
            assertThat(all).filteredOn(i -> i % 3 != 0).isEqualTo(IntStream.range(0, MANY).filter(i -> i % 3 != 0).boxed().toList());
            assertThat(all).filteredOn(i -> i % 3 == 0).isEqualTo(IntStream.range(0, MANY).filter(i -> i % 3 == 0).boxed().toList());
            commit(user, delayed(user, System.currentTimeMillis() + 3_600_000));
            assertThat(drained(broker, "q", MANY - MANY / 3)).isEqualTo(IntStream.range(0, MANY).filter(i -> i % 3 != 0).boxed().toList());
            holds(broker, MANY / 3);
            broker.restart();
            holds(broker, MANY / 6);
        }
    }

    /** Every third for then, every other durable. */
    private static Transaction delayed(TestBroker.User user, long then) {
        Transaction transaction = begin(user);
        sendAll(user, transaction, IntStream.range(0, MANY).mapToObj(i -> PlainFormat.message("q", text(i)).toBuilder()
                .deliverAt(i % 3 == 0 ? then : 0).durable(i % 2 == 0).build()).toList());
        return transaction;
    }

    @Test
    void aPurgeTakesItAndWhatCommitsLaterStays() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            user.send("q", text(-1));
            Transaction early = begin(user);
            fill(user, early, "q", 0, MANY);
            Transaction late = begin(user);
            fill(user, late, "q", MANY, 2 * MANY);
            commit(user, early);
            user.send("q", text(-2));
            Queue queue = queue(broker, "q");
            long removed = user.call(reply -> broker.broker().administration().removeMessages(queue, user.loop, reply));
            assertThat(removed).isEqualTo(MANY + 2);
            commit(user, late);
            try (TestBroker other = TestBroker.on(disk.afterCrash(1))) {
                assertThat(drained(other, "q", MANY)).startsWith(MANY).endsWith(2 * MANY - 1);
            }
            holds(broker, MANY);
            await().until(() -> queue.usage().messages() == MANY);
        }
    }

    @Test
    void aQueueThatIsGoneGetsNothing() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            ensure(user, "q");
            ensure(user, "p");
            Transaction transaction = begin(user);
            fill(user, transaction, "q", 0, MANY);
            fill(user, transaction, "p", 0, 10);
            user.<Void>call(reply -> broker.broker().administration().deleteQueue("q", true, user.loop, reply));
            commit(user, transaction);
            broker.restart();
            assertThat(drained(broker, "p", 10)).hasSize(10);
            assertThat(broker.broker().findQueue("q")).isEmpty();
        }
    }

    private static String text(int n) {
        return "n=" + n + PAD;
    }

    private static Message withId(int n) {
        return PlainFormat.message("q", text(n)).toBuilder().duplicateId("id" + n).build();
    }

    private static void fillWithIds(TestBroker.User user, Transaction transaction) {
        sendAll(user, transaction, IntStream.range(0, MANY).mapToObj(LargeTransactionTest::withId).toList());
    }

    private static void fillMixed(TestBroker.User user, Transaction transaction) {
        sendAll(user, transaction, IntStream.range(0, MANY)
                .mapToObj(i -> PlainFormat.message("q", text(i)).toBuilder().durable(i % 2 == 0).build()).toList());
    }

    private static void fill(TestBroker.User user, Transaction transaction, String address, int from, int to) {
        sendAll(user, transaction, IntStream.range(from, to).mapToObj(i -> PlainFormat.message(address, text(i))).toList());
    }

    private static void sendAll(TestBroker.User user, Transaction transaction, List<Message> messages) {
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (Message message : messages) {
            sent.add(user.start(reply -> user.session.send(message, transaction, reply)));
        }
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).join();
    }

    private static Transaction begin(TestBroker.User user) {
        return user.call(reply -> reply.done(user.session.begin()));
    }

    private static void commit(TestBroker.User user, Transaction transaction) {
        user.<Void>call(reply -> user.session.commit(transaction, reply));
    }

    private static void ensure(TestBroker.User user, String queue) {
        user.<AddressInfo>call(reply -> user.session.resources().ensure(queue, Optional.of(RoutingType.ANYCAST), true, reply));
    }

    private static Queue queue(TestBroker broker, String name) {
        return broker.broker().findQueue(name).orElseThrow();
    }

    /** The answer to a client and the news for a queue go to different threads. */
    private static void holds(TestBroker broker, long messages) {
        await().untilAsserted(() -> assertThat(queue(broker, "q").counters().messages()).isEqualTo(messages));
    }

    private static List<Integer> drained(TestBroker broker, String queue, int count) {
        TestBroker.User user = broker.user();
        TestBroker.Received received = user.subscribe(SubscribeRequest.of(queue, SubscribeRequest.UNLIMITED));
        await().atMost(Duration.ofSeconds(40)).until(() -> received.count() >= count);
        List<Delivery> all = received.all();
        user.settle(all, Outcome.ACCEPTED);
        List<Integer> numbers = received.texts().stream().map(text -> Integer.valueOf(text.substring(2, text.indexOf(';')))).toList();
        user.close();
        return numbers;
    }
}
