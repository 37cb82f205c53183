package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.TextMessage;
import jakarta.jms.XASession;
import java.nio.charset.StandardCharsets;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.ActiveMQXAConnection;
import org.apache.activemq.ActiveMQXAConnectionFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What transaction managers do with the client's XA resources. */
@Timeout(120)
class JmsXaIT {

    private static final long WAIT = 60_000;

    @RegisterExtension
    static final OpenWireServer SERVER = new OpenWireServer();

    private record Branch(String name) implements Xid {
        @Override
        public int getFormatId() {
            return 4711;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return name.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {0, -1, 1};
        }
    }

    private static ActiveMQXAConnection connect() throws JMSException {
        ActiveMQXAConnection connection = (ActiveMQXAConnection) new ActiveMQXAConnectionFactory("tcp://127.0.0.1:" + SERVER.port())
                .createXAConnection("guest", "guest");
        connection.start();
        return connection;
    }

    private static void send(String queue, String... texts) throws JMSException {
        try (var connection = SERVER.connect("")) {
            var session = connection.createSession(false, jakarta.jms.Session.AUTO_ACKNOWLEDGE);
            for (String text : texts) {
                session.createProducer(session.createQueue(queue)).send(session.createTextMessage(text));
            }
        }
    }

    private static String text(Message message) throws JMSException {
        return message == null ? null : ((TextMessage) message).getText();
    }

    private static void refused(int code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(XAException.class, e -> assertThat(e.errorCode).isEqualTo(code));
    }

    private static boolean isPrepared(XAResource resource, Xid xid) throws XAException {
        for (Xid each : resource.recover(XAResource.TMSTARTRSCAN)) {
            if (each.getFormatId() == xid.getFormatId() && java.util.Arrays.equals(each.getGlobalTransactionId(), xid.getGlobalTransactionId())
                    && java.util.Arrays.equals(each.getBranchQualifier(), xid.getBranchQualifier())) {
                return true;
            }
        }
        return false;
    }

    @Test
    void whatIsPreparedComesTrueByWhoeverCommitsIt() throws Exception {
        String name = SERVER.unique("xa");
        send(name, "one", "two");
        Xid xid = new Branch(name);
        try (ActiveMQXAConnection connection = connect(); ActiveMQXAConnection other = connect()) {
            XASession session = connection.createXASession();
            XAResource resource = session.getXAResource();
            resource.start(xid, XAResource.TMNOFLAGS);
            MessageConsumer consumer = session.createConsumer(session.createQueue(name));
            assertThat(text(consumer.receive(WAIT))).isEqualTo("one");
            session.createProducer(session.createQueue(name + ".out")).send(session.createTextMessage("made of one"));
            resource.end(xid, XAResource.TMSUCCESS);
            assertThat(resource.prepare(xid)).isEqualTo(XAResource.XA_OK);
            assertThat(SERVER.drain(name + ".out")).isEmpty();
            XAResource deciding = other.createXASession().getXAResource();
            assertThat(isPrepared(deciding, xid)).isTrue();
            deciding.commit(xid, false);
            assertThat(isPrepared(deciding, xid)).isFalse();
            consumer.close();
        }
        assertThat(SERVER.drain(name + ".out", 1)).containsExactly("made of one");
        assertThat(SERVER.drain(name, 1)).containsExactly("two");
    }

    @Test
    void onePhaseIsEnoughForOneResource() throws Exception {
        String name = SERVER.unique("xa");
        send(name, "one");
        try (ActiveMQXAConnection connection = connect()) {
            XASession session = connection.createXASession();
            XAResource resource = session.getXAResource();
            MessageConsumer consumer = session.createConsumer(session.createQueue(name));
            for (int i = 0; i < 3; i++) {
                Xid xid = new Branch(name + i);
                resource.start(xid, XAResource.TMNOFLAGS);
                assertThat(text(consumer.receive(WAIT))).isEqualTo(i == 0 ? "one" : "sent " + (i - 1));
                session.createProducer(session.createQueue(name)).send(session.createTextMessage("sent " + i));
                resource.end(xid, XAResource.TMSUCCESS);
                resource.commit(xid, true);
            }
            consumer.close();
        }
        assertThat(SERVER.drain(name, 1)).containsExactly("sent 2");
    }

