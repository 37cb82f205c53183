package io.delos.openwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.advisory.AdvisorySupport;
import org.apache.activemq.advisory.DestinationSource;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQTextMessage;
import org.apache.activemq.command.ConnectionInfo;
import org.apache.activemq.command.ConsumerInfo;
import org.apache.activemq.command.DataStructure;
import org.apache.activemq.command.DestinationInfo;
import org.apache.activemq.command.ProducerInfo;
import org.apache.activemq.command.RemoveInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What clients are told of each other. */
class AdvisoryIT {

    private static final int WAIT = 60_000;

    @RegisterExtension
    static final OpenWireServer SERVER = new OpenWireServer("", config -> config.withAddressSettings("slow.#", Map.of(
            "slow-consumer-threshold", "60", "slow-consumer-threshold-measurement-unit", "MESSAGES_PER_MINUTE", "slow-consumer-check-period", "1",
            "slow-consumer-policy", "NOTIFY")).withAddressSettings("full.#", Map.of("max-size-bytes", "4000", "address-full-policy", "BLOCK"))
            .withAddressSettings("drop.#", Map.of("max-size-bytes", "4000", "address-full-policy", "DROP"))
            .withAddressSettings("ring.#", Map.of("default-ring-size", "1")));

    private ActiveMQConnection connection;
    private Session session;
    private ActiveMQConnection other;
    private Session busy;

