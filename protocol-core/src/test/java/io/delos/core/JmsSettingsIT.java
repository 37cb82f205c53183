package io.delos.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delos.address.Route;
import io.delos.broker.Broker;
import io.delos.config.BrokerConfig;
import io.delos.config.BrokerXml;
import io.delos.config.DivertConfig;
import io.delos.queue.Queue;
import io.delos.server.TestServer;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What broker.xml says of addresses, seen by the real client. */
@Timeout(120)
class JmsSettingsIT {

    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final String SETTINGS = """
            <address-setting match="delayed.#"><expiry-delay>3600000</expiry-delay></address-setting>
            <address-setting match="least.#"><min-expiry-delay>3600000</min-expiry-delay></address-setting>
            <address-setting match="most.#"><max-expiry-delay>7200000</max-expiry-delay></address-setting>
            <address-setting match="both.#"><min-expiry-delay>3600000</min-expiry-delay><max-expiry-delay>7200000</max-expiry-delay></address-setting>
            <address-setting match="delayedmost.#"><expiry-delay>3600000</expiry-delay><max-expiry-delay>7200000</max-expiry-delay></address-setting>
            <address-setting match="never.#"><no-expiry>true</no-expiry><expiry-delay>3600000</expiry-delay>
              <max-expiry-delay>7200000</max-expiry-delay></address-setting>
            <address-setting match="fail.#"><max-size-messages>2</max-size-messages><address-full-policy>FAIL</address-full-policy></address-setting>
            <address-setting match="drop.#"><max-size-messages>2</max-size-messages><address-full-policy>DROP</address-full-policy></address-setting>
            <address-setting match="block.#"><max-size-bytes>20000</max-size-bytes><address-full-policy>BLOCK</address-full-policy></address-setting>
            <address-setting match="page.#"><max-size-bytes>20000</max-size-bytes><address-full-policy>PAGE</address-full-policy></address-setting>
            """;
    private static final String PLACES = """
            <diverts><divert name="copy"><address>kept</address><forwarding-address>other</forwarding-address></divert></diverts>
            <addresses>
              <address name="kept"><anycast><queue name="kept"/><queue name="spare"/></anycast></address>
              <address name="other"><anycast><queue name="other"/></anycast></address>
              <address name="empty"><multicast/></address>
            </addresses>
            """;
    private static final String FEWER = "<addresses><address name=\"kept\"><anycast><queue name=\"kept\"/></anycast></address></addresses>";

    @TempDir
    private Path directory;

    private static BrokerConfig read(BrokerConfig base, String settings, String rest) {
        String text = "<configuration><core><name>read</name><security-enabled>false</security-enabled>" + rest + "<address-settings>" + settings
                + "</address-settings></core></configuration>";
        return BrokerXml.parse("broker.xml", text).config().with("journal-file-size", 8 << 20).withAcceptors(base.acceptors());
    }

