package io.delos.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Section 6.2: sessions, transactions, order and acknowledgement. */
class SessionIT extends Contract {

    private Session open(int mode) throws JMSException {
        return kept(connection.createSession(mode));
    }

    /** 6.2.4: any session sends what any other made. */
    @Test
    void messagesOfOtherSessions() throws JMSException {
        Queue queue = queue();
        TextMessage message = session.createTextMessage("travels");
        open(Session.AUTO_ACKNOWLEDGE).createProducer(queue).send(message);
        expectOn(queue, "travels");
    }

    /** 6.2.1, 6.2: modes as asked for. */
    @Test
    void modes() throws JMSException {
        for (int mode : new int[] {Session.AUTO_ACKNOWLEDGE, Session.CLIENT_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE}) {
            assertThat(open(mode).getAcknowledgeMode()).isEqualTo(mode);
            assertThat(open(mode).getTransacted()).isFalse();
        }
        Session transacted = open(Session.SESSION_TRANSACTED);
        assertThat(transacted.getTransacted()).isTrue();
        assertThat(transacted.getAcknowledgeMode()).isEqualTo(Session.SESSION_TRANSACTED);
    }

    /** 6.2.7: what is sent is seen together, after the commit. */
    @Test
    void commitMakesVisible() throws JMSException {
        Queue queue = queue();
        Queue second = queue();
        Session transacted = open(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = session.createConsumer(queue);
        send(transacted, queue, "a", "b");
        send(transacted, second, "c");
        expectNothing(consumer);
        transacted.commit();
        expect(consumer, "a", "b");
        expectOn(second, "c");
        send(transacted, queue, "dropped");
        transacted.rollback();
        transacted.commit();
        expectNothing(consumer);
    }

    /** 6.2.7, 6.2.10, 3.4.7: what was consumed comes back after a rollback, in order and counted; once only after a commit. */
    @Test
    void rollbackBringsBack() throws JMSException {
        Queue queue = queue();
        Session transacted = open(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = transacted.createConsumer(queue);
        send(queue, "a", "b", "c");
        expect(consumer, "a", "b");
        transacted.rollback();
        for (int round = 2; round < 4; round++) {
            for (String text : List.of("a", "b")) {
                Message message = consumer.receive(WAIT);
                assertThat(text(message)).isEqualTo(text);
                assertThat(message.getJMSRedelivered()).isTrue();
                assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(round);
            }
            if (round == 2) {
                transacted.rollback();
            }
        }
        transacted.commit();
        expect(consumer, "c");
        transacted.commit();
        expectNothing(consumer);
    }

    /** 6.2.7: consuming and sending are one. */
    @Test
    void consumeAndSendAreOne() throws JMSException {
        Queue from = queue();
        Queue to = queue();
        send(from, "a");
        Session transacted = open(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = transacted.createConsumer(from);
        expect(consumer, "a");
        send(transacted, to, "b");
        transacted.rollback();
        expectNothingOn(to);
        expect(consumer, "a");
        send(transacted, to, "c");
        transacted.commit();
        expectOn(to, "c");
    }

    /** 6.2.7: a large one. */
    @Test
    void aTransactionOfManyMessages() throws JMSException {
        Queue queue = queue();
        Session transacted = open(Session.SESSION_TRANSACTED);
        try (MessageProducer producer = transacted.createProducer(queue)) {
            for (int i = 0; i < 5000; i++) {
                producer.send(transacted.createTextMessage(i + "x".repeat(500)));
            }
        }
        expectNothingOn(queue);
        transacted.commit();
        MessageConsumer consumer = transacted.createConsumer(queue);
        for (int i = 0; i < 5000; i++) {
            assertThat(text(consumer.receive(WAIT))).startsWith(i + "x");
        }
        transacted.commit();
    }

    /** 6.2.7, 10.3: outside of transactions. */
    @Test
    void commitNeedsATransaction() throws JMSException {
        assertThatThrownBy(session::commit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(session::rollback).isInstanceOf(IllegalStateException.class);
        Session transacted = open(Session.SESSION_TRANSACTED);
        assertThatThrownBy(transacted::recover).isInstanceOf(IllegalStateException.class);
    }

    /** 6.2.9.1, 7.2: the order of one sender. */
    @Test
    void orderOfSending() throws JMSException {
        Queue queue = queue();
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            sent.add("m" + i);
        }
        send(queue, sent.toArray(String[]::new));
        expectOn(queue, sent.toArray(String[]::new));
    }

    /** 6.2.9.2: the order within each delivery mode. */
    @Test
    void orderWithinDeliveryModes() throws JMSException {
        Queue queue = queue();
        try (MessageProducer producer = session.createProducer(queue)) {
            for (int i = 0; i < 100; i++) {
                producer.send(session.createTextMessage("" + i), i % 3 == 0 ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT, 4, 0);
            }
        }
        MessageConsumer consumer = session.createConsumer(queue);
        List<Integer> durable = new ArrayList<>();
        List<Integer> others = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Message message = consumer.receive(WAIT);
            (message.getJMSDeliveryMode() == DeliveryMode.PERSISTENT ? durable : others).add(Integer.valueOf(text(message)));
        }
        assertThat(durable).hasSize(34).isSorted();
        assertThat(others).hasSize(66).isSorted();
    }

    /** 6.2.9.2, 3.4.10: higher priorities first, each in its order. */
    @Test
    void prioritiesOvertake() throws JMSException {
        Queue queue = queue();
        try (MessageProducer producer = session.createProducer(queue)) {
            for (int i = 0; i < 30; i++) {
                producer.send(session.createTextMessage(i % 10 + "/" + i / 10), DeliveryMode.PERSISTENT, i % 10, 0);
            }
        }
        List<String> expected = new ArrayList<>();
        for (int priority = 9; priority >= 0; priority--) {
            expected.addAll(List.of(priority + "/0", priority + "/1", priority + "/2"));
        }
        expectOn(queue, expected.toArray(String[]::new));
    }

    /** 6.2.10: acknowledging one acknowledges all so far, of all the session's consumers. */
    @Test
    void clientAcknowledge() throws JMSException {
        Queue one = queue();
        Queue two = queue();
        send(one, "a", "b", "c");
        send(two, "x");
        Session client = open(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer first = client.createConsumer(one);
        expect(client.createConsumer(two), "x");
        expect(first, "a");
        first.receive(WAIT).acknowledge();
        client.close();
        expectOn(one, "c");
        expectNothingOn(two);
    }

    /** 6.2.10: recover begins again with the first that isn't acknowledged, marked. */
    @Test
    void recover() throws JMSException {
        Queue queue = queue();
        send(queue, "a", "b", "c");
        Session client = open(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = client.createConsumer(queue);
        consumer.receive(WAIT).acknowledge();
        expect(consumer, "b", "c");
        client.recover();
        Message again = consumer.receive(WAIT);
        assertThat(text(again)).isEqualTo("b");
        assertThat(again.getJMSRedelivered()).isTrue();
        assertThat(again.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
        consumer.receive(WAIT).acknowledge();
        expectNothing(consumer);
    }

    /** 6.2.10: automatic acknowledgement, eager and lazy, leaves nothing behind. */
    @Test
    void automaticAcknowledge() throws JMSException {
        for (int mode : new int[] {Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE}) {
            Queue queue = queue();
            send(queue, "a", "b", "c");
            Session automatic = open(mode);
            MessageConsumer consumer = automatic.createConsumer(queue);
            expect(consumer, "a", "b", "c");
            automatic.close();
            expectNothingOn(queue);
        }
    }

    /** 6.2.10, 3.10: what is redelivered is the message as it was sent. */
    @Test
    void redeliveredMessagesAreUnchanged() throws JMSException {
        Queue queue = queue();
        TextMessage message = session.createTextMessage("original");
        message.setStringProperty("p", "original");
        session.createProducer(queue).send(message);
        Session transacted = open(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = transacted.createConsumer(queue);
        TextMessage received = (TextMessage) consumer.receive(WAIT);
        received.clearBody();
        received.setText("changed");
        received.clearProperties();
        received.setStringProperty("p", "changed");
        transacted.rollback();
        received = (TextMessage) consumer.receive(WAIT);
        assertThat(received.getText()).isEqualTo("original");
        assertThat(received.getStringProperty("p")).isEqualTo("original");
        transacted.commit();
    }

    /** 6.2.11: an unacknowledged message comes again, marked, to whoever is next. */
    @Test
    void whatACrashedClientHeldComesAgain() throws JMSException {
        Queue queue = queue();
        send(queue, "a");
        Connection leaving = connect("");
        leaving.start();
        Session client = leaving.createSession(Session.CLIENT_ACKNOWLEDGE);
        expect(client.createConsumer(queue), "a");
        leaving.close();
        Message again = session.createConsumer(queue).receive(WAIT);
        assertThat(again.getJMSRedelivered()).isTrue();
        assertThat(again.getIntProperty("JMSXDeliveryCount")).isGreaterThanOrEqualTo(2);
    }

    /** 6.2.13: a session's listeners run one at a time. */
    @Test
    void listenersOfASessionAreSerial() throws Exception {
        Queue one = queue();
        Queue two = queue();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        connection.stop();
        Session listening = open(Session.AUTO_ACKNOWLEDGE);
        for (Queue queue : List.of(one, two)) {
            listening.createConsumer(queue).setMessageListener(message -> {
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                got.add("x");
                inside.decrementAndGet();
            });
        }
        for (int i = 0; i < 50; i++) {
            send(one, "a" + i);
            send(two, "b" + i);
        }
        connection.start();
        for (int i = 0; i < 100; i++) {
            assertThat(got.poll(WAIT, TimeUnit.MILLISECONDS)).isNotNull();
        }
        assertThat(most.get()).isEqualTo(1);
    }

    /** 6.2.15: closing rolls back, doesn't acknowledge, and may be done twice. */
    @Test
    void closingASession() throws JMSException {
        Queue queue = queue();
        send(queue, "a");
        Session transacted = open(Session.SESSION_TRANSACTED);
        expect(transacted.createConsumer(queue), "a");
        transacted.close();
        transacted.close();
        assertThatThrownBy(transacted::commit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> transacted.createConsumer(queue)).isInstanceOf(IllegalStateException.class);
        expectOn(queue, "a");
    }
}
