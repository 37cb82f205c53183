package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import jakarta.jms.TopicSubscriber;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;
import org.apache.activemq.command.ActiveMQTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Queues, topics, and all the ways in which a client may name them. */
class JmsDestinationsIT {

    @RegisterExtension
    static final OpenWireServer SERVER = new OpenWireServer("virtualTopicConsumerWildcards=Consumer.*.%3E%3B2", config ->
            config.withAddressSettings("noauto.#", Map.of("auto-create-addresses", "false", "auto-create-queues", "false"))
                    .withAddressSettings("nopre.#", Map.of("queue-prefetch", "0")));

    private static final long NOTHING = 200;

    private ActiveMQConnection connection;
    private Session session;

    @BeforeEach
    void connect() throws JMSException {
        connection = SERVER.connect("");
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    @AfterEach
    void disconnect() throws JMSException {
        connection.close();
    }

    private void send(Destination destination, String text) throws JMSException {
        try (MessageProducer producer = session.createProducer(destination)) {
            producer.send(session.createTextMessage(text));
        }
    }

    private static String text(Message message) throws JMSException {
        return message == null ? "nothing" : ((TextMessage) message).getText();
    }

    @Test
    void everySubscriberOfATopicGetsEveryMessage() throws Exception {
        Topic topic = session.createTopic(SERVER.unique("topic"));
        MessageConsumer one = session.createConsumer(topic);
        MessageConsumer two = session.createConsumer(topic);
        MessageConsumer picky = session.createConsumer(topic, "color = 'red'");
        send(topic, "plain");
        TextMessage red = session.createTextMessage("red");
        red.setStringProperty("color", "red");
        session.createProducer(topic).send(red);
        for (MessageConsumer consumer : List.of(one, two)) {
            Message first = consumer.receive(5000);
            assertThat(text(first)).isEqualTo("plain");
            assertThat(first.getJMSDestination()).isEqualTo(topic);
            assertThat(text(consumer.receive(5000))).isEqualTo("red");
        }
        assertThat(text(picky.receive(5000))).isEqualTo("red");
        one.close();
        await().until(() -> SERVER.server().broker().routes().find(topic.getTopicName()).get().queues().size() == 2);
    }

    @Test
    void selectorsKnowHeadersAndProperties() throws Exception {
        Queue queue = session.createQueue(SERVER.unique("selectors"));
        MessageProducer producer = session.createProducer(queue);
        producer.setPriority(7);
        TextMessage message = session.createTextMessage("x");
        message.setJMSCorrelationID("c1");
        message.setJMSType("t1");
        message.setIntProperty("i", 5);
        message.setStringProperty("JMSXGroupID", "g");
        producer.send(message);
        for (String no : List.of("JMSPriority < 7", "i > 5", "JMSType = 'other'", "JMSDeliveryMode = 'NON_PERSISTENT'", "JMSXGroupID = 'h'",
                "JMSCorrelationID IS NULL", "JMSMessageID = 'ID:x:1:1:1:1'")) {
            try (QueueBrowser browser = session.createBrowser(queue, no)) {
                assertThat(Collections.list(browser.getEnumeration())).as(no).isEmpty();
            }
        }
        for (String yes : List.of("JMSPriority = 7", "i BETWEEN 5 AND 6 AND JMSType = 't1'", "JMSDeliveryMode = 'PERSISTENT'",
                "JMSCorrelationID LIKE 'c_'", "JMSXGroupID = 'g'", "JMSMessageID = '" + message.getJMSMessageID() + "'",
                "JMSTimestamp = " + message.getJMSTimestamp())) {
            try (QueueBrowser browser = session.createBrowser(queue, yes)) {
                assertThat(Collections.list(browser.getEnumeration())).as(yes).hasSize(1);
            }
        }
        assertThat(text(session.createConsumer(queue, "i = 5").receive(5000))).isEqualTo("x");
        assertThatThrownBy(() -> session.createConsumer(queue, "i ==")).isInstanceOf(InvalidSelectorException.class);
    }

    @Test
    void browsingShowsEverythingAndTakesNothing() throws Exception {
        Queue queue = session.createQueue(SERVER.unique("browse"));
        try (QueueBrowser browser = session.createBrowser(queue)) {
            assertThat(browser.getEnumeration().hasMoreElements()).isFalse();
        }
        List<String> texts = new ArrayList<>();
        try (Session sending = connection.createSession(true, Session.SESSION_TRANSACTED)) {
            MessageProducer producer = sending.createProducer(queue);
            for (int i = 0; i < 1100; i++) {
                producer.send(sending.createTextMessage("m" + i));
                texts.add("m" + i);
            }
            sending.commit();
        }
        for (int round = 0; round < 2; round++) {
            try (QueueBrowser browser = session.createBrowser(queue)) {
                List<String> seen = new ArrayList<>();
                for (Object message : Collections.list(browser.getEnumeration())) {
                    seen.add(text((Message) message));
                }
                assertThat(seen).isEqualTo(texts);
            }
        }
        assertThat(SERVER.drain(queue.getQueueName())).isEqualTo(texts);
    }

    @Test
    void temporaryQueuesAnswerAcrossConnections() throws Exception {
        Queue requests = session.createQueue(SERVER.unique("requests"));
        try (ActiveMQConnection server = SERVER.connect("")) {
            Session serving = server.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer replier = serving.createProducer(null);
            serving.createConsumer(requests).setMessageListener(request -> {
                try {
                    TextMessage reply = serving.createTextMessage("re: " + text(request));
                    reply.setJMSCorrelationID(request.getJMSMessageID());
                    replier.send(request.getJMSReplyTo(), reply);
                } catch (JMSException e) {
                    throw new IllegalStateException(e);
                }
            });
            for (Destination answers : List.of(session.createTemporaryQueue(), session.createTemporaryTopic())) {
                MessageConsumer replies = session.createConsumer(answers);
                for (int i = 0; i < 5; i++) {
                    TextMessage request = session.createTextMessage("q" + i);
                    request.setJMSReplyTo(answers);
                    session.createProducer(requests).send(request);
                    Message reply = replies.receive(5000);
                    assertThat(text(reply)).isEqualTo("re: q" + i);
                    assertThat(reply.getJMSCorrelationID()).isEqualTo(request.getJMSMessageID());
                    assertThat(reply.getJMSDestination()).isEqualTo(answers);
                }
            }
        }
    }

    @Test
    void temporaryDestinationsGoWithTheirConnectionOrBefore() throws Exception {
        String queue = session.createTemporaryQueue().getQueueName();
        String topic = session.createTemporaryTopic().getTopicName();
        jakarta.jms.TemporaryQueue deleted = session.createTemporaryQueue();
        assertThat(SERVER.server().broker().routes().find(queue)).isPresent();
        assertThat(SERVER.server().broker().routes().find(topic)).isPresent();
        deleted.delete();
        assertThat(SERVER.server().broker().routes().find(deleted.getQueueName())).isEmpty();
        assertThatThrownBy(() -> send(deleted, "x")).isInstanceOf(InvalidDestinationException.class);
        connection.close();
        await().until(() -> SERVER.server().broker().routes().find(queue).isEmpty()
                && SERVER.server().broker().routes().find(topic).isEmpty());
        try (ActiveMQConnection other = SERVER.connect("jms.watchTopicAdvisories=false");
             Session late = other.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            Destination gone = org.apache.activemq.command.ActiveMQDestination.createDestination(queue,
                    org.apache.activemq.command.ActiveMQDestination.TEMP_QUEUE_TYPE);
            MessageProducer producer = late.createProducer(null);
            assertThatThrownBy(() -> producer.send(gone, late.createTextMessage("late"))).isInstanceOf(InvalidDestinationException.class);
            assertThat(SERVER.server().broker().routes().find(queue)).isEmpty();
        }
    }

    @Test
    void durableSubscriptionsRememberWhatWasMissed() throws Exception {
        Topic topic = session.createTopic(SERVER.unique("durable"));
        ActiveMQConnection subscriber = (ActiveMQConnection) SERVER.factory("jms.clientID=ow.1").createConnection();
        subscriber.start();
        Session receiving = subscriber.createSession(false, Session.AUTO_ACKNOWLEDGE);
        TopicSubscriber first = receiving.createDurableSubscriber(topic, "sub.1", "n > 1", false);
        assertThat(SERVER.server().broker().routes().queue("ow\\.1.sub\\.1")).isPresent();
        assertThatThrownBy(() -> receiving.createDurableSubscriber(topic, "sub.1"))
                .isInstanceOf(JMSException.class).hasMessageContaining("already has subscriber");
        subscriber.close();
        assertThat(first).isNotNull();
        MessageProducer producer = session.createProducer(topic);
        for (int i = 1; i <= 3; i++) {
            TextMessage message = session.createTextMessage("n" + i);
            message.setIntProperty("n", i);
            producer.send(message);
        }
        subscriber = (ActiveMQConnection) SERVER.factory("jms.clientID=ow.1").createConnection();
        subscriber.start();
        Session again = subscriber.createSession(false, Session.AUTO_ACKNOWLEDGE);
        TopicSubscriber second = again.createDurableSubscriber(topic, "sub.1", "n > 1", false);
        assertThat(text(second.receive(5000))).isEqualTo("n2");
        assertThat(text(second.receive(5000))).isEqualTo("n3");
        try (ActiveMQConnection other = SERVER.connect("")) {
            assertThat(other.getClientID()).isNotEqualTo("ow.1");
        }
        assertThatThrownBy(() -> again.unsubscribe("sub.1")).isInstanceOf(JMSException.class);
        second.close();
        again.unsubscribe("sub.1");
        assertThat(SERVER.server().broker().routes().queue("ow\\.1.sub\\.1")).isEmpty();
        assertThatThrownBy(() -> again.unsubscribe("sub.1")).isInstanceOf(InvalidDestinationException.class);
        subscriber.close();
    }

    @Test
    void aSubscriptionWithAnotherSelectorIsAnother() throws Exception {
        Topic topic = session.createTopic(SERVER.unique("changed"));
        ActiveMQConnection subscriber = (ActiveMQConnection) SERVER.factory("jms.clientID=changing").createConnection();
        subscriber.start();
        Session receiving = subscriber.createSession(false, Session.AUTO_ACKNOWLEDGE);
        receiving.createDurableSubscriber(topic, "s", "a = 1", false).close();
        receiving.createDurableSubscriber(topic, "s", "a = 2", false).close();
        assertThat(SERVER.server().broker().routes().queue("changing.s").get().config().filter()).isEqualTo("a = 2");
        subscriber.close();
    }

    @Test
    void noLocalLeavesOutOnesOwn() throws Exception {
        Topic topic = session.createTopic(SERVER.unique("local"));
        MessageConsumer others = session.createConsumer(topic, null, true);
        send(topic, "own");
        try (ActiveMQConnection other = SERVER.connect("");
             Session sending = other.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            sending.createProducer(topic).send(sending.createTextMessage("other"));
        }
        assertThat(text(others.receive(5000))).isEqualTo("other");
    }

    @Test
    void wildcards() throws Exception {
        String base = SERVER.unique("wild");
        MessageConsumer all = session.createConsumer(session.createTopic(base + ".>"));
        MessageConsumer one = session.createConsumer(session.createTopic(base + ".*.c"));
        send(session.createTopic(base + ".b.c"), "bc");
        send(session.createTopic(base + ".b.c.d"), "bcd");
        Message first = all.receive(5000);
        assertThat(text(first)).isEqualTo("bc");
        assertThat(first.getJMSDestination()).isEqualTo(session.createTopic(base + ".b.c"));
        assertThat(text(all.receive(5000))).isEqualTo("bcd");
        assertThat(text(one.receive(5000))).isEqualTo("bc");
        assertThat(one.receive(NOTHING)).isNull();
        MessageConsumer queues = session.createConsumer(session.createQueue(base + ".q.>"));
        // the queue takes part beside one of the message's own address, and they take turns
        send(session.createQueue(base + ".q.x"), "qx");
        send(session.createQueue(base + ".q.x"), "qx");
        assertThat(text(queues.receive(5000))).isEqualTo("qx");
    }

    @Test
    void compositeDestinations() throws Exception {
        String a = SERVER.unique("a");
        String b = SERVER.unique("b");
        String c = SERVER.unique("c");
        MessageConsumer topic = session.createConsumer(session.createTopic(c));
        Queue composite = session.createQueue(a + "," + b + ",topic://" + c);
        send(composite, "all");
        assertThat(SERVER.server().broker().routes().find(composite.getQueueName())).isEmpty();
        ActiveMQMessage onTopic = (ActiveMQMessage) topic.receive(5000);
        assertThat(text(onTopic)).isEqualTo("all");
        assertThat(onTopic.getJMSDestination()).isEqualTo(session.createTopic(c));
        assertThat(onTopic.getOriginalDestination().getPhysicalName()).isEqualTo(composite.getQueueName());
        try (MessageConsumer both = session.createConsumer(session.createQueue(a + "," + b))) {
            List<String> from = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Message message = both.receive(5000);
                assertThat(text(message)).isEqualTo("all");
                from.add(((ActiveMQQueue) message.getJMSDestination()).getQueueName());
            }
            assertThat(from).containsExactlyInAnyOrder(a, b);
        }
    }

