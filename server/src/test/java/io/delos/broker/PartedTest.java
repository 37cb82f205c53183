package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.MemoryDisk;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Deliveries that outlive the subscription they were handed out to. */
class PartedTest {

    private static final int COUNT = 3000;
    private static final String PAD = "x".repeat(2000);

    private TestBroker broker;
    private TestBroker.User first;
    private TestBroker.User second;

    @BeforeEach
    void start() throws Exception {
        // what is held is three times what may be in memory of it
        broker = TestBroker.deep(new MemoryDisk());
        first = broker.user();
        second = broker.user();
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private Queue queue() {
        return broker.broker().findQueue("q").orElseThrow();
    }

    private void send(int count, boolean durable) {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            var message = PlainFormat.message("q", "n=" + i + ";pad=" + PAD).toBuilder().durable(durable).build();
            answers.add(first.start(reply -> first.session.send(message, reply)));
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
    }

    /** Handed to the first user, who parts with them and leaves. */
    private List<Delivery> parted(int count) {
        TestBroker.Received received = first.subscribe(SubscribeRequest.of("q", count));
        await().until(() -> received.count() == count);
        List<Delivery> parted = first.call(reply -> {
            received.all().forEach(Delivery::sent);
            reply.done(received.subscription.part(received.all()));
        });
        first.close();
        return parted;
    }

    private static List<Integer> numbers(List<String> texts) {
        return texts.stream().map(text -> Integer.valueOf(text.substring(2, text.indexOf(";pad")))).toList();
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private void settle(List<Delivery> deliveries, Outcome outcome) {
        second.<Void>call(reply -> broker.broker().settle(deliveries, outcome, second.loop, reply));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anotherMayAdoptThemAndHaveThemOnceMore(boolean durable) {
        send(COUNT, durable);
        List<Delivery> parted = parted(COUNT);
        assertThat(parted).hasSize(COUNT);
        TestBroker.Received again = second.subscribe(SubscribeRequest.of("q", 0));
        List<Delivery> lost = new ArrayList<>();
        second.<Void>call(reply -> {
            again.subscription.adopt(parted);
            again.subscription.again(parted, lost::add);
            reply.done(null);
        });
        await().until(() -> again.count() == COUNT);
        assertThat(numbers(again.texts())).isEqualTo(upTo(COUNT));
        assertThat(again.texts()).allMatch(text -> text.endsWith(PAD));
        assertThat(again.all()).noneMatch(Delivery::redelivered);
        assertThat(lost).isEmpty();
        second.settle(again.all().subList(0, COUNT / 2), Outcome.ACCEPTED);
        await().until(() -> queue().counters().messages() == COUNT / 2);
        second.<Void>call(reply -> again.subscription.close(Outcome.RELEASED, reply));
        await().until(() -> queue().counters().delivering() == 0);
        assertThat(queue().counters().messages()).isEqualTo(COUNT / 2);
    }

    @Test
    void theyAreNobodysUntilTheyAreSettled() {
        send(3, true);
        List<Delivery> parted = parted(3);
        assertThat(queue().counters().delivering()).isEqualTo(3);
        settle(parted.subList(0, 1), Outcome.ACCEPTED);
        await().until(() -> queue().counters().messages() == 2);
        settle(parted.subList(1, 3), Outcome.RELEASED);
        TestBroker.Received again = second.subscribe(SubscribeRequest.of("q", 3));
        await().until(() -> again.count() == 2);
        assertThat(numbers(again.texts())).containsExactly(1, 2);
    }

    @Test
    void aRestartFindsThemInTheirQueue() throws Exception {
        send(3, true);
        parted(3);
        broker.restart();
        assertThat(queue().counters().messages()).isEqualTo(3);
        assertThat(queue().counters().delivering()).isZero();
    }

    @Test
    void theyGoWithTheirQueue() {
        send(3, true);
        List<Delivery> parted = parted(3);
        Queue gone = queue();
        second.<Void>call(reply -> broker.broker().administration().deleteQueue("q", true, second.loop, reply));
        settle(parted, Outcome.RELEASED);
        await().untilAsserted(() -> assertThat(gone.usage().messages()).isZero());
        assertThat(gone.counters().delivering()).isZero();
    }

    @Test
    void whatIsOnlyShownIsNotParted() {
        send(1, true);
        TestBroker.Received shown = first.subscribe(SubscribeRequest.of("q", 1).browse());
        await().until(() -> shown.count() == 1);
        assertThat(first.<List<Delivery>>call(reply -> reply.done(shown.subscription.part(shown.all())))).isEmpty();
    }
}
