package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.journal.Disk;
import io.delos.journal.FaultDisk;
import io.delos.journal.MemoryDisk;
import io.delos.message.BodyPiece;
import io.delos.message.Message;
import io.delos.queue.Queue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages whose bodies lie in files: who refers to a file, when it goes, and what a crash leaves. */
class LargeMessageTest {

    private static final Path BODIES = Path.of("/data/bodies");
    private static final int LENGTH = 300_001;

    private final MemoryDisk disk = new MemoryDisk();
    private TestBroker broker;

    @AfterEach
    void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void comesWholeAlsoAfterACrashAndItsFileGoesWithIt() throws Exception {
        broker = TestBroker.on(disk);
        send(message("q", "n=1"), body(1));
        send(message("q", "n=2"), body(2));
        assertThat(files(disk)).hasSize(2);
        MemoryDisk after = disk.afterCrash(5);
        takes("q", body(1), body(2));
        await().until(() -> files(disk).isEmpty());
        broker.close();
        broker = TestBroker.on(after);
        broker.restart();
        takes("q", body(1), body(2));
        await().until(() -> files(after).isEmpty());
    }

    @Test
    void inTwoQueuesItHasOneFileWhichGoesWithTheLast() throws Exception {
        broker = TestBroker.on(disk);
        queue("one", "a", true);
        queue("two", "a", true);
        send(multicast("n=1"), body(1));
        assertThat(files(disk)).hasSize(1);
        takes("one", body(1));
        MemoryDisk after = disk.afterCrash(5);
        assertThat(files(disk)).hasSize(1);
        takes("two", body(1));
        await().until(() -> files(disk).isEmpty());
        broker.close();
        broker = TestBroker.on(after);
        takes("two", body(1));
        await().until(() -> files(after).isEmpty());
    }

    @Test
    void whatNeedNotSurviveGoesWithTheRestart() throws Exception {
        broker = TestBroker.on(disk);
        queue("q", "q", true);
        queue("fleeting", "a", false);
        send(message("q", "n=1").toBuilder().durable(false).build(), body(1));
        send(message("q", "n=2"), body(2));
        send(message("q", "n=3").toBuilder().durable(false).build(), body(3));
        send(multicast("n=4"), body(4));
        takes("q", body(1));
        await().until(() -> files(disk).size() == 3);
        broker.restart();
        assertThat(files(disk)).hasSize(1);
        broker.restart();
        assertThat(queueOf("q").counters().messages()).isEqualTo(1);
        takes("q", body(2));
        await().until(() -> files(disk).isEmpty());
    }

    @Test
    void queuesThatDoNotSurviveGiveFilesBackToo() throws Exception {
        broker = TestBroker.on(disk);
        queue("fleeting", "a", false);
        for (int i = 0; i < 3; i++) {
            send(multicast("n=" + i), body(i));
        }
        takes("fleeting", body(0), body(1), body(2));
        await().until(() -> files(disk).isEmpty());
        send(multicast("n=4"), body(4));
        send(multicast("n=5"), body(5));
        Queue queue = queueOf("fleeting");
        TestBroker.User user = broker.user();
        user.<Long>call(reply -> broker.broker().administration().removeMessages(queue, user.loop, reply));
        await().until(() -> files(disk).isEmpty());
        send(multicast("n=6"), body(6));
        user.<Void>call(reply -> user.session.resources().deleteQueue("fleeting", reply));
        await().until(() -> files(disk).isEmpty());
    }

    @Test
    void aPurgeAndTheEndOfAQueueGiveFilesBack() throws Exception {
        broker = TestBroker.on(disk);
        queue("q", "q", true);
        for (int i = 0; i < 3; i++) {
            send(message("q", "n=" + i), body(i));
        }
        TestBroker.User user = broker.user();
        user.<Long>call(reply -> broker.broker().administration().removeMessages(queueOf("q"), user.loop, reply));
        await().until(() -> files(disk).isEmpty());
        send(message("q", "n=4"), body(4));
        user.<Void>call(reply -> user.session.resources().deleteQueue("q", reply));
        await().until(() -> files(disk).isEmpty());
    }

