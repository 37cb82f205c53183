package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.config.DivertConfig;
import io.delos.config.DivertRouting;
import io.delos.config.QueueRequest;
import io.delos.config.RoutingType;
import io.delos.direct.DirectCounters;
import io.delos.direct.Fate;
import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Addresses that keep nothing, as a client without credit of its own uses them. */
class DirectTest {

    private TestBroker broker;
    private TestBroker.User sender;
    private TestBroker.User taker;

    @BeforeEach
    void start() throws IOException {
        broker = TestBroker.on(new MemoryDisk(), config -> config.withAddressSettings("d.#", Map.of("direct", "true", "direct-wait", "0"))
                .withAddressSettings("d.slow.#", Map.of("direct", "true", "direct-wait", "60000"))
                .withAddressSettings("d.brief.#", Map.of("direct", "true", "direct-wait", "300")));
        sender = broker.user();
        taker = broker.user();
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private Queue queue(String address, String name, RoutingType type) {
        sender.<QueueInfo>call(reply -> sender.session.resources().createQueue(QueueRequest.of(name, address, type).with("durable", type == RoutingType.ANYCAST),
                false, reply));
        return broker.broker().findQueue(name).orElseThrow();
    }

    private CompletableFuture<Void> send(Message message) {
        return sender.start(reply -> sender.session.send(message, reply));
    }

    private CompletableFuture<Void> send(String address, String text) {
        return send(PlainFormat.message(address, text));
    }

    private static BrokerException refusal(CompletableFuture<?> sent) throws Exception {
        try {
            sent.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException refused) {
            return (BrokerException) refused.getCause();
        }
        throw new AssertionError("was not refused");
    }

    private DirectCounters counters(String address) {
        return broker.broker().routes().find(address).orElseThrow().direct().orElseThrow().counters();
    }

    @Test
    void whatNobodyTakesIsRefusedAndWhatSomebodyTakesIsAnsweredWhenItIsSettled() throws Exception {
        Queue queue = queue("d.a", "d.a", RoutingType.ANYCAST);
        assertThat(queue.durable()).isFalse();
        assertThat(refusal(send("d.a", "nobody"))).isInstanceOf(NotAccepted.class).hasMessage("no consumer took the message");
        TestBroker.Received got = taker.subscribe(SubscribeRequest.of("d.a", 1));
        CompletableFuture<Void> sent = send("d.a", "one");
        await().until(() -> got.count() == 1);
        assertThat(sent).isNotDone();
        assertThat(refusal(send("d.a", "too much")).reason()).isEqualTo(Reason.NOT_ACCEPTED);
        taker.settle(got.all(), Outcome.ACCEPTED);
        sent.get(20, TimeUnit.SECONDS);
        assertThat(counters("d.a").accepted()).isEqualTo(1);
        assertThat(counters("d.a").returned()).isEqualTo(2);
        assertThat(queue.counters().messages()).isZero();
        assertThat(queue.usage().bytes()).isZero();
    }

    @Test
    void theConsumersOutcomeIsTheProducers() throws Exception {
        queue("d.a", "d.a", RoutingType.ANYCAST);
        TestBroker.Received got = taker.subscribe(SubscribeRequest.of("d.a", 10));
        Map<Outcome, Fate.Kind> expected = Map.of(Outcome.REJECTED, Fate.Kind.REJECTED, Outcome.RELEASED, Fate.Kind.RELEASED, Outcome.FAILED, Fate.Kind.MODIFIED);
        for (Map.Entry<Outcome, Fate.Kind> each : expected.entrySet()) {
            int before = got.count();
            CompletableFuture<Void> sent = send("d.a", "x");
            await().until(() -> got.count() == before + 1);
            taker.settle(got.all().subList(before, before + 1), each.getKey());
            assertThat(((NotAccepted) refusal(sent)).fate().kind()).isEqualTo(each.getValue());
        }
        CompletableFuture<Void> held = send("d.a", "held");
        await().until(() -> got.count() == 4);
        taker.close();
        assertThat(((NotAccepted) refusal(held)).fate()).isEqualTo(Fate.RELEASED);
    }

    @Test
    void ofSeveralSubscribersTheWorstOutcomeCountsAndNoneGetsWhatOneHasNoCreditFor() throws Exception {
        queue("d.t", "one", RoutingType.MULTICAST);
        queue("d.t", "two", RoutingType.MULTICAST);
        TestBroker.Received one = taker.subscribe(SubscribeRequest.of("one", 10));
        TestBroker.Received two = taker.subscribe(SubscribeRequest.of("two", 1));
        CompletableFuture<Void> sent = send(multicast("d.t", "a"));
        await().until(() -> one.count() == 1 && two.count() == 1);
        assertThat(refusal(send(multicast("d.t", "b"))).reason()).isEqualTo(Reason.NOT_ACCEPTED);
        taker.settle(two.all(), Outcome.REJECTED);
        taker.settle(one.all(), Outcome.ACCEPTED);
        assertThat(((NotAccepted) refusal(sent)).fate().kind()).isEqualTo(Fate.Kind.REJECTED);
        assertThat(one.count()).isEqualTo(1);
    }

    private static Message multicast(String address, String text) {
        return PlainFormat.message(address, text).toBuilder().routing(Message.ROUTE_MULTICAST).build();
    }

    @Test
    void whatWaitsForCreditGoesInOrderWhenThereIsSome() throws Exception {
        queue("d.slow.a", "d.slow.a", RoutingType.ANYCAST);
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            sent.add(send("d.slow.a", "m" + i));
        }
        await().until(() -> counters("d.slow.a").waiting() > 0);
        TestBroker.Received got = taker.subscribe(SubscribeRequest.of("d.slow.a", 20));
        await().until(() -> got.count() == 20);
        sender.loop.post(() -> { });
        assertThat(sent.subList(20, 50)).noneMatch(CompletableFuture::isDone);
        taker.loop.post(() -> got.subscription.addMessages(30));
        await().until(() -> got.count() == 50);
        taker.settle(got.all(), Outcome.ACCEPTED);
        for (CompletableFuture<Void> each : sent) {
            each.get(20, TimeUnit.SECONDS);
        }
        assertThat(got.texts()).containsExactlyElementsOf(java.util.stream.IntStream.range(0, 50).mapToObj(i -> "m" + i).toList());
    }

