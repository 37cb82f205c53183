package io.delos.history;

import io.delos.history.Operation.Fate;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * One connection with one transacted session that writes down all it does. Its consumers have no credit but while they are asked, so a message
 * that comes was given in the very span it was asked for. One thread; every exception means that the connection is to be left.
 */
final class Guest implements AutoCloseable {

    private static final String NUMBER = "number";

    private final History history;
    private final Connection connection;
    private final Session session;
    private final MessageProducer producer;
    private final int client;
    /** Whether its credit outlives a question that found nothing, and a rollback, so that a message may come of which nobody hears. */
    private final boolean late;
    private final Map<String, MessageConsumer> consumers = new HashMap<>();
    private final List<Given> sent = new ArrayList<>();
    private final List<Given> taken = new ArrayList<>();
    private boolean left;

    /** A message and its queue. */
    private record Given(String queue, int message) { }

    /** @param factory one whose consumers have no window and no prefetch */
    Guest(History history, ConnectionFactory factory) throws JMSException {
        this.history = history;
        this.client = history.number();
        this.late = factory instanceof ActiveMQConnectionFactory;
        connection = factory.createConnection();
        try {
            session = connection.createSession(true, Session.SESSION_TRANSACTED);
            producer = session.createProducer(null);
            producer.setDeliveryMode(DeliveryMode.PERSISTENT);
            connection.start();
        } catch (JMSException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Sends one more in the running transaction. */
    void send(String queue) throws JMSException {
        Given message = new Given(queue, history.number());
        sent.add(message);
        Message empty = session.createMessage();
        empty.setIntProperty(NUMBER, message.message());
        producer.send(session.createQueue(queue), empty);
    }

    /** Takes one in the running transaction; whether there was one. */
    boolean take(String queue) throws JMSException {
        MessageConsumer consumer = consumers.get(queue);
        if (consumer == null) {
            consumer = session.createConsumer(session.createQueue(queue));
            consumers.put(queue, consumer);
        }
        long from = history.now();
        Message got = consumer.receiveNoWait();
        if (got == null) {
            history.add(new Operation.Take(client, history.since(from), queue, OptionalInt.empty()));
            closeConsumers(from);
            return false;
        }
        Given message = new Given(queue, got.getIntProperty(NUMBER));
        history.add(new Operation.Take(client, history.since(from), queue, OptionalInt.of(message.message())));
        taken.add(message);
        return true;
    }

    /** Takes and acknowledges all that is left, until every queue has said several times that it is empty. */
    void drain(List<String> queues) throws JMSException {
        for (int quiet = 0; quiet < 3; quiet++) {
            for (String queue : queues) {
                while (take(queue)) {
                    quiet = 0;
                }
            }
            if (held() > 0) {
                commit();
            }
        }
    }

    boolean gone() {
        return left;
    }

    int held() {
        return taken.size();
    }

    void commit() throws JMSException {
        long from = history.now();
        try {
            session.commit();
            decided(history.since(from), true, Fate.DONE);
        } catch (JMSException | RuntimeException e) {
            decided(new Span(from, Span.NEVER), true, Fate.UNKNOWN);
            throw e;
        }
    }

    void rollback() throws JMSException {
        long from = history.now();
        try {
            session.rollback();
            closeConsumers(from);
            decided(history.since(from), false, Fate.DONE);
        } catch (JMSException | RuntimeException e) {
            decided(new Span(from, Span.NEVER), false, Fate.UNKNOWN);
            throw e;
        }
    }

    /** Gives back what may have come unasked since {@code from}. */
    private void closeConsumers(long from) throws JMSException {
        if (late) {
            List<String> queues = List.copyOf(consumers.keySet());
            try {
                for (String queue : queues) {
                    consumers.remove(queue).close();
                }
            } finally {
                Span span = history.since(from);
                queues.forEach(queue -> history.add(new Operation.Shadow(client, span, queue)));
            }
        }
    }

    private void decided(Span span, boolean committed, Fate fate) {
        int transaction = committed ? history.number() : Operation.NO_TRANSACTION;
        for (Given message : sent) {
            history.add(new Operation.Send(client, span, message.queue(), message.message(), transaction, committed ? fate : Fate.NOT_DONE));
        }
        for (Given message : taken) {
            history.add(new Operation.Settle(client, span, message.queue(), message.message(), committed, transaction, fate));
        }
        sent.clear();
        taken.clear();
    }

    /** Ends the connection; what was not committed is given up with it. */
    @Override
    public void close() throws JMSException {
        if (left) {
            return;
        }
        left = true;
        long from = history.now();
        try {
            connection.close();
        } finally {
            Span span = history.since(from);
            for (Given message : sent) {
                history.add(new Operation.Send(client, span, message.queue(), message.message(), Operation.NO_TRANSACTION, Fate.NOT_DONE));
            }
            history.add(new Operation.Left(client, span));
            if (late) {
                consumers.keySet().forEach(queue -> history.add(new Operation.Shadow(client, span, queue)));
            }
        }
    }
}
