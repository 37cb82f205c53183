package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.delos.config.AddressConfig;
import io.delos.config.BrokerConfig;
import io.delos.config.DivertConfig;
import io.delos.config.DivertConfig.Transformer;
import io.delos.config.DivertRouting;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import io.delos.message.Xid;
import io.delos.queue.Queue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class DivertsTest {

    private final MemoryDisk disk = new MemoryDisk();

    @Test
    void aCopyGoesOnAndTheOriginalStays() throws Exception {
        try (TestBroker broker = start(c -> c.withDiverts(List.of(divert("d", "a", "b"))))) {
            broker.user().send("a", "n=1");
            assertThat(in(broker, "a")).containsExactly("n=1");
            String copy = in(broker, "b").get(0);
            assertThat(copy).startsWith("n=1;_AMQ_ORIG_ADDRESS=a;_AMQ_ORIG_QUEUE=d;_AMQ_ORIG_MESSAGE_ID=").endsWith(";_AMQ_ORIG_ROUTING_TYPE=1");
        }
        try (TestBroker restarted = start(c -> c)) {
            assertThat(in(restarted, "a")).hasSize(1);
            assertThat(in(restarted, "b")).hasSize(1);
            assertThat(restarted.broker().diverts().all()).as("taken out of the file, but not removed").containsExactly(divert("d", "a", "b"));
        }
    }

    @Test
    void anExclusiveOneLeavesNothingForOthers() throws Exception {
        DivertConfig some = new DivertConfig("some", "some", "a", "b, c", true, "big = 1", DivertRouting.PASS,
                new Transformer(Transformer.ADD_HEADERS, Map.of("color", "red")));
        try (TestBroker broker = start(c -> c.withDiverts(List.of(some, divert("all", "a", "dead"))))) {
            TestBroker.User user = broker.user();
            user.send("a", "n=1;big=1");
            user.send("a", "n=2;big=0");
            assertThat(in(broker, "a")).containsExactly("n=2;big=0");
            assertThat(in(broker, "b")).singleElement().asString().startsWith("n=1;big=1;color=red;_AMQ_ORIG_ADDRESS=a;_AMQ_ORIG_QUEUE=some");
            assertThat(in(broker, "c")).hasSize(1);
            assertThat(in(broker, "dead")).singleElement().asString().startsWith("n=2");
        }
    }

    @Test
    void copiesAreTrueWithTheirOriginalOrNotAtAll() throws Exception {
        try (TestBroker broker = start(c -> c.withDiverts(List.of(divert("d", "a", "b"))))) {
            TestBroker.User user = broker.user();
            Transaction undone = begin(user);
            user.<Void>call(reply -> user.session.send(PlainFormat.message("a", "n=1"), undone, reply));
            user.<Void>call(reply -> user.session.rollback(undone, Outcome.RELEASED, reply));
            Transaction done = begin(user);
            user.<Void>call(reply -> user.session.send(PlainFormat.message("a", "n=2"), done, reply));
            user.<Void>call(reply -> user.session.commit(done, reply));
            assertThat(in(broker, "a")).containsExactly("n=2");
            assertThat(in(broker, "b")).singleElement().asString().startsWith("n=2;");
            broker.user().send("a", "n=3");
            try (TestBroker crashed = on(disk.afterCrash(1), c -> c)) {
                assertThat(in(crashed, "a")).hasSize(2);
                assertThat(in(crashed, "b")).hasSize(2);
            }
        }
    }

    @Test
    void manyLargeCopiesAreStillOne() throws Exception {
        String targets = "b,c,dead";
        try (TestBroker broker = start(c -> c.withDiverts(List.of(divert("d", "a", targets))))) {
            TestBroker.User user = broker.user();
            String text = "n=1;x=" + "x".repeat(60 << 10);
            user.send("a", text);
            try (TestBroker crashed = on(disk.afterCrash(3), c -> c)) {
                for (String queue : ("a," + targets).split(",")) {
                    assertThat(in(crashed, queue)).singleElement().asString().startsWith(text);
                }
            }
        }
    }

    @Test
    void whatGoesRoundInACircleComesToRest() throws Exception {
        DivertConfig there = new DivertConfig("there", "there", "a", "b", true, "", DivertRouting.PASS, Transformer.NONE);
        DivertConfig back = new DivertConfig("back", "back", "b", "a", true, "", DivertRouting.PASS, Transformer.NONE);
        try (TestBroker broker = start(c -> c.withDiverts(List.of(there, back, divert("self", "c", "c"))))) {
            TestBroker.User user = broker.user();
            user.send("a", "n=1");
            user.send("c", "n=2");
            assertThat(in(broker, "a")).singleElement().asString().contains("_AMQ_ORIG_QUEUE=back");
            assertThat(in(broker, "b")).isEmpty();
            assertThat(in(broker, "c")).containsExactly("n=2");
        }
    }

    @Test
    void ofThoseWithOneRoutingNameEachHasItsTurn() throws Exception {
        try (TestBroker broker = start(c -> c.withDiverts(List.of(named("one", "b"), named("two", "c"))))) {
            TestBroker.User user = broker.user();
            for (int i = 0; i < 4; i++) {
                user.send("a", "n=" + i);
            }
            assertThat(in(broker, "a")).hasSize(4);
            assertThat(in(broker, "b")).hasSize(2);
            assertThat(in(broker, "c")).hasSize(2);
        }
    }

    private static DivertConfig named(String name, String to) {
        return new DivertConfig(name, "shared", "a", to, false, "", DivertRouting.STRIP, Transformer.NONE);
    }

    @Test
    void atRunTimeTheyComeAndChangeAndGoDurably() throws Exception {
        try (TestBroker broker = start(c -> c)) {
            TestBroker.User user = broker.user();
            Diverts diverts = broker.broker().diverts();
            user.<Void>call(reply -> diverts.create(divert("d", "a", "b"), user.loop, reply));
            user.<Void>call(reply -> diverts.create(divert("d", "a", "c"), user.loop, reply));
            user.<Void>call(reply -> diverts.create(divert("a", "a", "c"), user.loop, reply));
            assertThat(diverts.all()).as("names are taken once").containsExactly(divert("d", "a", "b"));
            refused(user.start(reply -> diverts.create(new DivertConfig("e", "e", "a", "c", false, "no (", DivertRouting.STRIP, Transformer.NONE),
                    user.loop, reply)), Reason.INVALID_SELECTOR);
            refused(user.start(reply -> diverts.create(new DivertConfig("e", "e", "a", "c", false, "", DivertRouting.STRIP,
                    new Transformer("java.lang.Runtime", Map.of())), user.loop, reply)), Reason.INVALID_REQUEST);
            user.send("a", "n=1");
            user.<Void>call(reply -> diverts.update(divert("d", "a", "c"), user.loop, reply));
            user.send("a", "n=2");
            broker.restart();
            TestBroker.User again = broker.user();
            again.send("a", "n=3");
            assertThat(in(broker, "b")).hasSize(1);
            assertThat(in(broker, "c")).hasSize(2);
            again.<Void>call(reply -> broker.broker().diverts().delete("d", again.loop, reply));
            refused(again.start(reply -> broker.broker().diverts().delete("d", again.loop, reply)), Reason.INVALID_REQUEST);
            again.send("a", "n=4");
            broker.restart();
            broker.user().send("a", "n=5");
            assertThat(in(broker, "a")).hasSize(5);
            assertThat(in(broker, "c")).hasSize(2);
        }
    }

    @Test
    void theIdOfWhatWasDivertedAwayIsRemembered() throws Exception {
        DivertConfig away = new DivertConfig("away", "away", "a", "b", true, "", DivertRouting.PASS, Transformer.NONE);
        Message message = PlainFormat.message("a", "n=1").toBuilder().duplicateId("id").build();
        try (TestBroker broker = start(c -> c.withDiverts(List.of(away)))) {
            TestBroker.User user = broker.user();
            user.<Void>call(reply -> user.session.send(message, reply));
            user.<Void>call(reply -> user.session.send(message, reply));
            assertThat(in(broker, "b")).hasSize(1);
            try (TestBroker crashed = on(disk.afterCrash(1), c -> c)) {
                TestBroker.User again = crashed.user();
                again.<Void>call(reply -> again.session.send(message, reply));
                assertThat(in(crashed, "b")).hasSize(1);
            }
        }
    }

    @Test
    void theIdOfWhatABranchDivertedAwayIsTakenUntilThatIsDecided() throws Exception {
        DivertConfig away = new DivertConfig("away", "away", "a", "b", true, "", DivertRouting.PASS, Transformer.NONE);
        Message message = PlainFormat.message("a", "n=1").toBuilder().duplicateId("id").build();
        Xid xid = new Xid(7, new byte[] {1}, new byte[] {2});
        try (TestBroker broker = start(c -> c.withDiverts(List.of(away)))) {
            TestBroker.User user = broker.user();
            Transaction work = user.call(reply -> user.session.xa().start(xid, 0, reply));
            user.<Void>call(reply -> user.session.send(message, work, reply));
            user.<Void>call(reply -> user.session.xa().end(xid, reply));
            user.<Void>call(reply -> user.session.xa().prepare(xid, reply));
            for (boolean committed : new boolean[] {true, false}) {
                MemoryDisk own = disk.afterCrash(1);
                decideAgain(own, message, xid, committed);
                try (TestBroker last = on(own.afterCrash(1), c -> c)) {
                    TestBroker.User again = last.user();
                    again.<Void>call(reply -> again.session.send(message, reply));
                    assertThat(in(last, "b")).as("committed: %s", committed).hasSize(1);
                }
            }
        }
    }

    private static void decideAgain(MemoryDisk disk, Message message, Xid xid, boolean committed) throws Exception {
        try (TestBroker broker = on(disk, c -> c)) {
            broker.restart();
            TestBroker.User other = broker.user();
            CompletableFuture<Void> again = other.start(reply -> other.session.send(message, reply));
            TestBroker.User manager = broker.user();
            manager.send("elsewhere", "n=2");
            assertThat(again).isNotDone();
            manager.<Void>call(reply -> {
                if (committed) {
                    manager.session.xa().commit(xid, false, reply);
                } else {
                    manager.session.xa().rollback(xid, reply);
                }
            });
            again.join();
            assertThat(in(broker, "b")).hasSize(1);
        }
    }

    @Test
    void whatFindsNoQueueGoesToTheDeadLettersIfItShall() throws Exception {
        try (TestBroker broker = start(c -> c.withAddressSettings("t", Map.of("send-to-dla-on-no-route", true, "dead-letter-address", "lost",
                "auto-create-dead-letter-resources", true))
                .withDiverts(List.of(new DivertConfig("away", "away", "t", "nowhere", true, "n > 1", DivertRouting.PASS, Transformer.NONE))))) {
            TestBroker.User user = broker.user();
            user.<Void>call(reply -> user.session.resources().createAddress("t", Set.of(RoutingType.MULTICAST), false, reply));
            user.<Void>call(reply -> user.session.send(
                    PlainFormat.message("t", "n=1").toBuilder().routing(Message.ROUTE_MULTICAST).build(), reply));
            assertThat(in(broker, "DLQ.t")).singleElement().asString()
                    .startsWith("n=1;_AMQ_ORIG_ADDRESS=t;_AMQ_ORIG_MESSAGE_ID=").endsWith(";_AMQ_ORIG_ROUTING_TYPE=0");
            user.<Void>call(reply -> user.session.send(
                    PlainFormat.message("t", "n=2").toBuilder().routing(Message.ROUTE_MULTICAST).build(), reply));
            assertThat(in(broker, "DLQ.t")).as("with what was diverted to nowhere").hasSize(2);
        }
    }

    @Test
    void aFullTargetRefusesByItsPolicy() throws Exception {
        DivertConfig toBoth = divert("d", "a", "b,c");
        try (TestBroker broker = start(c -> c.withDiverts(List.of(toBoth))
                .withAddressSettings("b", Map.of("max-size-messages", 2, "address-full-policy", "FAIL"))
                .withAddressSettings("c", Map.of("max-size-messages", 1, "address-full-policy", "DROP")))) {
            TestBroker.User user = broker.user();
            user.send("a", "n=1");
            user.send("a", "n=2");
            refused(user.start(reply -> user.session.send(PlainFormat.message("a", "n=3"), reply)), Reason.ADDRESS_FULL);
            assertThat(in(broker, "a")).hasSize(2);
            assertThat(in(broker, "b")).hasSize(2);
            assertThat(in(broker, "c")).hasSize(1);
        }
    }

    @Test
    void deadLettersAreDivertedToo() throws Exception {
        try (TestBroker broker = start(c -> c.withAddressSettings("a", Map.of("dead-letter-address", "dead"))
                .withDiverts(List.of(divert("audit", "dead", "c"))))) {
            TestBroker.User user = broker.user();
            user.send("a", "n=1");
            TestBroker.Received received = user.subscribe(SubscribeRequest.of("a", 10));
            await().until(() -> received.count() == 1);
            user.settle(received.all(), Outcome.REJECTED);
            await().until(() -> !in(broker, "c").isEmpty());
            assertThat(in(broker, "dead")).hasSize(1);
            assertThat(in(broker, "a")).isEmpty();
        }
    }

    private TestBroker start(UnaryOperator<BrokerConfig> change) throws Exception {
        return on(disk, change);
    }

    private static TestBroker on(MemoryDisk disk, UnaryOperator<BrokerConfig> change) throws Exception {
        return TestBroker.on(disk, config -> change.apply(config.withAddresses(Arrays.stream("a,b,c,dead".split(","))
                .map(name -> new AddressConfig(name, Set.of(RoutingType.ANYCAST), List.of(QueueRequest.of(name, name, RoutingType.ANYCAST)))).toList())));
    }

    private static DivertConfig divert(String name, String from, String to) {
        return new DivertConfig(name, name, from, to, false, "", DivertRouting.STRIP, Transformer.NONE);
    }

    private static Transaction begin(TestBroker.User user) {
        return user.call(reply -> reply.done(user.session.begin()));
    }

    /** What a queue holds, shown to one who only looks. */
    private static List<String> in(TestBroker broker, String name) throws Exception {
        Queue queue = broker.broker().findQueue(name).orElseThrow();
        CompletableFuture<Void> applied = new CompletableFuture<>();
        queue.loop().post(() -> applied.complete(null));
        applied.get(30, TimeUnit.SECONDS);
        TestBroker.User user = broker.user();
        TestBroker.Received shown = user.subscribe(SubscribeRequest.of(name, 1000).browse());
        user.<Void>call(reply -> shown.subscription.flush(() -> reply.done(null)));
        List<String> texts = new ArrayList<>(shown.texts());
        user.close();
        return texts;
    }

    private static void refused(CompletableFuture<Void> answer, Reason reason) {
        assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class).cause()
                .isInstanceOfSatisfying(BrokerException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
