package io.delos.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueConnectionFactory;
import jakarta.jms.QueueSession;
import jakarta.jms.Session;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicConnectionFactory;
import jakarta.jms.TopicSession;
import io.delos.proof.BrokerProcess;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Chapters 8 and 9: receiving, redelivery, dead letters. */
class ReceiveIT extends Contract {

    /** 8.5: with and without waiting. */
    @Test
    void receiving() throws Exception {
        Queue queue = queue();
        MessageConsumer consumer = session.createConsumer(asked(queue));
        assertThat(consumer.receiveNoWait()).isNull();
        assertThat(consumer.receive(1)).isNull();
        CompletableFuture<Message> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return consumer.receive();
            } catch (JMSException e) {
                throw new IllegalStateException(e);
            }
        });
        try (Session sender = connection.createSession()) {
            send(sender, queue, "a", "b");
        }
        assertThat(text(waiting.get(WAIT, TimeUnit.MILLISECONDS))).isEqualTo("a");
        assertThat(text(consumer.receiveNoWait())).isEqualTo("b");
    }

    /** 8.6. */
    @Test
    void receivingBodies() throws JMSException {
        Queue queue = queue();
        JMSContext context = context(JMSContext.AUTO_ACKNOWLEDGE);
        context.createProducer().send(queue, "text").send(queue, Map.of("k", "v")).send(queue, new byte[] {5});
        JMSConsumer consumer = context.createConsumer(queue);
        assertThat(consumer.receiveBody(String.class, WAIT)).isEqualTo("text");
        assertThat(consumer.receiveBody(Map.class, WAIT)).isEqualTo(Map.of("k", "v"));
        assertThat(consumer.receiveBody(byte[].class, WAIT)).containsExactly(5);
        assertThat(consumer.receiveBodyNoWait(String.class)).isNull();
    }

    /** 8.7: a listener that throws gets its message again at once, marked; the rest follows. */
    @Test
    void failingListeners() throws Exception {
        Queue queue = queue();
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        AtomicInteger calls = new AtomicInteger();
        Session listening = kept(connection.createSession(Session.AUTO_ACKNOWLEDGE));
        listening.createConsumer(queue).setMessageListener(message -> {
            try {
                got.add(text(message) + message.getJMSRedelivered());
            } catch (JMSException e) {
                got.add(e.toString());
            }
            if (calls.incrementAndGet() == 1) {
                throw new IllegalArgumentException("on purpose");
            }
        });
        send(queue, "a", "b");
        assertThat(got.poll(WAIT, TimeUnit.MILLISECONDS)).isEqualTo("afalse");
        List<String> rest = List.of(got.poll(WAIT, TimeUnit.MILLISECONDS), got.poll(WAIT, TimeUnit.MILLISECONDS));
        if (wire == Wire.AMQP) {
            // the client releases it, which says that it was not delivered, and may have the other by then
            assertThat(rest).containsExactlyInAnyOrder("afalse", "bfalse");
        } else {
            assertThat(rest).containsExactly("atrue", "bfalse");
        }
    }

    /** 8.8: closing a consumer leaves acknowledgement to the session. */
    @Test
    void closingAConsumer() throws JMSException {
        Queue queue = queue();
        send(queue, "a", "b");
        Session client = kept(connection.createSession(Session.CLIENT_ACKNOWLEDGE));
        MessageConsumer consumer = client.createConsumer(queue);
        Message message = consumer.receive(WAIT);
        if (wire == Wire.OPENWIRE) {
            // that client's consumer does it, as long as it is open
            message.acknowledge();
        }
        consumer.close();
        consumer.close();
        if (wire != Wire.OPENWIRE) {
            message.acknowledge();
        }
        assertThatThrownBy(consumer::receiveNoWait).isInstanceOf(jakarta.jms.IllegalStateException.class);
        expectOn(queue, "b");
        Session transacted = kept(connection.createSession(Session.SESSION_TRANSACTED));
        send(queue, "c");
        try (MessageConsumer brief = transacted.createConsumer(queue)) {
            expect(brief, "c");
        }
        transacted.commit();
        expectNothingOn(queue);
    }

    /** 8.8: a listener may close its own consumer. */
    @Test
    void closingFromTheListener() throws Exception {
        Queue queue = queue();
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        Session listening = kept(connection.createSession(Session.AUTO_ACKNOWLEDGE));
        MessageConsumer consumer = listening.createConsumer(queue);
        consumer.setMessageListener(message -> {
            try {
                consumer.close();
                closed.complete(true);
            } catch (JMSException e) {
                closed.completeExceptionally(e);
            }
        });
        send(queue, "a", "b");
        assertThat(closed.get(WAIT, TimeUnit.MILLISECONDS)).isTrue();
        listening.close();
        // whether the first counts as received, clients see differently
        try (MessageConsumer rest = session.createConsumer(queue, "")) {
            Message next = rest.receive(WAIT);
            assertThat(text(next).equals("a") ? text(rest.receive(WAIT)) : text(next)).isEqualTo("b");
        }
    }

    /** On a connection of its own, with these options. */
    private Session transacted(String options) throws JMSException {
        Connection own = connect(options);
        own.start();
        return own.createSession(Session.SESSION_TRANSACTED);
    }

    /** 9.1: after so many attempts a message is dead, with its history on it. */
    @Test
    void deadLetters() throws JMSException {
        Queue queue = session.createQueue(Target.name("twice.q"));
        MessageConsumer letters = session.createConsumer(session.createQueue("dead.letters"));
        send(queue, "poison", "wholesome");
        Session transacted = transacted(wire.redeliveries(1));
        MessageConsumer consumer = transacted.createConsumer(queue);
        for (int attempt = 0; attempt < 2; attempt++) {
            expect(consumer, "poison");
            transacted.rollback();
        }
        expect(consumer, "wholesome");
        transacted.commit();
        Message dead = letters.receive(WAIT);
        assertThat(text(dead)).isEqualTo("poison");
        assertThat(wire.noted(dead, "_AMQ_ORIG_ADDRESS")).isEqualTo(queue.getQueueName());
        if (wire != Wire.OPENWIRE) {
            assertThat(wire.noted(dead, "_AMQ_ORIG_QUEUE")).isEqualTo(queue.getQueueName());
            assertThat(wire.noted(dead, "_AMQ_ORIG_ROUTING_TYPE")).isEqualTo((byte) 1);
        }
        assertThat(dead.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
    }

    /** 9.1: never dead where the settings say so. */
    @Test
    void attemptsWithoutEnd() throws JMSException {
        Queue queue = session.createQueue(Target.name("forever.q"));
        send(queue, "stubborn");
        Session transacted = transacted(wire.redeliveries(-1));
        MessageConsumer consumer = transacted.createConsumer(queue);
        for (int attempt = 1; attempt < 25; attempt++) {
            Message message = consumer.receive(WAIT);
            assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(attempt);
            transacted.rollback();
        }
    }

    /** 9.1: redelivery waits, longer each time, up to the greatest delay. */
    @Test
    void redeliveryDelays() throws JMSException {
        Queue queue = session.createQueue(Target.name("delayed.q"));
        send(queue, "later");
        Session transacted = kept(connection.createSession(Session.SESSION_TRANSACTED));
        MessageConsumer consumer = transacted.createConsumer(queue);
        expect(consumer, "later");
        long last = System.nanoTime();
        transacted.rollback();
        for (long delay : new long[] {300, 600, 600}) {
            expect(consumer, "later");
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - last)).isGreaterThanOrEqualTo(delay - 5);
            last = System.nanoTime();
            transacted.rollback();
        }
    }

    /** 3.5.9: the messages of a group go to one consumer, in order. */
    @Test
    void groups() throws JMSException {
        Queue queue = queue();
        Session other = kept(connection.createSession(Session.AUTO_ACKNOWLEDGE));
        List<MessageConsumer> consumers = List.of(session.createConsumer(asked(queue)), other.createConsumer(asked(queue)));
        try (MessageProducer producer = session.createProducer(queue)) {
            for (int i = 0; i < 40; i++) {
                Message message = session.createTextMessage("g" + i % 4 + "/" + i / 4);
                message.setStringProperty("JMSXGroupID", "g" + i % 4);
                producer.send(message);
            }
        }
        Map<String, Integer> owners = new HashMap<>();
        Map<String, Integer> next = new HashMap<>();
        for (int i = 0; i < consumers.size(); i++) {
            for (Message message = consumers.get(i).receiveNoWait(); message != null; message = consumers.get(i).receiveNoWait()) {
                String group = message.getStringProperty("JMSXGroupID");
                int consumer = i;
                assertThat(owners.computeIfAbsent(group, first -> consumer)).isEqualTo(consumer);
                assertThat(text(message)).isEqualTo(group + "/" + (next.merge(group, 1, Integer::sum) - 1));
            }
        }
        assertThat(next).isEqualTo(Map.of("g0", 10, "g1", 10, "g2", 10, "g3", 10));
    }

    /** 9.2: what a domain doesn't have. */
    @Test
    void methodsOfTheOtherDomain() throws JMSException {
        QueueConnection queues = kept(((QueueConnectionFactory) wire.factory(Target.port(), ""))
                .createQueueConnection(BrokerProcess.USER, BrokerProcess.PASSWORD));
        QueueSession queueSession = queues.createQueueSession(false, Session.AUTO_ACKNOWLEDGE);
        assertThatThrownBy(() -> queueSession.createTopic("t")).isInstanceOf(jakarta.jms.IllegalStateException.class);
        assertThatThrownBy(queueSession::createTemporaryTopic).isInstanceOf(jakarta.jms.IllegalStateException.class);
        assertThatThrownBy(() -> queueSession.unsubscribe("s")).isInstanceOf(jakarta.jms.IllegalStateException.class);
        TopicConnection topics = kept(((TopicConnectionFactory) wire.factory(Target.port(), ""))
                .createTopicConnection(BrokerProcess.USER, BrokerProcess.PASSWORD));
        TopicSession topicSession = topics.createTopicSession(false, Session.AUTO_ACKNOWLEDGE);
        assertThatThrownBy(() -> topicSession.createQueue("q")).isInstanceOf(jakarta.jms.IllegalStateException.class);
        assertThatThrownBy(topicSession::createTemporaryQueue).isInstanceOf(jakarta.jms.IllegalStateException.class);
        assertThatThrownBy(() -> topicSession.createBrowser(queue())).isInstanceOf(jakarta.jms.IllegalStateException.class);
    }
}
