package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.UnsignedInteger;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Outcome;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transaction.Coordinator;
import org.apache.qpid.proton.amqp.transaction.Declare;
import org.apache.qpid.proton.amqp.transaction.Declared;
import org.apache.qpid.proton.amqp.transaction.Discharge;
import org.apache.qpid.proton.amqp.transaction.TransactionalState;
import org.apache.qpid.proton.amqp.transport.Attach;
import org.apache.qpid.proton.amqp.transport.Begin;
import org.apache.qpid.proton.amqp.transport.Detach;
import org.apache.qpid.proton.amqp.transport.Disposition;
import org.apache.qpid.proton.amqp.transport.Flow;
import org.apache.qpid.proton.amqp.transport.Role;
import org.apache.qpid.proton.amqp.transport.Transfer;
import org.junit.jupiter.api.Test;

/** Transactions, as frames (AMQP 1.0 part 4). */
class AmqpTransactionIT extends WireCase {

    private void coordinator(int handle, String... outcomes) throws IOException {
        Source source = new Source();
        source.setOutcomes(WirePeer.symbols(outcomes));
        Attach coordinator = WirePeer.attaching("tx" + handle, handle, Role.SENDER, source, null);
        coordinator.setTarget(new Coordinator());
        peer.send(coordinator);
        assertThat(((Coordinator) peer.expect(Attach.class).getTarget()).getCapabilities()).containsExactly(
                WirePeer.symbols("amqp:local-transactions", "amqp:multi-txns-per-ssn", "amqp:multi-ssns-per-txn"));
        peer.expect(Flow.class);
    }

    private Object coordinate(int handle, Object request) throws IOException {
        peer.put(handle, WirePeer.message(request));
        return nextDisposition().getState();
    }

    private Disposition nextDisposition() throws IOException {
        while (!(peer.next().getBody() instanceof Disposition)) {
            // messages and credit come when they come
        }
        return (Disposition) peer.lastBody();
    }

    private TransactionalState declare(int handle) throws IOException {
        TransactionalState state = new TransactionalState();
        state.setTxnId(((Declared) coordinate(handle, new Declare())).getTxnId());
        return state;
    }

    private static Discharge discharging(TransactionalState state, boolean fail) {
        Discharge discharge = new Discharge();
        discharge.setTxnId(state.getTxnId());
        discharge.setFail(fail);
        return discharge;
    }

    private static TransactionalState accepting(TransactionalState state) {
        TransactionalState accepting = new TransactionalState();
        accepting.setTxnId(state.getTxnId());
        accepting.setOutcome(Accepted.getInstance());
        return accepting;
    }

    /** Sends a message in a transaction; its outcome there. */
    private Outcome post(int handle, TransactionalState state, byte[] message) throws IOException {
        Transfer transfer = peer.transfer(handle, peer.nextDelivery(), false);
        transfer.setState(state);
        peer.send(transfer, message);
        TransactionalState answer = (TransactionalState) nextDisposition().getState();
        assertThat(answer.getTxnId()).isEqualTo(state.getTxnId());
        return answer.getOutcome();
    }

    private static String condition(Object rejected) {
        return ((Rejected) rejected).getError().getCondition().toString();
    }

    /** What a receiver of its own finds in the queue. */
    private List<Object> found(int expected) throws IOException {
        List<Object> bodies = new ArrayList<>();
        try (WirePeer other = WirePeer.open(SERVER.port(), SERVER.unique("finder"))) {
            other.receiver(0, WirePeer.source(queue, "queue"));
            other.credit(0, 100, 0, false);
            while (bodies.size() < expected) {
                bodies.add(other.take());
            }
            other.credit(0, 100, 0, true);
            assertThat(other.expect(Flow.class).getLinkCredit().longValue()).isZero();
        }
        return bodies;
    }

