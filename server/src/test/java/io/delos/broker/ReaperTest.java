package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.BrokerConfig;
import io.delos.journal.MemoryDisk;
import io.delos.queue.Delivery;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ReaperTest {

    private final MemoryDisk disk = new MemoryDisk();

    @Test
    void whatIsEmptyIsRemovedWhenTheBrokerStarts() throws Exception {
        try (TestBroker broker = rarely()) {
            TestBroker.User user = broker.user();
            user.send("full", "n=1");
            user.send("empty", "n=2");
            user.send("kept", "n=3");
            user.settle(take(user, "empty"), Outcome.ACCEPTED);
            user.settle(take(user, "kept"), Outcome.ACCEPTED);
        }
        try (TestBroker broker = rarely()) {
            await().until(() -> broker.broker().routes().find("empty").isEmpty());
            assertThat(broker.broker().findQueue("empty")).isEmpty();
            assertThat(broker.broker().findQueue("full")).isPresent();
            assertThat(broker.broker().findQueue("kept")).isPresent();
        }
    }

    @Test
    void whatWasUsedAndIsEmptyIsRemovedAndComesBackWhenItIsNeeded() throws Exception {
        try (TestBroker broker = often(Map.of())) {
            TestBroker.User user = broker.user();
            user.send("read", "n=2");
            TestBroker.Received received = user.subscribe(SubscribeRequest.of("read", 1));
            await().until(() -> received.count() == 1);
            user.settle(received.all(), Outcome.ACCEPTED);
            user.<Void>call(reply -> received.subscription.close(Outcome.RELEASED, reply));
            await().until(() -> broker.broker().routes().find("read").isEmpty());
            user.send("read", "n=3");
            assertThat(broker.broker().findQueue("read")).as("is there again").isPresent();
        }
        try (TestBroker broker = often(Map.of("auto-delete-queues-skip-usage-check", true, "auto-delete-queues-message-count", -1))) {
            TestBroker.User user = broker.user();
            user.send("ignored", "n=1");
            await().until(() -> broker.broker().routes().find("ignored").isEmpty());
        }
    }

    private static List<Delivery> take(TestBroker.User user, String queue) {
        TestBroker.Received received = user.subscribe(SubscribeRequest.of(queue, 10));
        await().until(() -> received.count() == 1);
        return received.all();
    }

    private TestBroker rarely() throws Exception {
        return start(1_000_000, c -> c.withAddressSettings("kept", Map.of("auto-delete-queues", false)));
    }

    private TestBroker often(Map<String, Object> settings) throws Exception {
        return start(20, c -> settings.isEmpty() ? c : c.withAddressSettings("ignored", settings));
    }

    private TestBroker start(int period, UnaryOperator<BrokerConfig> change) throws Exception {
        return TestBroker.on(disk, config -> change.apply(config.with("address-queue-scan-period", period)));
    }
}