    @Test
    void aTransactionDecidesOnItAndACrashBeforeThatLeavesNothing() throws Exception {
        broker = TestBroker.on(disk);
        TestBroker.User user = broker.user();
        Transaction rolledBack = user.call(reply -> reply.done(user.session.begin()));
        send(user, message("q", "n=1"), body(1), rolledBack);
        assertThat(files(disk)).hasSize(1);
        user.<Void>call(reply -> user.session.rollback(rolledBack, Outcome.RELEASED, reply));
        await().until(() -> files(disk).isEmpty());

        Transaction committed = user.call(reply -> reply.done(user.session.begin()));
        send(user, message("q", "n=2"), body(2), committed);
        send(user, message("q", "n=3").toBuilder().durable(false).build(), body(3), committed);
        MemoryDisk undecided = disk.afterCrash(3);
        user.<Void>call(reply -> user.session.commit(committed, reply));
        MemoryDisk decided = disk.afterCrash(4);

        Transaction taking = user.call(reply -> reply.done(user.session.begin()));
        TestBroker.Received received = user.subscribe(SubscribeRequest.of("q", 10));
        await().until(() -> received.count() == 2);
        user.<Void>call(reply -> user.session.settle(received.all(), Outcome.ACCEPTED, taking, reply));
        assertThat(files(disk)).hasSize(2);
        user.<Void>call(reply -> user.session.commit(taking, reply));
        await().until(() -> files(disk).isEmpty());

        broker.close();
        broker = TestBroker.on(undecided);
        assertThat(files(undecided)).isEmpty();
        broker.close();
        broker = TestBroker.on(decided);
        assertThat(files(decided)).hasSize(1);
        takes("q", body(2));
    }

    @Test
    void aHalfSentOneLeavesNothing() throws Exception {
        broker = TestBroker.on(disk);
        TestBroker.User user = broker.user();
        IncomingBody body = user.call(reply -> reply.done(user.session.receive("q", true, () -> { })));
        user.<Void>call(reply -> {
            for (int i = 0; i < 10; i++) {
                body.add(ByteBuffer.allocate(100_000));
            }
            reply.done(null);
        });
        await().until(() -> files(disk).size() == 1);
        MemoryDisk crashed = disk.copy();
        user.close();
        await().until(() -> files(disk).isEmpty());
        broker.close();
        broker = TestBroker.on(crashed);
        assertThat(files(crashed)).isEmpty();
    }

    @Test
    void whoLeavesWhileHeWaitsForRoomLeavesNothing() throws Exception {
        broker = TestBroker.on(disk, config -> config.withAddressSettings("q",
                Map.of("max-size-bytes", "1", "address-full-policy", "BLOCK", "auto-delete-queues", "false")));
        send(message("q", "n=1"), body(1));
        TestBroker.User user = broker.user();
        CompletableFuture<Void> waiting = start(user, message("q", "n=2"), body(2));
        CompletableFuture<Void> behind = start(user, message("q", "n=3"), body(3));
        await().until(() -> bytes(1) > LENGTH && user.<Boolean>call(reply -> reply.done(!user.session.turns().free())));
        user.close();
        await().until(() -> files(disk).size() == 1);
        takes("q", body(1));
        await().until(() -> files(disk).isEmpty());
        assertThat(waiting).isNotDone();
        assertThat(behind).isNotDone();
        send(message("q", "n=4"), body(4));
        takes("q", body(4));
        await().until(() -> files(disk).isEmpty());
    }

    /** What the file that was begun after so many others has by now, in bytes. */
    private long bytes(int others) throws IOException {
        List<String> names = files(disk);
        return names.size() <= others ? 0 : disk.bytes(BODIES.resolve(names.get(others))).length;
    }

    @Test
    void aDeadLetterKeepsTheFile() throws Exception {
        broker = new TestBroker(Path.of("/data"), config -> config.withAddressSettings("#", Map.of("dead-letter-address", "dead")), disk);
        queue("dead", "dead", true);
        send(message("q", "n=1"), body(1));
        List<String> before = files(disk);
        TestBroker.User user = broker.user();
        TestBroker.Received received = user.subscribe(SubscribeRequest.of("q", 10));
        await().until(() -> received.count() == 1);
        user.settle(received.all(), Outcome.REJECTED);
        await().until(() -> queueOf("dead").counters().messages() == 1);
        assertThat(files(disk)).isEqualTo(before);
        broker.restart();
        assertThat(files(disk)).isEqualTo(before);
        takes("dead", body(1));
        await().until(() -> files(disk).isEmpty());
    }