    @Test
    void aTransactionSpansLinksAndIsEndedOnce() throws IOException {
        filled("in");
        coordinator(2);
        Declared declared = (Declared) coordinate(2, new Declare());
        assertThat(declared.getTxnId().getLength()).isEqualTo(32);

        TransactionalState state = new TransactionalState();
        state.setTxnId(declared.getTxnId());
        Transfer transfer = peer.transfer(0, peer.nextDelivery(), false);
        transfer.setState(state);
        peer.send(transfer, WirePeer.message("out"));
        TransactionalState accepted = (TransactionalState) peer.expect(Disposition.class).getState();
        assertThat(accepted.getTxnId()).isEqualTo(declared.getTxnId());
        assertThat(accepted.getOutcome()).isInstanceOf(Accepted.class);

        peer.credit(1, 2, 0, false);
        assertThat(peer.take()).isEqualTo("in");
        state.setOutcome(Accepted.getInstance());
        peer.settle(0, 0, state);
        Discharge discharge = new Discharge();
        discharge.setTxnId(declared.getTxnId());
        peer.put(2, WirePeer.message(discharge));
        boolean committed = false;
        boolean delivered = false;
        while (!committed || !delivered) {
            Object body = peer.next().getBody();
            committed |= body instanceof Disposition && ((Disposition) body).getState() instanceof Accepted;
            delivered |= body instanceof Transfer && ((AmqpValue) peer.payload().getBody()).getValue().equals("out");
        }
        Rejected unknown = (Rejected) coordinate(2, discharge);
        assertThat(unknown.getError().getCondition().toString()).isEqualTo("amqp:transaction:unknown-id");
        assertThat(unknown.getError().getDescription()).startsWith("AMQ119014: Transaction not found");
    }

