package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands against a broker in this process, over both protocols. */
class CommandsIT {

    @TempDir
    static Path temp;

    private static RunningBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = RunningBroker.start(temp);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static String announced(String rest) {
        return "Connection brokerURL = " + broker.url() + "\n" + rest;
    }

    private static long inQueue(String queue) {
        Cli.Result stat = broker.run("queue stat", "--field", "NAME", "--operation", "EQUALS", "--value", queue, "--json");
        String count = stat.out().replaceAll("(?s).*\"messageCount\":\"(\\d+)\".*", "$1");
        return Long.parseLong(count);
    }

    @ParameterizedTest
    @CsvSource({"core,ActiveMQQueue[sent.core]", "amqp,sent.amqp"})
    void sendsBrowsesAndReceives(String protocol, String label) {
        String queue = "queue://sent." + protocol;
        String producer = "Producer " + label + ", thread=0 ";
        String consumer = "Consumer " + label + ", thread=0 ";
        Cli.Result sent = broker.run("producer", "--protocol", protocol, "--destination", queue, "--message-count", "3");
        assertThat(sent.err()).isEmpty();
        assertThat(sent.exit()).isZero();
        assertThat(sent.out()).startsWith(announced(producer + "Started to calculate elapsed time ...\n\n" + producer + "Produced: 3 messages\n"
                + producer + "Elapsed time in second : ")).endsWith(" milli seconds\n");
        Cli.Result browsed = broker.run("browser", "--protocol", protocol, "--destination", queue);
        assertThat(browsed.out()).isEqualTo("Consumer:: filter = null\n" + announced(consumer + "trying to browse 1000 messages\n"
                + consumer + "browsing test message: 0\n" + consumer + "browsing test message: 1\n" + consumer + "browsing test message: 2\n"
                + consumer + "browsed: 3 messages\n" + consumer + "Browser thread finished\n"));
        Cli.Result received = broker.run("consumer", "--protocol", protocol, "--destination", queue, "--message-count", "5",
                "--break-on-null", "--receive-timeout", "200", "--verbose");
        assertThat(received.exit()).isZero();
        assertThat(received.out()).contains("Consumer:: filter = null\n", consumer + "wait 200ms until 5 messages are consumed\n",
                consumer + "Received test message: 2\nJMS Message ID:ID:", "Received text sized at 15\n", consumer + "Consumed: 5 messages\n")
                .endsWith(consumer + "Consumed: 3 messages\n" + consumer + "Consumer thread finished\n");
        assertThat(inQueue("sent." + protocol)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"core", "amqp"})
    void worksInTransactions(String protocol) {
        String queue = "tx." + protocol;
        broker.run("producer", "--protocol", protocol, "--destination", queue, "--message-count", "5", "--commit-interval", "2");
        assertThat(inQueue(queue)).isEqualTo(5);
        broker.run("consumer", "--protocol", protocol, "--destination", queue, "--message-count", "3", "--commit-interval", "2");
        assertThat(inQueue(queue)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"core", "amqp"})
    void filtersAndGivesPropertiesTtlAndGroups(String protocol) throws Exception {
        String queue = "filtered." + protocol;
        Path file = temp.resolve(queue + ".xml");
        broker.run("producer", "--protocol", protocol, "--destination", queue, "--message-count", "2", "--message", "plain");
        broker.run("producer", "--protocol", protocol, "--destination", queue, "--message-count", "2", "--message-size", "7", "--group", "g",
                "--msgttl", "600000", "--non-persistent", "--properties", "[{\"type\":\"int\",\"key\":\"a\",\"value\":\"1\"}]");
        Cli.Result some = broker.run("consumer", "--protocol", protocol, "--destination", queue, "--message-count", "2", "--filter", "a = 1",
                "--data", file.toString());
        assertThat(some.out()).startsWith("Consumer:: filter = a = 1\n").contains("Consumed: 2 messages");
        assertThat(inQueue(queue)).isEqualTo(2);
        assertThat(MessageFile.read(file)).hasSize(2).allSatisfy(message -> {
            assertThat(message.properties()).containsEntry("a", 1).containsKey("count");
            assertThat(message.header().group()).isEqualTo("g");
            assertThat(message.header().expiration()).isPositive();
            assertThat(Letters.size(message.content())).isEqualTo(7);
        });
        broker.run("producer", "--protocol", protocol, "--destination", queue, "--data", file.toString());
        assertThat(inQueue(queue)).isEqualTo(4);
    }

