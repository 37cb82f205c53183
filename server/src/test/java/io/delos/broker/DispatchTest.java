package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.queue.Queue;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who gets what: groups, exclusive queues, queues that wait for consumers, and those that are emptied without. */
class DispatchTest {

    private Kinds kinds;

    @BeforeEach
    void start() throws Exception {
        kinds = new Kinds();
    }

    @AfterEach
    void stop() {
        kinds.close();
    }

    private static long of(TestBroker.Received consumer, String text) {
        return Kinds.words(consumer).stream().filter(text::equals).count();
    }

    private void group(String... words) {
        for (String word : words) {
            kinds.send(Kinds.grouped("q", word.substring(0, 1), word));
        }
    }

    private int received(TestBroker.Received... all) {
        int sum = 0;
        for (TestBroker.Received each : all) {
            kinds.flush(each);
            sum += each.count();
        }
        return sum;
    }

    private void awaitReceived(int count, TestBroker.Received... all) {
        await().until(() -> received(all) == count);
    }

    @Test
    void aGroupStaysWithItsConsumerUntilThatLeaves() {
        kinds.create("q", request -> request);
        TestBroker.Received one = kinds.consume("q", 100);
        TestBroker.Received two = kinds.consume("q", 100);
        group("a1", "b1", "a2", "b2", "a3");
        awaitReceived(5, one, two);
        assertThat(List.of(Kinds.words(one), Kinds.words(two))).containsExactlyInAnyOrder(List.of("a1", "a2", "a3"), List.of("b1", "b2"));
        TestBroker.Received left = one.count() == 2 ? one : two;
        TestBroker.Received stays = left == one ? two : one;
        kinds.user.settle(left.all(), Outcome.ACCEPTED);
        kinds.close(left, Outcome.RELEASED);
        group("b3");
        await().until(() -> of(stays, "b3") == 1);
    }

    @Test
    void aGroupEndsWithItsLastSequenceNumber() {
        kinds.create("q", request -> request.with("group-first-key", "first"));
        TestBroker.Received one = kinds.consume("q", 100);
        TestBroker.Received two = kinds.consume("q", 100);
        group("a1", "a2", "a3;_AMQ_GROUP_SEQUENCE=-1", "a4", "a5");
        awaitReceived(5, one, two);
        assertThat(List.of(one.texts(), two.texts())).containsExactlyInAnyOrder(
                List.of("a1;first=true", "a2", "a3;_AMQ_GROUP_SEQUENCE=-1"), List.of("a4;first=true", "a5"));
    }

    @Test
    void bucketsPutGroupsTogether() {
        kinds.create("q", request -> request.with("group-buckets", 1));
        TestBroker.Received one = kinds.consume("q", 100);
        TestBroker.Received two = kinds.consume("q", 100);
        group("a1", "b1", "c1", "d1");
        awaitReceived(4, one, two);
        assertThat(Math.max(one.count(), two.count())).isEqualTo(4);
    }

    @Test
    void withoutBucketsThereAreNoGroups() {
        kinds.create("q", request -> request.with("group-buckets", 0));
        TestBroker.Received one = kinds.consume("q", 100);
        TestBroker.Received two = kinds.consume("q", 100);
        group("a1", "a2", "a3", "a4");
        awaitReceived(4, one, two);
        assertThat(one.count()).isEqualTo(2);
    }

    @Test
    void aNewConsumerMakesGroupsBeGivenAnew() {
        kinds.create("q", request -> request.with("group-rebalance", true));
        TestBroker.Received one = kinds.consume("q", 100);
        group("a1", "b1");
        awaitReceived(2, one);
        TestBroker.Received two = kinds.consume("q", 100);
        group("a2", "b2");
        awaitReceived(4, one, two);
        assertThat(two.count()).isEqualTo(1);
    }

    @Test
    void beforeThatItMayWaitForWhatIsHandedOut() {
        kinds.create("q", request -> request.with("group-rebalance", true).with("group-rebalance-pause-dispatch", true));
        TestBroker.Received one = kinds.consume("q", 100);
        group("a1", "b1");
        awaitReceived(2, one);
        TestBroker.Received two = kinds.consume("q", 100);
        group("a2", "b2");
        assertThat(received(one, two)).isEqualTo(2);
        kinds.user.settle(one.all().subList(0, 1), Outcome.ACCEPTED);
        assertThat(received(one, two)).isEqualTo(2);
        kinds.user.settle(one.all().subList(1, 2), Outcome.ACCEPTED);
        awaitReceived(4, one, two);
        assertThat(two.count()).isEqualTo(1);
    }

