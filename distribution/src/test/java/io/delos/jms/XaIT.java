package io.delos.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.delos.proof.BrokerProcess;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.TransactionInProgressException;
import jakarta.jms.XAConnection;
import jakarta.jms.XAConnectionFactory;
import jakarta.jms.XAJMSContext;
import jakarta.jms.XASession;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sections 6.2.8 and 11.3: distributed transactions, as a transaction manager drives them. */
class XaIT extends Contract {

    private XASession branch;
    private XAResource resource;

    private record Id(int getFormatId, byte[] getGlobalTransactionId, byte[] getBranchQualifier) implements Xid {
        static Id unique() {
            UUID random = UUID.randomUUID();
            byte[] global = ByteBuffer.allocate(16).putLong(random.getMostSignificantBits()).putLong(random.getLeastSignificantBits()).array();
            return new Id(4711, global, new byte[] {1, 2, 3});
        }

        boolean same(Xid other) {
            return other.getFormatId() == getFormatId && Arrays.equals(other.getGlobalTransactionId(), getGlobalTransactionId)
                    && Arrays.equals(other.getBranchQualifier(), getBranchQualifier);
        }
    }

    @BeforeEach
    void openBranch() throws JMSException {
        assumeThat(wire).as("AMQP has no XA").isNotEqualTo(Wire.AMQP);
        branch = openXa();
        resource = branch.getXAResource();
    }

    private XASession openXa() throws JMSException {
        XAConnectionFactory factory = wire == Wire.OPENWIRE
                ? new org.apache.activemq.ActiveMQXAConnectionFactory("tcp://127.0.0.1:" + Target.port())
                : (XAConnectionFactory) wire.factory(Target.port(), "");
        XAConnection made = kept(factory.createXAConnection(BrokerProcess.USER, BrokerProcess.PASSWORD));
        made.start();
        return made.createXASession();
    }

    private static void expectCode(int code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(XAException.class, refused -> assertThat(refused.errorCode).isEqualTo(code));
    }

