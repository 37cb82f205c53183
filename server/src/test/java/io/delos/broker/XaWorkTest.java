package io.delos.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.delos.broker.XaException.Code;
import io.delos.message.Message;
import io.delos.message.Xid;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may work in branches of distributed transactions, and decide them, and what is answered to others. */
class XaWorkTest extends XaCase {

    @Test
    void severalSessionsWorkInOneBranchAndItIsOne() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User one = broker.user();
            TestBroker.User two = broker.user();
            ensure(one);
            Transaction first = start(one, xid(1));
            Transaction second = two.call(reply -> two.session.xa().join(xid(1), reply));
            fill(one, first, 0, 2);
            fill(two, second, 10, 12);
            one.<Void>call(reply -> one.session.xa().suspend(xid(1), reply));
            refused(Code.PROTOCOL, two, reply -> two.session.xa().prepare(xid(1), reply));
            Transaction third = two.call(reply -> two.session.xa().resume(xid(1), reply));
            fill(two, third, 20, 21);
            end(two, xid(1));
            one.<Void>call(reply -> one.session.xa().commit(xid(1), true, reply));
            holds(broker, 5);
            broker.restart();
            assertThat(drained(broker, 5)).containsExactlyInAnyOrder(0, 1, 10, 11, 20);
        }
    }

    @Test
    void aSessionThatStillWorksInItHandsOverWhenOthersPrepareIt() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User one = broker.user();
            TestBroker.User two = broker.user();
            ensure(one);
            Transaction first = start(one, xid(1));
            fill(one, first, 0, 2);
            two.<Void>call(reply -> two.session.xa().prepare(xid(1), reply));
            assertThat(first.ended()).isTrue();
            end(one, xid(1));
            commit(two, xid(1));
            holds(broker, 2);
        }
    }

    @Test
    void theNamesOfBranchesAndTheirStatesAreHeeded() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            ensure(user);
            refused(Code.UNKNOWN, user, reply -> user.session.xa().prepare(xid(1), reply));
            refused(Code.UNKNOWN, user, reply -> user.session.xa().commit(xid(1), false, reply));
            refused(Code.UNKNOWN, user, reply -> user.session.xa().rollback(xid(1), reply));
            refused(Code.UNKNOWN, user, reply -> user.session.xa().forget(xid(1), reply));
            refused(Code.UNKNOWN, user, reply -> user.session.xa().end(xid(1), reply));
            refused(Code.UNKNOWN, user, reply -> user.session.xa().join(xid(1), ignoring(reply)));
            refused(Code.UNKNOWN, user, reply -> user.session.xa().resume(xid(1), ignoring(reply)));
            refused(Code.PROTOCOL, user, reply -> user.session.xa().suspend(xid(1), reply));
            Transaction work = start(user, xid(1));
            refused(Code.DUPLICATE, user, reply -> user.session.xa().start(xid(1), 0, ignoring(reply)));
            refused(Code.PROTOCOL, user, reply -> user.session.xa().resume(xid(1), ignoring(reply)));
            fill(user, work, 0, 1);
            end(user, xid(1));
            refused(Reason.TRANSACTION_STATE, user, reply -> user.session.xa().commit(xid(1), false, reply));
            user.<Void>call(reply -> user.session.xa().prepare(xid(1), reply));
            user.<Void>call(reply -> user.session.xa().prepare(xid(1), reply));
            refused(Code.DUPLICATE, user, reply -> user.session.xa().start(xid(1), 0, ignoring(reply)));
            refused(Code.PROTOCOL, user, reply -> user.session.xa().join(xid(1), ignoring(reply)));
            refused(Reason.TRANSACTION_STATE, user, reply -> user.session.xa().commit(xid(1), true, reply));
            refused(Code.INVALID, user, reply -> user.session.xa().start(new Xid(1, new byte[1025], new byte[1]), 0, ignoring(reply)));
            commit(user, xid(1));
            refused(Code.UNKNOWN, user, reply -> user.session.xa().commit(xid(1), false, reply));
            holds(broker, 1);
        }
    }

    @Test
    void whatIsAskedBehindTheAnswerFindsItSo() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User one = broker.user();
            TestBroker.User two = broker.user();
            ensure(one);
            start(one, xid(1));
            for (int i = 0; i < 100; i++) {
                one.<Void>call(reply -> one.session.xa().suspend(xid(1), reply));
                refused(Code.PROTOCOL, two, reply -> two.session.xa().prepare(xid(1), reply));
                fill(one, one.call(reply -> one.session.xa().resume(xid(1), reply)), i, i + 1);
            }
            one.<Void>call(one.session.xa()::leave);
            one.close();
            two.<Void>call(reply -> two.session.xa().commit(xid(1), true, reply));
            holds(broker, 100);
        }
    }

    @Test
    void whatAClientKeepsHasFailedIfItsSubscriptionIsOver() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            user.send("q", text(0));
            user.send("q", text(1));
            TestBroker.Received kept = user.subscribe(SubscribeRequest.of("q", 1));
            TestBroker.Received left = user.subscribe(SubscribeRequest.of("q", 1));
            await().until(() -> kept.count() + left.count() == 2);
            user.loop.post(() -> user.session.xa().keepDeliveries());
            Transaction work = start(user, xid(1));
            settle(user, kept.all(), work);
            settle(user, left.all(), work);
            end(user, xid(1));
            user.<Void>call(reply -> left.subscription.close(Outcome.RELEASED, reply));
            rollback(broker.user(), xid(1));
            assertThat(drained(broker, 1)).containsExactly(1);
            holds(broker, 1);
            user.settle(kept.all(), Outcome.ACCEPTED);
            holds(broker, 0);
        }
    }

    @Test
    void whatFailedCanOnlyBeRolledBack() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            ensure(user);
            Message once = PlainFormat.message("q", text(1)).toBuilder().duplicateId("id").build();
            user.<Void>call(reply -> user.session.send(once, reply));
            Transaction work = start(user, xid(1));
            refused(Reason.DUPLICATE_ID, user, reply -> user.session.send(once, work, reply));
            end(user, xid(1));
            refused(Code.ROLLED_BACK, user, reply -> user.session.xa().prepare(xid(1), reply));
            refused(Code.UNKNOWN, user, reply -> user.session.xa().rollback(xid(1), reply));
            user.<Transaction>call(reply -> user.session.xa().failed(xid(2), 0, reply));
            user.<Void>call(reply -> user.session.xa().abandon(xid(2), Outcome.FAILED, reply));
            user.<Void>call(reply -> user.session.xa().rollback(xid(2), reply));
            holds(broker, 1);
        }
    }

    @Test
    void whatIsNotPreparedEndsWithItsConnectionOrItsTime() throws Exception {
        try (TestBroker broker = new TestBroker(java.nio.file.Path.of("/data"), config -> config.with("transaction-timeout-scan-period", 20), disk)) {
            TestBroker.User user = broker.user();
            user.send("q", text(0));
            TestBroker.Received one = user.subscribe(SubscribeRequest.of("q", 1));
            await().until(() -> one.count() == 1);
            Transaction working = start(user, xid(1));
            settle(user, one.all(), working);
            fill(user, working, 1, 2);
            Transaction ended = start(user, xid(2));
            fill(user, ended, 3, 4);
            end(user, xid(2));
            TestBroker.User leaving = broker.user();
            Transaction left = start(leaving, xid(4));
            fill(leaving, left, 8, 9);
            end(leaving, xid(4));
            user.close();
            leaving.<Void>call(leaving.session.xa()::leave);
            leaving.close();
            assertThat(drained(broker, 1)).containsExactly(0);
            TestBroker.User other = broker.user();
            refused(Code.UNKNOWN, other, reply -> other.session.xa().commit(xid(2), true, reply));
            Transaction slow = other.call(reply -> other.session.xa().start(xid(3), 50, reply));
            fill(other, slow, 5, 6);
            await().until(slow::ended);
            other.<Void>call(reply -> other.session.xa().commit(xid(4), true, reply));
            assertThat(drained(broker, 1)).containsExactly(8);
            refused(Code.PROTOCOL, other, reply -> other.session.xa().end(xid(3), reply));
            refused(Code.UNKNOWN, other, reply -> other.session.xa().rollback(xid(3), reply));
            holds(broker, 0);
            await().until(() -> queue(broker).usage().messages() == 0);
        }
    }

    // ---- operators

    @Test
    void operatorsDecideAndManagersHearOfIt() throws Exception {
        try (TestBroker broker = TestBroker.on(disk)) {
            TestBroker.User user = broker.user();
            ensure(user);
            prepared(user, xid(1), work -> fill(user, work, 0, 2));
            prepared(user, xid(2), work -> fill(user, work, 5, 6));
            broker.restart();
            TestBroker.User operator = broker.user();
            List<XaAdministration.Details> all = operator.call(reply -> broker.broker().xa().details(operator.loop, reply));
            assertThat(all).extracting(details -> details.branch().xid()).containsExactly(xid(1), xid(2));
            assertThat(all.get(0).work()).extracting(work -> PlainFormat.text(work.message())).containsExactly(text(0), text(1));
            assertThat(operator.<Boolean>call(reply -> broker.broker().xa().commit(xid(1).base64(), operator.loop, reply))).isTrue();
            assertThat(operator.<Boolean>call(reply -> broker.broker().xa().rollback(xid(2).base64(), operator.loop, reply))).isTrue();
            assertThat(operator.<Boolean>call(reply -> broker.broker().xa().rollback(xid(2).base64(), operator.loop, reply))).isFalse();
            holds(broker, 2);
            broker.restart();
            holds(broker, 2);
            assertThat(broker.broker().xa().heuristicallyCommitted()).containsExactly(xid(1).base64());
            assertThat(broker.broker().xa().heuristicallyRolledBack()).containsExactly(xid(2).base64());
            TestBroker.User manager = broker.user();
            refused(Code.HEURISTIC_COMMIT, manager, reply -> manager.session.xa().commit(xid(1), false, reply));
            refused(Code.HEURISTIC_ROLLBACK, manager, reply -> manager.session.xa().rollback(xid(2), reply));
            manager.<Void>call(reply -> manager.session.xa().forget(xid(1), reply));
            manager.<Void>call(reply -> manager.session.xa().forget(xid(2), reply));
            refused(Code.UNKNOWN, manager, reply -> manager.session.xa().commit(xid(1), false, reply));
            assertThat(broker.broker().xa().heuristicallyCommitted()).isEmpty();
        }
    }

    @Test
    void theTextOfANameIsTheOneThatToolsKnow() {
        Xid xid = new Xid(4660, "gtrid-99".getBytes(StandardCharsets.US_ASCII), "bq-99".getBytes(StandardCharsets.US_ASCII));
        assertThat(xid.base64()).isEqualTo("YnEtOTlndHJpZC05OUYSAAA=");
    }
}