    @Test
    void whatWaitsTooLongIsRefused() throws Exception {
        queue("d.brief.a", "d.brief.a", RoutingType.ANYCAST);
        assertThat(refusal(send("d.brief.a", "m")).reason()).isEqualTo(Reason.NOT_ACCEPTED);
        assertThat(counters("d.brief.a").waiting()).isZero();
        queue("d.slow.a", "d.slow.a", RoutingType.ANYCAST);
        Message brief = PlainFormat.message("d.slow.a", "m").toBuilder().expiration(System.currentTimeMillis() + 200).build();
        assertThat(refusal(send(brief)).reason()).isEqualTo(Reason.NOT_ACCEPTED);
    }

    @Test
    void selectorsDecideWhoTakesAndWhatNobodyWantsComesBack() throws Exception {
        queue("d.slow.a", "d.slow.a", RoutingType.ANYCAST);
        TestBroker.Received red = taker.subscribe(SubscribeRequest.of("d.slow.a", 10).withSelector("color = 'red'"));
        TestBroker.Received blue = taker.subscribe(SubscribeRequest.of("d.slow.a", 10).withSelector("color = 'blue'"));
        send("d.slow.a", "color=blue");
        send("d.slow.a", "color=red");
        await().until(() -> red.count() == 1 && blue.count() == 1);
        assertThat(red.texts()).containsExactly("color=red");
        assertThat(refusal(send("d.slow.a", "color=green")).reason()).isEqualTo(Reason.NOT_ACCEPTED);
    }

    @Test
    void consumersOfOneQueueTakeTurnsWithinTheirCreditAndThoseOfHigherPriorityComeFirst() throws Exception {
        queue("d.a", "d.a", RoutingType.ANYCAST);
        TestBroker.Received low = taker.subscribe(SubscribeRequest.of("d.a", 10));
        TestBroker.Received one = taker.subscribe(SubscribeRequest.of("d.a", 3).withPriority(5));
        TestBroker.Received two = taker.subscribe(SubscribeRequest.of("d.a", 3).withPriority(5));
        for (int i = 0; i < 8; i++) {
            send("d.a", "m" + i);
        }
        await().until(() -> low.count() == 2 && one.count() == 3 && two.count() == 3);
        assertThat(one.texts()).doesNotContainAnyElementsOf(two.texts());
        assertThat(one.texts().get(0)).isIn("m0", "m1");
        assertThat(two.texts().get(0)).isIn("m0", "m1");
    }

