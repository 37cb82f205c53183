package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.delos.server.TestServer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.TextMessage;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What transaction managers do with the client's XA resources. */
class JmsXaIT {
    private static final long WAIT = 60_000;

    @RegisterExtension
    static final CoreServer SERVER = new CoreServer("", config -> config.with("transaction-timeout-scan-period", 100));

    private interface Call {
        void run() throws XAException, JMSException;
    }

    private static void refused(int code, Call call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(XAException.class, e -> assertThat(e.errorCode).isEqualTo(code));
    }

    private static XAConnection connect(int port) throws JMSException {
        XAConnection connection = new ActiveMQXAConnectionFactory("tcp://127.0.0.1:" + port + "?callTimeout=10000").createXAConnection();
        connection.start();
        return connection;
    }

    private static Xid xid() {
        return new TestXid("g" + SERVER.unique(), "b");
    }

    private static List<String> drained(int port, String queue) {
        List<String> texts = new ArrayList<>();
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port);
                JMSContext context = factory.createContext()) {
            var consumer = context.createConsumer(context.createQueue(queue));
            for (Message next = consumer.receiveNoWait(); next != null; next = consumer.receiveNoWait()) {
                texts.add(text(next));
            }
        }
        return texts;
    }

    private static String text(Message message) {
        try {
            return message == null ? null : ((TextMessage) message).getText();
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theWholeLifeOfABranch() throws Exception {
        try (XAConnection connection = connect(SERVER.port()); XAConnection other = connect(SERVER.port())) {
            XASession session = connection.createXASession();
            XAResource resource = session.getXAResource();
            XAResource elsewhere = other.createXASession().getXAResource();
            assertThat(resource.isSameRM(elsewhere)).isTrue();
            String name = "xa." + SERVER.unique();
            Queue queue = session.createQueue(name);
            MessageProducer producer = session.createProducer(queue);
            Xid first = xid();
            resource.start(first, XAResource.TMNOFLAGS);
            producer.send(session.createTextMessage("one"));
            resource.end(first, XAResource.TMSUSPEND);
            producer.send(session.createTextMessage("outside"));
            resource.start(first, XAResource.TMRESUME);
            producer.send(session.createTextMessage("two"));
            resource.end(first, XAResource.TMSUCCESS);
            assertThat(resource.prepare(first)).isEqualTo(XAResource.XA_OK);
            assertThat(drained(SERVER.port(), name)).containsExactly("outside");
            assertThat(elsewhere.recover(XAResource.TMSTARTRSCAN)).hasSize(1);
            elsewhere.commit(first, false);
            assertThat(elsewhere.recover(XAResource.TMSTARTRSCAN)).isEmpty();
            MessageConsumer consumer = session.createConsumer(queue);
            Xid second = xid();
            resource.start(second, XAResource.TMNOFLAGS);
            assertThat(text(consumer.receive(WAIT))).isEqualTo("one");
            resource.end(second, XAResource.TMSUCCESS);
            resource.prepare(second);
            resource.rollback(second);
            Xid third = xid();
            resource.start(third, XAResource.TMNOFLAGS);
            Message again = consumer.receive(WAIT);
            assertThat(text(again)).isEqualTo("one");
            assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
            assertThat(text(consumer.receive(WAIT))).isEqualTo("two");
            resource.end(third, XAResource.TMSUCCESS);
            resource.commit(third, true);
            consumer.close();
            assertThat(drained(SERVER.port(), name)).isEmpty();
        }
    }

    @Test
    void statesAndNamesAreHeeded() throws Exception {
        try (XAConnection connection = connect(SERVER.port()); XAConnection other = connect(SERVER.port())) {
            XASession session = connection.createXASession();
            XAResource one = session.getXAResource();
            XAResource two = other.createXASession().getXAResource();
            Xid xid = xid();
            refused(XAException.XAER_NOTA, () -> one.prepare(xid));
            refused(XAException.XAER_NOTA, () -> one.commit(xid, false));
            refused(XAException.XAER_NOTA, () -> one.rollback(xid));
            refused(XAException.XAER_NOTA, () -> one.forget(xid));
            refused(XAException.XAER_NOTA, () -> one.start(xid, XAResource.TMJOIN));
            refused(XAException.XAER_NOTA, () -> one.start(xid, XAResource.TMRESUME));
            refused(XAException.XAER_NOTA, () -> one.end(xid, XAResource.TMSUCCESS));
            refused(XAException.XAER_PROTO, () -> one.end(xid, XAResource.TMSUSPEND));
            one.start(xid, XAResource.TMNOFLAGS);
            refused(XAException.XAER_DUPID, () -> two.start(xid, XAResource.TMNOFLAGS));
            refused(XAException.XAER_PROTO, () -> one.prepare(xid));
            refused(XAException.XAER_PROTO, () -> one.commit(xid, true));
            refused(XAException.XAER_PROTO, () -> one.rollback(xid));
            one.end(xid, XAResource.TMSUSPEND);
            refused(XAException.XAER_PROTO, () -> one.prepare(xid));
            refused(XAException.XAER_PROTO, () -> two.start(xid, XAResource.TMJOIN));
            two.end(xid, XAResource.TMSUCCESS);
            refused(XAException.XA_RETRY, () -> two.commit(xid, false));
            assertThat(two.prepare(xid)).isEqualTo(XAResource.XA_OK);
            assertThat(one.prepare(xid)).isEqualTo(XAResource.XA_OK);
            refused(XAException.XAER_DUPID, () -> one.start(xid, XAResource.TMNOFLAGS));
            refused(XAException.XAER_RMFAIL, () -> one.commit(xid, true));
            assertThat(one.recover(XAResource.TMSTARTRSCAN)).hasSize(1);
            assertThat(one.recover(XAResource.TMNOFLAGS)).isEmpty();
            one.rollback(xid);
            refused(XAException.XAER_NOTA, () -> one.commit(xid, false));
            Xid before = xid();
            Xid after = xid();
            one.start(before, XAResource.TMNOFLAGS);
            one.start(after, XAResource.TMNOFLAGS);
            refused(XAException.XAER_NOTA, () -> one.end(before, XAResource.TMSUCCESS));
            one.end(after, XAResource.TMFAIL);
            one.rollback(after);
        }
    }

    @Test
    void whatTookTooLongOrFailedIsRolledBack() throws Exception {
        try (XAConnection connection = connect(SERVER.port())) {
            XASession session = connection.createXASession();
            XAResource resource = session.getXAResource();
            assertThat(resource.getTransactionTimeout()).isEqualTo(300);
            String name = "late." + SERVER.unique();
            MessageProducer producer = session.createProducer(session.createQueue(name));
            assertThat(resource.setTransactionTimeout(1)).isTrue();
            Xid late = xid();
            Xid working = xid();
            resource.start(late, XAResource.TMNOFLAGS);
            producer.send(session.createTextMessage("late"));
            resource.end(late, XAResource.TMSUCCESS);
            resource.start(working, XAResource.TMNOFLAGS);
            producer.send(session.createTextMessage("late"));
            await().atMost(WAIT, TimeUnit.MILLISECONDS).untilAsserted(() ->
                    assertThat(SERVER.server().broker().findQueue(name).orElseThrow().usage().messages()).isZero());
            producer.send(session.createTextMessage("later"));
            refused(XAException.XAER_PROTO, () -> resource.end(working, XAResource.TMSUCCESS));
            refused(XAException.XAER_NOTA, () -> resource.rollback(working));
            refused(XAException.XAER_NOTA, () -> resource.prepare(late));
            assertThat(resource.setTransactionTimeout(0)).isTrue();
            TextMessage once = session.createTextMessage("once");
            once.setStringProperty("_AMQ_DUPL_ID", name);
            producer.send(once);
            for (boolean onePhase : new boolean[] {true, false}) {
                Xid twice = xid();
                resource.start(twice, XAResource.TMNOFLAGS);
                producer.send(once);
                resource.end(twice, XAResource.TMSUCCESS);
                refused(XAException.XA_RBROLLBACK, onePhase ? () -> resource.commit(twice, true) : () -> resource.prepare(twice));
                refused(XAException.XAER_NOTA, () -> resource.rollback(twice));
            }
            assertThat(drained(SERVER.port(), name)).containsExactly("once");
        }
    }

    @Test
    void aBranchOutlivesItsSessionAndIfItIsPreparedItsConnection() throws Exception {
        String name = "outlives." + SERVER.unique();
        Xid ended = xid();
        Xid prepared = xid();
        Xid cut = xid();
        try (Wiretap wire = new Wiretap(SERVER.port())) {
            XAConnection orderly = connect(SERVER.port());
            XAConnection broken = connect(wire.port());
            work(orderly, name, ended);
            XAResource resource = work(broken, name, prepared);
            resource.prepare(prepared);
            work(broken, name, cut);
            orderly.close();
            wire.cut();
        }
        try (XAConnection connection = connect(SERVER.port())) {
            XAResource resource = connection.createXASession().getXAResource();
            resource.commit(ended, true);
            resource.commit(prepared, false);
            await().atMost(WAIT, TimeUnit.MILLISECONDS).untilAsserted(() -> refused(XAException.XAER_NOTA, () -> resource.rollback(cut)));
        }
        assertThat(drained(SERVER.port(), name)).hasSize(2);
    }

    private static XAResource work(XAConnection connection, String queue, Xid xid) throws Exception {
        XASession session = connection.createXASession();
        MessageProducer producer = session.createProducer(session.createQueue(queue));
        session.getXAResource().start(xid, XAResource.TMNOFLAGS);
        producer.send(session.createTextMessage(xid.toString()));
        session.getXAResource().end(xid, XAResource.TMSUCCESS);
        return session.getXAResource();
    }

    @Test
    void aBranchIsLostWithItsConnectionAndCanBeRolledBackOverTheNext() throws Exception {
        String name = "midst." + SERVER.unique();
        try (Wiretap wire = new Wiretap(SERVER.port()); ActiveMQXAConnectionFactory factory = new ActiveMQXAConnectionFactory("tcp://127.0.0.1:"
                + wire.port() + "?callTimeout=10000&useTopologyForLoadBalancing=false&reconnectAttempts=50&retryInterval=20");
                XAConnection connection = factory.createXAConnection()) {
            connection.start();
            XASession session = connection.createXASession();
            XAResource resource = session.getXAResource();
            MessageProducer producer = session.createProducer(session.createQueue(name));
            Xid xid = xid();
            resource.start(xid, XAResource.TMNOFLAGS);
            producer.send(session.createTextMessage("lost"));
            wire.cut();
            await().ignoreExceptions().until(() -> session.createTemporaryQueue() != null);
            refused(XAException.XAER_RMFAIL, () -> resource.end(xid, XAResource.TMSUCCESS));
            resource.rollback(xid);
            Xid next = xid();
            resource.start(next, XAResource.TMNOFLAGS);
            producer.send(session.createTextMessage("kept"));
            resource.end(next, XAResource.TMSUCCESS);
            resource.commit(next, true);
        }
        assertThat(drained(SERVER.port(), name)).containsExactly("kept");
    }

    /** Moves money between two accounts; it is stopped at any step, and its log says what it had decided. */
    @Test
    void amountsAreNeitherLostNorMadeThoughTheManagerStopsAnywhere(@TempDir Path directory) throws Exception {
        Random chance = new Random(7);
        try (TestServer server = TestServer.start(directory)) {
            try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + server.port());
                    JMSContext context = factory.createContext()) {
                for (int i = 0; i < 20; i++) {
                    context.createProducer().send(context.createQueue("left"), "coin " + i);
                }
            }
            for (int round = 0; round < 6; round++) {
                Map<String, Boolean> log = new HashMap<>();
                try (XAConnection connection = connect(server.port())) {
                    for (int i = 0; i < 5; i++) {
                        move(connection, "round " + round + ", move " + i, chance, log);
                    }
                }
                if (round % 2 == 0) {
                    server.restart();
                }
                try (XAConnection connection = connect(server.port())) {
                    XAResource resource = connection.createXASession().getXAResource();
                    for (Xid left : resource.recover(XAResource.TMSTARTRSCAN)) {
                        if (log.getOrDefault(new String(left.getGlobalTransactionId(), java.nio.charset.StandardCharsets.UTF_8), false)) {
                            resource.commit(left, false);
                        } else {
                            resource.rollback(left);
                        }
                    }
                    assertThat(resource.recover(XAResource.TMSTARTRSCAN)).isEmpty();
                }
            }
            List<String> all = new ArrayList<>(drained(server.port(), "left"));
            all.addAll(drained(server.port(), "right"));
            assertThat(all).hasSize(20).doesNotHaveDuplicates();
        }
    }

    private static void move(XAConnection connection, String name, Random chance, Map<String, Boolean> log) throws Exception {
        boolean there = chance.nextBoolean();
        XASession taking = connection.createXASession();
        XASession giving = connection.createXASession();
        Xid from = new TestXid(name, "from");
        Xid to = new TestXid(name, "to");
        MessageConsumer consumer = taking.createConsumer(taking.createQueue(there ? "left" : "right"));
        MessageProducer producer = giving.createProducer(giving.createQueue(there ? "right" : "left"));
        taking.getXAResource().start(from, XAResource.TMNOFLAGS);
        giving.getXAResource().start(to, XAResource.TMNOFLAGS);
        Message coin = consumer.receive(200);
        if (coin != null) {
            producer.send(coin);
        }
        taking.getXAResource().end(from, XAResource.TMSUCCESS);
        giving.getXAResource().end(to, XAResource.TMSUCCESS);
        consumer.close();
        // each step may be the last
        int last = chance.nextInt(6);
        if (last > 0) {
            taking.getXAResource().prepare(from);
        }
        if (last > 1) {
            giving.getXAResource().prepare(to);
        }
        if (last > 2) {
            log.put(name, true);
        }
        if (last > 3) {
            taking.getXAResource().commit(from, false);
        }
        if (last > 4) {
            giving.getXAResource().commit(to, false);
        }
        if (last == 0) {
            taking.getXAResource().rollback(from);
            giving.getXAResource().rollback(to);
        } else if (last == 1) {
            giving.getXAResource().rollback(to);
        }
    }
}
