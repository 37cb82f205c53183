package io.delos.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.CompletionListener;
import jakarta.jms.DeliveryMode;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidDestinationRuntimeException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Chapter 7: sending. */
class SendIT extends Contract {

    /** Writes down what became of each message, and on which thread. */
    private static final class Heard implements CompletionListener {
        final List<String> completed = Collections.synchronizedList(new ArrayList<>());
        final BlockingQueue<Exception> failed = new LinkedBlockingQueue<>();
        final Set<Thread> threads = ConcurrentHashMap.newKeySet();

        @Override
        public void onCompletion(Message message) {
            threads.add(Thread.currentThread());
            try {
                completed.add(text(message));
            } catch (JMSException e) {
                failed.add(e);
            }
        }

        @Override
        public void onException(Message message, Exception exception) {
            threads.add(Thread.currentThread());
            failed.add(exception);
        }
    }

    /** 7.1: a producer without a destination, and one with. */
    @Test
    void producersWithAndWithoutDestination() throws JMSException {
        Queue queue = queue();
        Topic topic = topic();
        MessageConsumer subscriber = session.createConsumer(topic);
        try (MessageProducer anonymous = session.createProducer(null)) {
            assertThat(anonymous.getDestination()).isNull();
            anonymous.send(queue, session.createTextMessage("q"));
            anonymous.send(topic, session.createTextMessage("t"));
            assertThatThrownBy(() -> anonymous.send(session.createMessage()))
                    .isInstanceOf(wire == Wire.OPENWIRE ? InvalidDestinationException.class : UnsupportedOperationException.class);
            assertThatThrownBy(() -> anonymous.send(null, session.createMessage())).isInstanceOf(InvalidDestinationException.class);
        }
        try (MessageProducer bound = session.createProducer(queue)) {
            assertThat(bound.getDestination()).isEqualTo(queue);
            // OpenWire's client minds another one alone
            Queue named = wire == Wire.OPENWIRE ? queue() : queue;
            assertThatThrownBy(() -> bound.send(named, session.createMessage())).isInstanceOf(UnsupportedOperationException.class);
        }
        expectOn(queue, "q");
        expect(subscriber, "t");
    }

