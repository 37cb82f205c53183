package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What branches of distributed transactions have done is kept when they are prepared, and is seen when they are decided, by whom ever. */
class XaTest extends XaCase {

    /** A MiB of these: more than is held of a transaction, and more than lies between two checkpoints. */
    private static final int MANY = 3000;

    @Test
    void whatItSentIsSeenWhenAnotherSessionCommitsIt() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            user.send("q", text(-1));
            prepared(user, xid(1), work -> fill(user, work, 0, 3));
            user.send("q", text(9));
            TestBroker.User other = broker.user();
            holds(broker, 2);
            assertThat(inDoubt(other)).containsExactly(xid(1));
            user.close();
            commit(other, xid(1));
            holds(broker, 5);
            assertThat(inDoubt(other)).isEmpty();
            broker.restart();
            assertThat(drained(broker, 5)).containsExactly(-1, 9, 0, 1, 2);
            holds(broker, 0);
            await().until(() -> queue(broker).usage().bytes() == 0);
        }
    }

    @Test
    void itOutlivesTheProcessWhateverItsSize() throws Exception {
        for (int size : new int[] {0, 3, MANY}) {
            MemoryDisk own = new MemoryDisk();
            try (TestBroker broker = TestBroker.on(own)) {
                TestBroker.User user = broker.user();
                user.send("q", text(-1));
                prepared(user, xid(1), work -> fill(user, work, 0, size));
                try (TestBroker again = TestBroker.on(own.afterCrash(1))) {
                    again.restart();
                    TestBroker.User other = again.user();
                    assertThat(inDoubt(other)).containsExactly(xid(1));
                    holds(again, 1);
                    other.send("q", text(MANY));
                    commit(other, xid(1));
                    holds(again, size + 2);
                    again.restart();
                    List<Integer> all = drained(again, size + 2);
                    assertThat(all).startsWith(-1, MANY);
                    assertThat(all.subList(2, size + 2)).isEqualTo(IntStream.range(0, size).boxed().toList());
                    await().until(() -> queue(again).usage().bytes() == 0);
                }
                try (TestBroker again = TestBroker.on(own.afterCrash(1))) {
                    TestBroker.User other = again.user();
                    rollback(other, xid(1));
                    again.restart();
                    assertThat(inDoubt(again.user())).isEmpty();
                    holds(again, 1);
                    await().until(() -> queue(again).usage().messages() == 1);
                }
            }
        }
    }

    @Test
    void whatItAcknowledgedIsHeldOutOfItsQueueAndComesBackToItsPlace() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            for (int i = 0; i < 6; i++) {
                user.send("q", text(i));
            }
            TestBroker.Received some = user.subscribe(SubscribeRequest.of("q", 4));
            await().until(() -> some.count() == 4);
            prepared(user, xid(1), work -> settle(user, some.all().subList(1, 3), work));
            user.close();
            await().until(() -> queue(broker).counters().delivering() == 2);
            try (TestBroker again = TestBroker.on(disk.afterCrash(1))) {
                assertThat(queue(again).counters().delivering()).isEqualTo(2);
                assertThat(drained(again, 4)).containsExactly(0, 3, 4, 5);
                again.restart();
                holds(again, 2);
                commit(again.user(), xid(1));
                holds(again, 0);
                again.restart();
                holds(again, 0);
            }
            try (TestBroker again = TestBroker.on(disk.afterCrash(1))) {
                rollback(again.user(), xid(1));
                assertThat(drained(again, 6)).containsExactly(0, 1, 2, 3, 4, 5);
            }
            rollback(broker.user(), xid(1));
            assertThat(drained(broker, 6)).containsExactly(0, 1, 2, 3, 4, 5);
        }
    }

    @Test
    void whatIsRolledBackAfterARestartCountsAsTriedOnce() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            user.send("q", text(0));
            TestBroker.Received one = user.subscribe(SubscribeRequest.of("q", 1));
            await().until(() -> one.count() == 1);
            prepared(user, xid(1), work -> settle(user, one.all(), work));
            user.close();
            broker.restart();
            rollback(broker.user(), xid(1));
            TestBroker.Received again = broker.user().subscribe(SubscribeRequest.of("q", 1));
            await().until(() -> again.count() == 1);
            assertThat(again.all().get(0).deliveryCount()).isEqualTo(2);
            assertThat(PlainFormat.text(again.all().get(0).message())).isEqualTo(text(0));
        }
    }

    @Test
    void manyAcknowledgementsOfADeepQueueAreHeldToo() throws Exception {
        int count = 6000;
        try (TestBroker broker = TestBroker.deep(disk)) {
            TestBroker.User user = broker.user();
            ensure(user);
            for (int i = 0; i < count; i++) {
                String text = "n=" + i + ";";
                user.loop.post(() -> user.session.send(PlainFormat.message("q", text), Reply.ignored()));
            }
            user.send("q", "n=" + count + ";");
            TestBroker.Received all = user.subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED));
            await().until(() -> all.count() == count + 1);
            List<Delivery> taken = all.all();
            List<Delivery> odd = IntStream.rangeClosed(0, count).filter(i -> i % 1000 == 999).mapToObj(taken::get).toList();
            prepared(user, xid(1), work -> settle(user, odd, work));
            user.close();
            holds(broker, count + 1);
            broker.restart();
            assertThat(queue(broker).counters().delivering()).isEqualTo(odd.size());
            TestBroker.User other = broker.user();
            rollback(other, xid(1));
            assertThat(drained(broker, count + 1)).isEqualTo(IntStream.rangeClosed(0, count).boxed().toList());
        }
    }

    @Test
    void whatIsLargeAndNotDurableDoesNotOutliveTheProcess() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            Message large = PlainFormat.message("q", text(1));
            prepared(user, xid(1), work -> {
                LargeMessageTest.send(user, large.toBuilder().durable(false).build(), new byte[50_000], work);
                LargeMessageTest.send(user, large, new byte[60_000], work);
                fill(user, work, 2, 3);
            });
            assertThat(LargeMessageTest.files(disk)).hasSize(2);
            MemoryDisk cut = disk.afterCrash(7);
            try (TestBroker again = TestBroker.on(cut)) {
                // its body need not be there
                assertThat(LargeMessageTest.files(cut)).hasSize(1);
                assertThat(queue(again).usage().messages()).isEqualTo(2);
                again.restart();
                commit(again.user(), xid(1));
                holds(again, 2);
                assertThat(drained(again, 2)).containsExactly(1, 2);
                await().until(() -> LargeMessageTest.files(cut).isEmpty() && queue(again).usage().messages() == 0);
            }
        }
    }

    @Test
    void whatWaitedForItsTimeComesBackFirst() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            ensure(user);
            Message delayed = PlainFormat.message("q", text(1)).toBuilder().deliverAt(System.currentTimeMillis() + 100).build();
            user.<Void>call(reply -> user.session.send(delayed, reply));
            TestBroker.Received one = user.subscribe(SubscribeRequest.of("q", 1));
            await().until(() -> one.count() == 1);
            prepared(user, xid(1), work -> settle(user, one.all(), work));
            user.send("q", text(2));
            user.close();
            try (TestBroker again = TestBroker.on(disk.afterCrash(1))) {
                holds(again, 2);
                assertThat(queue(again).counters().delivering()).isEqualTo(1);
                rollback(again.user(), xid(1));
                assertThat(drained(again, 2)).containsExactly(1, 2);
            }
        }
    }

    @Test
    void duplicateIdsOfABranchAreTakenUntilItIsRolledBack() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            ensure(user);
            Message once = PlainFormat.message("q", text(1)).toBuilder().duplicateId("id").build();
            prepared(user, xid(1), work -> user.<Void>call(reply -> user.session.send(once, work, reply)));
            broker.restart();
            TestBroker.User other = broker.user();
            CompletableFuture<Void> again = other.start(reply -> other.session.send(once, reply));
            prepared(other, xid(2), work -> fill(other, work, 5, 6));
            assertThat(again).isNotDone();
            commit(other, xid(2));
            rollback(other, xid(1));
            again.join();
            holds(broker, 2);
        }
    }

    @Test
    void aPurgeAndAFullLifeOfTheQueueLeaveItAlone() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            user.send("q", text(0));
            user.send("q", text(1));
            TestBroker.Received one = user.subscribe(SubscribeRequest.of("q", 1));
            await().until(() -> one.count() == 1);
            prepared(user, xid(1), work -> {
                settle(user, one.all(), work);
                fill(user, work, 2, 4);
            });
            user.close();
            broker.restart();
            TestBroker.User other = broker.user();
            long removed = other.call(reply -> broker.broker().administration().removeMessages(queue(broker), other.loop, reply));
            assertThat(removed).isEqualTo(1);
            broker.restart();
            TestBroker.User last = broker.user();
            holds(broker, 1);
            commit(last, xid(1));
            assertThat(drained(broker, 2)).containsExactly(2, 3);
            holds(broker, 0);
        }
    }

    @Test
    void aQueueThatIsGoneGetsNothingAndGivesNothing() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            user.send("q", text(0));
            TestBroker.Received one = user.subscribe(SubscribeRequest.of("q", 1));
            await().until(() -> one.count() == 1);
            prepared(user, xid(1), work -> {
                settle(user, one.all(), work);
                fill(user, work, 2, 4);
            });
            user.<Void>call(reply -> broker.broker().administration().deleteQueue("q", true, user.loop, reply));
            broker.restart();
            TestBroker.User other = broker.user();
            commit(other, xid(1));
            ensure(other);
            broker.restart();
            holds(broker, 0);
        }
    }

    @Test
    void filesWithWhatIsPreparedAreKeptAndGivenBack() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            ensure(user);
            prepared(user, xid(1), work -> fill(user, work, 0, MANY));
            for (int round = 0; round < 8; round++) {
                for (int i = 0; i < 1000; i++) {
                    user.loop.post(() -> user.session.send(PlainFormat.message("q", text(7)), Reply.ignored()));
                }
                user.send("q", text(7));
                drained(broker, 1001);
            }
            broker.restart();
            TestBroker.User other = broker.user();
            commit(other, xid(1));
            assertThat(drained(broker, MANY)).isEqualTo(IntStream.range(0, MANY).boxed().toList());
            await("their files are free again").until(() -> {
                other.send("q", text(0));
                return disk.list(java.nio.file.Path.of("/data")).stream().filter(name -> name.endsWith(".log")).count() < 16;
            });
        }
    }
}
