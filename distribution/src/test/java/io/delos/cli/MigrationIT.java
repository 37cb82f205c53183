package io.delos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.config.RoutingType;
import io.delos.core.RawMessage;
import io.delos.proof.BrokerProcess;
import io.delos.proof.Distribution;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All that a real Artemis holds moves into Delos, and all that Delos holds into a real Artemis: every message is compared. */
@Timeout(300)
class MigrationIT {

    private static final String USER = BrokerProcess.USER;
    private static final String PASSWORD = BrokerProcess.PASSWORD;
    /** Most of what this test takes is starting processes that end in a moment, or do little: they are not worth optimising. */
    private static final Map<String, String> BRIEF = Map.of("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
    private static final String ZIPPED = "so much air ".repeat(30_000);

    @TempDir
    Path directory;

    /** What is in an export: bindings, and the messages of each queue in their order. */
    private record Freight(Set<String> bindings, Map<String, List<String>> queues) {
        long count() {
            return queues.values().stream().mapToLong(List::size).sum();
        }

        /** The program of Artemis makes spaces of the line breaks and tabs in properties that it has exported itself. */
        Freight withSpaces() {
            return changed("[\\t\\r\\n]", " ");
        }

        /** And it gives new ids, and sends as a large message of CORE what was large in AMQP. */
        Freight asItsProgramSends() {
            return changed("Optional\\[[^]]*]|_AMQ_LARGE_SIZE=Long [0-9]+, | large$", "");
        }

        private Freight changed(String pattern, String replacement) {
            Map<String, List<String>> changed = new TreeMap<>();
            queues.forEach((name, messages) -> changed.put(name, messages.stream().map(message -> message.replaceAll(pattern, replacement)).toList()));
            return new Freight(bindings, changed);
        }
    }

    @Test
    void everythingMovesFromArtemisToDelosAndBack() throws Exception {
        Path artemis = Distribution.unpack(Path.of(System.getProperty("delos.foreign",
                "target/foreign/apache-artemis-2.56.0-bin.tar.gz")), Distribution.work());
        Path exported = directory.resolve("artemis.xml");
        try (BrokerProcess source = create(artemis, "source")) {
            Path xml = source.instance().resolve("etc/broker.xml");
            Files.writeString(xml, Files.readString(xml).replace("<address-settings>", "<address-settings><address-setting match=\"paged\">"
                    + "<max-size-bytes>100000</max-size-bytes><page-size-bytes>50000</page-size-bytes></address-setting>"));
            source.start();
            load(source.port());
            assertThat(source.logLines()).anyMatch(line -> line.contains("AMQ222038") && line.contains("paged"));
            source.stop();
            run(source, "data", "exp", "--output", exported.toString());
        }
        Freight freight = read(exported);
        assertThat(freight.count()).isGreaterThan(500);
        assertThat(freight.queues()).containsKeys("core.kinds", "core.later", "core.large", "amqp.kinds", "core-client.red", "core-client.all", "paged");
        Path again = directory.resolve("delos.xml");
        try (BrokerProcess delos = create(Distribution.home(), "delos"); BrokerProcess stock = create(Distribution.home(), "stock")) {
            delos.start();
            assertThat(ask(delos, "data", "imp", "--input", exported.toString())).contains("Imported ");
            assertThat(browseZipped(delos.port())).isEqualTo(ZIPPED);
            assertThat(Shell.run(delos.instance(), Map.of(), command(delos, "data", "exp")).err()).contains("There is another process");
            delos.stop();
            Map<String, String> before = files(delos.instance().resolve("data"));
            run(delos, "data", "exp", "--output", again.toString());
            assertThat(files(delos.instance().resolve("data"))).isEqualTo(before);
            assertSame(read(again), freight);

            stock.start();
            // the program of Artemis, its broker being Delos
            ask(artemis, "data", "imp", "--input", exported.toString(), "--url", "tcp://127.0.0.1:" + stock.port());
            stock.stop();
            Path third = directory.resolve("stock.xml");
            run(stock, "data", "exp", "--output", third.toString());
            assertSame(read(third).withSpaces().asItsProgramSends(), freight.withSpaces().asItsProgramSends());

            delos.start();
            loadOthers(delos.port());
            delos.stop();
            run(delos, "data", "exp", "--output", again.toString());
        }
        Freight more = read(again);
        assertThat(more.queues()).containsKeys("openwire.kinds", "stomp.q", "mqtt-client.mqtt.topic");
        try (BrokerProcess target = create(artemis, "target")) {
            target.start();
            ask(artemis, "data", "imp", "--input", again.toString(), "--url", "tcp://127.0.0.1:" + target.port());
            assertThat(browseZipped(target.port())).isEqualTo(ZIPPED);
            target.stop();
            Path back = directory.resolve("back.xml");
            run(target, "data", "exp", "--output", back.toString());
            assertSame(read(back).asItsProgramSends(), more.asItsProgramSends());
        }
    }

    private static void assertSame(Freight found, Freight expected) {
        assertThat(found.bindings()).containsAll(expected.bindings());
        for (Map.Entry<String, List<String>> queue : expected.queues().entrySet()) {
            assertThat(found.queues().getOrDefault(queue.getKey(), List.of())).as(queue.getKey()).isEqualTo(queue.getValue());
        }
        assertThat(found.queues().keySet()).isEqualTo(expected.queues().keySet());
    }

    private BrokerProcess create(Path home, String name) throws IOException {
        BrokerProcess broker = BrokerProcess.create(home, directory.resolve(name), "--no-autotune", "--nio");
        BRIEF.forEach(broker::environment);
        return broker;
    }

    // the load

    private static ConnectionFactory core(int port, String more) {
        return new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port + "?callTimeout=20000" + more);
    }

