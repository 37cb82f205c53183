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
            <address-settings>
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
        BrokerProcess made = BrokerProcess.create(home, instance, "--no-autotune", "--nio");
        Path xml = instance.resolve("etc/broker.xml");
        Files.writeString(xml, Files.readString(xml).replace("<address-settings>", SETTINGS).replace("<security-settings>", RIGHTS));
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
