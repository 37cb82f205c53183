package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.QueueRequest;
import io.delos.message.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LastValueTest {

    private static QueueRequest keyed(QueueRequest request) {
        return request.with("last-value-key", "k");
    }

    @Test
    void aNewerOneReplacesTheOneOfItsKeyAndStandsLast() throws Exception {
        try (Kinds kinds = new Kinds()) {
            kinds.create("q", LastValueTest::keyed);
            kinds.send("q", "a1;k=a", "b1;k=b", "none", "a2;k=a");
            kinds.awaitWaiting("q", List.of("b1", "none", "a2"));
            assertThat(kinds.queue("q").counters().added()).isEqualTo(4);
            assertThat(kinds.queue("q").counters().killed() + kinds.queue("q").counters().acknowledged() + kinds.queue("q").counters().expired()).isZero();
            kinds.restart();
            kinds.awaitWaiting("q", List.of("b1", "none", "a2"));
            kinds.send("q", "b2;k=b");
            kinds.awaitWaiting("q", List.of("none", "a2", "b2"));
        }
    }

    @Test
    void whatIsHandedOutStaysAndIsGoneWhenItComesBackTooLate() throws Exception {
        try (Kinds kinds = new Kinds()) {
            kinds.create("q", request -> request.with("last-value", true));
            kinds.send("q", "a1;_AMQ_LVQ_NAME=a", "b1;_AMQ_LVQ_NAME=b");
            TestBroker.Received held = kinds.consume("q", 2);
            await().until(() -> held.count() == 2);
            kinds.send("q", "a2;_AMQ_LVQ_NAME=a");
            assertThat(kinds.waiting("q")).containsExactly("a2");
            kinds.close(held, Outcome.RELEASED);
            kinds.awaitWaiting("q", List.of("b1", "a2"));
        }
    }

    @Test
    void oneThatIsAcknowledgedLeavesTheNewerOneAlone() throws Exception {
        try (Kinds kinds = new Kinds()) {
            kinds.create("q", LastValueTest::keyed);
            kinds.send("q", "a1;k=a");
            TestBroker.Received held = kinds.consume("q", 1);
            await().until(() -> held.count() == 1);
            kinds.send("q", "a2;k=a", "a3;k=a");
            kinds.user.settle(held.all(), Outcome.ACCEPTED);
            kinds.awaitWaiting("q", List.of("a3"));
        }
    }

    @Test
    void aTransactionLeavesTheLastOfEachKey() throws Exception {
        try (Kinds kinds = new Kinds()) {
            kinds.create("q", LastValueTest::keyed);
            kinds.send("q", "a0;k=0");
            List<Message> many = new ArrayList<>();
            for (int i = 0; i < 2000; i++) {
                many.add(PlainFormat.message("q", "m" + i + ";k=" + i % 7 + Kinds.PAD));
            }
            kinds.sendInTransaction(many);
            kinds.awaitWaiting("q", List.of("m1993", "m1994", "m1995", "m1996", "m1997", "m1998", "m1999"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void moreValuesThanTheMemoryHolds(boolean durable) throws Exception {
        try (Kinds kinds = new Kinds()) {
            kinds.create("q", LastValueTest::keyed);
            Random chance = new Random(7);
            Map<String, String> last = new LinkedHashMap<>();
            List<Message> some = new ArrayList<>();
            for (int i = 0; i < 6000; i++) {
                String key = "k" + (chance.nextInt(3) == 0 ? chance.nextInt(10) : chance.nextInt(3000));
                String word = "m" + i;
                last.remove(key);
                last.put(key, word);
                String text = word + ";k=" + key + Kinds.PAD;
                some.add(durable ? PlainFormat.message("q", text) : Kinds.fleeting("q", text));
                if (some.size() == 500) {
                    kinds.sendAll(some);
                    some.clear();
                }
            }
            List<String> expected = List.copyOf(last.values());
            kinds.awaitWaiting("q", expected);
            if (durable) {
                try (Kinds after = kinds.afterCrash()) {
                    after.awaitWaiting("q", expected);
                }
                kinds.restart();
            }
            TestBroker.Received all = kinds.consume("q", SubscribeRequest.UNLIMITED);
            await().until(() -> all.count() == expected.size());
            assertThat(Kinds.words(all)).isEqualTo(expected);
            kinds.user.settle(all.all(), Outcome.ACCEPTED);
            kinds.awaitWaiting("q", List.of());
        }
    }

    @Test
    void whatWaitedForItsTimeReplacesWhatCameBeforeThat() throws Exception {
        try (Kinds kinds = new Kinds()) {
            kinds.create("q", LastValueTest::keyed);
            Message later = PlainFormat.message("q", "late;k=a").toBuilder().deliverAt(System.currentTimeMillis() + 300).build();
            kinds.send(later);
            kinds.send("q", "early;k=a", "other;k=b");
            kinds.awaitWaiting("q", List.of("other", "late"));
        }
    }

    @Test
    void messagesOfAllPrioritiesHaveOneValue() throws Exception {
        try (Kinds kinds = new Kinds()) {
            kinds.create("q", LastValueTest::keyed);
            for (int priority : new int[] {4, 9, 0, 5}) {
                kinds.send(PlainFormat.message("q", "p" + priority + ";k=a").toBuilder().priority(priority).build());
            }
            kinds.awaitWaiting("q", List.of("p5"));
            kinds.restart();
            kinds.send(PlainFormat.message("q", "p1;k=a").toBuilder().priority(1).build());
            kinds.awaitWaiting("q", List.of("p1"));
        }
    }
}