    @Test
    void fullyQualifiedNames() throws Exception {
        String address = SERVER.unique("fq");
        MessageConsumer one = session.createConsumer(new ActiveMQTopic(address + "::one"));
        MessageConsumer two = session.createConsumer(new ActiveMQTopic(address + "::two"));
        assertThat(SERVER.server().broker().routes().queue("one").get().durable()).isTrue();
        send(new ActiveMQTopic(address), "both");
        send(new ActiveMQTopic(address + "::two"), "second");
        Message message = one.receive(5000);
        assertThat(text(message)).isEqualTo("both");
        assertThat(message.getJMSDestination()).isEqualTo(new ActiveMQTopic(address));
        assertThat(text(two.receive(5000))).isEqualTo("both");
        assertThat(text(two.receive(5000))).isEqualTo("second");
        assertThat(one.receive(NOTHING)).isNull();
    }

    @Test
    void virtualTopics() throws Exception {
        String topic = SERVER.unique("VirtualTopic");
        MessageConsumer a = session.createConsumer(session.createQueue("Consumer.A." + topic));
        MessageConsumer b = session.createConsumer(session.createQueue("Consumer.B." + topic));
        send(session.createTopic(topic), "news");
        for (MessageConsumer consumer : List.of(a, b)) {
            Message message = consumer.receive(5000);
            assertThat(text(message)).isEqualTo("news");
            assertThat(message.getJMSDestination()).isEqualTo(session.createQueue(topic));
        }
        assertThat(SERVER.server().broker().routes().queue("Consumer.A." + topic).get().address()).isEqualTo(topic);
    }