    @Test
    void runsSeveralThreads() {
        Cli.Result sent = broker.run("producer", "--destination", "queue://threads", "--message-count", "10", "--threads", "3");
        assertThat(sent.out()).contains("thread=0 Produced: 10", "thread=1 Produced: 10", "thread=2 Produced: 10");
        assertThat(inQueue("threads")).isEqualTo(30);
        broker.run("consumer", "--destination", "queue://threads", "--message-count", "10", "--threads", "3");
        assertThat(inQueue("threads")).isZero();
    }

    @Test
    void keepsDurableSubscriptions() {
        Cli.Result nobodyYet = broker.run("consumer", "--destination", "topic://news", "--durable", "--clientID", "me", "--subscriptionName", "sub",
                "--message-count", "1", "--break-on-null", "--receive-timeout", "1");
        assertThat(nobodyYet.out()).contains("Consumed: 0 messages");
        broker.run("producer", "--destination", "topic://news", "--message-count", "2");
        assertThat(inQueue("me.sub")).isEqualTo(2);
        assertThat(broker.run("consumer", "--destination", "topic://news", "--durable", "--clientID", "me", "--subscriptionName", "sub",
                "--message-count", "2").out()).contains("Consumed: 2 messages\n");
        assertThat(broker.run("consumer", "--destination", "topic://news", "--durable").err()).startsWith("A durable subscription needs --clientID");
    }

    @Test
    void movesAndCopies() {
        broker.run("producer", "--destination", "queue://from", "--message-count", "5");
        assertThat(broker.run("transfer", "--source-queue", "from", "--target-queue", "to", "--copy", "--receive-timeout", "0").out())
                .endsWith("Copied a total of 5 messages\n");
        assertThat(broker.run("transfer", "--source-queue", "from", "--target-queue", "to", "--receive-timeout", "200", "--commit-interval", "2",
                "--target-protocol", "amqp").out()).endsWith("Transferred a total of 5 messages\n");
        assertThat(inQueue("from")).isZero();
        assertThat(inQueue("to")).isEqualTo(10);
    }

    @Test
    void refusesStrangers() {
        for (String protocol : new String[] {"core", "amqp"}) {
            Cli.Result result = broker.cli().run("producer", "--url", broker.url(), "--user", "admin", "--password", "wrong", "--protocol", protocol);
            assertThat(result.exit()).isEqualTo(1);
            assertThat(result.err()).startsWith("Connection failed::");
            assertThat(result.out()).isEqualTo(announced(""));
        }
    }

