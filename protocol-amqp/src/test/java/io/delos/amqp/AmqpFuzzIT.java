package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.delos.server.Damage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.apache.qpid.proton.amqp.transport.Close;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.framing.TransportFrame;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Conversations of a real client with damage in them: each ends for a reason of the protocol's, and the broker goes on serving others.
 * {@code -Ddelos.fuzz.conversations} has more of them, {@code -Ddelos.fuzz.seed} others.
 */
class AmqpFuzzIT {

    private static final int CONVERSATIONS = Integer.getInteger("delos.fuzz.conversations", 400);
    private static final long SEED = Long.getLong("delos.fuzz.seed", 20);
    private static final int LARGEST = 1 << 20;

    @RegisterExtension
    static final AmqpServer SERVER = new AmqpServer();

    private static List<byte[]> corpus;

    @BeforeAll
    static void record() throws Exception {
        try (Recorder recorder = new Recorder(SERVER.port())) {
            converse("amqp://127.0.0.1:" + recorder.port());
            corpus = recorder.frames();
        }
        assertThat(corpus).hasSizeGreaterThan(40);
    }

    /** A little of everything. */
    private static void converse(String uri) throws Exception {
        try (Connection connection = new JmsConnectionFactory(uri + "?amqp.saslMechanisms=ANONYMOUS").createConnection()) {
            connection.setClientID("fuzz");
            connection.start();
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            MessageProducer producer = session.createProducer(session.createQueue("fuzz.q"));
            producer.send(session.createTextMessage("text"));
            producer.send(session.createMapMessage());
            session.commit();
            MessageConsumer consumer = session.createConsumer(session.createQueue("fuzz.q"), "a IS NULL");
            consumer.receive(10_000);
            session.rollback();
            session.createConsumer(session.createQueue("fuzz.q")).receiveNoWait();
            consumer.close();
            Session other = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            Topic topic = other.createTopic("fuzz.t");
            MessageConsumer subscriber = other.createDurableSubscriber(topic, "fuzzy", "b = 1", true);
            other.createSharedConsumer(topic, "shared").close();
            other.createBrowser(other.createQueue("fuzz.q")).getEnumeration().hasMoreElements();
            MessageProducer anonymous = other.createProducer(null);
            anonymous.send(other.createTemporaryQueue(), other.createBytesMessage());
            subscriber.close();
            other.unsubscribe("fuzzy");
        }
    }

    @Test
    void damagedConversationsHurtNobodyElse() throws IOException {
        // codes of small, empty and null values
        Damage damage = new Damage(new Random(SEED), new byte[] {0x40, 0x41, 0x42, 0x43, 0x44, 0x45});
        for (int i = 0; i < CONVERSATIONS; i++) {
            checkAnswer(Damage.answer(SERVER.port(), damage.of(corpus)), i);
        }
        WireCase.works(WirePeer.open(SERVER.port(), "healthy"), "well");
        Awaitility.await().until(() -> SERVER.server().broker().clients().all().size() <= 1);
    }

    /** All of it can be read, and nothing in it says that the broker did not know what to make of this. */
    private static void checkAnswer(byte[] answer, int conversation) {
        ByteBuf in = Unpooled.wrappedBuffer(answer);
        while (in.readableBytes() >= 8) {
            if (in.getByte(in.readerIndex()) == 'A') {
                in.skipBytes(8);
                continue;
            }
            int size = AmqpCodec.frameSize(in, LARGEST);
            if (size < 0) {
                break;
            }
            if (in.getByte(in.readerIndex() + 5) == 1) {
                in.skipBytes(size);
                continue;
            }
            Optional<TransportFrame> frame = AmqpCodec.read(in, size);
            if (frame.isPresent() && frame.get().getBody() instanceof Close) {
                ErrorCondition error = ((Close) frame.get().getBody()).getError();
                assertThat(error == null ? "" : error.getCondition().toString()).as("conversation %d of seed %d: %s", conversation, SEED, error)
                        .isNotEqualTo("amqp:internal-error");
            }
        }
    }
}