    private static void load(int port) throws Exception {
        ConnectionFactory core = core(port, "");
        Cargo.send(core, USER, PASSWORD, "core");
        Cargo.later(core, USER, PASSWORD, "core");
        Cargo.send(new JmsConnectionFactory("amqp://127.0.0.1:" + port), USER, PASSWORD, "amqp");
        Cargo.fill(core, USER, PASSWORD, "paged", 500, 50);
        try (Connection connection = core(port, "&compressLargeMessage=true").createConnection(USER, PASSWORD)) {
            Session session = connection.createSession();
            session.createProducer(session.createQueue("core.zipped")).send(session.createTextMessage(ZIPPED));
        }
    }

    private static String browseZipped(int port) throws Exception {
        try (Connection connection = core(port, "").createConnection(USER, PASSWORD)) {
            connection.start();
            Session session = connection.createSession();
            return ((TextMessage) session.createBrowser(session.createQueue("core.zipped")).getEnumeration().nextElement()).getText();
        }
    }

    /** What is stored in other dialects than CORE. */
    private static void loadOthers(int port) throws Exception {
        Cargo.send(new JmsConnectionFactory("amqp://127.0.0.1:" + port), USER, PASSWORD, "native");
        Cargo.send(new org.apache.activemq.ActiveMQConnectionFactory("tcp://127.0.0.1:" + port), USER, PASSWORD, "openwire");
        MqttClient mqtt = new MqttClient("tcp://127.0.0.1:" + port, "mqtt-client", new MemoryPersistence());
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setUserName(USER);
        options.setPassword(PASSWORD.getBytes(StandardCharsets.UTF_8));
        options.setCleanStart(false);
        options.setSessionExpiryInterval(86_400L);
        mqtt.connect(options);
        mqtt.subscribe("mqtt/topic", 1);
        mqtt.disconnect();
        MqttClient sender = new MqttClient("tcp://127.0.0.1:" + port, "mqtt-sender", new MemoryPersistence());
        sender.connect(options);
        sender.publish("mqtt/topic", "by MQTT".getBytes(StandardCharsets.UTF_8), 1, false);
        sender.disconnect();
        sender.close();
        mqtt.close();
        try (Socket stomp = new Socket("127.0.0.1", port)) {
            stomp.getOutputStream().write(("CONNECT\naccept-version:1.2\nhost:x\nlogin:" + USER + "\npasscode:" + PASSWORD + "\n\n\0"
                    + "SEND\ndestination:stomp.q\ndestination-type:ANYCAST\npersistent:true\nreceipt:1\nmine:yes\n\nby STOMP\0"
                    + "DISCONNECT\nreceipt:2\n\n\0").getBytes(StandardCharsets.UTF_8));
            assertThat(new String(stomp.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).contains("receipt-id:1").doesNotContain("ERROR");
        }
    }

    // commands

    private static String[] command(BrokerProcess broker, String... words) {
        return Stream.concat(Stream.of(broker.instance().resolve("bin/artemis").toString()), Arrays.stream(words)).toArray(String[]::new);
    }

    private static String run(BrokerProcess broker, String... words) {
        Shell.Result result = Shell.run(broker.instance(), BRIEF, command(broker, words));
        assertThat(result.exit()).as("%s%n%s%n%s", List.of(words), result.out(), result.err()).isZero();
        return result.out();
    }

    /** Asks a running broker. */
    private static String ask(BrokerProcess broker, String... words) {
        return run(broker, Stream.concat(Arrays.stream(words), Stream.of("--user", USER, "--password", PASSWORD)).toArray(String[]::new));
    }

    /** Runs a command of a distribution that asks a running broker. */
    private String ask(Path home, String... words) {
        List<String> command = new ArrayList<>(List.of(home.resolve("bin/artemis").toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("--user", USER, "--password", PASSWORD));
        Shell.Result result = Shell.run(directory, BRIEF, command.toArray(String[]::new));
        assertThat(result.exit()).as("%s%n%s%n%s", command, result.out(), result.err()).isZero();
        return result.out();
    }

    private static Map<String, String> files(Path data) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(data)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                files.put(data.relativize(file).toString(), bytes.length + " " + Arrays.hashCode(bytes));
            }
        }
        return files;
    }

    // what an export says

    private static Freight read(Path file) throws Exception {
        Freight freight = new Freight(new TreeSet<>(), new TreeMap<>());
        try (InputStream in = Files.newInputStream(file)) {
            ExportReader.read(in, new ExportReader.Visitor() {
                @Override
                public void address(String name, Set<RoutingType> types) {
                    if (!ours(name)) {
                        freight.bindings.add(name + " " + types);
                    }
                }

                @Override
                public void queue(String name, String address, String filter, RoutingType type) {
                    if (!ours(name)) {
                        freight.bindings.add(name + "@" + address + " '" + filter + "' " + type);
                    }
                }

                @Override
                public void legacyQueue(String name, String address, String filter) {
                    throw new AssertionError(name);
                }

                @Override
                public void message(ExportedMessage message) {
                    for (String queue : message.queues()) {
                        freight.queues.computeIfAbsent(queue, name -> new ArrayList<>()).add(shown(message.message()));
                    }
                }
            });
        }
        return freight;
    }

    /** What a broker keeps for itself. */
    private static boolean ours(String name) {
        return name.startsWith("activemq.") || name.startsWith("$sys.");
    }

    private static String shown(RawMessage message) {
        Map<String, String> properties = new TreeMap<>();
        message.properties().forEach((name, value) -> properties.put(name, value == null ? "null" : value.getClass().getSimpleName() + " "
                + (value instanceof byte[] bytes ? Arrays.toString(bytes) : value)));
        // Artemis makes a new one at each export of a message that came by AMQP
        String id = properties.containsKey("NATIVE_MESSAGE_ID") ? "" : message.userId().toString();
        byte[] body = message.body();
        String start = new String(body, 0, Math.min(40, body.length), StandardCharsets.UTF_16LE);
        return message.kind() + " " + message.priority() + " " + message.expiration() + " " + message.timestamp() + " " + id + " " + properties
                + " " + body.length + " " + Arrays.hashCode(body) + " " + start.replace('\n', ' ') + (message.large() ? " large" : "");
    }
}
