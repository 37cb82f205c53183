package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.QueueRequestor;
import jakarta.jms.QueueSession;
import jakarta.jms.Session;
import java.util.Map;
import javax.management.openmbean.CompositeData;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;
import org.apache.activemq.artemis.jms.client.ActiveMQConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Management by messages, asked with the real client's helper; what is compared with is what a real Artemis answered. */
class JmsManagementIT {

    @RegisterExtension
    static final CoreServer SERVER = new CoreServer("", config -> config.with("name", "managed"));

    private ActiveMQConnection connection;
    private QueueSession session;
    private QueueRequestor management;
    private String queue;

    @BeforeEach
    void connect() throws JMSException {
        connection = (ActiveMQConnection) SERVER.connect("");
        connection.start();
        session = connection.createQueueSession(false, Session.AUTO_ACKNOWLEDGE);
        management = new QueueRequestor(session, session.createQueue("activemq.management"));
        queue = "managed." + SERVER.unique();
    }

    @AfterEach
    void disconnect() throws JMSException {
        connection.close();
    }

    private Message asked(String resource, String operation, Object... arguments) throws Exception {
        Message request = session.createMessage();
        JMSManagementHelper.putOperationInvocation(request, resource, operation, arguments);
        return management.request(request);
    }

    private Object call(String resource, String operation, Object... arguments) throws Exception {
        Message reply = asked(resource, operation, arguments);
        assertThat(JMSManagementHelper.hasOperationSucceeded(reply)).as("%s: %s", operation, JMSManagementHelper.getResult(reply)).isTrue();
        return JMSManagementHelper.getResult(reply);
    }

    private String refused(String resource, String operation, Object... arguments) throws Exception {
        Message reply = asked(resource, operation, arguments);
        assertThat(JMSManagementHelper.hasOperationSucceeded(reply)).isFalse();
        return JMSManagementHelper.getResult(reply).toString();
    }

    private Object read(String resource, String attribute) throws Exception {
        Message request = session.createMessage();
        JMSManagementHelper.putAttribute(request, resource, attribute);
        return JMSManagementHelper.getResult(management.request(request));
    }

    private void send(String to, int count, String color) throws JMSException {
        MessageProducer producer = session.createProducer(session.createQueue(to));
        for (int i = 0; i < count; i++) {
            Message message = session.createTextMessage("body " + i);
            message.setIntProperty("n", i);
            message.setStringProperty("color", color);
            producer.send(message);
        }
        producer.close();
    }

    @Test
    void messagesAreListedCountedAndShownInPages() throws Exception {
        send(queue, 6, "red");
        send(queue, 3, "blue");
        String resource = "queue." + queue;
        assertThat(read(resource, "messageCount")).isEqualTo(9L);
        assertThat(call(resource, "countMessages", "color = 'red'")).isEqualTo(6L);
        assertThat(call(resource, "countMessages", null, "color")).isEqualTo("{\"blue\":3,\"red\":6}");
        Object[] listed = (Object[]) call(resource, "listMessages", "n = 0");
        assertThat(listed).hasSize(2);
        Map<?, ?> first = (Map<?, ?>) listed[0];
        assertThat(first.get("color")).isEqualTo("red");
        assertThat(first.get("type")).isEqualTo(3L);
        assertThat(first.get("_AMQ_ROUTING_TYPE")).isEqualTo(1L);
        assertThat(first.get("userID").toString()).startsWith("ID:");
        assertThat(call(resource, "listMessagesAsJSON", "n = 5").toString()).contains("\"color\":\"red\"", "\"messageID\":");
        Object[] page = shown(call(resource, "browse", 2, 4));
        assertThat(page).hasSize(4).extracting(one -> ((CompositeData) one).get("text")).containsExactly("body 4", "body 5", "body 0", "body 1");
        CompositeData one = (CompositeData) shown(call(resource, "browse", 1, 1, "color = 'blue'"))[0];
        assertThat(one.get("address")).isEqualTo(queue);
        assertThat(one.get("priority")).isEqualTo((byte) 4);
        assertThat(one.get("PropertiesText").toString()).contains("color=blue");
        assertThat(refused(resource, "listMessages", "bogus =")).isEqualTo("AMQ229020: Invalid filter: bogus =");
        assertThat(call(resource, "peekFirstMessageAsJSON").toString()).contains("\"n\":0");
        assertThat(read(resource, "firstMessageAsJSON").toString()).startsWith("[{");
    }

