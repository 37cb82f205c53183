package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that are delivered more than once, beneath the protocols. */
class TimetableTest {

    private static final String WAITING = "$.artemis.internal.scheduled";

    private static void schedule(TestBroker.User user, Message message, Repetition repetition) {
        user.<Void>call(reply -> user.session.schedule(message, repetition, Optional.empty(), reply));
    }

    private static long count(TestBroker broker, String queue) {
        return broker.broker().routes().queue(queue).map(Queue::counters).map(counters -> counters.messages()).orElse(0L);
    }

    private static void awaitCounts(TestBroker broker, long there, long waiting) {
        await().until(() -> count(broker, "q") == there && count(broker, WAITING) == waiting);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aCrashNeitherLosesNorDoublesOne(long seed) throws Exception {
        MemoryDisk disk = new MemoryDisk();
        MemoryDisk after;
        try (TestBroker broker = TestBroker.on(disk)) {
            schedule(broker.user(), PlainFormat.message("q", "n=1"), new Repetition(20, 40, 7, ""));
            await().until(() -> count(broker, "q") >= seed);
            after = disk.afterCrash(seed);
        }
        try (TestBroker broker = TestBroker.on(after)) {
            awaitCounts(broker, 8, 0);
            broker.restart();
            assertThat(count(broker, "q")).isEqualTo(8);
        }
    }

    /** Its copies have one file between them, which goes with the last. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aCrashNeitherLosesNorDoublesALargeOne(long seed) throws Exception {
        MemoryDisk disk = new MemoryDisk();
        MemoryDisk after;
        byte[] body = new byte[300_000];
        new Random(seed).nextBytes(body);
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            user.<Void>call(reply -> {
                IncomingBody incoming = user.session.receive("q", true, () -> { });
                incoming.add(ByteBuffer.wrap(body));
                Message message = PlainFormat.message("q", "n=1").toBuilder().body(incoming.body()).build();
                user.session.scheduleLarge(incoming, message, new Repetition(20, 40, 4, ""), Optional.empty(), reply);
            });
            await().until(() -> count(broker, "q") >= seed);
            assertThat(LargeMessageTest.files(disk)).hasSize(1);
            after = disk.afterCrash(seed);
        }
        try (TestBroker broker = TestBroker.on(after)) {
            awaitCounts(broker, 5, 0);
            broker.restart();
            assertThat(LargeMessageTest.files(after)).hasSize(1);
            TestBroker.User user = broker.user();
            TestBroker.Received received = user.subscribe(SubscribeRequest.of("q", 10));
            await().until(() -> received.count() == 5);
            assertThat(received.all()).allSatisfy(delivery -> {
                byte[] bytes = delivery.message().bytes();
                assertThat(Arrays.copyOfRange(bytes, bytes.length - body.length, bytes.length)).isEqualTo(body);
            });
            user.settle(received.all(), Outcome.ACCEPTED);
            await().until(() -> LargeMessageTest.files(after).isEmpty());
        }
    }

    @Test
    void eachCopyIsAMessageOfItsOwn() throws Exception {
        try (TestBroker broker = TestBroker.on(new MemoryDisk())) {
            TestBroker.User user = broker.user();
            Message message = PlainFormat.message("q", "n=1").toBuilder().expiration(System.currentTimeMillis() + 3_600_000).build();
            schedule(user, message, new Repetition(0, 1, 2, ""));
            awaitCounts(broker, 3, 0);
            TestBroker.Received received = user.subscribe(SubscribeRequest.of("q", 10));
            await().until(() -> received.count() == 3);
            List<Message> copies = received.all().stream().map(Delivery::message).toList();
            assertThat(copies).allMatch(copy -> PlainFormat.text(copy).contains("n=1") && PlainFormat.text(copy).contains("scheduledJobId=ID:")
                    && copy.expiration() >= message.expiration() - 1 && copy.deliverAt() == 0 && copy.address().equals("q"));
            assertThat(received.all().stream().map(Delivery::messageId).distinct()).hasSize(3);
        }
    }

    @Test
    void aTransactionThatIsRolledBackSchedulesNothing() throws Exception {
        try (TestBroker broker = TestBroker.on(new MemoryDisk())) {
            TestBroker.User user = broker.user();
            for (boolean commits : new boolean[] {false, true}) {
                Transaction whole = user.call(reply -> reply.done(user.session.begin()));
                user.<Void>call(reply -> user.session.schedule(PlainFormat.message("q", "n=1"), new Repetition(3_600_000, 1, 1, ""), Optional.of(whole), reply));
                user.<Void>call(reply -> {
                    if (commits) {
                        user.session.commit(whole, reply);
                    } else {
                        user.session.rollback(whole, Outcome.RELEASED, reply);
                    }
                });
                awaitCounts(broker, 0, commits ? 1 : 0);
            }
            broker.restart();
            assertThat(count(broker, WAITING)).isEqualTo(1);
        }
    }

    @Test
    void whatIsSentAgainIsScheduledOnce() throws Exception {
        try (TestBroker broker = TestBroker.on(new MemoryDisk())) {
            Message message = PlainFormat.message("q", "n=1").toBuilder().duplicateId("d").build();
            for (int i = 0; i < 2; i++) {
                schedule(broker.user(), message, new Repetition(3_600_000, 1, 1, ""));
            }
            assertThat(count(broker, WAITING)).isEqualTo(1);
        }
    }

    @Test
    void aFullAddressMissesItsTimeAndKeepsNobodyElseWaiting() throws Exception {
        try (TestBroker broker = TestBroker.on(new MemoryDisk(), config -> config.withAddressSettings("full",
                Map.of("address-full-policy", "FAIL", "max-size-messages", "1")))) {
            TestBroker.User user = broker.user();
            user.send("full", "first=1");
            TestBroker.Received first = user.subscribe(SubscribeRequest.of("full", 10));
            await().until(() -> first.count() == 1);
            user.settle(first.all(), Outcome.ACCEPTED);
            await().until(() -> count(broker, "full") == 0);
            user.<Void>call(reply -> first.subscription.close(Outcome.RELEASED, reply));
            schedule(user, PlainFormat.message("full", "n=1"), new Repetition(0, 1, 4, ""));
            schedule(user, PlainFormat.message("q", "n=1"), new Repetition(0, 1, 4, ""));
            awaitCounts(broker, 5, 0);
            assertThat(count(broker, "full")).isBetween(1L, 4L);
        }
    }

    @Test
    void aDirectAddressKeepsNothingForLater() throws Exception {
        try (TestBroker broker = TestBroker.on(new MemoryDisk(), config -> config.withAddressSettings("direct.#", Map.of("direct", "true")))) {
            TestBroker.User user = broker.user();
            assertThat(user.<Void>start(reply -> user.session.schedule(PlainFormat.message("direct.q", "n=1"), new Repetition(0, 1, 1, ""),
                    Optional.empty(), reply))).failsWithin(java.time.Duration.ofMinutes(1)).withThrowableOfType(java.util.concurrent.ExecutionException.class)
                    .withMessageContaining("keeps nothing for later");
        }
    }
}
