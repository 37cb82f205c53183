package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.MemoryDisk;
import io.delos.queue.Queue;
import io.delos.queue.Removed;
import io.delos.store.Fact;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PurgeTest {

    @Test
    void whatIsHandedOutAndWhatComesLaterStays() throws Exception {
        MemoryDisk disk = new MemoryDisk();
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            send(user, 0, 1000);
            TestBroker.Received held = user.subscribe(SubscribeRequest.of("q", 30));
            await().until(() -> held.count() == 30);
            user.settle(held.all().subList(0, 10), Outcome.ACCEPTED);
            Queue queue = broker.broker().findQueue("q").orElseThrow();
            long removed = user.call(reply -> broker.broker().administration().removeMessages(queue, user.loop, reply));
            assertThat(removed).isEqualTo(970);
            assertThat(queue.counters().messages()).isEqualTo(20);
            assertThat(queue.usage().messages()).isEqualTo(20);
            send(user, 1000, 1100);
            try (TestBroker other = TestBroker.on(disk.afterCrash(1))) {
                TestBroker.Received left = other.user().subscribe(SubscribeRequest.of("q", 1000));
                await().until(() -> left.count() == 120);
                assertThat(left.texts()).isEqualTo(
                        IntStream.concat(IntStream.range(10, 30), IntStream.range(1000, 1100)).mapToObj(i -> "n=" + i).toList());
            }
        }
    }

    @Test
    void manyThatAreHeldAreNamedInSeveralFacts() {
        long[] held = LongStream.range(0, 20_000).map(i -> i * 10).toArray();
        List<Fact.Purged> facts = new Removed(5, 5, 5, 1_000_000, held, new long[0]).facts(7).stream().map(Fact.Purged.class::cast).toList();
        assertThat(facts).hasSize(3);
        for (Fact.Purged fact : facts) {
            ByteBuffer bytes = ByteBuffer.allocate(fact.size());
            fact.write(bytes);
            assertThat(bytes.hasRemaining()).isFalse();
            assertThat(Fact.read(Fact.PURGED, bytes.flip())).isEqualTo(fact);
        }
        for (long position = 0; position <= 1_000_010; position++) {
            long at = position;
            boolean expected = position <= 1_000_000 && (position % 10 != 0 || position >= 200_000);
            assertThat(facts.stream().anyMatch(fact -> fact.covers(at))).as("position %d", position).isEqualTo(expected);
        }
        assertThat(new Removed(5, 5, 0, 1_000_000, held, new long[0]).facts(7)).isEmpty();
    }

    private static void send(TestBroker.User user, int from, int to) throws Exception {
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (int i = from; i < to; i++) {
            String text = "n=" + i;
            sent.add(user.start(reply -> user.session.send(PlainFormat.message("q", text), reply)));
        }
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get();
    }
}