    private static Object[] shown(Object answer) {
        return (Object[]) ((Map<?, ?>) answer).get(CompositeData.class.getName());
    }

    @Test
    void messagesAreMovedRetriedExpiredAndRemoved() throws Exception {
        send(queue, 6, "red");
        send(queue, 3, "blue");
        String resource = "queue." + queue;
        String other = queue + ".other";
        send(other, 1, "green");
        assertThat(refused(resource, "moveMessages", "color = 'blue'", "nope")).isEqualTo("AMQ229049: No queue found for nope");
        assertThat(call(resource, "moveMessages", "color = 'blue'", other)).isEqualTo(3L);
        assertThat(read(resource, "messagesAcknowledged")).isEqualTo(3L);
        assertThat(call("queue." + other, "retryMessages")).isEqualTo(3L);
        assertThat(call(resource, "removeMessages", "color = 'blue'")).isEqualTo(3L);
        assertThat(read(resource, "messagesKilled")).isEqualTo(3L);
        assertThat(call(resource, "expireMessages", "n = 0")).isEqualTo(1L);
        assertThat(call(resource, "sendMessagesToDeadLetterAddress", "n = 1")).isEqualTo(1L);
        assertThat(call(resource, "changeMessagesPriority", "n = 2", 9)).isEqualTo(1L);
        assertThat(refused(resource, "changeMessagesPriority", "n = 2", 12))
                .isEqualTo("AMQ229048: invalid new Priority value: 12. It must be between 0 and 9 (both included)");
        Map<?, ?> first = (Map<?, ?>) ((Object[]) call(resource, "listMessages", (Object) null))[0];
        assertThat(first.get("n")).isEqualTo(2L);
        assertThat(first.get("priority")).isEqualTo(9L);
        long id = (Long) first.get("messageID");
        assertThat(call(resource, "copyMessage", id, other)).isEqualTo(true);
        assertThat(call(resource, "moveMessage", id, other)).isEqualTo(true);
        assertThat(call(resource, "removeMessage", id)).isEqualTo(false);
        assertThat(read("queue." + other, "messageCount")).isEqualTo(3L);
        assertThat(call(resource, "removeAllMessages")).isEqualTo(3L);
    }

    @Test
    void whatIsUnknownOrDoesNotFitIsRefusedInTheSameWords() throws Exception {
        send(queue, 1, "red");
        assertThat(refused("queue." + queue, "moveMessage", "abc", "b")).isEqualTo("AMQ229069: no operation moveMessage/2");
        assertThat(refused("broker", "nosuchop")).isEqualTo("AMQ229069: no operation nosuchop/0");
        assertThat(refused("queue.nope", "pause")).isEqualTo("AMQ229067: Cannot find resource with name queue.nope");
        assertThat(read("queue.nope", "name")).isEqualTo("Problem while retrieving attribute name");
        assertThat(read("broker", "nosuch")).isEqualTo("Problem while retrieving attribute nosuch");
        assertThat(refused("broker", "createQueue", "{\"address\":\"x\"}")).startsWith("AMQ229229: Failed to parse JSON queue configuration");
        assertThat(refused("broker", "destroyQueue", "nope")).isEqualTo("AMQ229017: Queue nope does not exist");
        assertThat(refused("broker", "deleteAddress", queue)).isEqualTo("AMQ229205: Address " + queue + " has bindings");
        assertThat(refused("broker", "listQueues", "{}", 1, 2)).isNotEmpty();
        assertThat(read("queue." + queue, "filter")).isNull();
    }

    @Test
    void aPauseForGoodOutlivesTheBroker() throws Exception {
        send(queue, 1, "red");
        assertThat(call("queue." + queue, "pause", true)).isNull();
        assertThat(read("queue." + queue, "persistedPause")).isEqualTo(true);
        call("broker", "addAddressSettings", queue + ".#", "{\"maxDeliveryAttempts\":3,\"unheardOf\":1}");
        String paused = queue;
        disconnect();
        SERVER.server().restart();
        connect();
        assertThat(read("queue." + paused, "paused")).isEqualTo(true);
        assertThat(call("broker", "getAddressSettingsAsJSON", paused + ".x").toString()).contains("\"maxDeliveryAttempts\":3");
        call("queue." + paused, "resume");
        assertThat(read("queue." + paused, "persistedPause")).isEqualTo(false);
        call("broker", "removeAddressSettings", paused + ".#");
        assertThat(call("broker", "getAddressSettingsAsJSON", paused + ".x").toString()).doesNotContain("maxDeliveryAttempts");
    }

