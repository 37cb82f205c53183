package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.MemoryDisk;
import io.delos.queue.Queue;
import org.junit.jupiter.api.Test;

class QueueGoneTest {

    @Test
    void whatConsumersHeldIsCountedNoMore() throws Exception {
        try (TestBroker broker = TestBroker.on(new MemoryDisk())) {
            TestBroker.User user = broker.user();
            for (int i = 0; i < 5; i++) {
                user.send("q", "n=" + i);
            }
            TestBroker.Received held = user.subscribe(SubscribeRequest.of("q", 3));
            await().until(() -> held.count() == 3);
            Queue queue = broker.broker().findQueue("q").orElseThrow();
            assertThat(queue.usage().messages()).isEqualTo(5);
            user.<Void>call(reply -> broker.broker().administration().deleteQueue("q", true, user.loop, reply));
            await().until(() -> held.closed != null);
            await().untilAsserted(() -> assertThat(queue.usage().messages()).isZero());
            assertThat(queue.usage().bytes()).isZero();
            assertThat(queue.counters().delivering()).isZero();
            user.settle(held.all(), Outcome.ACCEPTED);
            assertThat(queue.counters().acknowledged()).as("too late").isZero();
        }
    }
}
