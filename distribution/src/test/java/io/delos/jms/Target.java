package io.delos.jms;

import io.delos.proof.BrokerProcess;
import io.delos.proof.Distribution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The broker that the suite is run against, started by the first class that asks and stopped with this virtual machine: Delos, or with
 * {@code -Ddelos.target=artemis} the broker that it replaces, so that each expectation can be held against both.
 */
final class Target {
    /** Whether it is the other broker. */
    static final boolean ARTEMIS = "artemis".equals(System.getProperty("delos.target"));

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final String SETTINGS = """
            <message-expiry-scan-period>100</message-expiry-scan-period>
            <connection-ttl-check-interval>500</connection-ttl-check-interval>
            <address-settings>
             <address-setting match="set.lv.#"><default-last-value-key>k</default-last-value-key></address-setting>
             <address-setting match="set.ring.#"><default-ring-size>2</default-ring-size></address-setting>
             <address-setting match="set.nd.#"><default-non-destructive>true</default-non-destructive></address-setting>
             <address-setting match="set.max.#"><default-max-consumers>1</default-max-consumers></address-setting>
             <address-setting match="set.ex.#"><default-exclusive-queue>true</default-exclusive-queue></address-setting>
             <address-setting match="again.#"><redelivery-delay>20</redelivery-delay>
              <redelivery-delay-multiplier>2</redelivery-delay-multiplier><max-redelivery-delay>60</max-redelivery-delay>
              <redelivery-collision-avoidance-factor>0.5</redelivery-collision-avoidance-factor>
              <max-delivery-attempts>4</max-delivery-attempts><dead-letter-address>again.dead</dead-letter-address></address-setting>
             <address-setting match="over.#"><expiry-address>over.there</expiry-address></address-setting>
             <address-setting match="slow.#"><slow-consumer-threshold>1000</slow-consumer-threshold>
              <slow-consumer-check-period>1</slow-consumer-check-period><slow-consumer-policy>KILL</slow-consumer-policy></address-setting>
             <address-setting match="delayed.#"><redelivery-delay>300</redelivery-delay>
              <redelivery-delay-multiplier>2</redelivery-delay-multiplier><max-redelivery-delay>600</max-redelivery-delay></address-setting>
             <address-setting match="twice.#"><max-delivery-attempts>2</max-delivery-attempts>
              <dead-letter-address>dead.letters</dead-letter-address></address-setting>
             <address-setting match="forever.#"><max-delivery-attempts>-1</max-delivery-attempts></address-setting>
             <address-setting match="expiring.#"><expiry-address>expired.messages</expiry-address></address-setting>
             <address-setting match="manual.#"><auto-create-queues>false</auto-create-queues>
              <auto-create-addresses>false</auto-create-addresses></address-setting>
             <address-setting match="jms.queue.manual.#"><auto-create-queues>false</auto-create-queues>
              <auto-create-addresses>false</auto-create-addresses></address-setting>
            """;
    private static final String RIGHTS = """
            <security-settings>
             <security-setting match="forbidden.#"><permission type="browse" roles="amq"/></security-setting>
            """;

    private static final String ADDRESSES = """
            <addresses>
             <address name="file.ring"><anycast><queue name="file.ring" ring-size="1"/></anycast></address>
            """;

    private static BrokerProcess broker;

    private Target() {
    }

    /** Where it listens. */
    static synchronized int port() {
        try {
            if (broker == null) {
                broker = create(Distribution.work().resolve("jms-" + ProcessHandle.current().pid()));
                broker.start();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return broker.port();
    }

    /** A name nobody else got, beginning with the given words. */
    static String name(String words) {
        return words + "." + NAMES.incrementAndGet();
    }

    private static BrokerProcess create(Path instance) throws IOException {
        Path home = ARTEMIS ? Distribution.unpack(Path.of(System.getProperty("delos.foreign",
                "target/foreign/apache-artemis-2.56.0-bin.tar.gz")), Distribution.work()) : Distribution.home();
        if (Files.exists(instance)) {
            BrokerProcess.deleteTree(instance);
        }
        BrokerProcess made = BrokerProcess.create(home, instance, "--no-autotune", "--nio", "--support-advisory");
        Path xml = instance.resolve("etc/broker.xml");
        Files.writeString(xml, Files.readString(xml).replace("<address-settings>", SETTINGS).replace("<security-settings>", RIGHTS)
                .replace("<addresses>", ADDRESSES));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(made, instance), "remove " + instance.getFileName()));
        return made;
    }

    private static void remove(BrokerProcess made, Path instance) {
        made.close();
        try {
            BrokerProcess.deleteTree(instance);
        } catch (IOException leftBehind) {
            System.err.println("left behind: " + instance);
        }
    }
}