    @Test
    void connectionsSessionsConsumersAndProducersAreListedAndClosed() throws Exception {
        send(queue, 3, "red");
        Connection other = SERVER.connect("");
        other.start();
        Session held = other.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = held.createConsumer(held.createQueue(queue), "color = 'red'");
        assertThat(consumer.receive(10_000)).isNotNull();
        String mine = "{\"field\":\"queue\",\"operation\":\"EQUALS\",\"value\":\"" + queue + "\"}";
        String row = call("broker", "listConsumers", mine, 1, 10).toString();
        assertThat(row).contains("\"messagesInTransit\":\"3\"", "\"filter\":\"color = 'red'\"", "\"queueType\":\"anycast\"", "\"count\":1");
        assertThat(call("queue." + queue, "listConsumersAsJSON").toString()).contains("\"messagesInTransit\":3", "\"browseOnly\":false");
        assertThat(call("queue." + queue, "countDeliveringMessages", (Object) null)).isEqualTo(3L);
        assertThat(call("queue." + queue, "listDeliveringMessagesAsJSON").toString()).contains("\"consumerName\":", "\"elements\":[{");
        assertThat(call("broker", "listSessions", "", 1, 100).toString()).contains("\"consumerCount\":1", "\"id\":");
        assertThat(call("broker", "listConnections", "", 1, 100).toString()).contains("\"protocol\":\"CORE\"", "\"localAddress\":\"127.0.0.1:");
        assertThat(call("broker", "listProducers", "", 1, 100).toString()).contains("\"address\":\"" + queue + "\"", "\"msgSent\":3");
        String session = row.replaceAll(".*\"session\":\"([^\"]*)\".*", "$1");
        String id = row.replaceAll(".*\"id\":\"([0-9]*)\".*", "$1");
        assertThat(call("broker", "closeConsumerWithID", session, id)).isEqualTo(true);
        assertThat(call("broker", "closeConsumerWithID", "nope", "1")).isEqualTo(false);
        await().until(() -> call("broker", "listConsumers", mine, 1, 10).toString().contains("\"count\":0"));
        other.close();
    }

    @Test
    void divertsAreMadeChangedAndRemoved() throws Exception {
        String name = queue + ".divert";
        send(queue + ".to", 1, "green");
        send(queue, 1, "blue");
        call("broker", "createDivert", "{\"name\":\"" + name + "\",\"address\":\"" + queue + "\",\"forwarding-address\":\"" + queue
                + ".to\",\"filter-string\":\"color = 'red'\"}");
        assertThat((Object[]) call("broker", "listDivertNames")).contains(name);
        assertThat(read("divert." + name, "filter")).isEqualTo("color = 'red'");
        send(queue, 2, "red");
        assertThat(read("queue." + queue + ".to", "messageCount")).isEqualTo(3L);
        call("broker", "updateDivert", "{\"name\":\"" + name + "\",\"exclusive\":true}");
        assertThat(read("divert." + name, "exclusive")).isEqualTo(true);
        assertThat(read("divert." + name, "filter")).isNull();
        send(queue, 1, "blue");
        assertThat(read("queue." + queue, "messageCount")).isEqualTo(3L);
        assertThat(refused("broker", "updateDivert", "{\"name\":\"nope\"}")).isEqualTo("AMQ229231: Divert Does Not Exist: nope");
        assertThat(refused("broker", "destroyDivert", "nope")).isEqualTo("AMQ229012: No binding for divert nope");
        call("broker", "destroyDivert", name);
        assertThat(read("divert." + name, "address")).isEqualTo("Problem while retrieving attribute address");
    }

