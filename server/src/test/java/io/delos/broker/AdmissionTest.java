package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import io.delos.queue.AddressUsage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What happens to messages for which an address has no room. */
class AdmissionTest {

    private static TestBroker broker(Map<String, ?> settings) throws Exception {
        return new TestBroker(Path.of("/data"), c -> c.withAddressSettings("q.#", settings), new MemoryDisk());
    }

    private static CompletableFuture<Void> start(TestBroker.User user, String address, String text) {
        CompletableFuture<Void> sent = user.start(reply -> user.session.send(PlainFormat.message(address, text), reply));
        arrived(user);
        return sent;
    }

    /** What was posted before has been begun. */
    private static void arrived(TestBroker.User user) {
        user.<Void>call(reply -> reply.done(null));
    }

    private static void refused(CompletableFuture<Void> sent, Reason reason) {
        assertThatThrownBy(() -> sent.get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                .satisfies(e -> assertThat(((BrokerException) e.getCause()).reason()).isEqualTo(reason));
    }

    private static AddressUsage usage(TestBroker broker, String address) {
        return broker.broker().routes().find(address).orElseThrow().usage();
    }

    private static void holds(TestBroker broker, String queue, long messages) {
        await().until(() -> broker.broker().findQueue(queue).orElseThrow().counters().messages() == messages);
    }

    @Test
    void blockedSendersGoOnInOrderAndNeverExceedTheLimit() throws Exception {
        try (TestBroker broker = broker(Map.of("max-size-messages", "5", "address-full-policy", "BLOCK"))) {
            List<CompletableFuture<Void>> sent = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                sent.add(start(broker.user(), "q.a", "n=" + i));
                if (i < 5) {
                    sent.get(i).get(10, TimeUnit.SECONDS);
                }
            }
            assertThat(sent.subList(5, 60)).noneMatch(CompletableFuture::isDone);
            assertThat(usage(broker, "q.a").messages()).isEqualTo(5);
            TestBroker.User reader = broker.user();
            TestBroker.Received received = reader.subscribe(SubscribeRequest.of("q.a", 1000));
            for (int i = 0; i < 60; i++) {
                int n = i;
                await().until(() -> received.count() == Math.min(60, n + 5));
                assertThat(usage(broker, "q.a").messages()).isLessThanOrEqualTo(5);
                reader.settle(received.all().subList(n, n + 1), Outcome.ACCEPTED);
            }
            assertThat(received.texts()).isEqualTo(IntStream.range(0, 60).mapToObj(i -> "n=" + i).toList());
            CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
            await().until(() -> usage(broker, "q.a").bytes() == 0);
        }
    }

