package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.XAConnection;
import jakarta.jms.XASession;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.artemis.jms.client.ActiveMQXAConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Branches, counters, settings, sizes and blocked addresses, as operators see and change them. */
class JmsOperatorIT {

    @RegisterExtension
    static final CoreServer SERVER = new CoreServer();

    private Operator operator;
    private String queue;

    @BeforeEach
    void connect() throws JMSException {
        operator = new Operator(SERVER.port(), "guest", "guest");
        queue = "operated." + SERVER.unique();
    }

    @AfterEach
    void leave() throws JMSException {
        operator.close();
    }

    private void send(String text, int mode, long delay) throws JMSException {
        MessageProducer producer = operator.session().createProducer(operator.session().createQueue(queue));
        producer.setDeliveryMode(mode);
        producer.setDeliveryDelay(delay);
        producer.send(operator.session().createTextMessage(text));
        producer.close();
    }

    private Xid prepared(String text, boolean receives) throws Exception {
        Xid xid = new TestXid("operated" + SERVER.unique(), "b");
        try (ActiveMQXAConnectionFactory factory = new ActiveMQXAConnectionFactory("tcp://127.0.0.1:" + SERVER.port());
                XAConnection connection = factory.createXAConnection()) {
            connection.start();
            XASession session = connection.createXASession();
            XAResource resource = session.getXAResource();
            resource.start(xid, XAResource.TMNOFLAGS);
            session.createProducer(session.createQueue(queue)).send(session.createTextMessage(text));
            if (receives) {
                assertThat(session.createConsumer(session.createQueue(queue)).receive(10_000)).isNotNull();
            }
            resource.end(xid, XAResource.TMSUCCESS);
            assertThat(resource.prepare(xid)).isEqualTo(XAResource.XA_OK);
        }
        return xid;
    }

    private interface Asked {
        void of(XAResource resource) throws XAException;
    }

    private static void resource(Asked asked) throws Exception {
        try (ActiveMQXAConnectionFactory factory = new ActiveMQXAConnectionFactory("tcp://127.0.0.1:" + SERVER.port());
                XAConnection connection = factory.createXAConnection()) {
            asked.of(connection.createXASession().getXAResource());
        }
    }

    private static String base64(Xid xid) {
        return new io.delos.message.Xid(xid.getFormatId(), xid.getGlobalTransactionId(), xid.getBranchQualifier()).base64();
    }

    @Test
    void preparedBranchesAreListedAndDecided() throws Exception {
        send("first", DeliveryMode.PERSISTENT, 0);
        assertThat((Object[]) operator.call("broker", "listPreparedTransactions")).isEmpty();
        assertThat(operator.call("broker", "listPreparedTransactionDetailsAsJSON")).isEqualTo("");
        Xid one = prepared("second", true);
        Xid two = prepared("third", false);
        Object[] listed = (Object[]) operator.call("broker", "listPreparedTransactions");
        assertThat(listed).hasSize(2);
        assertThat(Stream.of(listed).map(Object::toString)).anySatisfy(line -> assertThat(line).contains("base64: " + base64(one), "formatID:" + one.getFormatId()));
        assertThat(operator.call("broker", "listPreparedTransactionDetailsAsJSON").toString())
                .contains("\"xid_global_txid\":\"" + new String(one.getGlobalTransactionId(), StandardCharsets.UTF_8) + "\"", "\"message_operation_type\":\"(+) send\"",
                        "\"message_operation_type\":\"(-) receive\"", "\"tx_related_messages\"", "\"creation_time\"");
        assertThat(operator.refused("broker", "listPreparedTransactionDetailsAsHTML")).isEqualTo(
                "AMQ229069: no operation listPreparedTransactionDetailsAsHTML/0");
        assertThat(operator.read("queue." + queue, "preparedTransactionMessageCount")).isEqualTo(1L);
        assertThat(operator.call("broker", "commitPreparedTransaction", base64(one))).isEqualTo(true);
        assertThat(operator.call("broker", "commitPreparedTransaction", base64(one))).isEqualTo(false);
        assertThat(operator.call("broker", "rollbackPreparedTransaction", base64(two))).isEqualTo(true);
        assertThat((Object[]) operator.call("broker", "listHeuristicCommittedTransactions")).containsExactly(base64(one));
        assertThat((Object[]) operator.call("broker", "listHeuristicRolledBackTransactions")).containsExactly(base64(two));
        assertThat(operator.read("queue." + queue, "messageCount")).isEqualTo(1L);
        leave();
        SERVER.server().restart();
        connect();
        assertThat((Object[]) operator.call("broker", "listHeuristicCommittedTransactions")).containsExactly(base64(one));
        resource(xa -> {
            assertThatThrownBy(() -> xa.commit(one, false)).isInstanceOfSatisfying(XAException.class,
                    code -> assertThat(code.errorCode).isEqualTo(XAException.XA_HEURCOM));
            xa.forget(one);
            assertThatThrownBy(() -> xa.rollback(two)).isInstanceOfSatisfying(XAException.class,
                    code -> assertThat(code.errorCode).isEqualTo(XAException.XA_HEURRB));
            xa.forget(two);
        });
        assertThat((Object[]) operator.call("broker", "listHeuristicCommittedTransactions")).isEmpty();
        assertThat((Object[]) operator.call("broker", "listHeuristicRolledBackTransactions")).isEmpty();
    }

