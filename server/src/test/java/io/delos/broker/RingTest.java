package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.message.Message;
import io.delos.queue.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RingTest {

    @Test
    void theOldestMakesWay() throws Exception {
        try (Kinds kinds = new Kinds()) {
            Queue queue = kinds.create("q", request -> request.with("ring-size", 2));
            kinds.send("q", "m0", "m1", "m2", "m3", "m4");
            kinds.awaitWaiting("q", List.of("m3", "m4"));
            assertThat(queue.counters().killed() + queue.counters().acknowledged()).isZero();
            try (Kinds after = kinds.afterCrash()) {
                after.awaitWaiting("q", List.of("m3", "m4"));
            }
            kinds.restart();
            kinds.send("q", "m5");
            kinds.awaitWaiting("q", List.of("m4", "m5"));
        }
    }

    @Test
    void whatIsHandedOutDoesNotCountUntilItComesBack() throws Exception {
        try (Kinds kinds = new Kinds()) {
            Queue queue = kinds.create("q", request -> request.with("ring-size", 2));
            kinds.send("q", "m0", "m1");
            TestBroker.Received held = kinds.consume("q", 1);
            await().until(() -> held.count() == 1);
            kinds.send("q", "m2", "m3", "m4");
            assertThat(kinds.waiting("q")).containsExactly("m3", "m4");
            assertThat(queue.counters().messages()).isEqualTo(3);
            kinds.close(held, Outcome.RELEASED);
            kinds.awaitWaiting("q", List.of("m3", "m4"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRingMayBeDeeperThanTheMemory(boolean durable) throws Exception {
        try (Kinds kinds = new Kinds()) {
            kinds.create("q", request -> request.with("ring-size", 4000));
            List<Message> some = new ArrayList<>();
            for (int i = 0; i < 9000; i++) {
                some.add(durable ? PlainFormat.message("q", "m" + i + Kinds.PAD) : Kinds.fleeting("q", "m" + i + Kinds.PAD));
                if (some.size() == 500) {
                    kinds.sendAll(some);
                    some.clear();
                }
            }
            List<String> expected = IntStream.range(5000, 9000).mapToObj(i -> "m" + i).toList();
            kinds.awaitWaiting("q", expected);
            if (durable) {
                kinds.restart();
            }
            TestBroker.Received all = kinds.consume("q", SubscribeRequest.UNLIMITED);
            await().until(() -> all.count() == 4000);
            assertThat(Kinds.words(all)).isEqualTo(expected);
        }
    }

    @Test
    void aTransactionTooLeavesTheNewest() throws Exception {
        try (Kinds kinds = new Kinds()) {
            kinds.create("q", request -> request.with("ring-size", 3));
            kinds.sendInTransaction(IntStream.range(0, 2000).mapToObj(i -> PlainFormat.message("q", "m" + i + Kinds.PAD)).toList());
            kinds.awaitWaiting("q", List.of("m1997", "m1998", "m1999"));
        }
    }

    @Test
    void aSmallerRingTakesEffectWithTheNextMessage() throws Exception {
        try (Kinds kinds = new Kinds()) {
            kinds.create("q", request -> request.with("ring-size", 5));
            kinds.send("q", "m0", "m1", "m2", "m3", "m4");
            kinds.user.<QueueInfo>call(reply -> kinds.broker.broker().administration().updateQueue("q", Map.of("ring-size", 2L), kinds.user.loop, reply));
            assertThat(kinds.waiting("q")).hasSize(5);
            kinds.send("q", "m5");
            kinds.awaitWaiting("q", List.of("m4", "m5"));
        }
    }
}