    @Test
    void whatMayNotBeCreatedIsRefused() {
        assertThatThrownBy(() -> session.createProducer(session.createQueue("noauto.x")))
                .isInstanceOf(InvalidDestinationException.class).hasMessageContaining("Queue noauto.x does not exist.");
        assertThatThrownBy(() -> session.createConsumer(session.createQueue("noauto.x")))
                .isInstanceOf(InvalidDestinationException.class)
                .hasMessageContaining("Destination 'noauto.x' doesn't exist and auto-creation is disabled.");
        assertThatThrownBy(() -> session.createConsumer(session.createTopic("noauto.t"))).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> {
            MessageProducer anonymous = session.createProducer(null);
            anonymous.send(session.createQueue("noauto.y"), session.createTextMessage("x"));
        }).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void theBrokerMayForbidPrefetching() throws Exception {
        Queue queue = session.createQueue(SERVER.unique("nopre"));
        MessageConsumer first = session.createConsumer(queue);
        send(queue, "one");
        send(queue, "two");
        MessageConsumer second = session.createConsumer(queue);
        assertThat(text(first.receive(5000))).isEqualTo("one");
        assertThat(text(second.receive(5000))).isEqualTo("two");
    }

    @Test
    void priorityDecidesAmongConsumers() throws Exception {
        String name = SERVER.unique("prio");
        MessageConsumer low = session.createConsumer(session.createQueue(name + "?consumer.priority=1"));
        MessageConsumer high = session.createConsumer(session.createQueue(name + "?consumer.priority=10"));
        for (int i = 0; i < 3; i++) {
            send(session.createQueue(name), "m" + i);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(text(high.receive(5000))).isEqualTo("m" + i);
        }
        assertThat(low.receive(NOTHING)).isNull();
    }

