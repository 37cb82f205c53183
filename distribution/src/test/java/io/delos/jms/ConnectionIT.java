package io.delos.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.proof.BrokerProcess;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.ConnectionMetaData;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Chapters 5 and 6.1: connections. */
class ConnectionIT extends Contract {

    /** 6.1.1, 10.3: a wrong password. */
    @Test
    void wrongPasswordsAreRefused() {
        ConnectionFactory factory = wire.factory(Target.port(), "");
        assertThatThrownBy(() -> {
            try (Connection wrong = factory.createConnection(BrokerProcess.USER, "wrong")) {
                wrong.start();
            }
        }).isInstanceOf(JMSSecurityException.class);
        assertThatThrownBy(() -> {
            try (Connection nobody = factory.createConnection()) {
                nobody.start();
            }
        }).isInstanceOf(JMSSecurityException.class);
    }

    /** 10.3: what the user may not do. */
    @Test
    void forbiddenThingsAreSecurityExceptions() {
        assertThatThrownBy(() -> session.createProducer(session.createQueue("forbidden.q")).send(session.createMessage()))
                .isInstanceOf(JMSSecurityException.class);
        assertThatThrownBy(() -> session.createConsumer(session.createQueue("forbidden.q"))).isInstanceOf(JMSException.class);
    }

    /** 6.1.2: one client at a time, free again when it leaves. */
    @Test
    void aClientIdentifierHasOneUser() throws JMSException {
        String id = Target.name("client");
        Connection first = client(id);
        assertThat(first.getClientID()).isEqualTo(id);
        assertThatThrownBy(() -> client(id)).isInstanceOf(InvalidClientIDException.class);
        first.close();
        assertThat(client(id).getClientID()).isEqualTo(id);
    }

    /** 6.1.2: only at the beginning, and only once. */
    @Test
    void aClientIdentifierIsSetFirst() throws JMSException {
        assertThatThrownBy(() -> connection.setClientID(Target.name("late"))).isInstanceOf(IllegalStateException.class);
        Connection named = client(Target.name("client"));
        assertThatThrownBy(() -> named.setClientID("another")).isInstanceOf(IllegalStateException.class);
    }

    /** 6.1.4, 6.1.5: nothing arrives while stopped; sending goes on. */
    @Test
    void stoppedConnectionsOnlySend() throws JMSException {
        Connection stopped = connect("");
        Session its = stopped.createSession();
        Queue queue = queue();
        MessageConsumer consumer = its.createConsumer(queue);
        send(its, queue, "a", "b", "c");
        assertThat(consumer.receive(100)).isNull();
        stopped.start();
        expect(consumer, "a");
        stopped.stop();
        stopped.stop();
        assertThat(consumer.receive(100)).isNull();
        stopped.start();
        stopped.start();
        expect(consumer, "b", "c");
    }

