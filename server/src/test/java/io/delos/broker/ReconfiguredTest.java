package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.AddressConfig;
import io.delos.config.QueueConfig;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.journal.MemoryDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A queue of the configuration whose definition has changed. */
class ReconfiguredTest {

    private final MemoryDisk disk = new MemoryDisk();

    private QueueConfig start(UnaryOperator<QueueRequest> attributes) throws Exception {
        try (TestBroker broker = new TestBroker(Path.of("/data"), config -> config.withAddresses(List.of(new AddressConfig("q",
                Set.of(RoutingType.ANYCAST), List.of(attributes.apply(QueueRequest.of("q", "q", RoutingType.ANYCAST)))))), disk)) {
            TestBroker.User user = broker.user();
            user.send("q", "n=1");
            user.send("q", "n=2");
            // what the queue's own loop does comes before its answer
            TestBroker.Received seen = user.subscribe(SubscribeRequest.of("q", 10).browse());
            user.<Void>call(reply -> seen.subscription.flush(() -> reply.done(null)));
            return broker.broker().findQueue("q").orElseThrow().config();
        }
    }

    @Test
    void whatMayChangeChangesWithTheNextStart() throws Exception {
        assertThat(start(request -> request.with("ring-size", 5).with("max-consumers", 3)).ringSize()).isEqualTo(5);
        QueueConfig changed = start(request -> request.with("max-consumers", 4).with("group-buckets", 7).with("filter", "n = 2"));
        assertThat(changed.ringSize()).as("a removed attribute goes back to its default").isEqualTo(-1);
        assertThat(changed.maxConsumers()).isEqualTo(4);
        assertThat(changed.groupBuckets()).isEqualTo(7);
        assertThat(changed.filter()).isEqualTo("n = 2");
    }

    @Test
    void aQueueDoesNotBecomeLastValue() throws Exception {
        start(request -> request);
        assertThat(start(request -> request.with("last-value-key", "k")).replacesByKey()).isFalse();
    }
}
