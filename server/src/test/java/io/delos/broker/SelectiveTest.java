package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.MemoryDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consumers with selectors, behind many messages they do not want. */
class SelectiveTest {

    private static final int MANY = 200_000;

    @TempDir
    Path directory;

    @Test
    void whoWantsLittleFindsItBehindMuch() throws Exception {
        try (TestBroker broker = new TestBroker(directory, c -> c.with("global-max-size", 1 << 20))) {
            TestBroker.User user = broker.user();
            TestBroker.Received early = user.subscribe(ensured(user, "q").withSelector("w = 1"));
            sendMany(user);
            send(user, "w=1;n=0");
            await().until(() -> early.count() == 1);
            send(user, "w=2;n=1");
            TestBroker.Received late = user.subscribe(SubscribeRequest.of("q", 10).withSelector("w = 2"));
            await().atMost(Duration.ofSeconds(30)).until(() -> late.count() == 1);
            send(user, "w=1;n=2");
            send(user, "w=2;n=3");
            await().until(() -> early.count() == 2 && late.count() == 2);
            user.settle(early.all(), Outcome.ACCEPTED);
            user.settle(late.all(), Outcome.ACCEPTED);
            TestBroker.Received rest = user.subscribe(SubscribeRequest.of("q", 1000));
            await().until(() -> rest.count() == 1000);
            assertThat(rest.texts()).isEqualTo(IntStream.range(0, 1000).mapToObj(i -> "w=0;n=" + i).toList());
            assertThat(broker.broker().findQueue("q").orElseThrow().counters().messages()).isEqualTo(MANY);
        }
    }

    @Test
    void flushingWaitsUntilTheWholeQueueHasBeenLookedThrough() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        try (TestBroker broker = TestBroker.deep(disk)) {
            TestBroker.User user = broker.user();
            ensured(user, "q");
            String pad = "x".repeat(2000);
            for (int i = 0; i < 500; i++) {
                user.send("q", "w=" + i + ";pad=" + pad);
            }
            TestBroker.Received last = user.subscribe(SubscribeRequest.of("q", 10).withSelector("w = 499"));
            user.<Void>call(reply -> last.subscription.flush(() -> reply.done(null)));
            assertThat(last.count()).isEqualTo(1);
            TestBroker.Received none = user.subscribe(SubscribeRequest.of("q", 10).withSelector("w = 1000"));
            user.<Void>call(reply -> none.subscription.flush(() -> reply.done(null)));
            assertThat(none.count()).isZero();
        }
    }

    private static SubscribeRequest ensured(TestBroker.User user, String queue) {
        user.<AddressInfo>call(reply -> user.session.resources().ensure(queue, java.util.Optional.of(io.delos.config.RoutingType.ANYCAST), true, reply));
        return SubscribeRequest.of(queue, 10);
    }

    private static void send(TestBroker.User user, String text) {
        user.send("q", text);
    }

    private static void sendMany(TestBroker.User user) throws Exception {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            String text = "w=0;n=" + i;
            answers.add(user.start(reply -> user.session.send(PlainFormat.message("q", text), reply)));
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get();
    }
}