    @BeforeEach
    void connect() throws JMSException {
        connection = SERVER.connect("");
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        other = SERVER.connect("");
        busy = other.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    @AfterEach
    void close() throws JMSException {
        connection.close();
        other.close();
    }

    private static ActiveMQMessage next(MessageConsumer advisories) throws JMSException {
        ActiveMQMessage message = (ActiveMQMessage) advisories.receive(WAIT);
        assertThat(message).isNotNull();
        assertThat(message.getJMSType()).isEqualTo("Advisory");
        assertThat(message.getStringProperty("originBrokerName")).isEqualTo("test");
        assertThat(message.getStringProperty("originBrokerURL")).isEqualTo("127.0.0.1:" + SERVER.port());
        return message;
    }

    @Test
    void consumersAreToldWithTheirNumber() throws Exception {
        for (Destination destination : new Destination[] {session.createQueue(SERVER.unique("c")), session.createTopic(SERVER.unique("c"))}) {
            MessageConsumer advisories = session.createConsumer(AdvisorySupport.getConsumerAdvisoryTopic(destination));
            MessageConsumer first = busy.createConsumer(destination, "a = 1");
            ActiveMQMessage came = next(advisories);
            ConsumerInfo info = (ConsumerInfo) came.getDataStructure();
            assertThat(info.getDestination()).isEqualTo(destination);
            assertThat(info.getSelector()).isEqualTo("a = 1");
            assertThat(came.getIntProperty("consumerCount")).isEqualTo(1);
            MessageConsumer second = busy.createConsumer(destination);
            assertThat(next(advisories).getIntProperty("consumerCount")).isEqualTo(2);
            first.close();
            ActiveMQMessage left = next(advisories);
            assertThat(((RemoveInfo) left.getDataStructure()).getObjectId()).isEqualTo(info.getConsumerId());
            assertThat(left.getIntProperty("consumerCount")).isEqualTo(1);
            second.close();
            assertThat(next(advisories).getIntProperty("consumerCount")).isZero();
        }
    }

    @Test
    void producersAreToldWithTheirNumber() throws Exception {
        Destination destination = session.createQueue(SERVER.unique("p"));
        MessageConsumer advisories = session.createConsumer(AdvisorySupport.getProducerAdvisoryTopic(destination));
        MessageProducer producer = busy.createProducer(destination);
        ActiveMQMessage came = next(advisories);
        assertThat(((ProducerInfo) came.getDataStructure()).getDestination()).isEqualTo(destination);
        assertThat(came.getIntProperty("producerCount")).isEqualTo(1);
        producer.close();
        ActiveMQMessage left = next(advisories);
        assertThat(left.getDataStructure()).isInstanceOf(RemoveInfo.class);
        assertThat(left.getIntProperty("producerCount")).isZero();
    }

    @Test
    void whoComesLateHearsOfWhatIsThere() throws Exception {
        Destination destination = session.createQueue(SERVER.unique("late"));
        busy.createProducer(destination);
        busy.createConsumer(destination);
        assertThat(next(session.createConsumer(AdvisorySupport.getProducerAdvisoryTopic(destination))).getDataStructure()).isInstanceOf(ProducerInfo.class);
        assertThat(next(session.createConsumer(AdvisorySupport.getConsumerAdvisoryTopic(destination))).getDataStructure()).isInstanceOf(ConsumerInfo.class);
        MessageConsumer connections = session.createConsumer(AdvisorySupport.getConnectionAdvisoryTopic());
        while (!((ConnectionInfo) next(connections).getDataStructure()).getClientId().equals(idOf(other))) {
            // that of somebody else
        }
        MessageConsumer queues = session.createConsumer(session.createTopic("ActiveMQ.Advisory.Queue"));
        while (!((DestinationInfo) next(queues).getDataStructure()).getDestination().equals(destination)) {
            // another queue
        }
    }

    @Test
    void destinationsAreToldHoweverTheyAppear() throws Exception {
        String name = SERVER.unique("made");
        MessageConsumer queues = session.createConsumer(session.createTopic("ActiveMQ.Advisory.Queue"));
        busy.createProducer(null).send(busy.createQueue(name), busy.createMessage());
        DestinationInfo info;
        do {
            info = (DestinationInfo) next(queues).getDataStructure();
        } while (!info.getDestination().getPhysicalName().equals(name));
        assertThat(info.isAddOperation()).isTrue();
        other.destroyDestination((ActiveMQDestination) session.createQueue(name));
        do {
            info = (DestinationInfo) next(queues).getDataStructure();
        } while (!info.getDestination().getPhysicalName().equals(name));
        assertThat(info.isRemoveOperation()).isTrue();
    }

    @Test
    void connectionsComeAndGo() throws Exception {
        MessageConsumer advisories = session.createConsumer(AdvisorySupport.getConnectionAdvisoryTopic());
        ActiveMQConnection third = SERVER.connect("");
        DataStructure news;
        do {
            news = next(advisories).getDataStructure();
        } while (!(news instanceof ConnectionInfo info && info.getClientId().equals(third.getClientID())));
        third.close();
        do {
            news = next(advisories).getDataStructure();
        } while (!(news instanceof RemoveInfo gone && gone.getObjectId().equals(third.getConnectionInfo().getConnectionId())));
    }

    @Test
    void aConnectionThatBreaksTakesItsConsumersAndProducersWithIt() throws Exception {
        Destination destination = session.createQueue(SERVER.unique("broken"));
        MessageConsumer advisories = session.createConsumer(session.createTopic("ActiveMQ.Advisory.*.Queue." + ((Queue) destination).getQueueName()));
        busy.createProducer(destination);
        busy.createConsumer(destination);
        assertThat(next(advisories).getDataStructure()).isInstanceOf(ProducerInfo.class);
        assertThat(next(advisories).getDataStructure()).isInstanceOf(ConsumerInfo.class);
        SERVER.server().broker().clients().all().stream().filter(client -> client.clientId().equals(idOf(other))).forEach(client -> client.disconnect());
        for (int i = 0; i < 2; i++) {
            assertThat(next(advisories).getDataStructure()).isInstanceOf(RemoveInfo.class);
        }
        // a client that has not noticed yet fails to say goodbye
        await().atMost(Duration.ofMinutes(1)).until(other::isTransportFailed);
    }

    private static String idOf(ActiveMQConnection connection) {
        return connection.getConnectionInfo().getClientId();
    }

    @Test
    void slowConsumersAreTold() throws Exception {
        Destination destination = session.createQueue(SERVER.unique("slow"));
        MessageConsumer advisories = session.createConsumer(AdvisorySupport.getSlowConsumerAdvisoryTopic(destination));
        busy.createConsumer(destination);
        MessageProducer producer = session.createProducer(destination);
        for (int i = 0; i < 2000; i++) {
            producer.send(session.createMessage());
        }
        assertThat(((ConsumerInfo) next(advisories).getDataStructure()).getDestination()).isEqualTo(destination);
    }

    @Test
    void messagesThatExpireOrDieAreTold() throws Exception {
        Destination destination = session.createQueue(SERVER.unique("lost"));
        MessageConsumer expired = session.createConsumer(AdvisorySupport.getExpiredMessageTopic(destination));
        MessageConsumer dead = session.createConsumer(AdvisorySupport.getMessageDLQdAdvisoryTopic((ActiveMQDestination) destination));
        MessageProducer producer = session.createProducer(destination);
        ActiveMQTextMessage old = (ActiveMQTextMessage) session.createTextMessage("old");
        producer.send(old, jakarta.jms.DeliveryMode.PERSISTENT, 4, 1);
        ActiveMQTextMessage poison = (ActiveMQTextMessage) session.createTextMessage("poison");
        producer.send(poison);
        org.apache.activemq.RedeliveryPolicy policy = new org.apache.activemq.RedeliveryPolicy();
        policy.setMaximumRedeliveries(0);
        other.setRedeliveryPolicy(policy);
        try (Session transacted = other.createSession(true, Session.SESSION_TRANSACTED)) {
            MessageConsumer consumer = transacted.createConsumer(destination);
            assertThat(consumer.receive(WAIT)).isNotNull();
            transacted.rollback();
            assertThat(((ActiveMQTextMessage) next(dead).getDataStructure()).getText()).isEqualTo("poison");
        }
        ActiveMQMessage told = next(expired);
        assertThat(((ActiveMQTextMessage) told.getDataStructure()).getText()).isEqualTo("old");
        assertThat(told.getStringProperty("orignalMessageId")).isEqualTo(old.getJMSMessageID());
    }

    private MessageConsumer listen(String kind, Destination destination) throws JMSException {
        String name = destination instanceof Queue queue ? "Queue." + queue.getQueueName() : "Topic." + ((Topic) destination).getTopicName();
        return session.createConsumer(session.createTopic("ActiveMQ.Advisory." + kind + '.' + name));
    }

    /** Waits for the news that the message with this text is told by. */
    private static ActiveMQMessage told(MessageConsumer advisories, String text) throws JMSException {
        ActiveMQMessage message = next(advisories);
        assertThat(((ActiveMQTextMessage) message.getDataStructure()).getText()).isEqualTo(text);
        return message;
    }

    @Test
    void messagesAreToldAsTheyComeAndGo() throws Exception {
        ActiveMQDestination queue = (ActiveMQDestination) session.createQueue(SERVER.unique("way"));
        MessageConsumer delivered = session.createConsumer(AdvisorySupport.getMessageDeliveredAdvisoryTopic(queue));
        MessageConsumer dispatched = session.createConsumer(AdvisorySupport.getMessageDispatchedAdvisoryTopic(queue));
        MessageConsumer consumed = session.createConsumer(AdvisorySupport.getMessageConsumedAdvisoryTopic(queue));
        MessageConsumer all = session.createConsumer(session.createTopic("ActiveMQ.Advisory.>"));
        try (Session transacted = other.createSession(true, Session.SESSION_TRANSACTED)) {
            MessageProducer producer = transacted.createProducer(queue);
            producer.send(transacted.createTextMessage("undone"));
            transacted.rollback();
            TextMessage sent = transacted.createTextMessage("sent");
            producer.send(sent);
            transacted.commit();
            ActiveMQMessage news = told(delivered, "sent");
            assertThat(news.getStringProperty("orignalMessageId")).isEqualTo(sent.getJMSMessageID());
            assertThat(news.getStringProperty("orignalDestination")).isEqualTo(queue.getQualifiedName());
            MessageConsumer consumer = transacted.createConsumer(queue);
            assertThat(consumer.receive(WAIT)).isNotNull();
            told(dispatched, "sent");
            transacted.rollback();
            assertThat(consumer.receive(WAIT)).isNotNull();
            transacted.commit();
            told(consumed, "sent");
        }
        busy.createProducer(queue).send(busy.createTextMessage("next"));
        told(delivered, "next");
        assertThat(busy.createConsumer(queue).receive(WAIT)).isNotNull();
        told(dispatched, "next");
        told(consumed, "next");
        busy.createConsumer(busy.createQueue("way.last"));
        ActiveMQMessage other;
        do {
            other = next(all);
            assertThat(other.getJMSDestination().toString()).doesNotContain("ActiveMQ.Advisory.Message");
        } while (!other.getJMSDestination().toString().endsWith("Consumer.Queue.way.last"));
    }

    @Test
    void whatNobodyConsumesIsTold() throws Exception {
        Queue queue = session.createQueue(SERVER.unique("alone"));
        Topic topic = session.createTopic(SERVER.unique("alone"));
        MessageConsumer ofQueue = session.createConsumer(AdvisorySupport.getNoQueueConsumersAdvisoryTopic(queue));
        MessageConsumer ofTopic = session.createConsumer(AdvisorySupport.getNoTopicConsumersAdvisoryTopic(topic));
        MessageProducer producer = busy.createProducer(null);
        producer.send(queue, busy.createTextMessage("kept"));
        producer.setDeliveryMode(jakarta.jms.DeliveryMode.NON_PERSISTENT);
        producer.send(queue, busy.createTextMessage("waits"));
        assertThat(((TextMessage) ofQueue.receive(WAIT)).getText()).isEqualTo("waits");
        TextMessage gone = busy.createTextMessage("gone");
        gone.setStringProperty("own", "kept");
        producer.send(topic, gone);
        TextMessage itself = (TextMessage) ofTopic.receive(WAIT);
        assertThat(itself.getText()).isEqualTo("gone");
        assertThat(itself.getStringProperty("own")).isEqualTo("kept");
        assertThat(itself.getJMSMessageID()).isEqualTo(gone.getJMSMessageID());
        assertThat(itself.getJMSDestination()).isEqualTo(AdvisorySupport.getNoTopicConsumersAdvisoryTopic(topic));
        busy.createConsumer(topic);
        busy.createConsumer(queue);
        producer.send(topic, busy.createTextMessage("taken"));
        producer.send(queue, busy.createTextMessage("taken"));
        assertThat(ofTopic.receive(100)).isNull();
        assertThat(ofQueue.receive(100)).isNull();
    }

    @Test
    void fullDestinationsAndTheirProducersAreTold() throws Exception {
        ActiveMQDestination queue = (ActiveMQDestination) session.createQueue(SERVER.unique("full"));
        MessageConsumer full = session.createConsumer(AdvisorySupport.getFullAdvisoryTopic(queue));
        MessageConsumer fast = session.createConsumer(AdvisorySupport.getFastProducerAdvisoryTopic(queue));
        other.setUseAsyncSend(true);
        MessageProducer producer = busy.createProducer(queue);
        for (int i = 0; i < 8; i++) {
            producer.send(busy.createTextMessage("x".repeat(1000)));
        }
        ActiveMQMessage told = next(full);
        assertThat(told.getStringProperty("usageName")).isEqualTo(queue.getQualifiedName());
        assertThat(told.getLongProperty("usageCount")).isGreaterThanOrEqualTo(4000);
        ActiveMQMessage waits = next(fast);
        ProducerInfo info = (ProducerInfo) waits.getDataStructure();
        assertThat(info.getDestination()).isEqualTo(queue);
        assertThat(waits.getStringProperty("producerId")).isEqualTo(info.getProducerId().toString());
        MessageConsumer consumer = session.createConsumer(queue);
        for (int i = 0; i < 8; i++) {
            assertThat(consumer.receive(WAIT)).isNotNull();
        }
    }

    @Test
    void messagesThatAreDiscardedAreTold() throws Exception {
        Queue dropping = session.createQueue(SERVER.unique("drop"));
        MessageConsumer dropped = listen("MessageDiscarded", dropping);
        MessageProducer producer = busy.createProducer(null);
        for (int i = 0; i < 5; i++) {
            producer.send(dropping, busy.createTextMessage(i + "x".repeat(2000)));
        }
        assertThat(((ActiveMQTextMessage) next(dropped).getDataStructure()).getText()).matches("[1-4]x+");
        Queue ring = session.createQueue(SERVER.unique("ring"));
        MessageConsumer replaced = listen("MessageDiscarded", ring);
        producer.send(ring, busy.createTextMessage("old"));
        producer.send(ring, busy.createTextMessage("new"));
        told(replaced, "old");
    }

    @Test
    void temporaryDestinationsHaveTopicsOfTheirOwn() throws Exception {
        ActiveMQDestination temporary = (ActiveMQDestination) busy.createTemporaryQueue();
        MessageConsumer delivered = session.createConsumer(AdvisorySupport.getMessageDeliveredAdvisoryTopic(temporary));
        busy.createProducer(temporary).send(busy.createTextMessage("answer"));
        told(delivered, "answer");
    }

    @Test
    void aClientsListOfDestinationsIsWhole() throws Exception {
        Queue there = session.createQueue(SERVER.unique("listed"));
        busy.createProducer(there);
        DestinationSource source = connection.getDestinationSource();
        await().until(() -> source.getQueues().contains(there));
        Topic made = session.createTopic(SERVER.unique("listed"));
        busy.createConsumer(made);
        await().until(() -> source.getTopics().contains(made));
        other.destroyDestination((ActiveMQDestination) there);
        await().until(() -> !source.getQueues().contains(there));
    }

    @Test
    void whoComesLateHearsOfAllThatIsThereHoweverMuch() throws Exception {
        String name = SERVER.unique("many") + ".";
        String rest = "." + "x".repeat(3000);
        other.setUseAsyncSend(true);
        MessageProducer producer = busy.createProducer(null);
        for (int i = 0; i < 200; i++) {
            int first = 10 * i;
            String parts = IntStream.range(first, first + 10).mapToObj(n -> name + n + rest).collect(Collectors.joining(","));
            producer.send(busy.createQueue(parts), busy.createMessage());
        }
        await().until(() -> SERVER.server().broker().routes().find(name + 1999 + rest).isPresent());
        MessageConsumer queues = session.createConsumer(session.createTopic("ActiveMQ.Advisory.Queue"));
        Set<String> heard = new HashSet<>();
        while (heard.size() < 2000) {
            String queue = ((DestinationInfo) next(queues).getDataStructure()).getDestination().getPhysicalName();
            if (queue.startsWith(name)) {
                assertThat(heard.add(queue)).isTrue();
            }
        }
    }

    @Test
    void selectorsChooseAmongAdvisories() throws Exception {
        Queue queue = session.createQueue(SERVER.unique("chosen"));
        MessageConsumer none = session.createConsumer(AdvisorySupport.getConsumerAdvisoryTopic(queue), "consumerCount = 0 AND JMSType = 'Advisory'");
        busy.createConsumer(queue).close();
        assertThat(next(none).getIntProperty("consumerCount")).isZero();
        MessageConsumer unwanted = session.createConsumer(AdvisorySupport.getNoQueueConsumersAdvisoryTopic(queue), "own = 2");
        MessageProducer producer = busy.createProducer(queue);
        producer.setDeliveryMode(jakarta.jms.DeliveryMode.NON_PERSISTENT);
        for (int own = 1; own < 4; own++) {
            Message message = busy.createMessage();
            message.setIntProperty("own", own);
            producer.send(message);
        }
        assertThat(unwanted.receive(WAIT).getIntProperty("own")).isEqualTo(2);
        assertThatThrownBy(() -> session.createConsumer(AdvisorySupport.getConsumerAdvisoryTopic(queue), "= what")).isInstanceOf(JMSException.class);
    }
}
