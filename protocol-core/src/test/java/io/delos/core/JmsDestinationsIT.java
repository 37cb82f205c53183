package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Temporary destinations, subscriptions of all kinds, browsing, and the errors clients rely on. */
class JmsDestinationsIT {
    private static final long WAIT = 60_000;

    @RegisterExtension
    static final CoreServer SERVER = new CoreServer();

    private Connection connection;
    private Session session;

    @BeforeEach
    void connect() throws JMSException {
        connection = SERVER.connect("");
        connection.setClientID("client." + SERVER.unique());
        connection.start();
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    @AfterEach
    void disconnect() throws JMSException {
        connection.close();
    }

    private static String text(Message message) throws JMSException {
        return message == null ? null : ((TextMessage) message).getText();
    }

    @Test
    void requestAndReplyOverATemporaryQueue() throws JMSException {
        Queue requests = session.createQueue("requests." + SERVER.unique());
        TemporaryQueue replies = session.createTemporaryQueue();
        Message request = session.createTextMessage("request");
        request.setJMSReplyTo(replies);
        session.createProducer(requests).send(request);
        try (Connection other = SERVER.connect("")) {
            other.start();
            Session there = other.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Message received = there.createConsumer(requests).receive(WAIT);
            there.createProducer(received.getJMSReplyTo()).send(there.createTextMessage("reply"));
        }
        MessageConsumer consumer = session.createConsumer(replies);
        assertThat(text(consumer.receive(WAIT))).isEqualTo("reply");
        assertThatThrownBy(replies::delete).isInstanceOf(IllegalStateException.class);
        consumer.close();
        replies.delete();
    }

    @Test
    void temporaryQueuesGoWithTheirConnection() throws Exception {
        String name;
        try (Connection other = SERVER.connect("")) {
            name = other.createSession(false, Session.AUTO_ACKNOWLEDGE).createTemporaryQueue().getQueueName();
        }
        try (CoreClient client = SERVER.client(); CoreClientSession own = client.openSession(false)) {
            assertThat(own.queryQueue(name).exists()).isFalse();
        }
    }

    @Test
    void temporaryTopics() throws JMSException {
        TemporaryTopic topic = session.createTemporaryTopic();
        MessageConsumer one = session.createConsumer(topic);
        MessageConsumer two = session.createConsumer(topic);
        session.createProducer(topic).send(session.createTextMessage("all"));
        assertThat(text(one.receive(WAIT))).isEqualTo("all");
        assertThat(text(two.receive(WAIT))).isEqualTo("all");
        one.close();
        two.close();
        topic.delete();
    }

    @Test
    void durableSubscriptionsKeepWhatTheyMiss() throws JMSException {
        Topic topic = session.createTopic("durable." + SERVER.unique());
        MessageConsumer consumer = session.createDurableSubscriber(topic, "sub.1");
        assertThatThrownBy(() -> session.createDurableSubscriber(topic, "sub.1")).isInstanceOf(IllegalStateException.class);
        consumer.close();
        session.createProducer(topic).send(session.createTextMessage("missed"));
        consumer = session.createDurableSubscriber(topic, "sub.1");
        assertThat(text(consumer.receive(WAIT))).isEqualTo("missed");
        consumer.close();
        session.unsubscribe("sub.1");
        assertThatThrownBy(() -> session.unsubscribe("sub.1")).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void anotherSelectorMakesAnotherDurableSubscription() throws JMSException {
        Topic topic = session.createTopic("durable." + SERVER.unique());
        session.createDurableSubscriber(topic, "sub.2", "a = 1", false).close();
        session.createProducer(topic).send(session.createTextMessage("not for it"));
        MessageConsumer consumer = session.createDurableSubscriber(topic, "sub.2", "b = 1", false);
        TextMessage message = session.createTextMessage("for it");
        message.setIntProperty("b", 1);
        session.createProducer(topic).send(message);
        assertThat(text(consumer.receive(WAIT))).isEqualTo("for it");
    }

    @Test
    void sharedSubscriptionsDivideTheMessages() throws JMSException {
        Topic topic = session.createTopic("shared." + SERVER.unique());
        MessageConsumer one = session.createSharedConsumer(topic, "shr");
        MessageConsumer two = session.createSharedConsumer(topic, "shr");
        MessageConsumer durable = session.createSharedDurableConsumer(topic, "shrd");
        MessageProducer producer = session.createProducer(topic);
        for (int i = 0; i < 10; i++) {
            producer.send(session.createTextMessage("m" + i));
        }
        int received = 0;
        while (one.receiveNoWait() != null || two.receiveNoWait() != null) {
            received++;
        }
        assertThat(received).isEqualTo(10);
        for (int i = 0; i < 10; i++) {
            assertThat(text(durable.receive(WAIT))).isEqualTo("m" + i);
        }
        Topic other = session.createTopic("shared." + SERVER.unique());
        assertThatThrownBy(() -> session.createSharedConsumer(other, "shr")).isInstanceOf(JMSException.class);
    }

    @Test
    void browsersLookWithoutTaking() throws JMSException {
        Queue queue = session.createQueue("browse." + SERVER.unique());
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 5; i++) {
            TextMessage message = session.createTextMessage("m" + i);
            message.setIntProperty("i", i);
            producer.send(message);
        }
        try (QueueBrowser all = session.createBrowser(queue); QueueBrowser some = session.createBrowser(queue, "i > 2")) {
            assertThat(Collections.list((java.util.Enumeration<?>) all.getEnumeration())).hasSize(5);
            assertThat(Collections.list((java.util.Enumeration<?>) some.getEnumeration())).hasSize(2);
        }
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 5; i++) {
            assertThat(text(consumer.receive(WAIT))).isEqualTo("m" + i);
        }
    }

    @Test
    void aClientIdBelongsToOne() throws JMSException {
        try (Connection other = SERVER.connect("")) {
            assertThatThrownBy(() -> other.setClientID(connection.getClientID())).isInstanceOf(InvalidClientIDException.class);
        }
    }

    @Test
    void aBadSelectorIsRefused() {
        assertThatThrownBy(() -> session.createConsumer(session.createQueue("sel"), "no ( good")).isInstanceOf(InvalidSelectorException.class);
    }

    @Test
    void fullyQualifiedNames() throws JMSException {
        String address = "fqqn." + SERVER.unique();
        Queue queue = session.createQueue(address + "::" + address + ".q");
        session.createProducer(queue).send(session.createTextMessage("there"));
        assertThat(text(session.createConsumer(queue).receive(WAIT))).isEqualTo("there");
    }

    @Test
    void groupsStayTogetherAndDelayedMessagesWait() throws JMSException {
        Queue queue = session.createQueue("delay." + SERVER.unique());
        MessageConsumer consumer = session.createConsumer(queue);
        MessageProducer producer = session.createProducer(queue);
        producer.setDeliveryDelay(300);
        producer.send(session.createTextMessage("later"));
        producer.setDeliveryDelay(0);
        producer.send(session.createTextMessage("sooner"));
        assertThat(text(consumer.receive(WAIT))).isEqualTo("sooner");
        Message later = consumer.receive(WAIT);
        assertThat(text(later)).isEqualTo("later");
        assertThat(later.getJMSDeliveryTime()).isPositive();
    }
}
