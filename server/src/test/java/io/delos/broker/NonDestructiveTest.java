package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.queue.Queue;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NonDestructiveTest {

    private static List<String> all(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
    }

    @Test
    void eachConsumerSeesEverythingAndNothingLeaves() throws Exception {
        try (Kinds kinds = new Kinds()) {
            Queue queue = kinds.create("q", request -> request.with("non-destructive", true));
            kinds.send("q", "m0", "m1");
            TestBroker.Received one = kinds.consume("q", SubscribeRequest.UNLIMITED);
            await().until(() -> one.count() == 2);
            kinds.user.settle(one.all(), Outcome.ACCEPTED);
            kinds.send("q", "m2");
            TestBroker.Received two = kinds.consume("q", SubscribeRequest.UNLIMITED);
            await().until(() -> one.count() == 3 && two.count() == 3);
            assertThat(Kinds.words(one)).isEqualTo(all(0, 3));
            assertThat(Kinds.words(two)).isEqualTo(all(0, 3));
            assertThat(Kinds.counts(one)).containsExactly(1, 1, 1);
            assertThat(Kinds.counts(two).subList(0, 2)).containsExactly(2, 2);
            kinds.close(one, Outcome.RELEASED);
            kinds.awaitWaiting("q", all(0, 3));
            assertThat(queue.counters().acknowledged()).isZero();
            kinds.restart();
            kinds.awaitWaiting("q", all(0, 3));
        }
    }

    @Test
    void whatComesBackIsShownAgain() throws Exception {
        try (Kinds kinds = new Kinds()) {
            kinds.create("q", request -> request.with("non-destructive", true));
            kinds.send("q", "m0", "m1");
            TestBroker.Received one = kinds.consume("q", SubscribeRequest.UNLIMITED);
            await().until(() -> one.count() == 2);
            kinds.user.settle(one.all(), Outcome.FAILED);
            await().until(() -> one.count() == 4);
            kinds.user.settle(one.all().subList(2, 4), Outcome.RELEASED);
            await().until(() -> one.count() == 6);
            assertThat(Kinds.words(one)).containsExactly("m0", "m1", "m0", "m1", "m0", "m1");
            assertThat(Kinds.counts(one)).containsExactly(1, 1, 2, 2, 2, 2);
        }
    }

    @Test
    void whoFailsTooOftenIsNotAskedAgainAndOthersAre() throws Exception {
        try (Kinds kinds = new Kinds()) {
            Queue queue = kinds.create("q", request -> request.with("non-destructive", true));
            kinds.send("q", "m0");
            TestBroker.Received one = kinds.consume("q", SubscribeRequest.UNLIMITED);
            for (int attempt = 1; attempt <= 10; attempt++) {
                int count = attempt;
                await().until(() -> one.count() == count);
                kinds.user.settle(one.all().subList(attempt - 1, attempt), Outcome.FAILED);
            }
            kinds.flush(one);
            assertThat(one.count()).isEqualTo(10);
            assertThat(queue.counters().killed()).isZero();
            TestBroker.Received two = kinds.consume("q", SubscribeRequest.UNLIMITED);
            await().until(() -> two.count() == 1);
        }
    }

    @Test
    void whatIsPurgedIsShownToNobody() throws Exception {
        try (Kinds kinds = new Kinds()) {
            Queue queue = kinds.create("q", request -> request.with("non-destructive", true));
            kinds.send("q", "m0", "m1");
            TestBroker.Received one = kinds.consume("q", 1);
            await().until(() -> one.count() == 1);
            long gone = kinds.user.call(reply -> kinds.broker.broker().administration().removeMessages(queue, kinds.user.loop, reply));
            assertThat(gone).isEqualTo(2);
            one.subscription.addMessages(5);
            kinds.send("q", "m2");
            await().until(() -> one.count() == 2);
            assertThat(Kinds.words(one)).containsExactly("m0", "m2");
            kinds.awaitWaiting("q", List.of("m2"));
        }
    }

    @Test
    void deeperThanTheMemory() throws Exception {
        try (Kinds kinds = new Kinds()) {
            kinds.create("q", request -> request.with("non-destructive", true));
            for (int i = 0; i < 6000; i += 500) {
                kinds.sendAll(IntStream.range(i, i + 500).mapToObj(n -> PlainFormat.message("q", "m" + n + Kinds.PAD)).toList());
            }
            TestBroker.Received one = kinds.consume("q", SubscribeRequest.UNLIMITED);
            await().until(() -> one.count() == 6000);
            kinds.send("q", "m6000");
            await().until(() -> one.count() == 6001);
            assertThat(Kinds.words(one)).isEqualTo(all(0, 6001));
            kinds.restart();
            TestBroker.Received two = kinds.consume("q", SubscribeRequest.UNLIMITED);
            kinds.send("q", "m6001");
            await().until(() -> two.count() == 6002);
            assertThat(Kinds.words(two)).isEqualTo(all(0, 6002));
        }
    }

    @Test
    void prioritiesSelectorsAndCreditAreHeeded() throws Exception {
        try (Kinds kinds = new Kinds()) {
            kinds.create("q", request -> request.with("non-destructive", true));
            kinds.send("q", "low;c=red", "low2;c=blue");
            kinds.send(PlainFormat.message("q", "high;c=red").toBuilder().priority(8).build());
            TestBroker.Received some = kinds.user.subscribe(SubscribeRequest.of("q", 1).withSelector("c = 'red'"));
            await().until(() -> some.count() == 1);
            kinds.flush(some);
            some.subscription.addMessages(5);
            await().until(() -> some.count() == 2);
            kinds.flush(some);
            assertThat(Kinds.words(some)).containsExactly("high", "low");
        }
    }

    @Test
    void newValuesReplaceOldOnesAndWhatExpiresLeaves() throws Exception {
        try (Kinds kinds = new Kinds()) {
            Queue queue = kinds.create("q", request -> request.with("non-destructive", true).with("last-value-key", "k"));
            kinds.send("q", "a1;k=a", "b1;k=b");
            TestBroker.Received one = kinds.consume("q", SubscribeRequest.UNLIMITED);
            await().until(() -> one.count() == 2);
            kinds.send("q", "a2;k=a");
            await().until(() -> one.count() == 3);
            kinds.user.settle(one.all(), Outcome.ACCEPTED);
            kinds.awaitWaiting("q", List.of("b1", "a2"));
            kinds.send(Kinds.expiring("q", "b2;k=b", System.currentTimeMillis() + 100));
            await().until(() -> one.count() == 4);
            await().until(() -> {
                queue.loop().post(() -> queue.expire(queue.loop().now()));
                return queue.counters().expired() == 1;
            });
            kinds.awaitWaiting("q", List.of("a2"));
            TestBroker.Received two = kinds.consume("q", SubscribeRequest.UNLIMITED);
            await().until(() -> two.count() == 1);
            assertThat(Kinds.words(two)).containsExactly("a2");
        }
    }

    @Test
    void itMayBecomeConsumedAgain() throws Exception {
        try (Kinds kinds = new Kinds()) {
            kinds.create("q", request -> request.with("non-destructive", true));
            kinds.send("q", "m0", "m1");
            TestBroker.Received one = kinds.consume("q", SubscribeRequest.UNLIMITED);
            await().until(() -> one.count() == 2);
            kinds.user.<QueueInfo>call(reply ->
                    kinds.broker.broker().administration().updateQueue("q", Map.of("non-destructive", false), kinds.user.loop, reply));
            await().until(() -> one.count() == 4);
            kinds.user.settle(one.all(), Outcome.ACCEPTED);
            kinds.awaitWaiting("q", List.of());
        }
    }
}