    @Test
    void branchesThatAreUnknownOrNoBranchesAreNotFound() throws Exception {
        assertThat(operator.call("broker", "commitPreparedTransaction", "nonsense")).isEqualTo(false);
        assertThat(operator.call("broker", "rollbackPreparedTransaction", Base64.getEncoder().encodeToString(new byte[200]))).isEqualTo(false);
        assertThat(operator.refused("broker", "rollbackPreparedTransaction", 5)).isEqualTo("AMQ229069: no operation rollbackPreparedTransaction/1");
        assertThat(operator.refused("broker", "commitPreparedTransaction")).isEqualTo("AMQ229069: no operation commitPreparedTransaction/0");
    }

    @Test
    void messageCountersCountWhatCameSinceTheyWereLookedAt() throws Exception {
        String resource = "queue." + queue;
        send("one", DeliveryMode.PERSISTENT, 0);
        operator.call("broker", "enableMessageCounters");
        assertThat(operator.read("broker", "messageCounterEnabled")).isEqualTo(true);
        operator.call("broker", "setMessageCounterSamplePeriod", 1000L);
        operator.call("broker", "setMessageCounterMaxDayCount", 2);
        assertThat(operator.read("broker", "messageCounterMaxDayCount")).isEqualTo(2L);
        send("two", DeliveryMode.PERSISTENT, 0);
        await().untilAsserted(() -> assertThat(operator.call(resource, "listMessageCounter").toString()).contains(
                "\"destinationName\":\"" + queue + "\"", "\"destinationDurable\":true", "\"messageCount\":2"));
        assertThat(operator.call(resource, "listMessageCounterHistory").toString()).startsWith("{\"dayCounters\":[{\"date\":\"");
        operator.call(resource, "resetMessageCounter");
        operator.call("broker", "resetAllMessageCounters");
        operator.call("broker", "resetAllMessageCounterHistories");
        assertThat(operator.refused("broker", "setMessageCounterMaxDayCount", 0)).contains("must be");
        assertThat(operator.refused("broker", "setMessageCounterSamplePeriod", 10L)).contains("must be 1000 at least");
        assertThat(operator.refused("queue.nosuch", "listMessageCounter")).isEqualTo("AMQ229067: Cannot find resource with name queue.nosuch");
        assertThat(operator.refused(resource, "listMessageCounter", 1)).isEqualTo("AMQ229069: no operation listMessageCounter/1");
        assertThat(operator.refused("broker", "enableMessageCounters", true)).isEqualTo("AMQ229069: no operation enableMessageCounters/1");
        operator.call("broker", "disableMessageCounters");
        assertThat(operator.read("broker", "messageCounterEnabled")).isEqualTo(false);
    }

    @Test
    void settingsAreTakenInEveryFormAndRefusedInASentence() throws Exception {
        assertThat(operator.call("broker", "addAddressSettings", queue, "DLA", "EXP", 5L, false, 3, 1000L, 500, 2, 10L, 2.0d, 100L, 7L, true, "BLOCK",
                5L, 6L, "KILL", true, true, true, true)).isNull();
        assertThat(operator.call("broker", "getAddressSettingsAsJSON", queue).toString()).contains("\"deadLetterAddress\":\"DLA\"",
                "\"maxDeliveryAttempts\":3", "\"maxSizeBytes\":1000", "\"addressFullMessagePolicy\":\"BLOCK\"", "\"redeliveryMultiplier\":2.0",
                "\"slowConsumerPolicy\":\"KILL\"", "\"sendToDLAOnNoRoute\":true");
        assertThat(operator.refused("broker", "addAddressSettings", queue, "{\"maxSizeBytes\":\"many\"}")).contains("max-size-bytes", "many");
        assertThat(operator.refused("broker", "addAddressSettings", queue, "{\"addressFullMessagePolicy\":\"NONE\"}")).contains("NONE");
        assertThat(operator.refused("broker", "addAddressSettings", queue, "not json")).isNotEmpty();
        assertThat(operator.refused("broker", "addAddressSettings", queue, 5)).isEqualTo("AMQ229069: no operation addAddressSettings/2");
        assertThat(operator.call("broker", "getAddressSettingsAsJSON", queue).toString()).contains("\"maxSizeBytes\":1000");
        operator.call("broker", "removeAddressSettings", queue);
        operator.call("broker", "removeAddressSettings", queue);
        assertThat(operator.call("broker", "getAddressSettingsAsJSON", queue).toString()).doesNotContain("\"maxSizeBytes\":1000");
    }