    /** 7.3.1, 7.3.3, 7.3.6, 7.3.8: completed in the order of sending, not on the sender's thread, with the headers set. */
    @Test
    void asynchronousSends() throws JMSException {
        Queue queue = queue();
        Heard heard = new Heard();
        List<String> sent = new ArrayList<>();
        try (MessageProducer producer = session.createProducer(queue)) {
            for (int i = 0; i < 200; i++) {
                sent.add("m" + i);
                if (i % 10 == 9) {
                    producer.send(session.createTextMessage("m" + i));
                    sent.remove(i - i / 10);
                } else {
                    producer.send(session.createTextMessage("m" + i), heard);
                }
            }
        }
        await().atMost(Duration.ofMillis(WAIT)).until(() -> heard.completed.size() == sent.size());
        assertThat(heard.completed).isEqualTo(sent);
        assertThat(heard.failed).isEmpty();
        assertThat(heard.threads).doesNotContain(Thread.currentThread());
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 200; i++) {
            expect(consumer, "m" + i);
        }
    }

    /** 7.3.4: commit waits for them. */
    @Test
    void asynchronousSendsInTransactions() throws JMSException {
        Queue queue = queue();
        Heard heard = new Heard();
        Session transacted = kept(connection.createSession(Session.SESSION_TRANSACTED));
        MessageProducer producer = transacted.createProducer(queue);
        for (int i = 0; i < 20; i++) {
            producer.send(transacted.createTextMessage("" + i), heard);
        }
        transacted.commit();
        // clients may tell on a thread of their own
        await().atMost(Duration.ofMillis(WAIT)).until(() -> heard.completed.size() == 20);
        expectOn(queue, "0", "1", "2");
    }

    /** 7.3.2: what fails is heard of. */
    @Test
    void asynchronousSendsThatFail() throws Exception {
        Heard heard = new Heard();
        Exception failure;
        try (MessageProducer anonymous = session.createProducer(null)) {
            anonymous.send(session.createQueue("forbidden.async"), session.createTextMessage("x"), heard);
            failure = heard.failed.poll(WAIT, TimeUnit.MILLISECONDS);
        } catch (JMSException thrown) {
            failure = thrown;
        }
        assertThat(failure).isInstanceOf(JMSException.class);
        assertThat(heard.completed).isEmpty();
    }

    /** 7.3.4: a completion must not close what it completes. */
    @Test
    void completionsDoNotClose() throws Exception {
        CompletableFuture<Exception> thrown = new CompletableFuture<>();
        MessageProducer producer = session.createProducer(queue());
        producer.send(session.createTextMessage("x"), new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                try {
                    session.close();
                    thrown.complete(null);
                } catch (JMSException e) {
                    thrown.complete(e);
                }
            }

            @Override
            public void onException(Message message, Exception exception) {
                thrown.complete(exception);
            }
        });
        assertThat(thrown.get(WAIT, TimeUnit.MILLISECONDS)).isInstanceOf(jakarta.jms.IllegalStateException.class);
    }

    /** 7.3: through a context. */
    @Test
    void asynchronousSendsOfContexts() throws JMSException {
        Queue queue = queue();
        Heard heard = new Heard();
        JMSContext context = context(JMSContext.AUTO_ACKNOWLEDGE);
        JMSProducer producer = context.createProducer().setAsync(heard);
        producer.send(queue, "a").send(queue, "b");
        await().atMost(Duration.ofMillis(WAIT)).until(() -> heard.completed.size() == 2);
        assertThat(heard.completed).containsExactly("a", "b");
    }

    /** 7.4, 7.7: a producer's options, and a send's own. */
    @Test
    void optionsOfProducersAndSends() throws JMSException {
        Queue queue = queue();
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            producer.setPriority(8);
            producer.setTimeToLive(100_000);
            producer.send(session.createTextMessage("producer's"));
            producer.send(session.createTextMessage("its own"), DeliveryMode.PERSISTENT, 2, 0);
            assertThatThrownBy(() -> producer.setPriority(10)).isInstanceOf(JMSException.class);
            assertThatThrownBy(() -> producer.setDeliveryMode(7)).isInstanceOf(JMSException.class);
        }
        MessageConsumer consumer = session.createConsumer(queue);
        Message message = consumer.receive(WAIT);
        assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.NON_PERSISTENT);
        assertThat(message.getJMSPriority()).isEqualTo(8);
        assertThat(message.getJMSExpiration()).isPositive();
        message = consumer.receive(WAIT);
        assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
        assertThat(message.getJMSPriority()).isEqualTo(2);
        assertThat(message.getJMSExpiration()).isZero();
    }

    /** 7.5, 7.6, 7.10: what a context's producer sets overrides the message's; calls chain. */
    @Test
    void propertiesAndHeadersOfProducers() throws JMSException {
        Queue queue = queue();
        JMSContext context = context(JMSContext.AUTO_ACKNOWLEDGE);
        Message message = context.createTextMessage("x");
        message.setIntProperty("n", 1);
        message.setJMSType("message's");
        message.setStringProperty("mine", "kept");
        context.createProducer().setProperty("n", 2).setProperty("b", true).setJMSType("producer's").setJMSCorrelationID("c")
                .setJMSReplyTo(queue).setPriority(6).setTimeToLive(100_000).setDeliveryMode(DeliveryMode.NON_PERSISTENT).send(queue, message);
        context.createProducer().send(queue, Map.of("k", 1)).send(queue, new byte[] {1, 2}).send(queue, "text").send(queue, (java.io.Serializable) 7L);
        MessageConsumer consumer = session.createConsumer(queue);
        Message received = consumer.receive(WAIT);
        assertThat(received.getIntProperty("n")).isEqualTo(2);
        assertThat(received.getBooleanProperty("b")).isTrue();
        assertThat(received.getStringProperty("mine")).isEqualTo("kept");
        assertThat(received.getJMSType()).isEqualTo("producer's");
        assertThat(received.getJMSCorrelationID()).isEqualTo("c");
        assertThat(received.getJMSReplyTo()).isEqualTo(queue);
        assertThat(received.getJMSPriority()).isEqualTo(6);
        assertThat(consumer.receive(WAIT).getBody(Map.class)).isEqualTo(Map.of("k", 1));
        assertThat(consumer.receive(WAIT).getBody(byte[].class)).containsExactly(1, 2);
        assertThat(consumer.receive(WAIT).getBody(String.class)).isEqualTo("text");
        assertThat(consumer.receive(WAIT)).isInstanceOf(jakarta.jms.ObjectMessage.class);
        assertThatThrownBy(() -> context.createProducer().send(null, "x")).isInstanceOf(InvalidDestinationRuntimeException.class);
    }

    /** 6.2.12: what an application sends again under the same duplicate id is there once, in transactions too. */
    @Test
    void duplicateIds() throws JMSException {
        Queue queue = queue();
        Session transacted = kept(connection.createSession(Session.SESSION_TRANSACTED));
        MessageProducer producer = transacted.createProducer(queue);
        for (String id : List.of("a", "b", "a", "b", "c")) {
            Message message = transacted.createTextMessage(id);
            message.setStringProperty("_AMQ_DUPL_ID", id);
            try {
                producer.send(message);
                if (id.equals("a")) {
                    transacted.commit();
                }
            } catch (JMSException wholeTransactionRefused) {
                transacted.rollback();
            }
        }
        transacted.commit();
        List<String> got;
        try (MessageConsumer consumer = session.createConsumer(asked(queue))) {
            got = drain(consumer);
        }
        assertThat(got).doesNotHaveDuplicates().contains("a", "b", "c");
    }

    /** 7.8: what is too old isn't seen, and goes where the settings say. */
    @Test
    void timeToLive() throws JMSException {
        Queue queue = session.createQueue(Target.name("expiring.q"));
        MessageConsumer expired = session.createConsumer(session.createQueue("expired.messages"));
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.setTimeToLive(1);
            Message brief = session.createTextMessage("brief");
            producer.send(brief);
            await().pollInterval(Duration.ofMillis(2)).until(() -> System.currentTimeMillis() > brief.getJMSExpiration() + 1);
            producer.setTimeToLive(100_000);
            producer.send(session.createTextMessage("long"));
        }
        expectOn(queue, "long");
        Message message = expired.receive(WAIT);
        assertThat(text(message)).isEqualTo("brief");
        assertThat(message.getJMSExpiration()).isZero();
        assertThat(wire.noted(message, "_AMQ_ORIG_ADDRESS")).isEqualTo(queue.getQueueName());
        if (wire != Wire.OPENWIRE) {
            assertThat(wire.noted(message, "_AMQ_ORIG_QUEUE")).isEqualTo(queue.getQueueName());
            assertThat((Long) wire.noted(message, "_AMQ_ACTUAL_EXPIRY")).isPositive();
        }
    }

    /** 7.9, 6.2.9.2: later ones are overtaken; a delay is measured from the send. */
    @Test
    void deliveryDelay() throws JMSException {
        Queue queue = queue();
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.setDeliveryDelay(400);
            producer.send(session.createTextMessage("second"));
            producer.setDeliveryDelay(200);
            producer.send(session.createTextMessage("first"));
            producer.setDeliveryDelay(0);
            producer.send(session.createTextMessage("now"));
        }
        MessageConsumer consumer = session.createConsumer(queue);
        expect(consumer, "now", "first", "second");
    }

    /** 7.9: a subscription that begins later gets nothing of it. */
    @Test
    void delayedToThoseWhoWereThere() throws JMSException {
        Topic topic = topic();
        MessageConsumer there = session.createConsumer(topic);
        try (MessageProducer producer = session.createProducer(topic)) {
            producer.setDeliveryDelay(200);
            producer.send(session.createTextMessage("x"));
        }
        MessageConsumer late = session.createConsumer(topic);
        expect(there, "x");
        expectNothing(late);
    }
}
