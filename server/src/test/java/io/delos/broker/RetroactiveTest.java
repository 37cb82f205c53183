package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetroactiveTest {

    private static final String RING = "$.artemis.internal.t.queue.multicast.retro";

    private final MemoryDisk disk = new MemoryDisk();

    @Test
    void aNewQueueBeginsWithTheLastMessages() throws Exception {
        try (TestBroker broker = keeping(3)) {
            TestBroker.User user = broker.user();
            user.<Void>call(reply -> user.session.resources().createAddress("t", EnumSet.allOf(RoutingType.class), false, reply));
            for (int i = 0; i < 5; i++) {
                send(user, "n=" + i);
            }
            assertThat(queue(user, "late", "")).allMatch(text -> text.contains(";_AMQ_ORIG_ADDRESS=t;_AMQ_ORIG_QUEUE=$.artemis.internal.t.divert.retro"))
                    .extracting(text -> text.substring(0, 3)).containsExactly("n=2", "n=3", "n=4");
            assertThat(queue(user, "some", "n = 3")).singleElement().asString().startsWith("n=3;");
            user.<QueueInfo>call(reply -> user.session.resources().createQueue(QueueRequest.of("other", "t", RoutingType.ANYCAST), false, reply));
            assertThat(in(user, "other")).as("of the other kind").isEmpty();
            broker.restart();
            TestBroker.User again = broker.user();
            assertThat(in(again, "late")).hasSize(3);
            send(again, "n=5");
            assertThat(queue(again, "later", "")).extracting(text -> text.substring(0, 3)).containsExactly("n=3", "n=4", "n=5");
        }
    }

    @Test
    void itComesAndGoesWithTheSettingsAndTheAddress() throws Exception {
        try (TestBroker broker = keeping(2)) {
            TestBroker.User user = broker.user();
            user.<Void>call(reply -> user.session.resources().createAddress("t", EnumSet.of(RoutingType.MULTICAST), false, reply));
            send(user, "n=0");
            send(user, "n=1");
        }
        try (TestBroker broker = keeping(1)) {
            TestBroker.User user = broker.user();
            send(user, "n=2");
            assertThat(queue(user, "one", "")).singleElement().asString().startsWith("n=2;");
        }
        try (TestBroker broker = keeping(0)) {
            TestBroker.User user = broker.user();
            assertThat(queue(user, "none", "")).isEmpty();
            assertThat(broker.broker().findQueue(RING)).isEmpty();
            assertThat(broker.broker().diverts().all()).isEmpty();
        }
        try (TestBroker broker = keeping(4)) {
            TestBroker.User user = broker.user();
            assertThat(broker.broker().findQueue(RING)).isPresent();
            user.<Void>call(reply -> user.session.resources().deleteAddress("t", true, reply));
            assertThat(broker.broker().findQueue(RING)).isEmpty();
            assertThat(broker.broker().routes().find("$.artemis.internal.t.address.retro")).isEmpty();
            assertThat(broker.broker().diverts().all()).isEmpty();
        }
    }

    private TestBroker keeping(int messages) throws Exception {
        return TestBroker.on(disk, config -> config.withAddressSettings("t", Map.of("retroactive-message-count", messages)));
    }

    private static void send(TestBroker.User user, String text) {
        user.<Void>call(reply -> user.session.send(PlainFormat.message("t", text).toBuilder().routing(Message.ROUTE_MULTICAST).build(), reply));
    }

    /** Makes a queue; what it holds at once. */
    private static List<String> queue(TestBroker.User user, String name, String filter) {
        user.<QueueInfo>call(reply -> user.session.resources().createQueue(QueueRequest.of(name, "t", RoutingType.MULTICAST).with("filter", filter), false, reply));
        return in(user, name);
    }

    private static List<String> in(TestBroker.User user, String name) {
        TestBroker.Received shown = user.subscribe(SubscribeRequest.of(name, 100).browse());
        user.<Void>call(reply -> shown.subscription.flush(() -> reply.done(null)));
        return shown.texts();
    }
}