    @Test
    void whatIsRolledBackIsTriedOnceMore() throws Exception {
        for (boolean prepared : new boolean[] {false, true}) {
            String name = SERVER.unique("xa");
            send(name, "one", "two");
            try (ActiveMQXAConnection connection = connect()) {
                XASession session = connection.createXASession();
                XAResource resource = session.getXAResource();
                MessageConsumer consumer = session.createConsumer(session.createQueue(name));
                Xid first = new Branch(name);
                resource.start(first, XAResource.TMNOFLAGS);
                assertThat(text(consumer.receive(WAIT))).isEqualTo("one");
                session.createProducer(session.createQueue(name)).send(session.createTextMessage("never"));
                resource.end(first, XAResource.TMSUCCESS);
                if (prepared) {
                    assertThat(resource.prepare(first)).isEqualTo(XAResource.XA_OK);
                }
                resource.rollback(first);
                Xid second = new Branch(name + ".again");
                resource.start(second, XAResource.TMNOFLAGS);
                Message again = consumer.receive(WAIT);
                assertThat(text(again)).as("prepared: %s", prepared).isEqualTo("one");
                assertThat(again.getJMSRedelivered()).isTrue();
                assertThat(text(consumer.receive(WAIT))).isEqualTo("two");
                assertThat(consumer.receive(200)).as("prepared: %s", prepared).isNull();
                resource.end(second, XAResource.TMSUCCESS);
                assertThat(resource.prepare(second)).isEqualTo(XAResource.XA_OK);
                resource.commit(second, false);
            }
            assertThat(SERVER.drain(name)).isEmpty();
        }
    }

    @Test
    void whatAConnectionLeavesUnpreparedComesBackAndWhatItPreparedWaits() throws Exception {
        String name = SERVER.unique("xa");
        send(name, "one", "two");
        Xid kept = new Branch(name + ".kept");
        try (ActiveMQXAConnection connection = connect()) {
            XASession session = connection.createXASession();
            XAResource resource = session.getXAResource();
            MessageConsumer consumer = session.createConsumer(session.createQueue(name));
            resource.start(kept, XAResource.TMNOFLAGS);
            assertThat(text(consumer.receive(WAIT))).isEqualTo("one");
            resource.end(kept, XAResource.TMSUCCESS);
            assertThat(resource.prepare(kept)).isEqualTo(XAResource.XA_OK);
            Xid left = new Branch(name + ".left");
            resource.start(left, XAResource.TMNOFLAGS);
            assertThat(text(consumer.receive(WAIT))).isEqualTo("two");
            resource.end(left, XAResource.TMSUCCESS);
        }
        assertThat(SERVER.drain(name, 1)).containsExactly("two");
        try (ActiveMQXAConnection connection = connect()) {
            connection.createXASession().getXAResource().rollback(kept);
        }
        assertThat(SERVER.drain(name, 1)).containsExactly("one");
    }

    @Test
    void refusalsHaveTheirCodes() throws Exception {
        String name = SERVER.unique("xa");
        try (ActiveMQXAConnection connection = connect()) {
            XAResource resource = connection.createXASession().getXAResource();
            Xid unknown = new Branch(name);
            refused(XAException.XAER_NOTA, () -> resource.commit(unknown, false));
            refused(XAException.XAER_NOTA, () -> resource.rollback(unknown));
            refused(XAException.XAER_NOTA, () -> resource.prepare(unknown));
            refused(XAException.XAER_NOTA, () -> resource.forget(unknown));
            XASession session = connection.createXASession();
            Xid decided = new Branch(name + ".decided");
            session.getXAResource().start(decided, XAResource.TMNOFLAGS);
            session.createProducer(session.createQueue(name)).send(session.createTextMessage("decided"));
            session.getXAResource().end(decided, XAResource.TMSUCCESS);
            assertThat(session.getXAResource().prepare(decided)).isEqualTo(XAResource.XA_OK);
            var done = new java.util.concurrent.CompletableFuture<Boolean>();
            SERVER.server().broker().xa().commit(new io.delos.message.Xid(4711, decided.getGlobalTransactionId(), decided.getBranchQualifier()).base64(),
                    SERVER.server().broker().findQueue(name).orElseThrow().loop(), io.delos.broker.Reply.of(done::complete, done::completeExceptionally));
            assertThat(done.get()).isTrue();
            refused(XAException.XA_HEURCOM, () -> session.getXAResource().commit(decided, false));
            session.getXAResource().forget(decided);
        }
        assertThat(SERVER.drain(name, 1)).containsExactly("decided");
    }
}