    @Test
    void groupsAreListedAndTakenAway() throws Exception {
        Connection other = SERVER.connect("");
        other.start();
        Session held = other.createSession(false, Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = held.createConsumer(held.createQueue(queue));
        MessageProducer producer = session.createProducer(session.createQueue(queue));
        Message grouped = session.createTextMessage("grouped");
        grouped.setStringProperty("JMSXGroupID", "g1");
        producer.send(grouped);
        assertThat(consumer.receive(10_000)).isNotNull();
        assertThat(call("queue." + queue, "listGroupsAsJSON").toString()).contains("\"groupID\":\"g1\"", "\"consumerID\":0");
        assertThat(read("queue." + queue, "groupCount")).isEqualTo(1L);
        call("queue." + queue, "resetGroup", "g1");
        assertThat(call("queue." + queue, "listGroupsAsJSON")).isEqualTo("[]");
        other.close();
    }

    @Test
    void whatHappensIsToldOnTheNotificationAddress() throws Exception {
        Session listening = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageConsumer told = listening.createConsumer(listening.createTopic("activemq.notifications"));
        try (Connection other = SERVER.connect("")) {
            other.setClientID("visitor");
            other.start();
            Session visitor = other.createSession(false, Session.AUTO_ACKNOWLEDGE);
            visitor.createConsumer(visitor.createQueue(queue)).close();
        }
        call("broker", "destroyQueue", queue);
        Message added = notification(told, "BINDING_ADDED", "_AMQ_RoutingName", queue);
        assertThat(added.getIntProperty("_AMQ_Binding_Type")).isZero();
        assertThat(added.getStringProperty("_AMQ_ClusterName")).isEqualTo(queue + read("broker", "NodeID"));
        Message created = notification(told, "CONSUMER_CREATED", "_AMQ_RoutingName", queue);
        assertThat(created.getIntProperty("_AMQ_ConsumerCount")).isEqualTo(1);
        assertThat(created.getStringProperty("_AMQ_Client_ID")).isEqualTo("visitor");
        assertThat(created.getLongProperty("_AMQ_ConsumerName")).isZero();
        assertThat(notification(told, "CONSUMER_CLOSED", "_AMQ_RoutingName", queue).getIntProperty("_AMQ_ConsumerCount")).isZero();
        assertThat(notification(told, "SESSION_CLOSED", "_AMQ_Client_ID", "visitor").getStringProperty("_AMQ_Protocol_Name")).isEqualTo("CORE");
        assertThat(notification(told, "BINDING_REMOVED", "_AMQ_RoutingName", queue).propertyExists("_AMQ_Binding_Type")).isFalse();
        told.close();
    }

    /** The next of this type; others are passed over. */
    private static Message notification(MessageConsumer told, String type, String property, String value) throws JMSException {
        for (Message message = told.receive(10_000); message != null; message = told.receive(10_000)) {
            if (type.equals(message.getStringProperty("_AMQ_NotifType")) && value.equals(message.getStringProperty(property))) {
                assertThat(message.getLongProperty("_AMQ_NotifTimestamp")).isPositive();
                return message;
            }
        }
        throw new AssertionError("nobody told of " + type);
    }

    @Test
    void ourOwnClientAsksTheSame() throws Exception {
        try (CoreClient client = SERVER.client(); CoreManagement asked = CoreManagement.open(client)) {
            assertThat(asked.invoke("broker", "getQueueNames", "ANYCAST").toString()).contains("DLQ");
            assertThat(asked.attribute("acceptor.artemis", "Started").asBoolean()).isTrue();
            assertThat(asked.attribute("address.DLQ", "RoutingTypesAsJSON").asText()).isEqualTo("[\"ANYCAST\"]");
            assertThat(asked.invoke("address.DLQ", "sendMessage", Map.of("k", "v"), 3, "hello", true, "", "", false).asText()).isNotEmpty();
            assertThat(asked.invoke("queue.DLQ", "listMessagesAsJSON", "k = 'v'").asText()).contains("\"k\":\"v\"");
            assertThat(asked.invoke("queue.DLQ", "removeMessages", "k = 'v'").asLong()).isEqualTo(1);
            assertThat(asked.invoke("broker", "createQueue", "{\"name\":\"json.q\",\"routing-type\":\"ANYCAST\",\"max-consumers\":2}").asText())
                    .contains("\"max-consumers\":2", "\"auto-create-address\":true");
            assertThat(asked.invoke("broker", "updateQueue", "{\"name\":\"json.q\",\"max-consumers\":3}").asText()).contains("\"max-consumers\":3");
            assertThat(asked.invoke("broker", "getRolesAsJSON", "x").asText()).isEqualTo("[]");
            assertThat(asked.attribute("broker", "Uptime").asText()).contains("second");
        }
    }
}
