package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.delos.broker.XaException.Code;
import io.delos.config.RoutingType;
import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import io.delos.message.Xid;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import io.delos.queue.QueueCounters;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Branches of distributed transactions, from their beginning to a decision that may come from another session, or another process. */
class XaTest {

    private static final String PAD = ";pad=" + "x".repeat(300);
    /** A MiB of these: more than is held of a transaction, and more than lies between two checkpoints. */
    private static final int MANY = 3000;

    private final MemoryDisk disk = new MemoryDisk();

    // ---- what is prepared survives, and is seen when it is decided

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
            List<Delivery> odd = all.all().stream().filter(delivery -> all.all().indexOf(delivery) % 1000 == 999).toList();
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

    // ---- who works in it

    @Test
    void severalSessionsWorkInOneBranchAndItIsOne() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User one = broker.user();
            TestBroker.User two = broker.user();
            ensure(one);
            Transaction first = start(one, xid(1));
            Transaction second = two.call(reply -> two.session.xa().join(xid(1), reply));
            fill(one, first, 0, 2);
            fill(two, second, 10, 12);
            one.<Void>call(reply -> one.session.xa().suspend(xid(1), reply));
            refused(Code.PROTOCOL, two, reply -> two.session.xa().prepare(xid(1), reply));
            Transaction third = two.call(reply -> two.session.xa().resume(xid(1), reply));
            fill(two, third, 20, 21);
            end(two, xid(1));
            one.<Void>call(reply -> one.session.xa().commit(xid(1), true, reply));
            holds(broker, 5);
            broker.restart();
            assertThat(drained(broker, 5)).containsExactlyInAnyOrder(0, 1, 10, 11, 20);
        }
    }

    @Test
    void aSessionThatStillWorksInItHandsOverWhenOthersPrepareIt() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User one = broker.user();
            TestBroker.User two = broker.user();
            ensure(one);
            Transaction first = start(one, xid(1));
            fill(one, first, 0, 2);
            two.<Void>call(reply -> two.session.xa().prepare(xid(1), reply));
            assertThat(first.ended()).isTrue();
            end(one, xid(1));
            commit(two, xid(1));
            holds(broker, 2);
        }
    }

    @Test
    void theNamesOfBranchesAndTheirStatesAreHeeded() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            ensure(user);
            refused(Code.UNKNOWN, user, reply -> user.session.xa().prepare(xid(1), reply));
            refused(Code.UNKNOWN, user, reply -> user.session.xa().commit(xid(1), false, reply));
            refused(Code.UNKNOWN, user, reply -> user.session.xa().rollback(xid(1), reply));
            refused(Code.UNKNOWN, user, reply -> user.session.xa().forget(xid(1), reply));
            refused(Code.UNKNOWN, user, reply -> user.session.xa().end(xid(1), reply));
            refused(Code.UNKNOWN, user, reply -> user.session.xa().join(xid(1), ignoring(reply)));
            refused(Code.UNKNOWN, user, reply -> user.session.xa().resume(xid(1), ignoring(reply)));
            refused(Code.PROTOCOL, user, reply -> user.session.xa().suspend(xid(1), reply));
            Transaction work = start(user, xid(1));
            refused(Code.DUPLICATE, user, reply -> user.session.xa().start(xid(1), 0, ignoring(reply)));
            refused(Code.PROTOCOL, user, reply -> user.session.xa().resume(xid(1), ignoring(reply)));
            fill(user, work, 0, 1);
            end(user, xid(1));
            refused(Reason.TRANSACTION_STATE, user, reply -> user.session.xa().commit(xid(1), false, reply));
            user.<Void>call(reply -> user.session.xa().prepare(xid(1), reply));
            user.<Void>call(reply -> user.session.xa().prepare(xid(1), reply));
            refused(Code.DUPLICATE, user, reply -> user.session.xa().start(xid(1), 0, ignoring(reply)));
            refused(Code.PROTOCOL, user, reply -> user.session.xa().join(xid(1), ignoring(reply)));
            refused(Reason.TRANSACTION_STATE, user, reply -> user.session.xa().commit(xid(1), true, reply));
            refused(Code.INVALID, user, reply -> user.session.xa().start(new Xid(1, new byte[1025], new byte[1]), 0, ignoring(reply)));
            commit(user, xid(1));
            refused(Code.UNKNOWN, user, reply -> user.session.xa().commit(xid(1), false, reply));
            holds(broker, 1);
        }
    }

    @Test
    void whatFailedCanOnlyBeRolledBack() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            ensure(user);
            Message once = PlainFormat.message("q", text(1)).toBuilder().duplicateId("id").build();
            user.<Void>call(reply -> user.session.send(once, reply));
            Transaction work = start(user, xid(1));
            refused(Reason.DUPLICATE_ID, user, reply -> user.session.send(once, work, reply));
            end(user, xid(1));
            refused(Code.ROLLED_BACK, user, reply -> user.session.xa().prepare(xid(1), reply));
            refused(Code.UNKNOWN, user, reply -> user.session.xa().rollback(xid(1), reply));
            user.<Transaction>call(reply -> user.session.xa().failed(xid(2), 0, reply));
            user.<Void>call(reply -> user.session.xa().abandon(xid(2), Outcome.FAILED, reply));
            user.<Void>call(reply -> user.session.xa().rollback(xid(2), reply));
            holds(broker, 1);
        }
    }

    @Test
    void whatIsNotPreparedEndsWithItsConnectionOrItsTime() throws Exception {
        try (TestBroker broker = new TestBroker(java.nio.file.Path.of("/data"), config -> config.with("transaction-timeout-scan-period", 20), disk)) {
            TestBroker.User user = broker.user();
            user.send("q", text(0));
            TestBroker.Received one = user.subscribe(SubscribeRequest.of("q", 1));
            await().until(() -> one.count() == 1);
            Transaction working = start(user, xid(1));
            settle(user, one.all(), working);
            fill(user, working, 1, 2);
            Transaction ended = start(user, xid(2));
            fill(user, ended, 3, 4);
            end(user, xid(2));
            TestBroker.User leaving = broker.user();
            Transaction left = start(leaving, xid(4));
            fill(leaving, left, 8, 9);
            end(leaving, xid(4));
            user.close();
            leaving.<Void>call(leaving.session.xa()::leave);
            leaving.close();
            assertThat(drained(broker, 1)).containsExactly(0);
            TestBroker.User other = broker.user();
            refused(Code.UNKNOWN, other, reply -> other.session.xa().commit(xid(2), true, reply));
            Transaction slow = other.call(reply -> other.session.xa().start(xid(3), 50, reply));
            fill(other, slow, 5, 6);
            await().until(slow::ended);
            other.<Void>call(reply -> other.session.xa().commit(xid(4), true, reply));
            assertThat(drained(broker, 1)).containsExactly(8);
            refused(Code.PROTOCOL, other, reply -> other.session.xa().end(xid(3), reply));
            refused(Code.UNKNOWN, other, reply -> other.session.xa().rollback(xid(3), reply));
            holds(broker, 0);
            await().until(() -> queue(broker).usage().messages() == 0);
        }
    }

    // ---- operators

    @Test
    void operatorsDecideAndManagersHearOfIt() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            ensure(user);
            prepared(user, xid(1), work -> fill(user, work, 0, 2));
            prepared(user, xid(2), work -> fill(user, work, 5, 6));
            broker.restart();
            TestBroker.User operator = broker.user();
            List<XaAdministration.Details> all = operator.call(reply -> broker.broker().xa().details(operator.loop, reply));
            assertThat(all).extracting(details -> details.branch().xid()).containsExactly(xid(1), xid(2));
            assertThat(all.get(0).work()).extracting(work -> PlainFormat.text(work.message())).containsExactly(text(0), text(1));
            assertThat(operator.<Boolean>call(reply -> broker.broker().xa().commit(xid(1).base64(), operator.loop, reply))).isTrue();
            assertThat(operator.<Boolean>call(reply -> broker.broker().xa().rollback(xid(2).base64(), operator.loop, reply))).isTrue();
            assertThat(operator.<Boolean>call(reply -> broker.broker().xa().rollback(xid(2).base64(), operator.loop, reply))).isFalse();
            holds(broker, 2);
            broker.restart();
            holds(broker, 2);
            assertThat(broker.broker().xa().heuristicallyCommitted()).containsExactly(xid(1).base64());
            assertThat(broker.broker().xa().heuristicallyRolledBack()).containsExactly(xid(2).base64());
            TestBroker.User manager = broker.user();
            refused(Code.HEURISTIC_COMMIT, manager, reply -> manager.session.xa().commit(xid(1), false, reply));
            refused(Code.HEURISTIC_ROLLBACK, manager, reply -> manager.session.xa().rollback(xid(2), reply));
            manager.<Void>call(reply -> manager.session.xa().forget(xid(1), reply));
            manager.<Void>call(reply -> manager.session.xa().forget(xid(2), reply));
            refused(Code.UNKNOWN, manager, reply -> manager.session.xa().commit(xid(1), false, reply));
            assertThat(broker.broker().xa().heuristicallyCommitted()).isEmpty();
        }
    }

    @Test
    void theTextOfANameIsTheOneThatToolsKnow() {
        Xid xid = new Xid(4660, "gtrid-99".getBytes(StandardCharsets.US_ASCII), "bq-99".getBytes(StandardCharsets.US_ASCII));
        assertThat(xid.base64()).isEqualTo("YnEtOTlndHJpZC05OUYSAAA=");
    }

    // ---- tools

    private static Xid xid(int n) {
        return new Xid(7, new byte[] {(byte) n, 1}, new byte[] {(byte) n, 2, 3});
    }

    private static String text(int n) {
        return "n=" + n + PAD;
    }

    private static Transaction start(TestBroker.User user, Xid xid) {
        return user.call(reply -> user.session.xa().start(xid, 0, reply));
    }

    private static void end(TestBroker.User user, Xid xid) {
        user.<Void>call(reply -> user.session.xa().end(xid, reply));
    }

    private static void prepared(TestBroker.User user, Xid xid, Consumer<Transaction> doing) {
        ensure(user);
        Transaction work = start(user, xid);
        doing.accept(work);
        end(user, xid);
        user.<Void>call(reply -> user.session.xa().prepare(xid, reply));
    }

    private static void commit(TestBroker.User user, Xid xid) {
        user.<Void>call(reply -> user.session.xa().commit(xid, false, reply));
    }

    private static void rollback(TestBroker.User user, Xid xid) {
        user.<Void>call(reply -> user.session.xa().rollback(xid, reply));
    }

    private static List<Xid> inDoubt(TestBroker.User user) {
        return user.call(reply -> user.session.xa().recover(reply));
    }

    private static <T> Reply<T> ignoring(Reply<Void> reply) {
        return Reply.of(done -> reply.done(null), reply::failed);
    }

    private static void refused(Code code, TestBroker.User user, Consumer<Reply<Void>> question) {
        assertThatThrownBy(() -> user.start(question).get()).isInstanceOf(ExecutionException.class).cause()
                .isInstanceOfSatisfying(XaException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    private static void refused(Reason reason, TestBroker.User user, Consumer<Reply<Void>> question) {
        assertThatThrownBy(() -> user.start(question).get()).isInstanceOf(ExecutionException.class).cause()
                .isInstanceOfSatisfying(BrokerException.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
    }

    private static void fill(TestBroker.User user, Transaction work, int from, int to) {
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (int i = from; i < to; i++) {
            Message message = PlainFormat.message("q", text(i));
            sent.add(user.start(reply -> user.session.send(message, work, reply)));
        }
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).join();
    }

    private static void settle(TestBroker.User user, List<Delivery> deliveries, Transaction work) {
        user.<Void>call(reply -> user.session.settle(deliveries, Outcome.ACCEPTED, work, reply));
    }

    private static void ensure(TestBroker.User user) {
        user.<AddressInfo>call(reply -> user.session.resources().ensure("q", Optional.of(RoutingType.ANYCAST), true, reply));
    }

    private static Queue queue(TestBroker broker) {
        return broker.broker().findQueue("q").orElseThrow();
    }

    private static void holds(TestBroker broker, long messages) {
        QueueCounters counters = queue(broker).counters();
        await().untilAsserted(() -> assertThat(counters.messages()).isEqualTo(messages));
    }

    private static List<Integer> drained(TestBroker broker, int count) {
        TestBroker.User user = broker.user();
        TestBroker.Received received = user.subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED));
        await().until(() -> received.count() >= count);
        List<Integer> numbers = received.texts().stream().map(text -> Integer.valueOf(text.substring(2, text.indexOf(';')))).toList();
        user.settle(received.all(), Outcome.ACCEPTED);
        user.close();
        return numbers;
    }
}
