package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.MemoryDisk;
import io.delos.queue.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A consumer that holds three times as many bytes as all consumers together may keep in memory, and what becomes of them. */
class HandedOutTest {

    private static final int COUNT = 3000;
    private static final String PAD = "x".repeat(2000);

    private final MemoryDisk disk = new MemoryDisk();
    private TestBroker broker;
    private TestBroker.User user;

    @BeforeEach
    void start() throws Exception {
        broker = TestBroker.deep(disk);
        user = broker.user();
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void allAreHandedOutAndAcknowledgedTogether(boolean durable) throws Exception {
        send(durable);
        TestBroker.Received received = receive("q", COUNT);
        user.settle(received.all(), Outcome.ACCEPTED);
        await().until(() -> left("q") == 0);
        broker.restart();
        user = broker.user();
        assertThat(left("q")).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatComesBackIsReadAgainInItsOrder(boolean durable) throws Exception {
        send(durable);
        TestBroker.Received received = receive("q", COUNT);
        user.<Void>call(reply -> received.subscription.close(Outcome.FAILED, reply));
        TestBroker.Received again = receive("q", COUNT);
        assertThat(numbers(again)).isEqualTo(all());
        assertThat(again.all()).allMatch(Delivery::redelivered);
        user.settle(again.all(), Outcome.ACCEPTED);
        await().until(() -> left("q") == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsRejectedGoesToTheDeadLettersWhole(boolean durable) throws Exception {
        stop();
        broker = TestBroker.deepWithDeadLetters(disk);
        user = broker.user();
        user.send("dead", "so that it is there");
        send(durable);
        TestBroker.Received received = receive("q", COUNT);
        user.settle(received.all(), Outcome.REJECTED);
        await().until(() -> left("dead") == COUNT + 1);
        List<String> texts = receive("dead", COUNT + 1).texts();
        assertThat(texts.subList(1, texts.size())).extracting(HandedOutTest::number).isEqualTo(all());
        assertThat(texts.subList(1, texts.size())).allMatch(text -> text.contains(PAD));
        assertThat(left("q")).isZero();
    }

    @Test
    void browsersAndSelectorsSeeWhatCameBack() throws Exception {
        send(true);
        TestBroker.Received received = receive("q", COUNT);
        user.<Void>call(reply -> received.subscription.close(Outcome.RELEASED, reply));
        TestBroker.Received shown = user.subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED).browse());
        user.<Void>call(reply -> shown.subscription.flush(() -> reply.done(null)));
        assertThat(numbers(shown)).isEqualTo(all());
        TestBroker.Received some = user.subscribe(SubscribeRequest.of("q", COUNT).withSelector("n = " + (COUNT - 1)));
        await().until(() -> some.count() == 1);
        user.settle(some.all(), Outcome.ACCEPTED);
        await().until(() -> left("q") == COUNT - 1);
    }

    @Test
    void theyAreKeptByRestartsAndPurges() throws Exception {
        send(true);
        receive("q", COUNT);
        broker.restart();
        user = broker.user();
        TestBroker.Received again = receive("q", COUNT);
        assertThat(numbers(again)).isEqualTo(all());
        user.<Void>call(reply -> again.subscription.close(Outcome.RELEASED, reply));
        await().until(() -> queue("q").counters().delivering() == 0);
        assertThat(user.<Long>call(reply -> broker.broker().administration().removeMessages(queue("q"), user.loop, reply))).isEqualTo(COUNT);
        broker.restart();
        assertThat(left("q")).isZero();
    }

    private io.delos.queue.Queue queue(String name) {
        return broker.broker().findQueue(name).orElseThrow();
    }

    private long left(String queue) {
        return queue(queue).counters().messages();
    }

    private void send(boolean durable) throws Exception {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            var message = PlainFormat.message("q", "n=" + i + ";pad=" + PAD).toBuilder().durable(durable).build();
            answers.add(user.start(reply -> user.session.send(message, reply)));
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get();
        await().until(() -> left("q") == COUNT);
    }

    private TestBroker.Received receive(String queue, int count) {
        TestBroker.Received received = user.subscribe(SubscribeRequest.of(queue, count));
        await().until(() -> received.count() == count);
        return received;
    }

    private static List<Integer> numbers(TestBroker.Received received) {
        return received.texts().stream().map(HandedOutTest::number).toList();
    }

    private static Integer number(String text) {
        return Integer.valueOf(text.substring(text.indexOf("n=") + 2, text.indexOf(";pad")));
    }

    private static List<Integer> all() {
        return IntStream.range(0, COUNT).boxed().toList();
    }
}