    @Test
    void whatIsBeingReadStaysUntilItIs() throws Exception {
        broker = TestBroker.on(disk);
        send(message("q", "n=1"), body(1));
        TestBroker.User user = broker.user();
        TestBroker.Received received = user.subscribe(SubscribeRequest.of("q", 10), true);
        await().until(() -> received.count() == 1);
        OutgoingBody open = user.call(reply -> reply.done(user.session.read(received.all().get(0).message().body()).orElseThrow()));
        user.settle(received.all(), Outcome.ACCEPTED);
        byte[] read = new byte[1000];
        BodyPiece piece = user.call(reply -> open.read(read.length, reply::done, failure -> reply.failed(null)));
        assertThat(piece.moveTo(read, 0)).isEqualTo(read.length);
        assertThat(read).isEqualTo(Arrays.copyOf(body(1), 1000));
        assertThat(files(disk)).hasSize(1);
        user.<Void>call(reply -> {
            open.close();
            reply.done(null);
        });
        await().until(() -> files(disk).isEmpty());
    }

    @Test
    void aDiskThatTakesNothingCostsTheMessageAndNothingElse() throws Exception {
        FaultDisk faults = new FaultDisk(disk);
        broker = TestBroker.on(faults);
        queue("q", "q", true);
        faults.only(path -> path.startsWith(BODIES)).failWrite(1);
        assertThatThrownBy(() -> send(message("q", "n=1"), body(1))).rootCause().isInstanceOf(BrokerException.class)
                .hasMessageContaining("the body of the message");
        faults.heal();
        await().until(() -> files(disk).isEmpty());
        send(message("q", "n=2"), body(2));
        takes("q", body(2));
    }

    @Test
    void aFullDiskHoldsABodyUpAndWhoLeavesMeanwhileLeavesNothing() throws Exception {
        FaultDisk full = new FaultDisk(disk);
        broker = TestBroker.on(full, config -> config.with("disk-scan-period", 10));
        queue("q", "q", true);
        full.showUsage(95);
        await().until(() -> broker.broker().diskGuard().full());
        TestBroker.User staying = broker.user();
        TestBroker.User leaving = broker.user();
        CompletableFuture<Void> sent = start(staying, message("q", "n=1"), body(1));
        CompletableFuture<Void> unsent = start(leaving, message("q", "n=2"), body(2));
        for (TestBroker.User user : List.of(staying, leaving)) {
            await().until(() -> user.<Boolean>call(reply -> reply.done(!user.session.turns().free())));
        }
        leaving.close();
        assertThat(sent).isNotDone();
        full.showUsage(50);
        sent.get(10, TimeUnit.SECONDS);
        await().until(() -> files(disk).size() == 1);
        assertThat(unsent).isNotDone();
        takes("q", body(1));
        await().until(() -> files(disk).isEmpty());
    }

    @Test
    void theDiskIsAskedToKeepIt() throws Exception {
        for (boolean sync : new boolean[] {true, false}) {
            FaultDisk faults = new FaultDisk(new MemoryDisk());
            broker = TestBroker.on(faults, config -> config.with("large-message-sync", sync));
            queue("q", "q", true);
            faults.only(path -> path.startsWith(BODIES)).failForce(1, false);
            TestBroker.User user = broker.user();
            CompletableFuture<Void> sent = start(user, message("q", "n=1"), body(1));
            await().until(sent::isDone);
            assertThat(sent.isCompletedExceptionally()).as("with large-message-sync=%s", sync).isEqualTo(sync);
            broker.close();
        }
        broker = null;
    }

    @Test
    void damageIsToldWithFileAndOffsetAndTheMessageLeaves() throws Exception {
        broker = new TestBroker(Path.of("/data"), config -> config.withAddressSettings("#", Map.of("dead-letter-address", "dead")), disk);
        queue("dead", "dead", true);
        send(message("q", "n=1"), body(1));
        send(message("q", "n=2"), body(2));
        Path file = BODIES.resolve(files(disk).get(0));
        byte[] bytes = disk.bytes(file);
        bytes[200_000] ^= 4;
        disk.put(file, bytes);
        try (LogLines lines = new LogLines(WholeBodies.class.getName())) {
            takes("q", body(2));
            assertThat(lines.all()).anyMatch(line -> line.contains(file.getFileName().toString()) && line.contains("offset 196672"));
        }
        await().until(() -> queueOf("dead").counters().messages() == 1);
    }

    @Test
    void oneThatIsTooLargeForAClientThatTakesItWholeLeaves() throws Exception {
        broker = TestBroker.deepWithDeadLetters(disk);
        queue("dead", "dead", true);
        byte[] body = new byte[600_000];
        send(message("q", "n=1"), body);
        send(message("q", "n=2"), body(2));
        takes("q", body(2));
        await().until(() -> queueOf("dead").counters().messages() == 1);
    }