    @Test
    void tenThousandMessagesLeaveTheJournalAlone() throws Exception {
        queue("d.slow.a", "d.slow.a", RoutingType.ANYCAST);
        long before = broker.broker().store().durablePosition();
        Taker one = new Taker();
        Taker two = new Taker();
        one.begin();
        two.begin();
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            sent.add(send("d.slow.a", "m" + i));
        }
        for (CompletableFuture<Void> each : sent) {
            each.get(30, TimeUnit.SECONDS);
        }
        assertThat(one.count + two.count).isEqualTo(10_000);
        assertThat(one.count).isPositive();
        assertThat(two.count).isPositive();
        assertThat(broker.broker().store().durablePosition()).isEqualTo(before);
        assertThat(counters("d.slow.a").accepted()).isEqualTo(10_000);
        broker.restart();
        assertThat(broker.broker().routes().find("d.slow.a")).isPresent();
        assertThat(broker.broker().findQueue("d.slow.a")).isEmpty();
    }

    /** Accepts what it gets, with a credit of 100. */
    private final class Taker implements Sink {
        private final TestBroker.User user = broker.user();
        private Subscription subscription;
        private volatile int count;

        void begin() {
            subscription = user.call(reply -> user.session.subscribe(SubscribeRequest.of("d.slow.a", 100), this, reply));
        }

        @Override
        public void deliver(List<Delivery> burst) {
            count += burst.size();
            user.session.settle(burst, Outcome.ACCEPTED, Reply.ignored());
            subscription.addMessages(burst.size());
        }

        @Override
        public void closed(BrokerException reason) {
            throw new AssertionError(reason);
        }
    }

    @Test
    void consumersThatComeAndGoAddUp() throws Exception {
        queue("d.slow.a", "d.slow.a", RoutingType.ANYCAST);
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        TestBroker.Received got = taker.subscribe(SubscribeRequest.of("d.slow.a", 300));
        for (int i = 0; i < 500; i++) {
            sent.add(send("d.slow.a", "m" + i));
        }
        await().until(() -> got.count() == 300);
        taker.settle(got.all().subList(0, 100), Outcome.ACCEPTED);
        taker.close();
        TestBroker.User next = broker.user();
        TestBroker.Received rest = next.subscribe(SubscribeRequest.of("d.slow.a", 300));
        await().until(() -> rest.count() == 200);
        next.settle(rest.all(), Outcome.ACCEPTED);
        await().until(() -> sent.stream().allMatch(CompletableFuture::isDone));
        assertThat(sent.stream().filter(CompletableFuture::isCompletedExceptionally).count()).isEqualTo(200);
        assertThat(counters("d.slow.a").accepted()).isEqualTo(300);
        assertThat(counters("d.slow.a").returned()).isEqualTo(200);
    }

    @Test
    void nothingIsSentInTransactionsForLaterOrKeptForWhoIsAway() throws Exception {
        queue("d.a", "d.a", RoutingType.ANYCAST);
        TestBroker.Received got = taker.subscribe(SubscribeRequest.of("d.a", 10));
        Transaction transaction = sender.call(reply -> reply.done(sender.session.begin()));
        assertThat(refusal(sender.<Void>start(reply -> sender.session.send(PlainFormat.message("d.a", "x"), transaction, reply))).reason())
                .isEqualTo(Reason.NOT_IMPLEMENTED);
        assertThat(refusal(sender.<Void>start(reply -> sender.session.commit(transaction, reply))).reason()).isEqualTo(Reason.NOT_IMPLEMENTED);
        Message later = PlainFormat.message("d.a", "x").toBuilder().deliverAt(System.currentTimeMillis() + 60_000).build();
        assertThat(refusal(send(later)).reason()).isEqualTo(Reason.NOT_IMPLEMENTED);
        QueueRequest durable = QueueRequest.of("sub", "d.a", RoutingType.MULTICAST).with("durable", true);
        assertThat(refusal(sender.<QueueInfo>start(reply -> sender.session.resources().createQueue(durable, false, reply))).reason())
                .isEqualTo(Reason.NOT_IMPLEMENTED);
        assertThat(refusal(taker.<Subscription>start(reply -> taker.session.subscribe(SubscribeRequest.of("d.a", 10).browse(), got, reply))).reason())
                .isEqualTo(Reason.NOT_IMPLEMENTED);
        assertThat(got.count()).isZero();
    }

    @Test
    void whatIsAcknowledgedInATransactionIsAcceptedWhenThatCommits() throws Exception {
        queue("d.a", "d.a", RoutingType.ANYCAST);
        TestBroker.Received got = taker.subscribe(SubscribeRequest.of("d.a", 10));
        CompletableFuture<Void> kept = send("d.a", "kept");
        CompletableFuture<Void> undone = send("d.a", "undone");
        await().until(() -> got.count() == 2);
        for (int i = 0; i < 2; i++) {
            List<Delivery> one = got.all().subList(i, i + 1);
            boolean commits = i == 0;
            Transaction transaction = taker.call(reply -> reply.done(taker.session.begin()));
            taker.<Void>call(reply -> taker.session.settle(one, Outcome.ACCEPTED, transaction, reply));
            assertThat(commits ? kept : undone).isNotDone();
            taker.<Void>call(reply -> {
                if (commits) {
                    taker.session.commit(transaction, reply);
                } else {
                    taker.session.rollback(transaction, Outcome.FAILED, reply);
                }
            });
        }
        kept.get(20, TimeUnit.SECONDS);
        assertThat(((NotAccepted) refusal(undone)).fate()).isEqualTo(Fate.FAILED);
    }

    @Test
    void aCopyThatADivertMakesIsPassedOnIfSomebodyTakesIt() throws Exception {
        queue("d.a", "d.a", RoutingType.ANYCAST);
        queue("q", "q", RoutingType.ANYCAST);
        sender.<Void>call(reply -> broker.broker().diverts().create(new DivertConfig("copy", "copy", "q", "d.a", false, "",
                DivertRouting.STRIP, DivertConfig.Transformer.NONE), sender.loop, reply));
        sender.send("q", "lost");
        await().until(() -> counters("d.a").dropped() == 1);
        TestBroker.Received got = taker.subscribe(SubscribeRequest.of("d.a", 10));
        sender.send("q", "seen");
        await().until(() -> got.count() == 1);
        assertThat(PlainFormat.text(got.all().get(0).message())).contains("seen");
        taker.settle(got.all(), Outcome.ACCEPTED);
        await().until(() -> broker.broker().findQueue("d.a").orElseThrow().usage().bytes() == 0);
    }

    @Test
    void anAddressWithProducersStaysAndOneThatIsDeletedSendsThemAway() throws Exception {
        queue("d.a", "d.a", RoutingType.ANYCAST);
        List<Long> limits = new java.util.concurrent.CopyOnWriteArrayList<>();
        CompletableFuture<Void> gone = new CompletableFuture<>();
        Optional<DirectProducer> producer = sender.call(reply -> reply.done(DirectProducer.attach(sender.session, "d.a", Optional.of(RoutingType.ANYCAST), 10,
                new DirectProducer.Credit() {
                    @Override
                    public void limit(long messages) {
                        limits.add(messages);
                    }

                    @Override
                    public void gone() {
                        gone.complete(null);
                    }
                })));
        TestBroker.Received got = taker.subscribe(SubscribeRequest.of("d.a", 4));
        await().until(() -> limits.equals(List.of(4L)));
        CompletableFuture<Void> sent = sender.start(reply -> producer.orElseThrow().send(PlainFormat.message("d.a", "x"), false, reply));
        await().until(() -> got.count() == 1);
        taker.loop.post(got.subscription::stopCredit);
        await().until(() -> limits.get(limits.size() - 1) == 1);
        taker.settle(got.all(), Outcome.ACCEPTED);
        sent.get(20, TimeUnit.SECONDS);
        taker.close();
        sender.<Void>call(reply -> broker.broker().administration().deleteQueue("d.a", true, sender.loop, reply));
        assertThat(refusal(sender.<Void>start(reply -> broker.broker().administration().deleteAddress("d.a", false, sender.loop, reply))).reason())
                .isEqualTo(Reason.ADDRESS_IN_USE);
        sender.<Void>call(reply -> broker.broker().administration().deleteAddress("d.a", true, sender.loop, reply));
        gone.get(20, TimeUnit.SECONDS);
    }
}
