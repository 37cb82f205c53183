package io.delos.proof;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.XASession;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.ActiveMQXAConnection;
import org.apache.activemq.ActiveMQXAConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker is killed with SIGKILL between the two phases of what OpenWire clients do in distributed transactions. */
@Timeout(180)
class OpenWireXaIT {

    @TempDir
    Path directory;

    private record Name(String part) implements Xid {
        @Override
        public int getFormatId() {
            return 72;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return new byte[] {1, 0, -1};
        }

        @Override
        public byte[] getBranchQualifier() {
            return part.getBytes(StandardCharsets.UTF_8);
        }
    }

    private static ActiveMQXAConnection connect(BrokerProcess broker) throws JMSException {
        ActiveMQXAConnection connection = (ActiveMQXAConnection) new ActiveMQXAConnectionFactory("tcp://127.0.0.1:" + broker.port())
                .createXAConnection(BrokerProcess.USER, BrokerProcess.PASSWORD);
        connection.start();
        return connection;
    }

    /** Sessions of the other kind of connection work in distributed transactions only. */
    private static Connection plain(BrokerProcess broker) throws JMSException {
        Connection connection = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + broker.port()).createConnection(BrokerProcess.USER,
                BrokerProcess.PASSWORD);
        connection.start();
        return connection;
    }

    /** Takes one message, sends what is made of it, and prepares both. */
    private static void prepare(ActiveMQXAConnection connection, Xid xid, String expected) throws Exception {
        XASession session = connection.createXASession();
        XAResource resource = session.getXAResource();
        resource.start(xid, XAResource.TMNOFLAGS);
        MessageConsumer consumer = session.createConsumer(session.createQueue("in?consumer.prefetchSize=1"));
        Message taken = consumer.receive(10_000);
        assertThat(((TextMessage) taken).getText()).isEqualTo(expected);
        session.createProducer(session.createQueue("out")).send(session.createTextMessage("made of " + expected));
        resource.end(xid, XAResource.TMSUCCESS);
        assertThat(resource.prepare(xid)).isEqualTo(XAResource.XA_OK);
        consumer.close();
    }

    private static String next(Connection connection, String queue) throws JMSException {
        try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
            TextMessage message = (TextMessage) consumer.receive(1000);
            return message == null ? null : message.getText();
        }
    }

    @Test
    void whatIsPreparedOutlivesTheProcessUntilItIsDecided() throws Exception {
        Xid committed = new Name("committed");
        Xid undone = new Name("undone");
        try (BrokerProcess broker = BrokerProcess.create(Distribution.home(), directory.resolve("broker"), "--no-autotune", "--nio", "--java-memory", "256M")) {
            broker.start();
            try (Connection connection = plain(broker); Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
                session.createProducer(session.createQueue("in")).send(session.createTextMessage("one"));
                session.createProducer(session.createQueue("in")).send(session.createTextMessage("two"));
            }
            try (ActiveMQXAConnection connection = connect(broker)) {
                prepare(connection, committed, "one");
                prepare(connection, undone, "two");
                broker.kill();
            } catch (JMSException broken) {
                // the connection can't be closed any more
                assertThat(broker.alive()).isFalse();
            }
            broker.start();
            try (ActiveMQXAConnection manager = connect(broker); Connection connection = plain(broker)) {
                assertThat(next(connection, "in")).isNull();
                assertThat(next(connection, "out")).isNull();
                XAResource resource = manager.createXASession().getXAResource();
                assertThat(resource.recover(XAResource.TMSTARTRSCAN)).hasSize(2);
                resource.commit(committed, false);
                resource.rollback(undone);
                assertThat(resource.recover(XAResource.TMSTARTRSCAN)).isEmpty();
                assertThat(next(connection, "out")).isEqualTo("made of one");
                assertThat(next(connection, "out")).isNull();
                assertThat(next(connection, "in")).isEqualTo("two");
                assertThat(next(connection, "in")).isNull();
            }
        }
    }
}