    @Test
    void queuesAreMadeByTheLongFormsToo() throws Exception {
        assertThat(operator.refused("broker", "createQueue", queue, "ANYCAST", queue, null, true, 3, false, true, true, 4, false, null, false, 1, 200L,
                false)).isEqualTo("AMQ229203: Address Does Not Exist: " + queue);
        assertThat(operator.call("broker", "createQueue", queue, "ANYCAST", queue, "color='red'", true, 3, false, true, true, 4, "fk", false, null,
                false, 1, 200L, false, 0L, 0L, true, 5L)).isEqualTo("Queue [name=" + queue + ", address=" + queue
                + ", routingType=ANYCAST, filter=color='red', durable=true, maxConsumers=3, purgeOnNoConsumers=false, autoCreateAddress=false,"
                + " exclusive=true, lastValue=false, lastValueKey=null, nonDestructive=false, consumersBeforeDispatch=1, delayBeforeDispatch=200,"
                + " autoCreateAddress=false]");
        assertThat(operator.read("queue." + queue, "ringSize")).isEqualTo(5L);
        assertThat(operator.read("queue." + queue, "groupFirstKey")).isEqualTo("fk");
        assertThat(operator.read("queue." + queue, "configurationManaged")).isEqualTo(false);
        assertThat(operator.read("queue.DLQ", "configurationManaged")).isEqualTo(true);
        assertThat(operator.refused("broker", "createQueue", queue, "ANYCAST", queue, null, true, 3, false, true, true, 4, "fk", false, null, false, 1,
                200L, false, 0L, 0L, true, 5L)).contains("AMQ229019: Queue " + queue + " already exists");
    }

    @Test
    void whatAQueueHoldsIsToldBySizeAndState() throws Exception {
        send("durable", DeliveryMode.PERSISTENT, 0);
        send("not durable", DeliveryMode.NON_PERSISTENT, 0);
        send("later", DeliveryMode.PERSISTENT, 600_000);
        String resource = "queue." + queue;
        try (Connection other = SERVER.connect("")) {
            other.start();
            Session held = other.createSession(false, Session.CLIENT_ACKNOWLEDGE);
            MessageConsumer consumer = held.createConsumer(held.createQueue(queue));
            assertThat(consumer.receive(10_000)).isNotNull();
            assertThat(consumer.receive(10_000)).isNotNull();
            assertThat(operator.read(resource, "deliveringCount")).isEqualTo(2L);
            assertThat(operator.read(resource, "durableDeliveringCount")).isEqualTo(1L);
            long delivering = (Long) operator.read(resource, "deliveringSize");
            long scheduled = (Long) operator.read(resource, "scheduledSize");
            assertThat((Long) operator.read(resource, "durableDeliveringSize")).isPositive().isLessThan(delivering);
            assertThat(operator.read(resource, "durableScheduledCount")).isEqualTo(1L);
            assertThat(operator.read(resource, "durableScheduledSize")).isEqualTo(scheduled);
            assertThat(operator.read(resource, "persistentSize")).isEqualTo(delivering + scheduled);
            assertThat((Long) operator.read(resource, "durablePersistentSize")).isGreaterThan(scheduled).isLessThan(delivering + scheduled);
        }
        assertThat(operator.call(resource, "removeAllMessages")).isEqualTo(3L);
        assertThat(operator.read(resource, "durablePersistentSize")).isEqualTo(0L);
        assertThat(operator.read(resource, "acknowledgeAttempts")).isEqualTo(operator.read(resource, "messagesAcknowledged"));
    }

    @Test
    void anAddressThatIsBlockedLetsNobodySendUntilItIsNot() throws Exception {
        send("before", DeliveryMode.PERSISTENT, 0);
        String resource = "address." + queue;
        assertThat(operator.call(resource, "block")).isEqualTo(true);
        assertThat(operator.call(resource, "block")).isEqualTo(true);
        assertThat(operator.read(resource, "blockedViaManagement")).isEqualTo(true);
        try (Connection other = SERVER.connect("")) {
            Session session = other.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(session.createQueue(queue));
            Message message = session.createTextMessage("after");
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    producer.send(message);
                } catch (JMSException failure) {
                    throw new IllegalStateException(failure);
                }
            });
            assertThat(operator.read("queue." + queue, "messageCount")).isEqualTo(1L);
            assertThat(sent).isNotDone();
            operator.call(resource, "unblock");
            sent.join();
        }
        assertThat(operator.read(resource, "blockedViaManagement")).isEqualTo(false);
        Session session = operator.session();
        MessageConsumer consumer = session.createConsumer(session.createQueue(queue));
        assertThat(((TextMessage) consumer.receive(10_000)).getText()).isEqualTo("before");
        assertThat(((TextMessage) consumer.receive(10_000)).getText()).isEqualTo("after");
        assertThat(operator.refused("address.nosuch", "block")).isEqualTo("AMQ229067: Cannot find resource with name address.nosuch");
        assertThat(operator.refused(resource, "unblock", true)).isEqualTo("AMQ229069: no operation unblock/1");
    }
}
