package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is sent to addresses that nobody asks for by name, from a protocol whose topics are many. */
class PassingTest {

    private static TestBroker.User sender(TestBroker broker) {
        TestBroker.User user = broker.user();
        user.<Void>call(reply -> {
            user.session.letTopicsPass();
            reply.done(null);
        });
        return user;
    }

    private static void send(TestBroker.User user, String address, String text) {
        user.<Void>call(reply -> user.session.send(PlainFormat.message(address, text).toBuilder().routing(Message.ROUTE_MULTICAST).build(), reply));
    }

    private static void queue(TestBroker.User user, String name, String address) {
        user.<QueueInfo>call(reply -> user.session.resources().createQueue(QueueRequest.of(name, address, RoutingType.MULTICAST), true, reply));
    }

    @Test
    void theyAreNotMadeAndWhoeverMatchesGetsThem() throws Exception {
        try (TestBroker broker = TestBroker.on(new MemoryDisk())) {
            TestBroker.User sender = sender(broker);
            TestBroker.User reader = broker.user();
            send(sender, "news.one", "for nobody");
            queue(reader, "all", "news.#");
            TestBroker.Received all = reader.subscribe(SubscribeRequest.of("all", SubscribeRequest.UNLIMITED));
            send(sender, "news.one", "first");
            send(sender(broker), "news.two", "second");
            await().until(() -> all.count() == 2);
            assertThat(all.texts()).containsExactly("first", "second");
            assertThat(broker.broker().routes().find("news.one")).isEmpty();
            queue(reader, "one", "news.one");
            TestBroker.Received one = reader.subscribe(SubscribeRequest.of("one", SubscribeRequest.UNLIMITED));
            send(sender, "news.one", "third");
            await().until(() -> all.count() == 3 && one.count() == 1);
            assertThat(broker.broker().routes().find("news.one")).isPresent();
            send(sender, "news.two", "fourth");
            await().until(() -> all.count() == 4);
            assertThat(one.count()).isEqualTo(1);
        }
    }

    @Test
    void theyAreMadeWhereSomethingIsKept() throws Exception {
        try (TestBroker broker = TestBroker.on(new MemoryDisk(), config -> config
                .withAddressSettings("stays.#", Map.of("retroactive-message-count", "5"))
                .withAddressSettings("never.#", Map.of("auto-create-addresses", "false")))) {
            TestBroker.User sender = sender(broker);
            send(sender, "stays.one", "x");
            assertThat(broker.broker().routes().find("stays.one")).isPresent();
            Throwable refusal = org.assertj.core.api.Assertions.catchThrowable(() -> send(sender, "never.one", "x"));
            assertThat(refusal).hasMessageContaining("AMQ229203");
        }
    }
}
