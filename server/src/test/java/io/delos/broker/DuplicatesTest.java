package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.message.Message;
import io.delos.queue.Queue;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose message is the first with its id, in transactions and outside, and for how long that is known. */
class DuplicatesTest {

    @TempDir
    Path directory;

    @Test
    void equalIdsOfOneTransactionAreNoDuplicates() throws Exception {
        try (TestBroker broker = new TestBroker(directory, c -> c)) {
            TestBroker.User user = broker.user();
            Transaction both = begin(user);
            user.<Void>call(reply -> user.session.send(message("q", "x"), both, reply));
            user.<Void>call(reply -> user.session.send(message("q", "x"), both, reply));
            user.<Void>call(reply -> user.session.commit(both, reply));
            holds(broker, 2);
            broker.restart();
            TestBroker.User again = broker.user();
            again.<Void>call(reply -> again.session.send(message("q", "x"), reply));
            holds(broker, 2);
            Transaction late = begin(again);
            refused(again.start(reply -> again.session.send(message("q", "x"), late, reply)));
            refused(again.start(reply -> again.session.commit(late, reply)));
            holds(broker, 2);
        }
    }

    @Test
    void ofTwoTransactionsTheFirstToCommitHasTheId() throws Exception {
        try (TestBroker broker = new TestBroker(directory, c -> c)) {
            TestBroker.User one = broker.user();
            TestBroker.User two = broker.user();
            Transaction first = begin(one);
            Transaction second = begin(two);
            one.<Void>call(reply -> one.session.send(message("q", "x"), first, reply));
            two.<Void>call(reply -> two.session.send(message("q", "x"), second, reply));
            two.<Void>call(reply -> two.session.send(message("q", "y"), second, reply));
            one.<Void>call(reply -> one.session.commit(first, reply));
            refused(two.start(reply -> two.session.commit(second, reply)));
            holds(broker, 1);
            two.<Void>call(reply -> two.session.send(message("q", "y"), reply));
            holds(broker, 2);
        }
    }

    @Test
    void aTransactionThatNeverWasLeavesItsIdsToOthers() throws Exception {
        try (TestBroker broker = new TestBroker(directory, c -> c)) {
            TestBroker.User one = broker.user();
            TestBroker.User two = broker.user();
            Transaction left = begin(one);
            one.<Void>call(reply -> one.session.send(message("q", "x"), left, reply));
            two.<Void>call(reply -> two.session.send(message("q", "x"), reply));
            one.<Void>call(reply -> one.session.rollback(left, Outcome.RELEASED, reply));
            holds(broker, 1);
            two.<Void>call(reply -> two.session.send(message("q", "x"), reply));
            holds(broker, 1);
        }
    }

    @Test
    void eachAddressRemembersAsManyAsItsSettingsSay() throws Exception {
        try (TestBroker broker = new TestBroker(directory, c -> c.withAddressSettings("few", Map.of("id-cache-size", 2))
                .withAddressSettings("many", Map.of("id-cache-size", 4)))) {
            TestBroker.User user = broker.user();
            for (int i = 0; i < 4; i++) {
                String id = "id" + i;
                user.<Void>call(reply -> user.session.send(message("many", id), reply));
                user.<Void>call(reply -> user.session.send(message("few", id), reply));
            }
            broker.restart();
            TestBroker.User again = broker.user();
            again.<Void>call(reply -> again.session.send(message("many", "id0"), reply));
            again.<Void>call(reply -> again.session.send(message("few", "id0"), reply));
            again.<Void>call(reply -> again.session.send(message("few", "id3"), reply));
            assertThat(messages(broker, "many")).isEqualTo(4);
            assertThat(messages(broker, "few")).isEqualTo(5);
        }
    }

    @Test
    void idsAreForgottenWithTheProcessIfSoConfigured() throws Exception {
        try (TestBroker broker = new TestBroker(directory, c -> c.with("persist-id-cache", false))) {
            TestBroker.User user = broker.user();
            user.<Void>call(reply -> user.session.send(message("q", "x"), reply));
            user.<Void>call(reply -> user.session.send(message("q", "x"), reply));
            holds(broker, 1);
            broker.restart();
            TestBroker.User again = broker.user();
            again.<Void>call(reply -> again.session.send(message("q", "x"), reply));
            holds(broker, 2);
        }
    }

    @Test
    void whatAnOperatorHasForgottenStaysSo() throws Exception {
        try (TestBroker broker = new TestBroker(directory, c -> c)) {
            TestBroker.User user = broker.user();
            user.<Void>call(reply -> user.session.send(message("q", "x"), reply));
            user.<Void>call(reply -> broker.broker().administration().forgetDuplicateIds("q", user.loop, reply));
            broker.restart();
            TestBroker.User again = broker.user();
            again.<Void>call(reply -> again.session.send(message("q", "x"), reply));
            holds(broker, 2);
        }
    }

    private static Transaction begin(TestBroker.User user) {
        return user.call(reply -> reply.done(user.session.begin()));
    }

    private static Message message(String address, String id) {
        return PlainFormat.message(address, "n=1").toBuilder().duplicateId(id).build();
    }

    private static void refused(CompletableFuture<Void> answer) {
        assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS)).cause()
                .isInstanceOfSatisfying(BrokerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DUPLICATE_ID));
    }

    /** How many there are when the queue has heard of all that was answered. */
    private static long messages(TestBroker broker, String name) throws Exception {
        Queue queue = broker.broker().findQueue(name).orElseThrow();
        CompletableFuture<Long> count = new CompletableFuture<>();
        queue.loop().post(() -> count.complete(queue.counters().messages()));
        return count.get(30, TimeUnit.SECONDS);
    }

    private static void holds(TestBroker broker, long messages) throws Exception {
        assertThat(messages(broker, "q")).isEqualTo(messages);
    }
}