    private static Connection connect(TestServer server) throws JMSException {
        Connection connection = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + server.port() + "?callTimeout=10000").createConnection();
        connection.start();
        return connection;
    }

    /** An address, the time to live that the sender gives, and what becomes of it; 0 for ever. */
    private static final List<Lifetime> LIFETIMES = List.of(
            new Lifetime("delayed", 0, HOUR), new Lifetime("delayed", MINUTE, MINUTE),
            new Lifetime("least", 0, HOUR), new Lifetime("least", MINUTE, HOUR), new Lifetime("least", 3 * HOUR, 3 * HOUR),
            new Lifetime("most", 0, 2 * HOUR), new Lifetime("most", MINUTE, MINUTE), new Lifetime("most", 3 * HOUR, 2 * HOUR),
            new Lifetime("both", 0, 2 * HOUR), new Lifetime("both", MINUTE, HOUR), new Lifetime("both", 3 * HOUR, 2 * HOUR),
            new Lifetime("both", HOUR + MINUTE, HOUR + MINUTE), new Lifetime("delayedmost", 0, HOUR),
            new Lifetime("never", 0, 0), new Lifetime("never", MINUTE, 0), new Lifetime("plain", 0, 0), new Lifetime("plain", MINUTE, MINUTE));

    private record Lifetime(String address, long wanted, long given) { }

    @Test
    void anAddressDecidesWhenMessagesExpire() throws Exception {
        try (TestServer server = TestServer.start(directory, c -> read(c, SETTINGS, "")); Connection connection = connect(server);
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            for (Lifetime life : LIFETIMES) {
                MessageProducer producer = session.createProducer(session.createQueue(life.address + ".q"));
                producer.setTimeToLive(life.wanted);
                producer.send(session.createTextMessage("one"));
                MessageConsumer consumer = session.createConsumer(session.createQueue(life.address + ".q"));
                Message received = consumer.receive(10_000);
                consumer.close();
                long lives = received.getJMSExpiration() == 0 ? 0 : received.getJMSExpiration() - received.getJMSTimestamp();
                // what the broker adds counts from the message's arrival, a little later than its timestamp
                assertThat(lives).as("%s", life).isBetween(life.given, life.given == 0 ? 0 : life.given + 30_000);
            }
        }
    }

    @Test
    void eachPolicyShowsItselfToItsProducer() throws Exception {
        try (TestServer server = TestServer.start(directory, c -> read(c, SETTINGS, "")); Connection connection = connect(server);
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            MessageProducer failing = session.createProducer(session.createQueue("fail.q"));
            failing.send(session.createTextMessage("1"));
            failing.send(session.createTextMessage("2"));
            assertThatThrownBy(() -> failing.send(session.createTextMessage("3"))).isInstanceOf(JMSException.class)
                    .hasMessageContaining("\"fail.q\" is full");
            assertThat(messages(server, "fail.q")).isEqualTo(2);
            MessageProducer dropping = session.createProducer(session.createQueue("drop.q"));
            for (int i = 0; i < 5; i++) {
                dropping.send(session.createTextMessage("" + i));
            }
            assertThat(messages(server, "drop.q")).isEqualTo(2);
            fill(session, "page.q", 20);
            assertThat(messages(server, "page.q")).isEqualTo(20);
            assertThat(server.broker().routes().find("page.q").orElseThrow().usage().paging()).isTrue();
            drain(session, "page.q", 20);
        }
    }

    @Test
    void whoIsBlockedWaitsAndLosesNothing() throws Exception {
        try (TestServer server = TestServer.start(directory, c -> read(c, SETTINGS, "")); Connection connection = connect(server);
                Connection other = connect(server); Session session = other.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try (Session sending = connection.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
                    fill(sending, "block.q", 60);
                } catch (JMSException failure) {
                    throw new IllegalStateException(failure);
                }
            });
            drain(session, "block.q", 1);
            assertThat(sent).isNotDone();
            drain(session, "block.q", 59);
            sent.join();
        }
    }

    private static void fill(Session session, String queue, int count) throws JMSException {
        MessageProducer producer = session.createProducer(session.createQueue(queue));
        for (int i = 0; i < count; i++) {
            producer.send(session.createTextMessage("x".repeat(2000)));
        }
    }

    private static void drain(Session session, String queue, int count) throws JMSException {
        // one at a time, or the rest would be in the consumer's hands
        try (MessageConsumer consumer = session.createConsumer(session.createQueue(queue + "?consumer-window-size=0"))) {
            for (int i : IntStream.range(0, count).toArray()) {
                assertThat(((TextMessage) consumer.receive(10_000)).getText()).as("message %s", i).hasSize(2000);
            }
        }
    }

    private static long messages(TestServer server, String queue) {
        return server.broker().findQueue(queue).orElseThrow().counters().messages();
    }

    @ParameterizedTest
    @CsvSource({"OFF", "FORCE"})
    void whatTheFileNoLongerNamesGoesAtAStartIfThatIsWanted(String policy) throws Exception {
        String settings = "<address-setting match=\"#\"><config-delete-queues>" + policy + "</config-delete-queues><config-delete-addresses>"
                + policy + "</config-delete-addresses><config-delete-diverts>" + policy
                + "</config-delete-diverts><auto-delete-queues>false</auto-delete-queues></address-setting>";
        try (TestServer server = TestServer.start(directory, c -> read(c, settings, PLACES))) {
            try (Operator operator = new Operator(server.port(), "guest", "guest")) {
                operator.call("broker", "createQueue", "{\"name\":\"made\",\"address\":\"kept\",\"routing-type\":\"ANYCAST\"}");
                operator.call("broker", "createAddress", "madeaddress", "ANYCAST");
                operator.call("broker", "createDivert", "{\"name\":\"madedivert\",\"address\":\"kept\",\"forwarding-address\":\"kept2\"}");
                for (String queue : new String[] {"auto", "other", "spare"}) {
                    operator.session().createProducer(operator.session().createQueue(queue)).send(operator.session().createTextMessage("one"));
                }
                assertThat(operator.read("queue.spare", "configurationManaged")).isEqualTo(true);
                assertThat(operator.read("queue.made", "configurationManaged")).isEqualTo(false);
            }
            server.restart(c -> read(c, settings, FEWER));
            Broker broker = server.broker();
            boolean stays = policy.equals("OFF");
            assertThat(broker.routes().queues().stream().map(Queue::name)).contains("kept", "made", "auto");
            assertThat(broker.findQueue("spare").isPresent()).isEqualTo(stays);
            assertThat(broker.findQueue("other").isPresent()).isEqualTo(stays);
            assertThat(broker.routes().all().stream().map(Route::address)).contains("kept", "auto");
            for (String address : new String[] {"other", "empty", "madeaddress"}) {
                assertThat(broker.routes().find(address).isPresent()).as(address).isEqualTo(stays);
            }
            assertThat(broker.diverts().all().stream().map(DivertConfig::name)).hasSize(stays ? 2 : 0);
            server.restart(c -> read(c, settings, PLACES));
            assertThat(messages(server, "other")).as("what went is not there again").isEqualTo(stays ? 1 : 0);
        }
    }
}
