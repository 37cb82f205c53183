package io.delos.cli;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.io.IOException;

/** Management messages over AMQP: a request with two properties and a JSON array, an answer to a temporary queue. */
final class AmqpManagement implements Management {

    private static final String ADDRESS = "activemq.management";
    private static final String RESOURCE = "_AMQ_ResourceName";
    private static final String ATTRIBUTE = "_AMQ_Attribute";
    private static final String OPERATION = "_AMQ_OperationName";
    private static final String SUCCEEDED = "_AMQ_OperationSucceeded";
    private static final long TIMEOUT_MILLIS = 30_000;

    private final Session session;
    private final TemporaryQueue replies;
    private final String replyName;
    private final MessageConsumer consumer;
    private final MessageProducer producer;

    private AmqpManagement(Session session, TemporaryQueue replies) throws JMSException {
        this.session = session;
        this.replies = replies;
        this.replyName = replies.getQueueName();
        this.consumer = session.createConsumer(replies);
        this.producer = session.createProducer(session.createQueue(ADDRESS));
    }

    static AmqpManagement open(Connection connection) throws JMSException {
        Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        return new AmqpManagement(session, session.createTemporaryQueue());
    }

    @Override
    public JsonNode call(String resource, String operation, Object... arguments) throws IOException, ManagementException {
        try {
            Message reply = ask(resource, OPERATION, operation, Json.array(arguments));
            JsonNode result = result(reply);
            if (!reply.getBooleanProperty(SUCCEEDED)) {
                throw new ManagementException(result.asText());
            }
            return result;
        } catch (JMSException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public JsonNode read(String resource, String attribute) throws IOException, ManagementException {
        try {
            Message reply = ask(resource, ATTRIBUTE, attribute, "");
            JsonNode result = result(reply);
            if (reply.propertyExists(SUCCEEDED) && !reply.getBooleanProperty(SUCCEEDED)) {
                throw new ManagementException(result.asText());
            }
            return result;
        } catch (JMSException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Message ask(String resource, String kind, String name, String body) throws JMSException, IOException {
        TextMessage message = session.createTextMessage(body);
        message.setStringProperty(RESOURCE, resource);
        message.setStringProperty(kind, name);
        message.setJMSReplyTo(replies);
        producer.send(message);
        Message reply = consumer.receive(TIMEOUT_MILLIS);
        if (reply == null) {
            throw new IOException("No answer from the broker's management within " + TIMEOUT_MILLIS + " ms");
        }
        return reply;
    }

    private static JsonNode result(Message reply) throws JMSException, IOException {
        JsonNode node = Json.parse(reply instanceof TextMessage text ? text.getText() : null);
        return node.isArray() && node.size() > 0 ? node.get(0) : Json.parse("null");
    }

    @Override
    public boolean isOwn(String address) {
        return address.equals(replyName);
    }

    @Override
    public void close() throws IOException {
        try {
            producer.close();
            consumer.close();
            replies.delete();
            session.close();
        } catch (JMSException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
