package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import io.delos.message.Xid;
import io.delos.queue.Delivery;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What can be read of a broker that is not running: a message once for all queues that hold it, in an order that is right for each. */
class StoppedBrokerTest {

    private static final String PAD = ";pad=" + "x".repeat(300);

    private final MemoryDisk disk = new MemoryDisk();

    private static Message message(String address, int number) {
        return PlainFormat.message(address, "n=" + number + PAD).toBuilder().routing(Message.ROUTE_BOTH).build();
    }

    private static int number(String text) {
        return Integer.parseInt(text.substring(2, text.indexOf(';')));
    }

    private static List<Integer> numbers(Held held, String queue) {
        return held.messages().stream().filter(found -> found.queues().contains(queue)).map(found -> number(found.text())).toList();
    }

    private static void queue(TestBroker.User user, String name, String filter) {
        user.<QueueInfo>call(reply -> user.session.resources().createQueue(
                QueueRequest.of(name, "topic", RoutingType.MULTICAST).with("filter", filter), false, reply));
    }

    private static void send(TestBroker.User user, int from, int to) throws Exception {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        IntStream.range(from, to).forEach(n -> answers.add(user.start(reply -> user.session.send(message("topic", n), reply))));
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get();
    }

    private static void consume(TestBroker.User user, String queue, int count) {
        TestBroker.Received received = user.subscribe(SubscribeRequest.of(queue, count));
        org.awaitility.Awaitility.await().until(() -> received.count() == count);
        List<Delivery> all = received.all();
        user.settle(all, Outcome.ACCEPTED);
        user.<Void>call(reply -> received.subscription.close(Outcome.RELEASED, reply));
    }

