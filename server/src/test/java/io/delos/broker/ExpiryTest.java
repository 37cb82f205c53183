package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.message.Message;
import io.delos.queue.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is over leaves a queue wherever it waits, though nobody consumes. */
class ExpiryTest {

    private static final int COUNT = 6000;

    private static void scan(Queue queue) {
        queue.loop().post(() -> queue.expire(queue.loop().now()));
    }

    private static List<Message> some(int from, int to, long at, boolean durable) {
        return IntStream.range(from, to).mapToObj(i -> {
            Message.Builder made = PlainFormat.message("q", "m" + i + Kinds.PAD).toBuilder().durable(durable);
            return (i % 3 == 0 ? made.expiration(at) : i % 3 == 1 ? made.expiration(at + 1_000_000) : made).build();
        }).toList();
    }

    private static List<String> left() {
        return IntStream.range(0, COUNT).filter(i -> i % 3 != 0).mapToObj(i -> "m" + i).toList();
    }

    private static void awaitLeft(Kinds kinds, Queue queue) {
        await().until(() -> {
            scan(queue);
            return queue.counters().expired() == COUNT / 3 && queue.counters().messages() == left().size();
        });
        kinds.awaitWaiting("q", left());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void deepInTheBacklog(boolean durable) throws Exception {
        try (Kinds kinds = new Kinds()) {
            Queue queue = kinds.create("q", request -> request);
            long at = System.currentTimeMillis() + 60_000;
            for (int i = 0; i < COUNT; i += 500) {
                kinds.sendAll(some(i, i + 500, at, durable));
            }
            await().until(() -> queue.counters().messages() == COUNT);
            assertThat(queue.counters().backlog()).isGreaterThan(COUNT / 2);
            assertThat(queue.counters().expired()).isZero();
            await().until(() -> {
                queue.loop().post(() -> queue.expire(at + 1));
                return queue.counters().expired() == COUNT / 3 && queue.counters().messages() == left().size();
            });
            kinds.awaitWaiting("q", left());
        }
    }

    @Test
    void afterARestartAndOfATransaction() throws Exception {
        try (Kinds kinds = new Kinds()) {
            kinds.create("q", request -> request);
            long at = System.currentTimeMillis() + 1;
            List<Message> all = new ArrayList<>(some(0, COUNT, at, true));
            for (int i = 0; i < COUNT / 2; i += 500) {
                kinds.sendAll(all.subList(i, i + 500));
            }
            kinds.sendInTransaction(all.subList(COUNT / 2, COUNT));
            try (Kinds after = kinds.afterCrash()) {
                awaitLeft(after, after.queue("q"));
            }
            kinds.restart();
            awaitLeft(kinds, kinds.queue("q"));
        }
    }

    @Test
    void fewThatAreNotReadAfterARestart() throws Exception {
        try (Kinds kinds = new Kinds()) {
            kinds.create("q", request -> request);
            kinds.send(Kinds.expiring("q", "m0", System.currentTimeMillis() + 1));
            kinds.send("q", "m1");
            kinds.restart();
            Queue queue = kinds.queue("q");
            await().until(() -> {
                scan(queue);
                return queue.counters().expired() == 1;
            });
            kinds.awaitWaiting("q", List.of("m1"));
        }
    }
}