    @Test
    void managesAddresses() {
        assertThat(broker.run("address create", "--name", "a1", "--silent").out())
                .isEqualTo(announced("Address [name=a1, routingTypes={MULTICAST,ANYCAST}, autoCreated=false] created successfully.\n"));
        assertThat(broker.run("address create", "--name", "a1", "--silent"))
                .isEqualTo(new Cli.Result(0, announced(""), "Failed to create address a1. Reason: AMQ229204: Address already exists: a1\n"));
        assertThat(broker.run("address update", "--name", "a1", "--anycast", "--no-multicast").out())
                .isEqualTo(announced("Address [name=a1, routingTypes={ANYCAST}, autoCreated=false] updated successfully.\n"));
        assertThat(broker.run("address show", "--name", "a1").out())
                .isEqualTo(announced("Address [name=a1, routingTypes={ANYCAST}, autoCreated=false]\n"));
        assertThat(broker.run("address show").out().lines()).contains("a1", "DLQ").noneMatch(line -> line.contains("management."));
        assertThat(broker.run("address show", "--name", "DLQ", "--bindings").out()).contains("LocalQueueBinding [address=DLQ, queue=");
        assertThat(broker.run("address delete", "--name", "a1").out()).isEqualTo(announced("Address a1 deleted successfully.\n"));
        assertThat(broker.run("address show", "--name", "a1").err())
                .isEqualTo("Failed to show address a1. Reason: AMQ229203: Address Does Not Exist: a1\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"core", "amqp"})
    void managesQueues(String protocol) {
        String name = "managed." + protocol;
        Cli.Result created = broker.run("queue create", "--protocol", protocol, "--name", name, "--auto-create-address", "--anycast",
                "--max-consumers", "3", "--silent");
        assertThat(created.err()).isEmpty();
        assertThat(created.out()).startsWith(announced("Queue [name=" + name + ", address=" + name + ", routingType=ANYCAST, durable=true, "
                + "maxConsumers=3, purgeOnNoConsumers=false, autoCreateAddress=true, exclusive=false, lastValue=false, lastValueKey=null, "
                + "nonDestructive=false, consumersBeforeDispatch=0, delayBeforeDispatch=-1")).endsWith("] created successfully.\n");
        assertThat(broker.run("queue create", "--protocol", protocol, "--name", name))
                .isEqualTo(new Cli.Result(0, announced(""), "Failed to create queue " + name + ". Reason: AMQ229019: Queue " + name
                        + " already exists on address " + name + "\n"));
        assertThat(broker.run("queue update", "--protocol", protocol, "--name", name, "--max-consumers", "4").out())
                .contains("maxConsumers=4").endsWith("] updated successfully.\n");
        broker.run("producer", "--destination", "queue://" + name, "--message-count", "2");
        assertThat(broker.run("queue purge", "--protocol", protocol, "--name", name).out()).endsWith("Queue " + name + " purged successfully.\n");
        assertThat(inQueue(name)).isZero();
        assertThat(broker.run("queue delete", "--protocol", protocol, "--name", name).out()).endsWith("Queue " + name + " deleted successfully.\n");
        assertThat(broker.run("queue delete", "--protocol", protocol, "--name", name))
                .isEqualTo(new Cli.Result(0, announced(""), "Failed to delete queue " + name + ". Reason: AMQ229017: Queue " + name
                        + " does not exist\n"));
        assertThat(broker.run("queue purge", "--protocol", protocol, "--name", "nope"))
                .isEqualTo(new Cli.Result(0, announced(""), "Failed to purge queue nope. Reason: AMQ229067: Cannot find resource with name queue.nope\n"));
    }

    @Test
    void showsQueuesAsATableOrAsJson() {
        broker.run("queue create", "--name", "stat.a", "--auto-create-address", "--silent");
        broker.run("queue create", "--name", "stat.b", "--auto-create-address", "--multicast", "--silent");
        assertThat(broker.run("queue stat", "--queueName", "stat.").out()).isEqualTo(announced("""
                |NAME  |ADDRESS|CONSUMER|MESSAGE|MESSAGES|DELIVERING|MESSAGES|SCHEDULED| ROUTING |INTERNAL|
                |      |       | COUNT  | COUNT | ADDED  |  COUNT   | ACKED  |  COUNT  |  TYPE   |        |
                |stat.a|stat.a |   0    |   0   |   0    |    0     |   0    |    0    | ANYCAST | false  |
                |stat.b|stat.b |   0    |   0   |   0    |    0     |   0    |    0    |MULTICAST| false  |
                """));
        assertThat(broker.run("queue stat", "--queueName", "stat.", "--maxRows", "1").out())
                .endsWith("WARNING: the displayed queues are 1/2, set maxRows to display more queues.\n");
        Cli.Result json = broker.run("queue stat", "--queueName", "stat.a", "--json");
        assertThat(json.out()).startsWith("{\"data\":[\n   {\"id\":\"").contains("\"name\":\"stat.a\"").endsWith("}\n],\"count\":1}\n");
        assertThat(broker.run("queue stat", "--field", "NAME", "--operation", "EQUALS", "--value", "stat.b", "--single-line-header").out())
                .contains("|NAME  |ADDRESS|CONSUMER_COUNT|MESSAGE_COUNT|");
    }

    @Test
    void checksTheNode() {
        Cli.Result good = broker.run("check node", "--up", "--diskUsage", "100", "--memoryUsage", "99");
        assertThat(good.exit()).as(good.out() + good.err()).isZero();
        assertThat(good.out()).startsWith(announced("""
                Running NodeCheck
                Checking that the node is started ... success
                Checking that the disk usage is less then 100 ... success
                Checking that the memory usage is less then 99 ... success
                Checks run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: """)).endsWith(" sec - NodeCheck\n");
        Cli.Result bad = broker.run("check node", "--peers", "2", "--up");
        assertThat(bad.exit()).isEqualTo(1);
        assertThat(bad.out()).contains("Checking that there are 2 peers ... failure: Insufficient peers: ", "Checks run: 2, Failures: 1, Errors: 0");
        assertThat(bad.err()).startsWith("NodeCheck failed. Reason: failure: Insufficient peers: ").doesNotContain("Usage");
        assertThat(broker.run("check cluster").exit()).isZero();
    }

    @Test
    void checksAQueue() {
        assertThat(broker.run("check queue", "--name", "checked", "--produce", "3", "--browse", "3", "--consume", "3").out())
                .contains("Checking that a producer can send 3 messages to the queue checked ... success\n"
                        + "Checking that a consumer can browse 3 messages from the queue checked ... success\n"
                        + "Checking that a consumer can consume 3 messages from the queue checked ... success\n");
        assertThat(broker.run("check queue", "--name", "checked").out()).contains("the queue checked exists and is not paused ... success");
        Cli.Result missing = broker.run("check queue", "--name", "missing");
        assertThat(missing.exit()).isEqualTo(1);
        assertThat(missing.out()).contains("Checking that the queue missing exists and is not paused ... error: ", "Failures: 0, Errors: 1");
        Cli.Result empty = broker.run("check queue", "--name", "checked", "--consume", "1", "--timeout", "300");
        assertThat(empty.exit()).isEqualTo(1);
        assertThat(empty.out()).contains("failure: Insufficient messages: 0");
        assertThat(broker.run("check queue", "--name", "checked", "--consume", "-1", "--browse", "-1").exit()).isZero();
    }

    @Test
    void importsWhatArtemisExported() throws Exception {
        Path export = Files.writeString(temp.resolve("exp.dmp"), """

                <activemq-journal>
                   <bindings>
                      <address-binding routing-types="ANYCAST" name="imp.q" id="24"/>
                      <address-binding routing-types="MULTICAST" name="imp.t" id="125"/>
                      <queue-binding address="imp.q" filter-string="" name="imp.q" id="25" routing-type="ANYCAST"/>
                      <queue-binding address="imp.t" filter-string="color='red'" name="imp.sub1" id="126" routing-type="MULTICAST"/>
                      <queue-binding address="imp.t" filter-string="" name="imp.sub2" id="131" routing-type="MULTICAST"/>
                   </bindings>
                   <messages>
                      <message id="28" priority="4" expiration="0" timestamp="1795219249960" type="text" user-id="9c620aa0-e53e-11f1-a9ba-02fc00000001">
                         <properties><property name="s" value="v" type="simple-string"/></properties>
                         <queues><queue name="imp.q"/></queues>
                         <body><![CDATA[AQAAAAZyAGUAZAA=]]></body>
                      </message>
                      <message id="29" priority="4" expiration="0" timestamp="1795219249960" type="bytes">
                         <properties><property name="color" value="red" type="simple-string"/></properties>
                         <queues><queue name="imp.sub2"/><queue name="imp.sub1"/></queues>
                         <body><![CDATA[AAECA_8=]]></body>
                      </message>
                   </messages>
                </activemq-journal>
                """);
        Cli.Result imported = broker.run("data imp", "--input", export.toString());
        assertThat(imported.err()).isEmpty();
        assertThat(imported.out()).isEqualTo(announced("Imported 2 messages into 3 queues\n"));
        assertThat(inQueue("imp.q")).isEqualTo(1);
        assertThat(inQueue("imp.sub1")).isEqualTo(1);
        assertThat(inQueue("imp.sub2")).isEqualTo(1);
        assertThat(broker.run("browser", "--destination", "queue://imp.q").out()).contains("browsing red\n");
    }

    @Test
    void changesUsersSoThatTheNextLoginSeesIt() {
        Cli.Result added = broker.run("user add", "--user-command-user", "bob", "--user-command-password", "pw", "--role", "amq");
        if (added.err().contains("AMQ229069")) {
            // the broker leaves users to the files: then the command does, unless a URL says that another instance may be meant
            assertThat(broker.cli().run("user", "add", "--user-command-user", "bob", "--user-command-password", "pw", "--role", "amq").out())
                    .contains("bob added successfully.");
        }
        Cli.Result sent = broker.cli().run("producer", "--url", broker.url(), "--user", "bob", "--password", "pw", "--message-count", "1");
        assertThat(sent.exit()).as(sent.err()).isZero();
    }
}