    @Test
    void whatPreparedBranchesWouldSendIsInNoQueueAndIsTold() throws Exception {
        Xid xid = new Xid(7, new byte[] {1}, new byte[] {2});
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            queue(user, "a", "");
            send(user, 0, 3);
            TestBroker.Received received = user.subscribe(SubscribeRequest.of("a", 1));
            org.awaitility.Awaitility.await().until(() -> received.count() == 1);
            Transaction work = user.call(reply -> user.session.xa().start(xid, 0, reply));
            user.<Void>call(reply -> user.session.send(message("topic", 7), work, reply));
            user.<Void>call(reply -> user.session.send(message("topic", 8), work, reply));
            user.<Void>call(reply -> user.session.settle(received.all(), Outcome.ACCEPTED, work, reply));
            user.<Void>call(reply -> user.session.xa().end(xid, reply));
            user.<Void>call(reply -> user.session.xa().prepare(xid, reply));
        }
        try (StoppedBroker stopped = StoppedBroker.open(Path.of("/data"), disk)) {
            assertThat(stopped.inDoubt()).containsExactly(new StoppedBroker.InDoubt(xid, 2, 1));
        }
        assertThat(numbers(Held.by(disk), "a")).containsExactly(0, 1, 2);
    }

    @Test
    void aMessageOfManyQueuesComesOnce() throws Exception {
        try (TestBroker broker = TestBroker.deep(disk)) {
            TestBroker.User user = broker.user();
            queue(user, "a", "");
            queue(user, "b", "");
            queue(user, "c", "n > 4999");
            send(user, 0, 6000);
            consume(user, "a", 70);
        }
        Held held = Held.by(disk);
        assertThat(numbers(held, "a")).isEqualTo(IntStream.range(70, 6000).boxed().toList());
        assertThat(numbers(held, "b")).isEqualTo(IntStream.range(0, 6000).boxed().toList());
        assertThat(held.messages()).hasSize(6000);
        assertThat(held.messages().stream().map(Held.Found::position).distinct()).hasSize(6000);
        assertThat(held.queues().values()).extracting(queue -> queue.name() + "@" + queue.address() + " " + queue.filter())
                .contains("a@topic ", "b@topic ", "c@topic n > 4999");
        assertThat(held.addresses()).containsEntry("topic", Set.of(RoutingType.MULTICAST));
        assertThat(numbers(Held.by(disk, "c"::equals), "b")).isEmpty();
    }

    @Test
    void largeTransactionsStandWhereTheyWereCommitted() throws Exception {
        try (TestBroker broker = TestBroker.deep(disk)) {
            TestBroker.User user = broker.user();
            TestBroker.User other = broker.user();
            queue(user, "a", "");
            queue(user, "b", "");
            Transaction open = user.<Transaction>call(reply -> reply.done(user.session.begin()));
            Transaction undecided = other.<Transaction>call(reply -> reply.done(other.session.begin()));
            for (int n = 1000; n < 3000; n++) {
                int number = n;
                user.<Void>call(reply -> user.session.send(message("topic", number), open, reply));
                if (n % 10 == 0) {
                    other.<Void>call(reply -> other.session.send(message("topic", -number), undecided, reply));
                }
            }
            assertThat(open.large()).isTrue();
            send(other, 0, 1000);
            user.<Void>call(reply -> user.session.commit(open, reply));
            send(other, 3000, 4000);
            MemoryDisk crashed = disk.afterCrash(7);
            for (MemoryDisk found : List.of(crashed, crashed)) {
                Held held = Held.by(found);
                assertThat(numbers(held, "a")).isEqualTo(IntStream.range(0, 4000).boxed().toList());
                assertThat(numbers(held, "b")).isEqualTo(IntStream.range(0, 4000).boxed().toList());
                assertThat(held.messages()).hasSize(4000);
            }
        }
    }

    @Test
    void whatWaitsForItsTimeIsThereToo() throws Exception {
        long later = System.currentTimeMillis() + 3_600_000;
        try (TestBroker broker = TestBroker.deep(disk)) {
            TestBroker.User user = broker.user();
            queue(user, "a", "");
            for (int n = 0; n < 10; n++) {
                Message message = message("topic", n).toBuilder().deliverAt(n % 2 == 0 ? later - n : 0).build();
                user.<Void>call(reply -> user.session.send(message, reply));
            }
        }
        Held held = Held.by(disk);
        assertThat(numbers(held, "a")).isEqualTo(IntStream.range(0, 10).boxed().toList());
        assertThat(held.messages().get(2).message().deliverAt()).isEqualTo(later - 2);
    }

    @Test
    void anEmptyDirectoryHoldsNothing() throws Exception {
        disk.put(Path.of("/data/server.lock"), new byte[0]);
        Held held = Held.by(disk);
        assertThat(held.messages()).isEmpty();
        assertThat(held.queues()).isEmpty();
    }

    @Test
    void aMessageGoesWhereItsSenderSays() throws Exception {
        try (TestBroker broker = TestBroker.deep(disk)) {
            TestBroker.User user = broker.user();
            queue(user, "a", "");
            queue(user, "b", "n = 77");
            queue(user, "c", "");
            long[] ids = broker.broker().routes().queues().stream().filter(queue -> !queue.name().equals("c")).mapToLong(queue -> queue.id()).toArray();
            Message twice = message("topic", 5).toBuilder().duplicateId("twin").build();
            user.<Void>call(reply -> user.session.sendTo(ids, twice, Optional.empty(), reply));
            user.<Void>call(reply -> user.session.sendTo(ids, twice, Optional.empty(), reply));
            Transaction transaction = user.<Transaction>call(reply -> reply.done(user.session.begin()));
            CompletableFuture<Void> refused = user.start(reply -> user.session.sendTo(new long[] {ids[0], 4711}, message("topic", 6),
                    Optional.of(transaction), reply));
            assertThat(refused).failsWithin(java.time.Duration.ofSeconds(10)).withThrowableThat().withMessageContaining("4711");
            assertThat(transaction.rollbackOnly()).isTrue();
            CompletableFuture<Void> nowhere = user.start(reply -> user.session.sendTo(new long[0], message("topic", 6), Optional.empty(), reply));
            assertThat(nowhere).failsWithin(java.time.Duration.ofSeconds(10));
        }
        Held held = Held.by(disk);
        assertThat(numbers(held, "a")).containsExactly(5, 5);
        assertThat(numbers(held, "b")).containsExactly(5, 5);
        assertThat(numbers(held, "c")).isEmpty();
    }
}
