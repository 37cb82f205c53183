package io.delos.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.delos.proof.BrokerProcess;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queues of all kinds, as the parameters of a CORE client's destination, the settings of an address and the configuration ask for them. */
@Timeout(60)
class QueueKindsIT {
    private static final long WAIT = 60_000;
    private static final long NOTHING = 200;

    private Connection connection;
    private Session session;

    private static Connection connect(String options) throws JMSException {
        return Wire.CORE.factory(Target.port(), options).createConnection(BrokerProcess.USER, BrokerProcess.PASSWORD);
    }

    @BeforeEach
    void open() throws JMSException {
        connection = connect("");
        connection.start();
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    @AfterEach
    void disconnect() throws JMSException {
        connection.close();
    }

    private Queue queue(String prefix, String parameters) throws JMSException {
        Queue made = session.createQueue(Target.name(prefix) + (parameters.isEmpty() ? "" : "?" + parameters));
        // a producer is what gives a queue its attributes
        session.createProducer(made).close();
        return made;
    }

    private void send(Queue to, String text, String... properties) throws JMSException {
        TextMessage message = session.createTextMessage(text);
        for (int i = 0; i < properties.length; i += 2) {
            if (properties[i].equals("JMSXGroupSeq")) {
                message.setIntProperty(properties[i], Integer.parseInt(properties[i + 1]));
            } else {
                message.setStringProperty(properties[i], properties[i + 1]);
            }
        }
        try (MessageProducer producer = session.createProducer(to)) {
            producer.send(message);
        }
    }

    private static List<String> receive(MessageConsumer consumer, int count) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TextMessage message = (TextMessage) consumer.receive(WAIT);
            assertThat(message).as("after %s", texts).isNotNull();
            texts.add(message.getText() + (message.propertyExists("first") ? "!" : ""));
        }
        return texts;
    }

    private void awaitWaiting(Queue queue, String... texts) {
        await().untilAsserted(() -> assertThat(browse(queue)).isEqualTo(Arrays.asList(texts)));
    }

    private List<String> browse(Queue queue) throws JMSException {
        List<String> texts = new ArrayList<>();
        try (jakarta.jms.QueueBrowser browser = session.createBrowser(queue)) {
            for (Object each : Collections.list((java.util.Enumeration<?>) browser.getEnumeration())) {
                texts.add(((TextMessage) each).getText());
            }
        }
        return texts;
    }

    @Test
    void theLastOfEachValue() throws JMSException {
        for (Queue queue : List.of(queue("lv", "last-value-key=k"), queue("set.lv", ""))) {
            send(queue, "a1", "k", "a");
            send(queue, "b1", "k", "b");
            send(queue, "none");
            send(queue, "a2", "k", "a");
            awaitWaiting(queue, "b1", "none", "a2");
        }
        Queue usual = queue("lv", "last-value=true");
        send(usual, "a1", "_AMQ_LVQ_NAME", "a");
        send(usual, "a2", "_AMQ_LVQ_NAME", "a");
        awaitWaiting(usual, "a2");
    }

    @Test
    void aRollbackBringsBackOnlyWhatIsStillTheLast() throws JMSException {
        Queue queue = queue("lv", "last-value-key=k");
        send(queue, "a1", "k", "a");
        send(queue, "b1", "k", "b");
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = transacted.createConsumer(queue);
        assertThat(receive(consumer, 2)).containsExactly("a1", "b1");
        send(queue, "a2", "k", "a");
        assertThat(receive(consumer, 1)).containsExactly("a2");
        transacted.rollback();
        transacted.close();
        awaitWaiting(queue, "b1", "a2");
    }

    @Test
    void rings() throws JMSException {
        for (Queue queue : List.of(queue("ring", "ring-size=2"), queue("set.ring", ""))) {
            for (int i = 0; i < 5; i++) {
                send(queue, "m" + i);
            }
            awaitWaiting(queue, "m3", "m4");
        }
        Queue file = session.createQueue("file.ring");
        send(file, "m0");
        send(file, "m1");
        awaitWaiting(file, "m1");
    }

    @Test
    void whatIsConsumedStays() throws JMSException {
        assumeFalse(Target.ARTEMIS, "there what this client acknowledges goes, against its documentation");
        for (Queue queue : List.of(queue("nd", "non-destructive=true"), queue("set.nd", ""))) {
            MessageConsumer one = session.createConsumer(queue);
            send(queue, "m0");
            send(queue, "m1");
            assertThat(receive(one, 2)).containsExactly("m0", "m1");
            one.close();
            MessageConsumer two = session.createConsumer(queue);
            Message first = two.receive(WAIT);
            assertThat(first.getJMSRedelivered()).isTrue();
            assertThat(first.getIntProperty("JMSXDeliveryCount")).isEqualTo(2);
            assertThat(receive(two, 1)).containsExactly("m1");
            awaitWaiting(queue, "m0", "m1");
        }
    }

    @Test
    void consumersDoNotHideWhatStaysFromEachOther() throws JMSException {
        assumeFalse(Target.ARTEMIS, "there what one consumer holds the others don't see");
        Queue queue = queue("nd", "non-destructive=true");
        MessageConsumer one = session.createConsumer(queue);
        send(queue, "m0");
        assertThat(receive(one, 1)).containsExactly("m0");
        MessageConsumer two = connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        assertThat(receive(two, 1)).containsExactly("m0");
        send(queue, "m1");
        assertThat(receive(one, 1)).containsExactly("m1");
        assertThat(receive(two, 1)).containsExactly("m1");
    }

    @Test
    void theLastValueForEverybody() throws JMSException {
        Queue queue = queue("ndlv", "non-destructive=true&last-value-key=k");
        send(queue, "a1", "k", "a");
        MessageConsumer one = session.createConsumer(queue);
        assertThat(receive(one, 1)).containsExactly("a1");
        send(queue, "a2", "k", "a");
        assertThat(receive(one, 1)).containsExactly("a2");
        MessageConsumer two = session.createConsumer(queue);
        assertThat(receive(two, 1)).containsExactly("a2");
        assertThat(two.receive(NOTHING)).isNull();
    }

    @Test
    void groupsWithAFirstKeyAndAnEnd() throws JMSException {
        Queue queue = queue("groups", "group-first-key=first");
        MessageConsumer one = connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        MessageConsumer two = connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        send(queue, "a1", "JMSXGroupID", "a");
        send(queue, "a2", "JMSXGroupID", "a");
        send(queue, "a3", "JMSXGroupID", "a", "JMSXGroupSeq", "-1");
        send(queue, "a4", "JMSXGroupID", "a");
        assertThat(receive(one, 3)).containsExactly("a1!", "a2", "a3");
        assertThat(receive(two, 1)).containsExactly("a4!");
    }

    @Test
    void groupsInBucketsAndGivenAnew() throws JMSException {
        Queue buckets = queue("groups", "group-buckets=1");
        MessageConsumer one = connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(buckets);
        connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(buckets);
        send(buckets, "a", "JMSXGroupID", "a");
        send(buckets, "b", "JMSXGroupID", "b");
        send(buckets, "c", "JMSXGroupID", "c");
        assertThat(receive(one, 3)).containsExactly("a", "b", "c");
        Queue anew = queue("groups", "group-rebalance=true");
        MessageConsumer first = connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(anew);
        send(anew, "a", "JMSXGroupID", "a");
        send(anew, "b", "JMSXGroupID", "b");
        assertThat(receive(first, 2)).containsExactly("a", "b");
        MessageConsumer second = connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(anew);
        send(anew, "a2", "JMSXGroupID", "a");
        send(anew, "b2", "JMSXGroupID", "b");
        List<String> all = new ArrayList<>(receive(first, 1));
        all.addAll(receive(second, 1));
        assertThat(all).containsExactlyInAnyOrder("a2", "b2");
    }

    @Test
    void exclusiveQueues() throws JMSException {
        for (Queue queue : List.of(queue("ex", "exclusive=true"), queue("set.ex", ""))) {
            MessageConsumer one = connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
            MessageConsumer two = connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
            send(queue, "m0");
            send(queue, "m1");
            assertThat(receive(one, 2)).containsExactly("m0", "m1");
            one.close();
            send(queue, "m2");
            assertThat(receive(two, 1)).containsExactly("m2");
        }
    }

    @Test
    void consumersOfHigherPriorityComeFirst() throws JMSException {
        Queue queue = queue("priority", "");
        MessageConsumer low = connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        MessageConsumer high = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)
                .createConsumer(session.createQueue(queue.getQueueName() + "?consumer-priority=5"));
        for (int i = 0; i < 4; i++) {
            send(queue, "m" + i);
        }
        assertThat(receive(high, 4)).containsExactly("m0", "m1", "m2", "m3");
        assertThat(low.receiveNoWait()).isNull();
    }

    @Test
    void aQueueWaitsForItsConsumers() throws JMSException {
        Queue queue = queue("before", "consumers-before-dispatch=2");
        send(queue, "m0");
        send(queue, "m1");
        MessageConsumer one = connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        assertThat(one.receive(NOTHING)).isNull();
        MessageConsumer two = connection.createSession(false, Session.AUTO_ACKNOWLEDGE).createConsumer(queue);
        List<String> both = new ArrayList<>();
        await().until(() -> {
            for (MessageConsumer each : List.of(one, two)) {
                for (Message message = each.receiveNoWait(); message != null; message = each.receiveNoWait()) {
                    both.add(((TextMessage) message).getText());
                }
            }
            return both.size() == 2;
        });
        assertThat(both).containsExactlyInAnyOrder("m0", "m1");
        Queue patient = queue("before", "consumers-before-dispatch=2&delay-before-dispatch=50");
        send(patient, "m0");
        assertThat(receive(session.createConsumer(patient), 1)).containsExactly("m0");
    }

    @Test
    void onlySoManyConsumers() throws JMSException {
        for (Queue queue : List.of(queue("max", "max-consumers=1"), queue("set.max", ""))) {
            session.createConsumer(queue);
            assertThatThrownBy(() -> session.createConsumer(queue)).isInstanceOf(JMSException.class).hasMessageContaining("AMQ229200");
            assertThat(browse(queue)).isEmpty();
        }
    }

    @Test
    void whatNobodyListensToIsPurged() throws JMSException {
        Queue queue = queue("purge", "purge-on-no-consumers=true&auto-delete=false");
        MessageConsumer one = session.createConsumer(queue);
        send(queue, "m0");
        send(queue, "m1");
        assertThat(receive(one, 1)).containsExactly("m0");
        one.close();
        awaitWaiting(queue);
        send(queue, "unheard");
        assertThat(session.createConsumer(queue).receive(NOTHING)).isNull();
    }

    @Test
    void aDisabledQueueGetsNothing() throws JMSException {
        Queue queue = queue("disabled", "enabled=false");
        send(queue, "m0");
        assertThat(browse(queue)).isEmpty();
    }

    @Test
    void redeliveriesWaitAndEnd() throws JMSException {
        Queue queue = queue("again", "");
        Session transacted = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer = transacted.createConsumer(queue);
        send(queue, "m0");
        for (int attempt = 1; attempt <= 4; attempt++) {
            Message message = consumer.receive(WAIT);
            assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(attempt);
            transacted.rollback();
        }
        await().untilAsserted(() -> assertThat(consumer.receive(NOTHING)).isNull());
        Queue ever = queue("forever", "");
        MessageConsumer patient = transacted.createConsumer(ever);
        send(ever, "m0");
        for (int attempt = 1; attempt <= 15; attempt++) {
            assertThat(patient.receive(WAIT).getIntProperty("JMSXDeliveryCount")).isEqualTo(attempt);
            transacted.rollback();
        }
    }

    @Test
    void scheduledMessagesComeInTheOrderOfTheirTimes() throws JMSException {
        Queue queue = queue("scheduled", "");
        // the client reckons from when it sends, which may be late; at the same time the first comes first
        Map<Long, String> sent = new TreeMap<>();
        try (MessageProducer producer = session.createProducer(queue)) {
            for (int delay : new int[] {600, 200, 400, 300, 500}) {
                Message message = session.createTextMessage("m" + delay);
                producer.setDeliveryDelay(delay);
                producer.send(message);
                sent.put(message.getJMSDeliveryTime() * 8 + sent.size(), "m" + delay);
            }
        }
        assertThat(receive(session.createConsumer(queue), sent.size())).containsExactlyElementsOf(sent.values());
    }

    @Test
    void whatExpiresMovesThoughNobodyConsumes() throws JMSException {
        Queue there = queue("over.there", "");
        assertThat(there).isNotNull();
        Queue target = session.createQueue("over.there");
        session.createProducer(target).close();
        Queue queue = queue("over", "");
        try (MessageProducer producer = session.createProducer(queue)) {
            producer.send(session.createTextMessage("lasts"));
            producer.setTimeToLive(50);
            producer.send(session.createTextMessage("over"));
        }
        assertThat(receive(session.createConsumer(target), 1)).containsExactly("over");
        awaitWaiting(queue, "lasts");
    }

    @Test
    void whoIsTooSlowIsDisconnected() throws JMSException {
        Queue queue = queue("slow", "");
        try (Connection other = connect("reconnectAttempts=0")) {
            List<JMSException> told = Collections.synchronizedList(new ArrayList<>());
            other.setExceptionListener(told::add);
            other.start();
            other.createSession(false, Session.CLIENT_ACKNOWLEDGE).createConsumer(queue);
            MessageProducer producer = session.createProducer(queue);
            producer.setDeliveryMode(jakarta.jms.DeliveryMode.NON_PERSISTENT);
            for (int i = 0; i < 3000; i++) {
                producer.send(session.createTextMessage("m" + i));
            }
            await().until(() -> !told.isEmpty());
        }
    }
}