    @Test
    void whoLeavesWhileWaitingDoesNotKeepTheOthersWaiting() throws Exception {
        try (TestBroker broker = broker(Map.of("max-size-messages", "1", "address-full-policy", "BLOCK"))) {
            start(broker.user(), "q.a", "first").get(10, TimeUnit.SECONDS);
            List<TestBroker.User> leaving = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                leaving.add(broker.user());
                start(leaving.get(i), "q.a", "left");
            }
            CompletableFuture<Void> last = start(broker.user(), "q.a", "last");
            leaving.forEach(TestBroker.User::close);
            TestBroker.User reader = broker.user();
            TestBroker.Received received = reader.subscribe(SubscribeRequest.of("q.a", 1000));
            await().until(() -> received.count() == 1);
            reader.settle(received.all(), Outcome.ACCEPTED);
            last.get(10, TimeUnit.SECONDS);
            await().until(() -> received.count() == 2);
            assertThat(received.texts()).containsExactly("first", "last");
        }
    }

    @Test
    void failRefusesAndDropTakesSilently() throws Exception {
        try (TestBroker broker = new TestBroker(Path.of("/data"), c -> c
                .withAddressSettings("q.fail", Map.of("max-size-messages", "2", "address-full-policy", "FAIL"))
                .withAddressSettings("q.drop", Map.of("max-size-messages", "2", "address-full-policy", "DROP")), new MemoryDisk())) {
            TestBroker.User user = broker.user();
            for (String address : List.of("q.fail", "q.drop")) {
                user.send(address, "n=0");
                user.send(address, "n=1");
            }
            refused(start(user, "q.fail", "n=2"), Reason.ADDRESS_FULL);
            for (int i = 2; i < 5; i++) {
                user.send("q.drop", "n=" + i);
            }
            holds(broker, "q.drop", 2);
            holds(broker, "q.fail", 2);
            assertThat(broker.broker().routes().find("q.drop").orElseThrow().counters().routed()).isEqualTo(5);
            assertThat(usage(broker, "q.drop").paging()).isTrue();
            assertThat(usage(broker, "q.fail").paging()).isFalse();
            TestBroker.Received received = user.subscribe(SubscribeRequest.of("q.fail", 1000));
            await().until(() -> received.count() == 2);
            user.settle(received.all().subList(0, 1), Outcome.ACCEPTED);
            await().until(() -> usage(broker, "q.fail").messages() == 1);
            user.send("q.fail", "n=3");
        }
    }

    @Test
    void aFullAddressIsStillFullAfterARestart() throws Exception {
        try (TestBroker broker = broker(Map.of("max-size-messages", "2", "page-limit-messages", "3"))) {
            TestBroker.User user = broker.user();
            for (int i = 0; i < 5; i++) {
                user.send("q.a", "n=" + i);
            }
            refused(start(user, "q.a", "n=5"), Reason.ADDRESS_FULL);
            broker.restart();
            refused(start(broker.user(), "q.a", "n=5"), Reason.ADDRESS_FULL);
            assertThat(usage(broker, "q.a").paging()).isTrue();
        }
    }

    @Test
    void aPageLimitSmallerThanMemorysIsHeldInAddition() throws Exception {
        try (TestBroker broker = broker(Map.of("max-size-messages", "4", "page-limit-messages", "1"))) {
            TestBroker.User user = broker.user();
            for (int i = 0; i < 5; i++) {
                user.send("q.a", "n=" + i);
            }
            refused(start(user, "q.a", "n=5"), Reason.ADDRESS_FULL);
        }
    }

    @Test
    void aLimitBelowOneMessageLetsOneInAtATime() throws Exception {
        try (TestBroker broker = broker(Map.of("max-size-bytes", "10", "address-full-policy", "BLOCK"))) {
            String large = "x".repeat(1000);
            start(broker.user(), "q.a", large).get(10, TimeUnit.SECONDS);
            CompletableFuture<Void> second = start(broker.user(), "q.a", large);
            CompletableFuture<Void> third = start(broker.user(), "q.a", large);
            TestBroker.User reader = broker.user();
            TestBroker.Received received = reader.subscribe(SubscribeRequest.of("q.a", 10));
            await().until(() -> received.count() == 1);
            assertThat(second).isNotDone();
            reader.settle(received.all(), Outcome.ACCEPTED);
            second.get(10, TimeUnit.SECONDS);
            await().until(() -> received.count() == 2);
            assertThat(third).isNotDone();
            reader.settle(received.all().subList(1, 2), Outcome.ACCEPTED);
            third.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aTransactionLargerThanTheLimitDoesNotWaitForItself() throws Exception {
        try (TestBroker broker = broker(Map.of("max-size-messages", "3", "address-full-policy", "BLOCK"))) {
            TestBroker.User user = broker.user();
            Transaction transaction = user.call(reply -> reply.done(user.session.begin()));
            for (int i = 0; i < 10; i++) {
                String text = "n=" + i;
                user.<Void>call(reply -> user.session.send(PlainFormat.message("q.a", text), transaction, reply));
            }
            CompletableFuture<Void> other = start(broker.user(), "q.a", "other");
            user.<Void>call(reply -> user.session.commit(transaction, reply));
            holds(broker, "q.a", 10);
            assertThat(other).isNotDone();
            Transaction late = user.call(reply -> reply.done(user.session.begin()));
            CompletableFuture<Void> sent = user.start(reply -> user.session.send(PlainFormat.message("q.a", "late"), late, reply));
            arrived(user);
            assertThat(sent).as("a transaction that holds nothing waits").isNotDone();
            TestBroker.User reader = broker.user();
            TestBroker.Received received = reader.subscribe(SubscribeRequest.of("q.a", 100));
            await().until(() -> received.count() == 10);
            reader.settle(received.all(), Outcome.ACCEPTED);
            other.get(10, TimeUnit.SECONDS);
            sent.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void aTransactionThatExceedsALimitThatFailsIsRolledBackWhole() throws Exception {
        try (TestBroker broker = broker(Map.of("max-size-messages", "3", "address-full-policy", "FAIL"))) {
            TestBroker.User user = broker.user();
            user.send("q.a", "before");
            Transaction transaction = user.call(reply -> reply.done(user.session.begin()));
            List<CompletableFuture<Void>> sent = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                String text = "n=" + i;
                sent.add(user.start(reply -> user.session.send(PlainFormat.message("q.a", text), transaction, reply)));
            }
            sent.get(1).get(10, TimeUnit.SECONDS);
            refused(sent.get(2), Reason.ADDRESS_FULL);
            refused(user.start(reply -> user.session.commit(transaction, reply)), Reason.ADDRESS_FULL);
            holds(broker, "q.a", 1);
            assertThat(usage(broker, "q.a").messages()).isEqualTo(1);
            user.send("q.a", "after");
        }
    }

    @Test
    void creditIsGivenWhenThereIsRoomRefusedByFailAndDoesNotHoldUpTheSession() throws Exception {
        try (TestBroker broker = new TestBroker(Path.of("/data"), c -> c
                .withAddressSettings("q.fail", Map.of("max-size-messages", "1", "address-full-policy", "FAIL"))
                .withAddressSettings("q.block", Map.of("max-size-messages", "1", "address-full-policy", "BLOCK")), new MemoryDisk())) {
            TestBroker.User user = broker.user();
            user.loop.post(() -> user.session.backPressure(BackPressure.CREDIT));
            user.send("q.fail", "n=0");
            user.send("q.block", "n=0");
            refused(user.start(reply -> user.session.awaitSpace("q.fail", 1, 100, reply)), Reason.ADDRESS_FULL);
            CompletableFuture<Void> credit = user.start(reply -> user.session.awaitSpace("q.block", 1, 100, reply));
            user.send("q.other", "goes on");
            user.send("q.block", "on credit given before");
            assertThat(credit).isNotDone();
            TestBroker.Received received = user.subscribe(SubscribeRequest.of("q.block", 100));
            await().until(() -> received.count() == 2);
            user.settle(received.all(), Outcome.ACCEPTED);
            credit.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void inATransactionThatHoldsMessagesCreditIsGivenThoughTheAddressIsFull() throws Exception {
        try (TestBroker broker = broker(Map.of("max-size-messages", "1", "address-full-policy", "BLOCK"))) {
            TestBroker.User user = broker.user();
            user.loop.post(() -> user.session.backPressure(BackPressure.CREDIT));
            Transaction transaction = user.call(reply -> reply.done(user.session.begin()));
            user.<Void>call(reply -> user.session.send(PlainFormat.message("q.a", "n=0"), transaction, reply));
            user.<Void>call(reply -> user.session.awaitSpace("q.a", 1, 100, reply));
            user.<Void>call(reply -> user.session.commit(transaction, reply));
            CompletableFuture<Void> after = user.start(reply -> user.session.awaitSpace("q.a", 1, 100, reply));
            arrived(user);
            assertThat(after).isNotDone();
        }
    }

    @Test
    void beyondTheThresholdWhatComesOnCreditIsRefused() throws Exception {
        try (TestBroker broker = broker(Map.of("max-size-bytes", "100", "address-full-policy", "BLOCK",
                "max-size-bytes-reject-threshold", "2000"))) {
            TestBroker.User user = broker.user();
            user.loop.post(() -> user.session.backPressure(BackPressure.CREDIT_WITH_THRESHOLD));
            user.send("q.a", "x".repeat(1000));
            user.send("q.a", "x".repeat(1000));
            refused(start(user, "q.a", "x"), Reason.ADDRESS_FULL);
        }
    }

    @Test
    void aSubscriptionToAPatternHoldsBackThoseWhoSendToWhatItMatches() throws Exception {
        try (TestBroker broker = broker(Map.of("max-size-messages", "2", "address-full-policy", "FAIL"))) {
            TestBroker.User user = broker.user();
            user.<QueueInfo>call(reply -> user.session.resources().createQueue(QueueRequest.of("all", "q.#", RoutingType.MULTICAST), false, reply));
            Message message = PlainFormat.message("q.x", "n=0").toBuilder().routing(Message.ROUTE_MULTICAST).build();
            for (int i = 0; i < 2; i++) {
                user.<Void>call(reply -> user.session.send(message, reply));
            }
            refused(user.start(reply -> user.session.send(message, reply)), Reason.ADDRESS_FULL);
        }
    }

    @Test
    void theSocketIsReadAheadOnlyByAProtocolThatAsksForItAndOnlySoFar() throws Exception {
        try (TestBroker broker = broker(Map.of("max-size-messages", "1", "address-full-policy", "BLOCK"))) {
            broker.user().send("q.a", "n=0");
            AtomicInteger pauses = new AtomicInteger();
            TestBroker.User user = broker.user();
            user.client.onPressure(pause -> pauses.addAndGet(pause ? 1 : -1));
            start(user, "q.a", "n=1");
            assertThat(pauses).hasValue(1);
            AtomicInteger ahead = new AtomicInteger();
            TestBroker.User reading = broker.user();
            reading.client.onPressure(pause -> ahead.addAndGet(pause ? 1 : -1));
            reading.loop.post(() -> reading.session.backPressure(BackPressure.READ_AHEAD));
            start(reading, "q.a", "n=2");
            assertThat(ahead).hasValue(0);
            for (int i = 3; i < 10; i++) {
                start(reading, "q.a", "n=" + i + ";" + "x".repeat(100_000));
            }
            assertThat(ahead).hasValue(1);
            TestBroker.User reader = broker.user();
            TestBroker.Received received = reader.subscribe(SubscribeRequest.of("q.a", 100));
            for (int i = 0; i < 10; i++) {
                int n = i;
                await().until(() -> received.count() == n + 1);
                reader.settle(received.all().subList(n, n + 1), Outcome.ACCEPTED);
            }
            await().untilAsserted(() -> assertThat(List.of(pauses.get(), ahead.get())).containsExactly(0, 0));
            assertThat(received.texts()).allMatch(text -> text.startsWith("n="));
        }
    }
}
