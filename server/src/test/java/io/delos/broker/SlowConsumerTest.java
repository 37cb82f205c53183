package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.MemoryDisk;
import io.delos.queue.Queue;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlowConsumerTest {

    @ParameterizedTest
    @CsvSource({"KILL, 0, true", "KILL, 40, false", "NOTIFY, 0, false"})
    void whoAcknowledgesTooSlowlyIsDisconnectedIfTheSettingsSaySo(String policy, int acknowledged, boolean killed) throws Exception {
        try (TestBroker broker = new TestBroker(Path.of("/data"), config -> config.withAddressSettings("q", Map.of(
                "slow-consumer-threshold", 12L, "slow-consumer-threshold-measurement-unit", "MESSAGES_PER_MINUTE",
                "slow-consumer-check-period", 100L, "slow-consumer-policy", policy)), new MemoryDisk())) {
            TestBroker.User user = broker.user();
            user.send("q", "n=0");
            AtomicBoolean gone = new AtomicBoolean();
            user.loop.post(() -> user.client.onKill(() -> gone.set(true)));
            Queue queue = broker.broker().findQueue("q").orElseThrow();
            long first = System.currentTimeMillis() + 101_000;
            look(user, queue, first);
            TestBroker.Received received = user.subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED));
            for (int i = 1; i < 60; i++) {
                user.send("q", "n=" + i);
            }
            await().until(() -> received.count() == 60);
            user.settle(received.all().subList(0, acknowledged), Outcome.ACCEPTED);
            await().until(() -> queue.counters().acknowledged() == acknowledged);
            look(user, queue, first + 99_000);
            assertThat(gone).as("before its period is over").isFalse();
            look(user, queue, first + 100_000);
            assertThat(gone.get()).isEqualTo(killed);
        }
    }

    /** The first look takes the time. */
    private static void look(TestBroker.User user, Queue queue, long now) {
        user.<Void>call(reply -> queue.loop().post(() -> {
            queue.checkPace(now);
            user.loop.post(() -> reply.done(null));
        }));
    }
}
