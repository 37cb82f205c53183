package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** A broker with small windows for tests of what queues of a kind do, and short ways to use it. */
final class Kinds implements AutoCloseable {

    static final String PAD = ";pad=" + "x".repeat(900);

    private final MemoryDisk disk;
    final TestBroker broker;
    TestBroker.User user;

    Kinds() throws Exception {
        this(new MemoryDisk());
    }

    private Kinds(MemoryDisk disk) throws Exception {
        this.disk = disk;
        this.broker = TestBroker.deepWithDeadLetters(disk);
        this.user = broker.user();
    }

    /** What a broker finds that starts after the power went now. */
    Kinds afterCrash() throws Exception {
        return new Kinds(disk.afterCrash(1));
    }

    void restart() throws Exception {
        broker.restart();
        user = broker.user();
    }

    Queue create(String name, UnaryOperator<QueueRequest> attributes) {
        user.<QueueInfo>call(reply -> user.session.resources().createQueue(attributes.apply(QueueRequest.of(name, name, RoutingType.ANYCAST)), false, reply));
        return queue(name);
    }

    Queue queue(String name) {
        return broker.broker().findQueue(name).orElseThrow();
    }

    void send(String queue, String... texts) {
        for (String text : texts) {
            send(PlainFormat.message(queue, text));
        }
    }

    void send(Message message) {
        user.<Void>call(reply -> user.session.send(message, reply));
    }

    /** Many at once. */
    void sendAll(List<Message> messages) throws Exception {
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (Message message : messages) {
            sent.add(user.start(reply -> user.session.send(message, reply)));
        }
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get();
    }

    void sendInTransaction(List<Message> messages) {
        Transaction[] begun = new Transaction[1];
        user.<Void>call(reply -> {
            begun[0] = user.session.begin();
            reply.done(null);
        });
        messages.forEach(message -> user.<Void>call(reply -> user.session.send(message, begun[0], reply)));
        user.<Void>call(reply -> user.session.commit(begun[0], reply));
    }

    static Message grouped(String queue, String group, String text) {
        return PlainFormat.message(queue, text).toBuilder().group(group).build();
    }

    static Message expiring(String queue, String text, long at) {
        return PlainFormat.message(queue, text).toBuilder().expiration(at).build();
    }

    static Message fleeting(String queue, String text) {
        return PlainFormat.message(queue, text).toBuilder().durable(false).build();
    }

    TestBroker.Received consume(String queue, long credit) {
        return user.subscribe(SubscribeRequest.of(queue, credit));
    }

    void close(TestBroker.Received consumer, Outcome outcome) {
        user.<Void>call(reply -> consumer.subscription.close(outcome, reply));
    }

    /** When everything that can be handed out has been. */
    void flush(TestBroker.Received consumer) {
        user.<Void>call(reply -> consumer.subscription.flush(() -> reply.done(null)));
    }

    /** What a browser sees, by its first word. */
    List<String> waiting(String queue) {
        TestBroker.Received seen = user.subscribe(SubscribeRequest.of(queue, SubscribeRequest.UNLIMITED).browse());
        flush(seen);
        List<String> texts = words(seen);
        close(seen, Outcome.RELEASED);
        return texts;
    }

    static List<String> words(TestBroker.Received received) {
        return received.texts().stream().map(Kinds::word).toList();
    }

    static String word(String text) {
        int end = text.indexOf(';');
        return end < 0 ? text : text.substring(0, end);
    }

    static List<Integer> counts(TestBroker.Received received) {
        return received.all().stream().map(Delivery::deliveryCount).toList();
    }

    /** Waits until nothing but this is left, counted and in order, and nothing is on its way. */
    void awaitWaiting(String queue, List<String> words) {
        await().untilAsserted(() -> {
            Queue of = queue(queue);
            assertThat(of.counters().messages()).isEqualTo(words.size());
            assertThat(of.usage().messages()).isEqualTo(words.size());
        });
        assertThat(waiting(queue)).isEqualTo(words);
    }

    @Override
    public void close() {
        broker.close();
    }
}