    @Test
    void manyAreCheckpointedAndCompacted() throws Exception {
        broker = TestBroker.on(disk);
        queue("q", "q", true);
        TestBroker.User user = broker.user();
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 10; i++) {
                send(user, message("q", "n=" + i), new byte[70_000 + i], null);
            }
            for (int i = 0; i < 200; i++) {
                user.send("other", "x".repeat(2000));
            }
        }
        assertThat(files(disk)).hasSize(40);
        broker.restart();
        assertThat(files(disk)).hasSize(40);
        TestBroker.Received received = broker.user().subscribe(SubscribeRequest.of("q", 100));
        await().until(() -> received.count() == 40);
        assertThat(received.all()).allSatisfy(delivery -> assertThat(delivery.message().bytes()).hasSizeGreaterThan(70_000));
    }

    // ---- helpers

    private static Message message(String address, String text) {
        return PlainFormat.message(address, text);
    }

    private static Message multicast(String text) {
        return PlainFormat.message("a", text).toBuilder().routing(Message.ROUTE_MULTICAST).build();
    }

    /** A disk says once that it could not keep something, which may be while more of the body comes. */
    @Test
    void whatCouldNotBeKeptInTheMiddleCostsTheMessage() throws Exception {
        FaultDisk faults = new FaultDisk(disk);
        broker = TestBroker.on(faults);
        queue("q", "q", true);
        AtomicBoolean once = new AtomicBoolean(true);
        faults.only(path -> path.startsWith(BODIES) && once.compareAndSet(true, false)).failForce(1, true);
        byte[] body = new byte[10 << 20];
        assertThatThrownBy(() -> send(message("q", "n=1"), body)).rootCause().isInstanceOf(BrokerException.class)
                .hasMessageContaining("the body of the message");
        assertThat(once).isFalse();
        await().until(() -> files(disk).isEmpty());
        send(message("q", "n=2"), body);
        takes("q", body);
    }

    private static byte[] body(int seed) {
        byte[] body = new byte[LENGTH + seed];
        new Random(seed).nextBytes(body);
        return body;
    }

    private void send(Message head, byte[] body) {
        send(broker.user(), head, body, null);
    }

    static void send(TestBroker.User user, Message head, byte[] body, Transaction transaction) {
        user.<Void>call(reply -> {
            IncomingBody incoming = user.session.receive(head.address(), head.durable(), () -> { });
            for (int at = 0; at < body.length; at += 30_000) {
                incoming.add(ByteBuffer.wrap(body, at, Math.min(body.length - at, 30_000)));
            }
            user.session.sendLarge(incoming, head.toBuilder().body(incoming.body()).build(), Optional.empty(), Optional.ofNullable(transaction),
                    reply);
        });
    }

    private static CompletableFuture<Void> start(TestBroker.User user, Message head, byte[] body) {
        return user.start(reply -> {
            IncomingBody incoming = user.session.receive(head.address(), head.durable(), () -> { });
            incoming.add(ByteBuffer.wrap(body));
            user.session.sendLarge(incoming, head.toBuilder().body(incoming.body()).build(), Optional.empty(), Optional.empty(), reply);
        });
    }

    private void queue(String name, String address, boolean durable) throws ExecutionException, InterruptedException {
        TestBroker.User user = broker.user();
        RoutingType type = address.equals("a") ? RoutingType.MULTICAST : RoutingType.ANYCAST;
        CompletableFuture<QueueInfo> made = user.start(reply -> user.session.resources().createQueue(
                QueueRequest.of(name, address, type).with("durable", durable), true, reply));
        made.get();
    }

    private Queue queueOf(String name) {
        return broker.broker().findQueue(name).orElseThrow();
    }

    /** These are what the queue gives, in this order; then they are acknowledged. */
    private void takes(String queue, byte[]... bodies) {
        TestBroker.User user = broker.user();
        TestBroker.Received received = user.subscribe(SubscribeRequest.of(queue, bodies.length));
        await().until(() -> received.count() >= bodies.length);
        for (int i = 0; i < bodies.length; i++) {
            byte[] bytes = received.all().get(i).message().bytes();
            assertThat(Arrays.copyOfRange(bytes, bytes.length - bodies[i].length, bytes.length)).isEqualTo(bodies[i]);
        }
        user.settle(received.all(), Outcome.ACCEPTED);
        user.close();
    }

    static List<String> files(Disk disk) throws IOException {
        return disk.list(BODIES).stream().sorted().toList();
    }
}
