package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import io.delos.queue.Departures;
import io.delos.queue.Glance;
import io.delos.queue.Queue;
import io.delos.queue.Sweep;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What management does to messages that wait: in line, for their time, or in somebody's hands, before and after a restart. */
class QueueMessagesTest {

    private static final long LATER = 3_600_000;

    private final MemoryDisk disk = new MemoryDisk();
    private TestBroker broker;
    private TestBroker.User user;

    @BeforeEach
    void start() throws Exception {
        broker = TestBroker.deepWithDeadLetters(disk);
        user = broker.user();
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private Queue queue(String name) {
        return broker.broker().findQueue(name).orElseThrow();
    }

    private static Sweep.Choice text(String part) {
        return message -> PlainFormat.text(message).contains(part);
    }

    private static Sweep.Choice id(long wanted) {
        return new Sweep.Choice() {
            @Override
            public boolean mayBe(long messageId) {
                return messageId == wanted;
            }

            @Override
            public boolean takes(Message message) {
                return true;
            }
        };
    }

    private interface Deed {
        void with(QueueMessages messages, QueueMessages.Order order);
    }

    private long change(String queue, Sweep.Choice choice, Deed deed) {
        return user.<Long>call(reply -> deed.with(broker.broker().messages(),
                new QueueMessages.Order(queue(queue), choice, Long.MAX_VALUE, user.loop, reply)));
    }

    private List<Glance.Seen> seen(String queue) {
        return user.call(reply -> Look.page(broker.broker(), queue(queue), "", new Look.Page(0, 1000), user.loop, reply));
    }

    private List<String> texts(String queue) {
        return seen(queue).stream().map(one -> PlainFormat.text(one.message()).replaceFirst(";.*", "")).toList();
    }

    private void send(String address, String... texts) {
        for (String text : texts) {
            user.send(address, text);
        }
    }

    private void sendLater(String address, String text) {
        user.<Void>call(reply -> user.session.send(PlainFormat.message(address, text).toBuilder()
                .deliverAt(user.loop.now() + LATER).build(), reply));
    }

    @Test
    void movedOnesSayWhereTheyWereAndGoBack() throws Exception {
        send("a", "n=1", "n=2", "n=3");
        send("b", "n=0");
        long second = seen("a").get(1).messageId();
        assertThat(change("a", id(second), (messages, order) -> messages.move(order, queue("b")))).isEqualTo(1);
        assertThat(texts("a")).containsExactly("n=1", "n=3");
        assertThat(texts("b")).containsExactly("n=0", "n=2");
        Message moved = seen("b").get(1).message();
        assertThat(PlainFormat.text(moved)).contains("_AMQ_ORIG_ADDRESS=a", "_AMQ_ORIG_QUEUE=a", "_AMQ_ORIG_MESSAGE_ID=" + second);
        assertThat(queue("a").counters().acknowledged()).isEqualTo(1);

        broker.restart();
        user = broker.user();
        assertThat(texts("b")).containsExactly("n=0", "n=2");
        assertThat(change("b", message -> true, QueueMessages::retry)).as("only one was elsewhere before").isEqualTo(1);
        assertThat(texts("a")).containsExactly("n=1", "n=3", "n=2");
        assertThat(texts("b")).containsExactly("n=0");
    }

    @Test
    void removedOnesAreGoneForGoodAndCountAsKilled() throws Exception {
        send("a", "n=1", "n=2", "n=3");
        assertThat(change("a", text("n=2"), QueueMessages::remove)).isEqualTo(1);
        assertThat(change("a", text("n=2"), QueueMessages::remove)).isZero();
        assertThat(queue("a").counters().killed()).isEqualTo(1);
        assertThat(queue("a").counters().delivering()).isZero();
        broker.restart();
        user = broker.user();
        assertThat(texts("a")).containsExactly("n=1", "n=3");
    }

    @Test
    void aPausedQueueIsSweptAndHandsOutNothing() {
        send("a", "n=1", "n=2");
        queue("a").loop().post(() -> queue("a").pause(true));
        TestBroker.Received received = user.subscribe(SubscribeRequest.of("a", 10));
        assertThat(change("a", text("n=1"), QueueMessages::remove)).isEqualTo(1);
        assertThat(received.count()).isZero();
        queue("a").loop().post(() -> queue("a").pause(false));
        await().until(() -> received.texts().equals(List.of("n=2")));
    }

    @Test
    void whatSomebodyHoldsIsHisAndCanBeSeen() throws Exception {
        send("a", "n=1", "n=2", "n=3");
        TestBroker.Received received = user.subscribe(SubscribeRequest.of("a", 2));
        await().until(() -> received.count() == 2);
        assertThat(change("a", message -> true, QueueMessages::remove)).isEqualTo(1);
        CompletableFuture<List<Glance.Seen>> held = new CompletableFuture<>();
        queue("a").loop().post(() -> queue("a").glance().handedOut(10, held::complete));
        assertThat(held.get(10, TimeUnit.SECONDS)).hasSize(2).allMatch(one -> one.holder().isPresent() && one.deliveryCount() == 1);
    }

    @Test
    void scheduledOnesCanBeSeenTakenAndHurried() throws Exception {
        for (int i = 0; i < 5; i++) {
            sendLater("a", "n=" + i);
        }
        CompletableFuture<List<Glance.Seen>> scheduled = new CompletableFuture<>();
        queue("a").loop().post(() -> queue("a").glance().scheduled(3, scheduled::complete));
        List<Glance.Seen> next = scheduled.get(10, TimeUnit.SECONDS);
        assertThat(next).hasSize(3).allMatch(one -> one.deliverAt() > user.loop.now());
        assertThat(change("a", id(next.get(0).messageId()), QueueMessages::remove)).isEqualTo(1);
        assertThat(change("a", text("n=3"), QueueMessages::remove)).isEqualTo(1);
        assertThat(queue("a").counters().scheduled()).isEqualTo(3);
        CompletableFuture<Long> hurried = new CompletableFuture<>();
        queue("a").loop().post(() -> queue("a").glance().hurry(text("n=4"), hurried::complete));
        assertThat(hurried.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        await().untilAsserted(() -> assertThat(texts("a")).containsExactly("n=4"));
        broker.restart();
        user = broker.user();
        assertThat(queue("a").counters().messages()).isEqualTo(3);
    }

    @Test
    void sentOffOnesHaveLeftWhenItIsAnswered() {
        send("a", "n=1", "n=2", "n=3");
        send("dead", "n=0");
        assertThat(change("a", text("n=2"), (messages, order) -> messages.sendOff(order, Departures.Cause.DEAD))).isEqualTo(1);
        assertThat(texts("a")).containsExactly("n=1", "n=3");
        assertThat(texts("dead")).containsExactly("n=0", "n=2");
        assertThat(queue("a").counters().killed()).isEqualTo(1);
        assertThat(change("a", text("n=3"), (messages, order) -> messages.sendOff(order, Departures.Cause.EXPIRED))).isEqualTo(1);
        assertThat(queue("a").counters().expired()).isEqualTo(1);
        assertThat(texts("a")).containsExactly("n=1");
    }

    @Test
    void aNewPriorityIsServedBefore() {
        send("a", "n=1", "n=2", "n=3");
        assertThat(change("a", text("n=3"), (messages, order) -> messages.reprioritise(order, 9))).isEqualTo(1);
        assertThat(texts("a")).containsExactly("n=3", "n=1", "n=2");
        assertThat(seen("a").get(0).message().priority()).isEqualTo(9);
    }

    @Test
    void aCopyLeavesTheOriginal() {
        send("a", "n=1");
        send("b", "n=0");
        Glance.Seen original = seen("a").get(0);
        user.<Void>call(reply -> broker.broker().messages().copy(queue("a"), original.message(), original.messageId(), queue("b"), user.loop, reply));
        assertThat(texts("a")).containsExactly("n=1");
        assertThat(texts("b")).containsExactly("n=0", "n=1");
    }

    @Test
    void manyAreTakenInPortions() {
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (int i = 0; i < 6000; i++) {
            String text = "n=" + i + ";pad=" + "x".repeat(500);
            sent.add(user.start(reply -> user.session.send(PlainFormat.message("a", text), reply)));
        }
        sent.forEach(CompletableFuture::join);
        send("b", "n=0");
        assertThat(change("a", message -> PlainFormat.text(message).matches("n=[0-9]*[02468];.*"),
                (messages, order) -> messages.move(order, queue("b")))).isEqualTo(3000);
        assertThat(queue("a").counters().messages()).isEqualTo(3000);
        assertThat(queue("b").counters().messages()).isEqualTo(3001);
        assertThat(queue("a").usage().messages()).isEqualTo(3000);
    }
}
