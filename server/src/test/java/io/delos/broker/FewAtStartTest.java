package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import io.delos.queue.Queue;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A queue that holds a message or two when the broker starts has them unread in its window: to clients there is no difference. */
class FewAtStartTest {

    private final MemoryDisk disk = new MemoryDisk();

    @Test
    void comeInOrderBeforeWhatIsSentLater() throws Exception {
        fill("low:1", "high:9", "old:4", "older:4");
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            send(user, "new:4");
            TestBroker.Received got = user.subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED));
            await().until(() -> got.count() == 5);
            assertThat(got.texts()).containsExactly("text=high", "text=old", "text=older", "text=new", "text=low");
            user.settle(got.all(), Outcome.ACCEPTED);
        }
        try (TestBroker broker = TestBroker.on(disk)) {
            assertThat(queue(broker).counters().messages()).isZero();
            assertThat(queue(broker).usage().bytes()).isZero();
        }
    }

    @Test
    void areThereForWhoAsksWhetherThereIsAnything() throws Exception {
        fill("one:4", "two:4");
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            TestBroker.Received got = user.subscribe(SubscribeRequest.of("q", 0));
            int seen = user.<Integer>call(reply -> {
                got.subscription.addMessages(10);
                got.subscription.drain(() -> reply.done(got.count()));
            });
            assertThat(seen).isEqualTo(2);
        }
    }

    @Test
    void areShownFoundAndPurged() throws Exception {
        fill("one:4", "two:4", "three:4");
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            TestBroker.Received shown = user.subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED).browse());
            await().until(() -> shown.count() == 3);
            assertThat(shown.texts()).containsExactly("text=one", "text=two", "text=three");
            TestBroker.Received found = user.subscribe(SubscribeRequest.of("q", 10).withSelector("text = 'two'"));
            await().until(() -> found.count() == 1);
            assertThat(found.texts()).containsExactly("text=two");
            user.settle(found.all(), Outcome.ACCEPTED);
            Queue queue = queue(broker);
            assertThat(user.<Long>call(reply -> broker.broker().administration().removeMessages(queue, user.loop, reply))).isEqualTo(2);
            assertThat(queue.counters().messages()).isZero();
            assertThat(queue.usage().bytes()).isZero();
        }
    }

    @Test
    void outliveSeveralStartsInWhichNobodyWantedThem() throws Exception {
        fill("one:4", "two:7");
        for (int start = 0; start < 3; start++) {
            try (TestBroker broker = TestBroker.on(disk.afterCrash(start))) {
                assertThat(queue(broker).counters().messages()).isEqualTo(2);
                broker.restart();
                TestBroker.Received got = broker.user().subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED));
                await().until(() -> got.count() == 2);
                assertThat(got.texts()).containsExactly("text=two", "text=one");
            }
        }
    }

    private void fill(String... messages) throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            send(broker.user(), messages);
        }
    }

    private static void send(TestBroker.User user, String... messages) {
        for (String each : List.of(messages)) {
            String[] parts = each.split(":");
            Message message = PlainFormat.message("q", "text=" + parts[0]).toBuilder().priority(Byte.parseByte(parts[1])).build();
            user.<Void>call(reply -> user.session.send(message, reply));
        }
    }

    private static Queue queue(TestBroker broker) {
        return broker.broker().findQueue("q").orElseThrow();
    }
}