    @Test
    void anExclusiveQueueStaysWithItsConsumerAndMarksItsFirst() {
        kinds.create("q", request -> request.with("exclusive", true).with("group-first-key", "first"));
        TestBroker.Received one = kinds.consume("q", 100);
        kinds.send("q", "m0");
        awaitReceived(1, one);
        TestBroker.Received two = kinds.user.subscribe(SubscribeRequest.of("q", 100).withPriority(9));
        kinds.send("q", "m1");
        awaitReceived(2, one, two);
        assertThat(one.texts()).containsExactly("m0;first=true", "m1");
        kinds.user.settle(one.all(), Outcome.ACCEPTED);
        kinds.close(one, Outcome.RELEASED);
        kinds.send("q", "m2", "m3");
        awaitReceived(2, two);
        assertThat(two.texts()).containsExactly("m2;first=true", "m3");
    }

    @Test
    void aQueueMayWaitForSoManyConsumers() {
        kinds.create("q", request -> request.with("consumers-before-dispatch", 2));
        kinds.send("q", "m0", "m1");
        TestBroker.Received one = kinds.consume("q", 1);
        assertThat(received(one)).isZero();
        TestBroker.Received two = kinds.consume("q", 1);
        awaitReceived(2, one, two);
        kinds.close(two, Outcome.RELEASED);
        one.subscription.addMessages(1);
        awaitReceived(2, one);
        kinds.close(one, Outcome.RELEASED);
        TestBroker.Received three = kinds.consume("q", 2);
        assertThat(received(three)).isZero();
    }

    @Test
    void theLastConsumerGetsItsPart() {
        kinds.create("q", request -> request.with("consumers-before-dispatch", 2));
        kinds.send("q", "m0", "m1");
        TestBroker.Received one = kinds.consume("q", 100);
        TestBroker.Received two = kinds.consume("q", 100);
        awaitReceived(2, one, two);
        assertThat(one.count()).isEqualTo(1);
    }

    @Test
    void aGroupMayBeReset() {
        Queue queue = kinds.create("q", request -> request);
        TestBroker.Received one = kinds.consume("q", 100);
        TestBroker.Received two = kinds.consume("q", 100);
        group("a1", "b1");
        awaitReceived(2, one, two);
        queue.loop().post(() -> queue.resetGroups("a"));
        group("b2", "a2");
        awaitReceived(4, one, two);
        queue.loop().post(() -> queue.resetGroups(""));
        int[] groups = new int[1];
        kinds.user.<Void>call(reply -> queue.loop().post(() -> {
            groups[0] = queue.groups();
            kinds.user.loop.post(() -> reply.done(null));
        }));
        assertThat(groups[0]).isZero();
    }

    @Test
    void butNotForEver() {
        kinds.create("q", request -> request.with("consumers-before-dispatch", 2).with("delay-before-dispatch", 50L));
        kinds.send("q", "m0");
        TestBroker.Received one = kinds.consume("q", 1);
        await().until(() -> one.count() == 1);
    }

    @Test
    void withoutConsumersAQueueMayBeEmptied() throws Exception {
        Queue queue = kinds.create("q", request -> request.with("purge-on-no-consumers", true));
        kinds.send("q", "nobody listens");
        assertThat(queue.counters().added()).isZero();
        TestBroker.Received one = kinds.consume("q", 2);
        kinds.send("q", "m0", "m1", "m2", "m3");
        awaitReceived(2, one);
        kinds.user.settle(one.all().subList(0, 1), Outcome.ACCEPTED);
        kinds.close(one, Outcome.RELEASED);
        kinds.awaitWaiting("q", List.of());
        assertThat(queue.counters().killed()).isEqualTo(3);
        assertThat(queue.counters().acknowledged()).isEqualTo(1);
        kinds.restart();
        assertThat(kinds.waiting("q")).isEmpty();
    }

    @Test
    void attributesMayChangeWhileItRuns() {
        kinds.create("q", request -> request);
        TestBroker.Received one = kinds.consume("q", 100);
        TestBroker.Received two = kinds.consume("q", 100);
        kinds.user.<QueueInfo>call(reply -> kinds.broker.broker().administration()
                .updateQueue("q", Map.of("exclusive", true, "max-consumers", 2), kinds.user.loop, reply));
        kinds.send("q", "m0", "m1", "m2");
        awaitReceived(3, one, two);
        assertThat(one.count()).isEqualTo(3);
        assertThat(kinds.queue("q").config().maxConsumers()).isEqualTo(2);
        assertThat(kinds.user.<Subscription>start(reply -> kinds.user.session.subscribe(SubscribeRequest.of("q", 1), new TestBroker.Received(), reply)))
                .failsWithin(java.time.Duration.ofSeconds(10)).withThrowableThat().withMessageContaining("AMQ229200");
    }
}
