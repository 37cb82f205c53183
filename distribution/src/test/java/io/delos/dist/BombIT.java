package io.delos.dist;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.proof.BrokerProcess;
import io.delos.proof.Distribution;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQBytesMessage;
import org.apache.activemq.util.ByteSequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compressed bodies of some KiB that inflate to as much as the broker's heap. Consumers of other dialects don't see them, nobody inflates them, and
 * whoever can read them finds them among the dead letters as they were sent.
 */
class BombIT {

    private static final int MIB = 1 << 20;
    private static final int HEAP_MIB = 64;
    private static final int EACH = 5;
    private static final long WAIT = 60_000;
    private static final List<Speech> OTHERS = List.of(Speech.STOMP, Speech.CORE, Speech.AMQP);

    @TempDir
    Path directory;

    @Test
    void itGoesToTheDeadLettersAsItIs() throws Exception {
        try (BrokerProcess broker = BrokerProcess.create(Distribution.home(), directory.resolve("bombs"), "--no-autotune", "--nio")) {
            broker.environment("JAVA_ARGS", "-XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError -Xms" + HEAP_MIB + "m -Xmx" + HEAP_MIB + "m");
            broker.start();
            byte[] bomb = deflated(HEAP_MIB);
            try (Connection connection = new ActiveMQConnectionFactory("tcp://127.0.0.1:" + broker.port())
                    .createConnection(BrokerProcess.USER, BrokerProcess.PASSWORD)) {
                connection.start();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                for (Speech speech : OTHERS) {
                    send(session, queue(speech), bomb);
                }
                for (Speech speech : OTHERS) {
                    try (Peer peer = speech.connect(broker.port(), "peer", Optional.of(new Account(BrokerProcess.USER, BrokerProcess.PASSWORD)))) {
                        peer.listen(new Place(queue(speech), false));
                        assertThat(peer.receive().text()).as(speech.name()).isEqualTo("good");
                    }
                }
                MessageConsumer dead = session.createConsumer(session.createQueue("DLQ"));
                for (int i = 0; i < EACH * OTHERS.size(); i++) {
                    ActiveMQBytesMessage found = (ActiveMQBytesMessage) dead.receive(WAIT);
                    assertThat(found.isCompressed()).isTrue();
                    assertThat(found.getContent().getLength()).isEqualTo(bomb.length);
                }
            }
            assertThat(broker.alive()).isTrue();
            assertThat(broker.logLines()).noneMatch(line -> line.contains("OutOfMemory") || line.contains(" ERROR "));
        }
    }

    private static String queue(Speech speech) {
        return "bombs." + speech;
    }

    private static void send(Session session, String queue, byte[] bomb) throws JMSException {
        try (MessageProducer producer = session.createProducer(session.createQueue(queue))) {
            for (int i = 0; i < EACH; i++) {
                ActiveMQBytesMessage message = (ActiveMQBytesMessage) session.createBytesMessage();
                message.setContent(new ByteSequence(bomb));
                message.setCompressed(true);
                producer.send(message);
            }
            producer.send(session.createTextMessage("good"));
        }
    }

    /** As that client writes the body of a bytes message: its length, and then what is deflated. */
    private static byte[] deflated(int mebibytes) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(new byte[Integer.BYTES]);
        try (DeflaterOutputStream out = new DeflaterOutputStream(body)) {
            byte[] zeros = new byte[MIB];
            for (int i = 0; i < mebibytes; i++) {
                out.write(zeros);
            }
        }
        return body.toByteArray();
    }
}