    /** 6.1.5: stop waits for listeners that are running. */
    @Test
    void stoppingWaitsForListeners() throws Exception {
        Queue queue = queue();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        session.createConsumer(queue).setMessageListener(message -> {
            inside.countDown();
            try {
                leave.await(WAIT, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try (Session sender = connection.createSession()) {
            send(sender, queue, "a");
        }
        assertThat(inside.await(WAIT, TimeUnit.MILLISECONDS)).isTrue();
        CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(() -> {
            try {
                connection.stop();
                return leave.getCount() == 0;
            } catch (JMSException e) {
                throw new java.lang.IllegalStateException(e);
            }
        });
        leave.countDown();
        assertThat(stopped.get(WAIT, TimeUnit.MILLISECONDS)).isTrue();
    }

    /** 6.1.6. */
    @Test
    void metaData() throws JMSException {
        ConnectionMetaData data = connection.getMetaData();
        assertThat(data.getJMSMajorVersion()).isGreaterThanOrEqualTo(2);
        assertThat(data.getJMSProviderName()).isNotEmpty();
        List<?> names = Collections.list((java.util.Enumeration<?>) data.getJMSXPropertyNames());
        assertThat(names.stream().map(Object::toString)).contains("JMSXGroupID", "JMSXGroupSeq", "JMSXDeliveryCount");
    }

    /** 6.1.7. */
    @Test
    void exceptionListeners() throws JMSException {
        connection.setExceptionListener(problem -> { });
        assertThat(connection.getExceptionListener()).isNotNull();
        connection.setExceptionListener(null);
        assertThat(connection.getExceptionListener()).isNull();
    }

    /** 6.1.8: what is closed is closed. */
    @Test
    void closedConnections() throws JMSException {
        Connection closing = connect("");
        closing.start();
        Session its = closing.createSession();
        Queue queue = queue();
        MessageProducer producer = its.createProducer(queue);
        MessageConsumer consumer = its.createConsumer(queue);
        closing.close();
        closing.close();
        assertThatThrownBy(closing::start).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(closing::createSession).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(its::createTextMessage).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> producer.send(session.createMessage())).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(consumer::receiveNoWait).isInstanceOf(IllegalStateException.class);
        its.close();
        producer.close();
        consumer.close();
    }

    /** 6.1.8: closing ends a waiting receive, and rolls back. */
    @Test
    void closingEndsWhatIsUnderWay() throws Exception {
        Queue queue = queue();
        Connection closing = connect("");
        closing.start();
        Session transacted = closing.createSession(Session.SESSION_TRANSACTED);
        send(queue, "taken");
        expect(transacted.createConsumer(queue), "taken");
        send(transacted, queue, "never committed");
        Queue empty = queue();
        CompletableFuture<Message> waiting = new CompletableFuture<>();
        MessageConsumer consumer = closing.createSession().createConsumer(empty);
        Thread receiver = new Thread(() -> {
            try {
                waiting.complete(consumer.receive());
            } catch (JMSException e) {
                waiting.completeExceptionally(e);
            }
        });
        receiver.start();
        closing.close();
        receiver.join(WAIT);
        assertThat(receiver.isAlive()).isFalse();
        MessageConsumer next = session.createConsumer(queue);
        Message again = next.receive(WAIT);
        assertThat(text(again)).isEqualTo("taken");
        assertThat(again.getJMSRedelivered()).isTrue();
        expectNothing(next);
    }

    /** 6.1.8: acknowledging through what is closed. */
    @Test
    void acknowledgingAfterClose() throws JMSException {
        Queue queue = queue();
        Session client = kept(connection.createSession(Session.CLIENT_ACKNOWLEDGE));
        send(queue, "a");
        Message message = client.createConsumer(queue).receive(WAIT);
        client.close();
        assertThatThrownBy(message::acknowledge).isInstanceOf(IllegalStateException.class);
        expectOn(queue, "a");
    }

    /** 5.3, 6.1.3, 6.1.8: contexts, and several on one connection. */
    @Test
    void contexts() throws JMSException {
        Queue queue = queue();
        JMSContext first = context(JMSContext.AUTO_ACKNOWLEDGE);
        JMSContext second = first.createContext(JMSContext.SESSION_TRANSACTED);
        first.createProducer().send(queue, "text");
        assertThat(second.createConsumer(queue).receiveBody(String.class, WAIT)).isEqualTo("text");
        first.close();
        second.commit();
        second.createProducer().send(queue, "still open");
        second.commit();
        second.close();
        expectOn(queue, "still open");
    }

    /** 6.1.4, 8.4: a context starts by itself unless told not to. */
    @Test
    void contextsStartByThemselves() throws JMSException {
        Queue queue = queue();
        send(queue, "a");
        JMSContext context = context(JMSContext.AUTO_ACKNOWLEDGE);
        context.setAutoStart(false);
        var consumer = context.createConsumer(queue);
        assertThat(consumer.receive(100)).isNull();
        context.start();
        assertThat(consumer.receiveBody(String.class, WAIT)).isEqualTo("a");
    }
}