    @Test
    void whatIsPostedIsSeenWhenTheTransactionSucceeds() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        coordinator(2);
        TransactionalState kept = declare(2);
        TransactionalState dropped = declare(2);
        assertThat(post(0, kept, WirePeer.message("kept"))).isInstanceOf(Accepted.class);
        assertThat(post(0, dropped, WirePeer.message("dropped"))).isInstanceOf(Accepted.class);
        assertThat(found(0)).isEmpty();
        assertThat(coordinate(2, discharging(dropped, true))).isInstanceOf(Accepted.class);
        assertThat(coordinate(2, discharging(kept, false))).isInstanceOf(Accepted.class);
        assertThat(found(1)).containsExactly("kept");
    }

    @Test
    void atARollbackWhatThePeerHasNotSettledStaysWithIt() throws IOException {
        filled("settled", "unsettled");
        coordinator(2);
        peer.credit(1, 2, 0, false);
        peer.take();
        peer.take();
        TransactionalState state = declare(2);
        peer.settle(0, 0, accepting(state));
        retire(1, accepting(state));
        assertThat(coordinate(2, discharging(state, true))).isInstanceOf(Accepted.class);
        assertThat(found(1)).containsExactly("settled");
        peer.settle(1, 1, Accepted.getInstance());
        peer.putAll(0, "later");
        assertThat(found(2)).containsExactly("settled", "later");
    }

    private void retire(int id, TransactionalState state) throws IOException {
        Disposition disposition = new Disposition();
        disposition.setRole(Role.RECEIVER);
        disposition.setFirst(UnsignedInteger.valueOf(id));
        disposition.setState(state);
        peer.send(disposition);
    }

    @Test
    void atACommitWhatThePeerHasNotSettledIsSettled() throws IOException {
        filled("m");
        coordinator(2);
        peer.credit(1, 1, 0, false);
        peer.take();
        TransactionalState state = declare(2);
        retire(0, accepting(state));
        peer.put(2, WirePeer.message(discharging(state, false)));
        Disposition first = nextDisposition();
        Disposition second = nextDisposition();
        Disposition retired = first.getRole() == Role.SENDER ? first : second;
        assertThat(retired.getRole()).isEqualTo(Role.SENDER);
        assertThat(retired.getSettled()).isTrue();
        assertThat(retired.getState()).isInstanceOf(Accepted.class);
        assertThat(found(0)).isEmpty();
    }

    @Test
    void aTransactionMaySpanSessions() throws IOException {
        filled("in");
        peer.sendOn(3, WirePeer.beginning());
        peer.expect(Begin.class);
        peer.sendOn(3, WirePeer.attaching("s3", 0, Role.SENDER, new Source(), WirePeer.target(queue, "queue")));
        peer.expect(Attach.class);
        peer.expect(Flow.class);
        coordinator(2);
        TransactionalState state = declare(2);
        Transfer transfer = peer.transfer(0, 0, false);
        transfer.setState(state);
        peer.sendOn(3, transfer, WirePeer.message("out"));
        assertThat(nextDisposition().getState()).isInstanceOf(TransactionalState.class);
        assertThat(peer.lastChannel()).isEqualTo(1);
        peer.credit(1, 1, 0, false);
        assertThat(peer.take()).isEqualTo("in");
        peer.settle(0, 0, accepting(state));
        assertThat(coordinate(2, discharging(state, false))).isInstanceOf(Accepted.class);
        assertThat(found(1)).containsExactly("out");
    }

    @Test
    void whenTheControlLinkGoesItsTransactionsAreRolledBack() throws IOException {
        filled("in");
        coordinator(2);
        peer.credit(1, 1, 0, false);
        peer.take();
        TransactionalState state = declare(2);
        peer.settle(0, 0, accepting(state));
        post(0, state, WirePeer.message("out"));
        peer.send(WirePeer.detach(2, true));
        peer.expect(Detach.class);
        assertThat(found(1)).containsExactly("in");
        Transfer late = peer.transfer(0, peer.nextDelivery(), false);
        late.setState(state);
        peer.send(late, WirePeer.message("late"));
        assertThat(condition(nextDisposition().getState())).isEqualTo("amqp:transaction:unknown-id");
    }

    @Test
    void whenTheConnectionIsLostNothingOfATransactionIsLeft() throws IOException {
        filled("in");
        coordinator(2);
        peer.credit(1, 1, 0, false);
        peer.take();
        TransactionalState state = declare(2);
        post(0, state, WirePeer.message("out"));
        peer.settle(0, 0, accepting(state));
        peer.close();
        assertThat(found(1)).containsExactly("in");
    }

    @Test
    void aDischargeOfAnUnknownTransactionIsRejected() throws IOException {
        coordinator(2);
        TransactionalState unknown = new TransactionalState();
        unknown.setTxnId(new Binary(new byte[] {1, 2, 3}));
        assertThat(condition(coordinate(2, discharging(unknown, false)))).isEqualTo("amqp:transaction:unknown-id");
        assertThat(condition(coordinate(2, "neither"))).isEqualTo("amqp:not-implemented");
    }

    @Test
    void aClientThatKnowsNoRejectionHearsOfFailureByTheLinksEnd() throws IOException {
        coordinator(2, "amqp:accepted:list");
        Discharge unknown = new Discharge();
        unknown.setTxnId(new Binary(new byte[] {1, 2, 3}));
        peer.put(2, WirePeer.message(unknown));
        assertThat(peer.detached()).isEqualTo("amqp:transaction:unknown-id");
        peer.send(WirePeer.detach(2, true));
        works(peer, queue);
    }

    @Test
    void aSettledRequestEndsTheControlLink() throws IOException {
        coordinator(2);
        Transfer settled = peer.transfer(2, 0, false);
        settled.setSettled(true);
        peer.send(settled, WirePeer.message(new Declare()));
        assertThat(peer.detached()).isEqualTo("amqp:not-allowed");
    }

    @Test
    void aGlobalTransactionIsNotDeclared() throws IOException {
        coordinator(2);
        AmqpWriter body = new AmqpWriter(64).descriptor(AmqpReader.VALUE).descriptor(0x31);
        int list = body.beginList();
        body.string("global").end(list, 1);
        peer.put(2, body.toBytes());
        assertThat(nextDisposition().getState()).isInstanceOf(Rejected.class);
    }

    @Test
    void anUnfinishedMessageFailsTheDischarge() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        coordinator(2);
        TransactionalState state = declare(2);
        Transfer begun = peer.transfer(0, peer.nextDelivery(), true);
        begun.setState(state);
        peer.send(begun, new byte[] {0, 0x53});
        peer.put(2, WirePeer.message(discharging(state, false)));
        assertThat(peer.detached()).isEqualTo("amqp:transaction:rollback");
        assertThat(found(0)).isEmpty();
    }

    @Test
    void aMessageThatFailsTakesItsTransactionWithIt() throws IOException {
        peer.sender(0, WirePeer.target(queue, "queue"));
        coordinator(2);
        TransactionalState state = declare(2);
        post(0, state, WirePeer.message("fine"));
        assertThat(condition(post(0, state, new byte[] {9, 9}))).isEqualTo("amqp:decode-error");
        assertThat(condition(coordinate(2, discharging(state, false)))).isEqualTo("amqp:transaction:rollback");
        assertThat(found(0)).isEmpty();
    }

    @Test
    void aSettledMessageThatFailsDoesSo() throws IOException {
        peer.sender(0, WirePeer.target(null));
        coordinator(2);
        TransactionalState state = declare(2);
        Transfer nowhere = peer.transfer(0, peer.nextDelivery(), false);
        nowhere.setSettled(true);
        nowhere.setState(state);
        peer.send(nowhere, WirePeer.message("nowhere"));
        assertThat(condition(coordinate(2, discharging(state, false)))).isEqualTo("amqp:transaction:rollback");
    }

    private void acquire(TransactionalState state, int credit, int count) throws IOException {
        Flow flow = peer.flow(1, credit, count, false);
        flow.setProperties(Map.of(Symbol.valueOf("txn-id"), state.getTxnId()));
        peer.send(flow);
    }

    @Test
    void whatIsAcquiredInATransactionReturnsWithIt() throws IOException {
        filled("1", "2");
        coordinator(2);
        TransactionalState state = declare(2);
        acquire(state, 2, 0);
        TransactionalState acquired = (TransactionalState) peer.expect(Transfer.class).getState();
        assertThat(acquired.getTxnId()).isEqualTo(state.getTxnId());
        peer.expect(Transfer.class);
        peer.settle(0, 0, accepting(state));
        assertThat(coordinate(2, discharging(state, true))).isNotNull();
        assertThat(found(2)).containsExactlyInAnyOrder("1", "2");
    }

    @Test
    void whatIsAcquiredAndRetiredInATransactionIsGoneWithIt() throws IOException {
        filled("1", "2");
        coordinator(2);
        TransactionalState state = declare(2);
        acquire(state, 1, 0);
        peer.expect(Transfer.class);
        peer.settle(0, 0, accepting(state));
        assertThat(coordinate(2, discharging(state, false))).isInstanceOf(Accepted.class);
        peer.credit(1, 1, 1, false);
        assertThat(peer.expect(Transfer.class).getState()).isNull();
        assertThat(peer.payload().getBody()).isNotNull();
        peer.settle(1, 1, Released.getInstance());
        assertThat(found(1)).containsExactly("2");
    }

    @Test
    void whatIsAcquiredInATransactionIsNotSettledOutsideOfIt() throws IOException {
        filled("1");
        coordinator(2);
        TransactionalState state = declare(2);
        acquire(state, 1, 0);
        peer.expect(Transfer.class);
        peer.settle(0, 0, Accepted.getInstance());
        while (!(peer.next().getBody() instanceof Detach)) {
            // what was handed out is taken back
        }
        assertThat(((Detach) peer.lastBody()).getError().getCondition().toString()).isEqualTo("amqp:transaction:rollback");
        assertThat(found(1)).containsExactly("1");
    }

    @Test
    void acquiringInAnUnknownTransactionEndsTheLink() throws IOException {
        filled("1");
        TransactionalState unknown = new TransactionalState();
        unknown.setTxnId(new Binary(new byte[] {1}));
        acquire(unknown, 1, 0);
        assertThat(peer.detached()).isEqualTo("amqp:transaction:unknown-id");
        assertThat(found(1)).containsExactly("1");
    }
}
