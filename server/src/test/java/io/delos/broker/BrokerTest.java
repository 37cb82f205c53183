package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.queue.Delivery;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerTest {

    @TempDir
    Path directory;

    @Test
    void deliversInOrderAndForgetsWhatIsAcknowledged() throws Exception {
        try (TestBroker broker = new TestBroker(directory, c -> c)) {
            TestBroker.User user = broker.user();
            List<CompletableFuture<Void>> sent = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                String text = "n=" + i;
                sent.add(user.start(reply -> user.session.send(PlainFormat.message("q", text), reply)));
            }
            CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get();
            TestBroker.Received received = user.subscribe(SubscribeRequest.of("q", 2000));
            await().until(() -> received.count() == 1000);
            assertThat(received.texts()).isEqualTo(IntStream.range(0, 1000).mapToObj(i -> "n=" + i).toList());
            user.settle(received.all(), Outcome.ACCEPTED);
            broker.restart();
            assertThat(broker.broker().findQueue("q").orElseThrow().counters().messages()).isZero();
        }
    }

    @Test
    void whatIsNotAcknowledgedIsThereAfterARestartInOrder() throws Exception {
        try (TestBroker broker = new TestBroker(directory, c -> c)) {
            TestBroker.User user = broker.user();
            for (int i = 0; i < 50; i++) {
                user.send("q", "n=" + i);
            }
            TestBroker.Received first = user.subscribe(SubscribeRequest.of("q", 20));
            await().until(() -> first.count() == 20);
            user.settle(first.all().subList(0, 10), Outcome.ACCEPTED);
            broker.restart();
            TestBroker.Received second = broker.user().subscribe(SubscribeRequest.of("q", 100));
            await().until(() -> second.count() == 40);
            assertThat(second.texts()).isEqualTo(IntStream.range(10, 50).mapToObj(i -> "n=" + i).toList());
            assertThat(broker.replayed()).as("records behind the checkpoint of a clean stop").isZero();
        }
    }

    @Test
    void aReleasedMessageGoesBackToWhereItStood() throws Exception {
        try (TestBroker broker = new TestBroker(directory, c -> c)) {
            TestBroker.User user = broker.user();
            for (int i = 0; i < 5; i++) {
                user.send("q", "n=" + i);
            }
            TestBroker.Received first = user.subscribe(SubscribeRequest.of("q", 3));
            await().until(() -> first.count() == 3);
            List<Delivery> three = first.all();
            user.settle(List.of(three.get(1)), Outcome.ACCEPTED);
            user.<Void>call(reply -> first.subscription.close(Outcome.FAILED, reply));
            TestBroker.Received second = user.subscribe(SubscribeRequest.of("q", 10));
            await().until(() -> second.count() == 4);
            assertThat(second.texts()).containsExactly("n=0", "n=2", "n=3", "n=4");
            assertThat(second.all()).extracting(Delivery::deliveryCount).containsExactly(2, 2, 1, 1);
        }
    }

    @Test
    void aMessageThatFailsTooOftenGoesToTheDeadLetterAddress() throws Exception {
        try (TestBroker broker = new TestBroker(directory, c -> c.withAddressSettings("#",
                Map.of("dead-letter-address", "DLQ", "max-delivery-attempts", "2", "auto-create-dead-letter-resources", "true")))) {
            TestBroker.User user = broker.user();
            user.send("q", "n=1");
            TestBroker.Received received = user.subscribe(SubscribeRequest.of("q", 10));
            await().until(() -> received.count() == 1);
            user.settle(received.all().subList(0, 1), Outcome.FAILED);
            await().until(() -> received.count() == 2);
            user.settle(received.all().subList(1, 2), Outcome.FAILED);
            await().until(() -> broker.broker().findQueue("DLQ.q").isPresent());
            TestBroker.Received dead = user.subscribe(SubscribeRequest.of("DLQ.q", 10));
            await().until(() -> dead.count() == 1);
            assertThat(dead.texts().get(0)).startsWith("n=1;_AMQ_ORIG_ADDRESS=q;_AMQ_ORIG_QUEUE=q;_AMQ_ORIG_MESSAGE_ID=");
            await().until(() -> broker.broker().findQueue("q").orElseThrow().counters().messages() == 0);
        }
    }

    @Test
    void aTransactionHappensWholeOrNotAtAll() throws Exception {
        try (TestBroker broker = new TestBroker(directory, c -> c)) {
            TestBroker.User user = broker.user();
            user.send("in", "n=1");
            TestBroker.Received received = user.subscribe(SubscribeRequest.of("in", 10));
            await().until(() -> received.count() == 1);
            Transaction first = user.call(reply -> reply.done(user.session.begin()));
            user.<Void>call(reply -> user.session.send(PlainFormat.message("out", "n=2"), first, reply));
            user.<Void>call(reply -> user.session.settle(received.all(), Outcome.ACCEPTED, first, reply));
            user.<Void>call(reply -> user.session.rollback(first, Outcome.FAILED, reply));
            await().until(() -> received.count() == 2);
            assertThat(broker.broker().findQueue("out").orElseThrow().counters().messages()).isZero();
            Transaction second = user.call(reply -> reply.done(user.session.begin()));
            user.<Void>call(reply -> user.session.send(PlainFormat.message("out", "n=3"), second, reply));
            user.<Void>call(reply -> user.session.settle(received.all().subList(1, 2), Outcome.ACCEPTED, second, reply));
            user.<Void>call(reply -> user.session.commit(second, reply));
            broker.restart();
            assertThat(broker.broker().findQueue("in").orElseThrow().counters().messages()).isZero();
            assertThat(broker.broker().findQueue("out").orElseThrow().counters().messages()).isEqualTo(1);
        }
    }

    @Test
    void aDeepQueueIsReadBackFromTheJournalInOrder() throws Exception {
        int depth = 40_000;
        try (TestBroker broker = new TestBroker(directory, c -> c.with("global-max-size", 1 << 20))) {
            TestBroker.User user = broker.user();
            List<CompletableFuture<Void>> sent = new ArrayList<>();
            for (int i = 0; i < depth; i++) {
                String text = "n=" + i + ";pad=" + "x".repeat(100);
                sent.add(user.start(reply -> user.session.send(PlainFormat.message("q", text), reply)));
            }
            CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get();
            await().until(() -> broker.broker().findQueue("q").orElseThrow().counters().backlog() > depth / 2);
            broker.restart();
            TestBroker.User reader = broker.user();
            TestBroker.Received received = reader.subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED));
            await().atMost(java.time.Duration.ofSeconds(30)).until(() -> received.count() == depth);
            List<Delivery> all = received.all();
            for (int i = 0; i < depth; i++) {
                assertThat(PlainFormat.text(all.get(i).message())).startsWith("n=" + i + ";");
            }
        }
    }

    @Test
    void aSelectorTakesOnlyWhatItMatches() throws Exception {
        try (TestBroker broker = new TestBroker(directory, c -> c)) {
            TestBroker.User user = broker.user();
            for (int i = 0; i < 10; i++) {
                user.send("q", "n=" + i);
            }
            TestBroker.Received high = user.subscribe(SubscribeRequest.of("q", 100).withSelector("n >= 7"));
            await().until(() -> high.count() == 3);
            TestBroker.Received rest = user.subscribe(SubscribeRequest.of("q", 100));
            await().until(() -> rest.count() == 7);
            user.send("q", "n=8");
            await().until(() -> high.count() + rest.count() == 11);
        }
    }

    @Test
    void browsingShowsEverythingAndTakesNothing() throws Exception {
        try (TestBroker broker = new TestBroker(directory, c -> c)) {
            TestBroker.User user = broker.user();
            for (int i = 0; i < 10; i++) {
                user.send("q", "n=" + i);
            }
            TestBroker.Received shown = user.subscribe(SubscribeRequest.of("q", 100).browse());
            user.<Void>call(reply -> shown.subscription.flush(() -> reply.done(null)));
            assertThat(shown.count()).isEqualTo(10);
            TestBroker.Received taken = user.subscribe(SubscribeRequest.of("q", 100));
            await().until(() -> taken.count() == 10);
        }
    }

    @Test
    void messagesThatNeedNotSurviveAreSpilledWhenMemoryHasNoRoom() throws Exception {
        int depth = 20_000;
        try (TestBroker broker = new TestBroker(directory, c -> c.with("global-max-size", 1 << 20))) {
            TestBroker.User user = broker.user();
            List<CompletableFuture<Void>> sent = new ArrayList<>();
            for (int i = 0; i < depth; i++) {
                String text = "n=" + i + ";pad=" + "x".repeat(300);
                sent.add(user.start(reply -> user.session.send(
                        PlainFormat.message("q", text).toBuilder().durable(number(text) % 3 == 0).build(), reply)));
            }
            CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get();
            await().until(() -> broker.broker().findQueue("q").orElseThrow().counters().messages() == depth);
            TestBroker.Received received = user.subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED));
            await().atMost(java.time.Duration.ofSeconds(30)).until(() -> received.count() == depth);
            assertThat(received.texts().stream().map(BrokerTest::number).toList()).isSorted();
            user.settle(received.all(), Outcome.ACCEPTED);
            await().until(() -> broker.broker().findQueue("q").orElseThrow().counters().messages() == 0);
        }
    }

    private static int number(String text) {
        return Integer.parseInt(text.substring(2, text.indexOf(';')));
    }
}
