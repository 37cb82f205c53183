package io.delos.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueConnectionFactory;
import jakarta.jms.QueueRequestor;
import jakarta.jms.QueueSession;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import io.delos.proof.BrokerProcess;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Section 4.1: the point-to-point model. */
class QueueIT extends Contract {

    private static List<String> texts(Enumeration<?> messages) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (Object message : Collections.list(messages)) {
            texts.add(text((Message) message));
        }
        return texts;
    }

    /** 4.1.2: each message goes to one consumer. */
    @Test
    void eachMessageGoesToOneConsumer() throws JMSException {
        Queue queue = queue();
        Session other = kept(connection.createSession(Session.AUTO_ACKNOWLEDGE));
        MessageConsumer first = session.createConsumer(asked(queue));
        MessageConsumer second = other.createConsumer(asked(queue));
        TreeSet<String> expected = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            send(queue, "m" + i);
            expected.add("m" + i);
        }
        List<String> got = drain(first, second);
        assertThat(got).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(got)).isEqualTo(expected);
    }

    /** 4.1.2: a queue holds messages, whether or not somebody listens. */
    @Test
    void messagesWaitForConsumers() throws JMSException {
        Queue queue = queue();
        send(queue, "a", "b");
        expectOn(queue, "a", "b");
    }

    /** 4.1.4: the name is the identity. */
    @Test
    void namesAreTheIdentity() throws JMSException {
        Queue queue = queue();
        assertThat(session.createQueue(queue.getQueueName())).isEqualTo(queue);
        send(queue, "a");
        expect(session.createConsumer(session.createQueue(queue.getQueueName())), "a");
    }

    /** 4.1.5, 6.2.2: consumed by its own connection only, used by any to send; gone with its connection. */
    @Test
    void temporaryQueuesBelongToTheirConnection() throws JMSException {
        Connection owner = connect("");
        owner.start();
        TemporaryQueue queue = owner.createSession().createTemporaryQueue();
        assertThat(queue).isNotEqualTo(session.createTemporaryQueue());
        send(queue, "from another connection");
        expect(owner.createSession().createConsumer(queue), "from another connection");
        assertThatThrownBy(() -> session.createConsumer(queue)).isInstanceOf(JMSException.class);
        owner.close();
        assertThatThrownBy(() -> session.createConsumer(session.createQueue(queue.getQueueName()))
                .receiveNoWait().getBody(String.class)).isInstanceOfAny(JMSException.class, NullPointerException.class);
    }

    /** 6.2.2: deleted when nobody uses it, and not before. */
    @Test
    void temporaryQueuesCanBeDeleted() throws JMSException {
        TemporaryQueue queue = session.createTemporaryQueue();
        MessageConsumer consumer = session.createConsumer(queue);
        assertThatThrownBy(queue::delete).isInstanceOf(JMSException.class);
        consumer.close();
        queue.delete();
        if (wire != Wire.AMQP) {
            // that client asks for it all the same, and to the broker it is a queue like any that isn't there yet
            assertThatThrownBy(() -> session.createConsumer(queue)).isInstanceOf(JMSException.class);
        }
    }

    /** 4.1.6: browsing takes nothing, selects, and sees the order. */
    @Test
    void browsersTakeNothing() throws JMSException {
        Queue queue = queue();
        send(queue, "a", "b", "c");
        Message chosen = session.createTextMessage("d");
        chosen.setIntProperty("n", 1);
        session.createProducer(queue).send(chosen);
        try (QueueBrowser browser = session.createBrowser(queue)) {
            assertThat(browser.getQueue()).isEqualTo(queue);
            assertThat(browser.getMessageSelector()).isNull();
            assertThat(texts(browser.getEnumeration())).containsExactly("a", "b", "c", "d");
            assertThat(texts(browser.getEnumeration())).containsExactly("a", "b", "c", "d");
        }
        try (QueueBrowser browser = session.createBrowser(queue, "n = 1")) {
            assertThat(browser.getMessageSelector()).isEqualTo("n = 1");
            assertThat(texts(browser.getEnumeration())).containsExactly("d");
        }
        expectOn(queue, "a", "b", "c", "d");
    }

    /** 4.1.6: nothing before its delivery time. */
    @Test
    void browsersDoNotSeeWhatIsNotDue() throws JMSException {
        Queue queue = queue();
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.setDeliveryDelay(3_600_000);
            producer.send(session.createTextMessage("later"));
        }
        send(queue, "now");
        try (QueueBrowser browser = session.createBrowser(queue)) {
            assertThat(texts(browser.getEnumeration())).containsExactly("now");
        }
    }

    /** 4.1.6: a browser of many, with the client's window smaller than they are. */
    @Test
    void browsersSeeAllOfMany() throws JMSException {
        Queue queue = queue();
        Session transacted = kept(connection.createSession(Session.SESSION_TRANSACTED));
        List<String> sent = new ArrayList<>();
        try (MessageProducer producer = transacted.createProducer(queue)) {
            for (int i = 0; i < 3000; i++) {
                sent.add(i + " " + "x".repeat(500));
                producer.send(transacted.createTextMessage(sent.get(i)));
            }
            transacted.commit();
        }
        try (QueueBrowser browser = session.createBrowser(queue)) {
            assertThat(texts(browser.getEnumeration())).isEqualTo(sent);
        }
    }

    /** 4.1.7. */
    @Test
    void requestors() throws Exception {
        Queue queue = queue();
        QueueConnection asking = kept(((QueueConnectionFactory) wire.factory(Target.port(), ""))
                .createQueueConnection(BrokerProcess.USER, BrokerProcess.PASSWORD));
        asking.start();
        QueueSession questions = asking.createQueueSession(false, Session.AUTO_ACKNOWLEDGE);
        Session answering = kept(connection.createSession());
        MessageProducer answers = answering.createProducer(null);
        answering.createConsumer(queue).setMessageListener(request -> {
            try {
                answers.send(request.getJMSReplyTo(), answering.createTextMessage(text(request) + "!"));
            } catch (JMSException e) {
                throw new IllegalStateException(e);
            }
        });
        QueueRequestor requestor = new QueueRequestor(questions, queue);
        assertThat(text(requestor.request(questions.createTextMessage("one")))).isEqualTo("one!");
        assertThat(text(requestor.request(questions.createTextMessage("two")))).isEqualTo("two!");
        requestor.close();
    }

    /** 10.3: a queue that isn't made by itself. */
    @Test
    void missingQueues() {
        assertThatThrownBy(() -> session.createConsumer(session.createQueue("manual.missing"))).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> session.createProducer(session.createQueue("manual.nowhere")).send(session.createMessage()))
                .isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> session.createConsumer(null)).isInstanceOf(InvalidDestinationException.class);
    }
}
