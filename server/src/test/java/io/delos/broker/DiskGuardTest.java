package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.delos.config.BrokerConfig;
import io.delos.journal.FaultDisk;
import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What a disk does to producers that is, or will soon be, full. */
class DiskGuardTest {

    private final FaultDisk disk = new FaultDisk(new MemoryDisk());

    private TestBroker broker(UnaryOperator<BrokerConfig> change) throws Exception {
        return new TestBroker(Path.of("/data"), c -> change.apply(c.with("disk-scan-period", 10)), disk);
    }

    private static CompletableFuture<Void> start(TestBroker.User user, String address, String text) {
        CompletableFuture<Void> sent = user.start(reply -> user.session.send(PlainFormat.message(address, text), reply));
        user.<Void>call(reply -> reply.done(null));
        return sent;
    }

    private void fill(TestBroker broker, int percent) {
        disk.showUsage(percent);
        await().until(() -> broker.broker().diskGuard().full());
    }

    @Test
    void durableProducersWaitConsumersGoOnAndEachChangeIsLoggedOnce() throws Exception {
        disk.showUsage(90);
        try (TestBroker broker = broker(c -> c); LogLines log = new LogLines(DiskGuard.class.getName())) {
            TestBroker.User user = broker.user();
            user.send("q", "before");
            TestBroker.Received received = user.subscribe(SubscribeRequest.of("q", 100));
            fill(broker, 91);
            List<CompletableFuture<Void>> sent = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                sent.add(start(broker.user(), "q", "n=" + i));
            }
            await().until(() -> received.count() == 1);
            user.settle(received.all(), Outcome.ACCEPTED);
            TestBroker.User other = broker.user();
            Message light = PlainFormat.message("q", "not durable").toBuilder().durable(false).build();
            other.<Void>call(reply -> other.session.send(light, reply));
            await().until(() -> received.count() == 2);
            assertThat(sent).noneMatch(CompletableFuture::isDone);
            disk.showUsage(90);
            CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
            await().until(() -> received.count() == 7);
            assertThat(received.texts().subList(0, 2)).containsExactly("before", "not durable");
            assertThat(received.texts().subList(2, 7)).containsExactlyInAnyOrder("n=0", "n=1", "n=2", "n=3", "n=4");
            assertThat(log.all()).hasSize(2);
            assertThat(log.all().get(0)).startsWith("WARN AMQ222210").contains("91.0 %").contains("max-disk-usage 90");
            assertThat(log.all().get(1)).startsWith("WARN AMQ222211");
        }
    }

    @Test
    void theDiskIsLookedAtBeforeTheFirstProducerComes() throws Exception {
        disk.showUsage(95);
        try (TestBroker broker = new TestBroker(Path.of("/data"), c -> c, disk)) {
            assertThat(start(broker.user(), "q", "n=0")).isNotDone();
        }
    }

    @Test
    void freeBytesAreTheLimitWhereTheyAreSet() throws Exception {
        disk.showUsage(50);
        try (TestBroker broker = broker(c -> c.with("max-disk-usage", 10).with("min-disk-free", 400L << 20))) {
            assertThat(broker.broker().diskGuard().full()).isFalse();
            fill(broker, 61);
        }
    }

    @Test
    void neitherLimitMeansNone() throws Exception {
        disk.showUsage(100);
        try (TestBroker broker = broker(c -> c.with("max-disk-usage", -1))) {
            broker.user().send("q", "n=0");
        }
    }

    @Test
    void anAddressMayRefuseOrDropInstead() throws Exception {
        try (TestBroker broker = broker(c -> c.withAddressSettings("fail", Map.of("disk-full-policy", "FAIL"))
                .withAddressSettings("drop", Map.of("disk-full-policy", "DROP")))) {
            TestBroker.User user = broker.user();
            user.send("fail", "n=0");
            user.send("drop", "n=0");
            fill(broker, 99);
            assertThatThrownBy(() -> user.send("fail", "n=1")).hasMessageContaining("disk is full");
            user.send("drop", "n=1");
            await().until(() -> broker.broker().findQueue("drop").orElseThrow().counters().messages() == 1);
        }
    }

    @Test
    void creditAndCommitsWaitAndConsumersOnTheSameSessionGoOn() throws Exception {
        try (TestBroker broker = broker(c -> c)) {
            TestBroker.User user = broker.user();
            user.loop.post(() -> user.session.backPressure(BackPressure.CREDIT));
            user.send("q", "n=0");
            Transaction transaction = user.call(reply -> reply.done(user.session.begin()));
            user.<Void>call(reply -> user.session.send(PlainFormat.message("q", "n=1"), transaction, reply));
            TestBroker.Received received = user.subscribe(SubscribeRequest.of("q", 100));
            fill(broker, 99);
            CompletableFuture<Void> credit = user.start(reply -> user.session.awaitSpace("q", 1, 10, reply));
            CompletableFuture<Void> committed = user.start(reply -> user.session.commit(transaction, reply));
            CompletableFuture<Void> onOldCredit = start(user, "q", "n=2");
            await().until(() -> received.count() == 1);
            user.settle(received.all(), Outcome.ACCEPTED);
            assertThat(List.of(credit, committed, onOldCredit)).noneMatch(CompletableFuture::isDone);
            disk.heal();
            CompletableFuture.allOf(credit, committed, onOldCredit).get(10, TimeUnit.SECONDS);
            await().until(() -> received.count() == 3);
            assertThat(received.texts()).containsExactly("n=0", "n=1", "n=2");
        }
    }

    @Test
    void whatWouldBeSpilledWaitsToo() throws Exception {
        try (TestBroker broker = broker(c -> c.with("global-max-size", 1 << 20))) {
            Message heavy = PlainFormat.message("q", "x".repeat(100_000)).toBuilder().durable(false).build();
            TestBroker.User user = broker.user();
            user.send("q", "n=0");
            await().until(() -> {
                user.<Void>call(reply -> user.session.send(heavy, reply));
                return broker.broker().findQueue("q").orElseThrow().counters().backlog() > 0;
            });
            fill(broker, 99);
            CompletableFuture<Void> spilled = user.start(reply -> user.session.send(heavy, reply));
            user.<Void>call(reply -> reply.done(null));
            assertThat(spilled).isNotDone();
            disk.heal();
            spilled.get(10, TimeUnit.SECONDS);
        }
    }
}
