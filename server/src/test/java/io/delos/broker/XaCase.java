package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.delos.broker.XaException.Code;
import io.delos.config.RoutingType;
import io.delos.journal.MemoryDisk;
import io.delos.message.Message;
import io.delos.message.Xid;
import io.delos.queue.Delivery;
import io.delos.queue.Queue;
import io.delos.queue.QueueCounters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** Begins, fills and decides branches of distributed transactions, each user in a session of its own, on a disk in memory. */
abstract class XaCase {

    private static final String PAD = ";pad=" + "x".repeat(300);

    final MemoryDisk disk = new MemoryDisk();

    static Xid xid(int n) {
        return new Xid(7, new byte[] {(byte) n, 1}, new byte[] {(byte) n, 2, 3});
    }

    static String text(int n) {
        return "n=" + n + PAD;
    }

    static Transaction start(TestBroker.User user, Xid xid) {
        return user.call(reply -> user.session.xa().start(xid, 0, reply));
    }

    static void end(TestBroker.User user, Xid xid) {
        user.<Void>call(reply -> user.session.xa().end(xid, reply));
    }

    static void prepared(TestBroker.User user, Xid xid, Consumer<Transaction> doing) {
        ensure(user);
        Transaction work = start(user, xid);
        doing.accept(work);
        end(user, xid);
        user.<Void>call(reply -> user.session.xa().prepare(xid, reply));
    }

    static void commit(TestBroker.User user, Xid xid) {
        user.<Void>call(reply -> user.session.xa().commit(xid, false, reply));
    }

    static void rollback(TestBroker.User user, Xid xid) {
        user.<Void>call(reply -> user.session.xa().rollback(xid, reply));
    }

    static List<Xid> inDoubt(TestBroker.User user) {
        return user.call(reply -> user.session.xa().recover(reply));
    }

    static <T> Reply<T> ignoring(Reply<Void> reply) {
        return Reply.of(done -> reply.done(null), reply::failed);
    }

    static void refused(Code code, TestBroker.User user, Consumer<Reply<Void>> question) {
        assertThatThrownBy(() -> user.start(question).get()).isInstanceOf(ExecutionException.class).cause()
                .isInstanceOfSatisfying(XaException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    static void refused(Reason reason, TestBroker.User user, Consumer<Reply<Void>> question) {
        assertThatThrownBy(() -> user.start(question).get()).isInstanceOf(ExecutionException.class).cause()
                .isInstanceOfSatisfying(BrokerException.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
    }

    static void fill(TestBroker.User user, Transaction work, int from, int to) {
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (int i = from; i < to; i++) {
            Message message = PlainFormat.message("q", text(i));
            sent.add(user.start(reply -> user.session.send(message, work, reply)));
        }
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).join();
    }

    static void settle(TestBroker.User user, List<Delivery> deliveries, Transaction work) {
        user.<Void>call(reply -> user.session.settle(deliveries, Outcome.ACCEPTED, work, reply));
    }

    static void ensure(TestBroker.User user) {
        user.<AddressInfo>call(reply -> user.session.resources().ensure("q", Optional.of(RoutingType.ANYCAST), true, reply));
    }

    static Queue queue(TestBroker broker) {
        return broker.broker().findQueue("q").orElseThrow();
    }

    static void holds(TestBroker broker, long messages) {
        QueueCounters counters = queue(broker).counters();
        await().untilAsserted(() -> assertThat(counters.messages()).isEqualTo(messages));
    }

    static List<Integer> drained(TestBroker broker, int count) {
        TestBroker.User user = broker.user();
        TestBroker.Received received = user.subscribe(SubscribeRequest.of("q", SubscribeRequest.UNLIMITED));
        await().until(() -> received.count() >= count);
        List<Integer> numbers = received.texts().stream().map(text -> Integer.valueOf(text.substring(2, text.indexOf(';')))).toList();
        user.settle(received.all(), Outcome.ACCEPTED);
        user.close();
        return numbers;
    }
}