    @Test
    void anExclusiveConsumerHasTheQueueForItselfAndAnotherOneAfterIt() throws Exception {
        String name = SERVER.unique("exclusive");
        MessageConsumer plain = session.createConsumer(session.createQueue(name + "?consumer.priority=10"));
        MessageConsumer first = session.createConsumer(session.createQueue(name + "?consumer.exclusive=true"));
        MessageConsumer second = session.createConsumer(session.createQueue(name + "?consumer.exclusive=true&consumer.priority=5"));
        for (MessageConsumer served : List.of(first, second, plain)) {
            for (int i = 0; i < 4; i++) {
                send(session.createQueue(name), "m" + i);
            }
            for (int i = 0; i < 4; i++) {
                assertThat(text(served.receive(5000))).isEqualTo("m" + i);
            }
            served.close();
        }
    }

    @Test
    void messageGroupsStayWithOneConsumer() throws Exception {
        Queue queue = session.createQueue(SERVER.unique("groups"));
        MessageConsumer one = session.createConsumer(queue);
        MessageConsumer two = session.createConsumer(queue);
        MessageProducer producer = session.createProducer(queue);
        for (int i = 0; i < 20; i++) {
            TextMessage message = session.createTextMessage("g" + i % 2);
            message.setStringProperty("JMSXGroupID", "g" + i % 2);
            producer.send(message);
        }
        List<String> atOne = new ArrayList<>();
        List<String> atTwo = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            atOne.add(text(one.receive(5000)));
            atTwo.add(text(two.receive(5000)));
        }
        assertThat(atOne.stream().distinct()).hasSize(1);
        assertThat(atTwo.stream().distinct()).hasSize(1).doesNotContainAnyElementsOf(atOne);
    }

    @Test
    void scheduledMessagesComeLater() throws Exception {
        Queue queue = session.createQueue(SERVER.unique("later"));
        TextMessage later = session.createTextMessage("later");
        later.setLongProperty("AMQ_SCHEDULED_DELAY", 400);
        session.createProducer(queue).send(later);
        send(queue, "now");
        MessageConsumer consumer = session.createConsumer(queue);
        assertThat(text(consumer.receive(5000))).isEqualTo("now");
        assertThat(text(consumer.receive(5000))).isEqualTo("later");
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(later.getJMSTimestamp() + 400);
    }

    @Test
    void destinationsCanBeDestroyed() throws Exception {
        ActiveMQQueue queue = (ActiveMQQueue) session.createQueue(SERVER.unique("destroy"));
        send(queue, "x");
        connection.destroyDestination(queue);
        assertThat(SERVER.server().broker().routes().find(queue.getPhysicalName())).isEmpty();
    }

    @Test
    void advisoriesTellOfQueuesAndConnections() throws Exception {
        MessageConsumer queues = session.createConsumer(session.createTopic("ActiveMQ.Advisory.Queue"));
        MessageConsumer connections = session.createConsumer(session.createTopic("ActiveMQ.Advisory.Connection"));
        String name = SERVER.unique("told");
        send(session.createQueue(name), "x");
        org.apache.activemq.command.DestinationInfo told;
        do { // other queues are there already
            ActiveMQMessage advisory = (ActiveMQMessage) queues.receive(5000);
            assertThat(advisory.getJMSType()).isEqualTo("Advisory");
            told = (org.apache.activemq.command.DestinationInfo) advisory.getDataStructure();
        } while (!told.getDestination().equals(session.createQueue(name)));
        try (ActiveMQConnection other = SERVER.connect("")) {
            org.apache.activemq.command.ConnectionInfo info;
            do { // this connection is there already
                info = (org.apache.activemq.command.ConnectionInfo) ((ActiveMQMessage) connections.receive(5000)).getDataStructure();
            } while (!info.getClientId().equals(other.getClientID()));
            assertThat(info.getPassword()).isNull();
        }
    }
}