    private boolean inDoubt(Id id) throws XAException {
        return Arrays.stream(resource.recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN)).anyMatch(id::same);
    }

    /** In two phases: nothing is seen before the second. */
    @Test
    void twoPhases() throws Exception {
        Queue from = queue();
        Queue to = queue();
        send(from, "in");
        Id id = Id.unique();
        resource.start(id, XAResource.TMNOFLAGS);
        expect(branch.createConsumer(from), "in");
        send(branch, to, "out");
        resource.end(id, XAResource.TMSUCCESS);
        assertThat(resource.prepare(id)).isEqualTo(XAResource.XA_OK);
        MessageConsumer other = session.createConsumer(to);
        expectNothing(other);
        expectNothingOn(from);
        assertThat(inDoubt(id)).isTrue();
        resource.commit(id, false);
        assertThat(inDoubt(id)).isFalse();
        expect(other, "out");
        expectNothingOn(from);
    }

    /** In one. */
    @Test
    void onePhase() throws Exception {
        Queue to = queue();
        Id id = Id.unique();
        resource.start(id, XAResource.TMNOFLAGS);
        send(branch, to, "out");
        resource.end(id, XAResource.TMSUCCESS);
        resource.commit(id, true);
        expectOn(to, "out");
    }

    /** Rolled back before and after it was prepared: what it took comes back, what it sent never was. */
    @Test
    void rollback() throws Exception {
        for (boolean prepared : new boolean[] {false, true}) {
            Queue from = queue();
            Queue to = queue();
            send(from, "in", "next");
            Id id = Id.unique();
            resource.start(id, XAResource.TMNOFLAGS);
            try (MessageConsumer consumer = branch.createConsumer(from)) {
                expect(consumer, "in");
            }
            send(branch, to, "out");
            resource.end(id, XAResource.TMSUCCESS);
            if (prepared) {
                resource.prepare(id);
            }
            resource.rollback(id);
            MessageConsumer again = session.createConsumer(from);
            var message = again.receive(WAIT);
            assertThat(text(message)).isEqualTo("in");
            assertThat(message.getJMSRedelivered()).isTrue();
            expect(again, "next");
            expectNothingOn(to);
        }
    }

    /** Another resource manager's instance decides. */
    @Test
    void decidedElsewhere() throws Exception {
        Queue to = queue();
        Id id = Id.unique();
        resource.start(id, XAResource.TMNOFLAGS);
        send(branch, to, "out");
        resource.end(id, XAResource.TMSUCCESS);
        resource.prepare(id);
        XAResource other = openXa().getXAResource();
        assertThat(resource.isSameRM(other)).isTrue();
        other.commit(id, false);
        expectOn(to, "out");
    }

    /** Prepared, and its connection goes: it is still there to be decided. */
    @Test
    void preparedOutlivesItsConnection() throws Exception {
        Queue from = queue();
        Queue to = queue();
        send(from, "in");
        XASession leaving = openXa();
        XAResource its = leaving.getXAResource();
        Id id = Id.unique();
        its.start(id, XAResource.TMNOFLAGS);
        expect(leaving.createConsumer(from), "in");
        send(leaving, to, "out");
        its.end(id, XAResource.TMSUCCESS);
        its.prepare(id);
        leaving.close();
        assertThat(inDoubt(id)).isTrue();
        expectNothingOn(from);
        resource.rollback(id);
        expectOn(from, "in");
        expectNothingOn(to);
    }

    /** Suspended and resumed, with another branch between. */
    @Test
    void suspendAndResume() throws Exception {
        Queue to = queue();
        Id first = Id.unique();
        Id second = Id.unique();
        resource.start(first, XAResource.TMNOFLAGS);
        send(branch, to, "1a");
        resource.end(first, XAResource.TMSUSPEND);
        resource.start(second, XAResource.TMNOFLAGS);
        send(branch, to, "2");
        resource.end(second, XAResource.TMSUCCESS);
        resource.start(first, XAResource.TMRESUME);
        send(branch, to, "1b");
        resource.end(first, XAResource.TMSUCCESS);
        resource.rollback(second);
        resource.commit(first, true);
        MessageConsumer consumer = session.createConsumer(to);
        expect(consumer, "1a", "1b");
        expectNothing(consumer);
    }

    /** Two sessions in one branch. */
    @Test
    void join() throws Exception {
        Queue to = queue();
        XASession second = openXa();
        Id id = Id.unique();
        resource.start(id, XAResource.TMNOFLAGS);
        send(branch, to, "a");
        resource.end(id, XAResource.TMSUCCESS);
        second.getXAResource().start(id, XAResource.TMJOIN);
        send(second, to, "b");
        second.getXAResource().end(id, XAResource.TMSUCCESS);
        assertThat(resource.prepare(id)).isEqualTo(XAResource.XA_OK);
        resource.commit(id, false);
        expectOn(to, "a", "b");
    }

    /** A failed branch can only be rolled back. */
    @Test
    void failedBranches() throws Exception {
        Queue to = queue();
        Id id = Id.unique();
        resource.start(id, XAResource.TMNOFLAGS);
        send(branch, to, "a");
        resource.end(id, XAResource.TMFAIL);
        resource.rollback(id);
        expectNothingOn(to);
    }

    /** What nobody knows, and what is there already. */
    @Test
    void unknownAndKnown() throws Exception {
        expectCode(XAException.XAER_NOTA, () -> resource.commit(Id.unique(), false));
        expectCode(XAException.XAER_NOTA, () -> resource.rollback(Id.unique()));
        expectCode(XAException.XAER_NOTA, () -> resource.prepare(Id.unique()));
        Id id = Id.unique();
        resource.start(id, XAResource.TMNOFLAGS);
        XAResource other = openXa().getXAResource();
        if (wire != Wire.OPENWIRE) {
            // that client waits for no answer when it begins
            expectCode(XAException.XAER_DUPID, () -> other.start(id, XAResource.TMNOFLAGS));
        }
        resource.end(id, XAResource.TMSUCCESS);
        resource.rollback(id);
    }

    /** Timeouts can be asked and set. */
    @Test
    void timeouts() throws Exception {
        if (wire == Wire.OPENWIRE) {
            skip("timeouts over OpenWire: this client keeps none, and says so");
        }
        assertThat(resource.setTransactionTimeout(77)).isTrue();
        assertThat(resource.getTransactionTimeout()).isPositive();
    }

    /** A session in a distributed transaction doesn't commit by itself. */
    @Test
    void noLocalCommit() {
        assertThatThrownBy(branch::commit).isInstanceOf(TransactionInProgressException.class);
        assertThatThrownBy(branch::rollback).isInstanceOf(TransactionInProgressException.class);
    }

    /** Contexts, too. */
    @Test
    void contexts() throws Exception {
        assumeThat(wire).isEqualTo(Wire.CORE);
        Queue to = queue();
        XAJMSContext context = kept(((XAConnectionFactory) wire.factory(Target.port(), ""))
                .createXAContext(BrokerProcess.USER, BrokerProcess.PASSWORD));
        Id id = Id.unique();
        context.getXAResource().start(id, XAResource.TMNOFLAGS);
        context.createProducer().send(to, "out");
        context.getXAResource().end(id, XAResource.TMSUCCESS);
        context.getXAResource().commit(id, true);
        expectOn(to, "out");
    }
}
