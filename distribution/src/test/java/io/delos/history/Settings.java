package io.delos.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.proof.BrokerProcess;
import jakarta.jms.ConnectionFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;

/** How clients and brokers are set up whose history is written down. */
final class Settings {

    private Settings() {
    }

    /** Consumers without a window, and no connecting again. */
    static ConnectionFactory core(int port) {
        return new ActiveMQConnectionFactory("tcp://127.0.0.1:" + port + "?consumerWindowSize=0&blockOnAcknowledge=true&reconnectAttempts=0"
                + "&retryInterval=50&callTimeout=20000", BrokerProcess.USER, BrokerProcess.PASSWORD);
    }

    /** Consumers without prefetch. */
    static ConnectionFactory amqp(int port) {
        return new JmsConnectionFactory(BrokerProcess.USER, BrokerProcess.PASSWORD, "amqp://127.0.0.1:" + port
                + "?jms.prefetchPolicy.all=0&jms.sendTimeout=20000&jms.requestTimeout=20000&jms.connectTimeout=5000&jms.closeTimeout=20000");
    }

    /** What is given back often must come back every time. */
    static void neverDeadLetter(Path instance) throws IOException {
        change(instance, "<address-setting match=\"#\">",
                "<address-setting match=\"#\">\n            <max-delivery-attempts>-1</max-delivery-attempts>");
    }

    /** The journal goes on to its next file often. */
    static void smallFiles(Path instance) throws IOException {
        change(instance, "<journal-file-size>10M</journal-file-size>", "<journal-file-size>1M</journal-file-size>");
    }

    private static void change(Path instance, String from, String to) throws IOException {
        Path file = instance.resolve("etc/broker.xml");
        String xml = Files.readString(file);
        assertThat(xml).contains(from);
        Files.writeString(file, xml.replace(from, to));
    }
}
