package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.QueueRequestor;
import jakarta.jms.QueueSession;
import jakarta.jms.Session;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** Somebody who manages a broker with the real client's helper. One thread. */
final class Operator implements AutoCloseable {

    private final ActiveMQConnection connection;
    private final QueueSession session;
    private final QueueRequestor requestor;

    Operator(int port, String user, String password) throws JMSException {
        connection = (ActiveMQConnection) new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port + "?callTimeout=10000").createConnection(user, password);
        connection.start();
        session = connection.createQueueSession(false, Session.AUTO_ACKNOWLEDGE);
        requestor = new QueueRequestor(session, session.createQueue("activemq.management"));
    }

    QueueSession session() {
        return session;
    }

    private Message asked(String resource, String operation, Object... arguments) throws Exception {
        Message request = session.createMessage();
        JMSManagementHelper.putOperationInvocation(request, resource, operation, arguments);
        return requestor.request(request);
    }

    /** The result of an operation that succeeds. */
    Object call(String resource, String operation, Object... arguments) throws Exception {
        Message reply = asked(resource, operation, arguments);
        assertThat(JMSManagementHelper.hasOperationSucceeded(reply)).as("%s: %s", operation, JMSManagementHelper.getResult(reply)).isTrue();
        return JMSManagementHelper.getResult(reply);
    }

    /** The sentence of one that is refused. */
    String refused(String resource, String operation, Object... arguments) throws Exception {
        Message reply = asked(resource, operation, arguments);
        assertThat(JMSManagementHelper.hasOperationSucceeded(reply)).as(operation).isFalse();
        return String.valueOf(JMSManagementHelper.getResult(reply));
    }

    /** An attribute's value. */
    Object read(String resource, String attribute) throws Exception {
        Message request = session.createMessage();
        JMSManagementHelper.putAttribute(request, resource, attribute);
        return JMSManagementHelper.getResult(requestor.request(request));
    }

    @Override
    public void close() throws JMSException {
        connection.close();
    }
}
