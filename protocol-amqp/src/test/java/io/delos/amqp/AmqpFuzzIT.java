package io.delos.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
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
        Random random = new Random(SEED);
        for (int i = 0; i < CONVERSATIONS; i++) {
            byte[] bytes = damaged(random);
            try (WirePeer broken = new WirePeer(SERVER.port())) {
                broken.write(bytes);
                broken.finish();
                checkAnswer(broken.everything(), i);
            } catch (SocketException closedAlready) {
                assertThat(closedAlready).hasMessageMatching(".*(reset|Broken pipe).*");
            }
        }
        WireCase.works(WirePeer.open(SERVER.port(), "healthy"), "well");
        Awaitility.await().until(() -> SERVER.server().broker().clients().all().size() <= 1);
    }

    /** The conversation with frames missing, twice, in another place, with other bytes, longer or shorter than they say. */
    private static byte[] damaged(Random random) {
        List<byte[]> frames = new ArrayList<>(corpus);
        for (int damages = 1 + random.nextInt(3); damages > 0; damages--) {
            int at = random.nextInt(frames.size());
            byte[] frame = frames.get(at).clone();
            switch (random.nextInt(7)) {
                case 0: frames.remove(at); break;
                case 1: frames.add(random.nextInt(frames.size()), frame); break;
                case 2: frames.set(at, frames.get(random.nextInt(frames.size()))); break;
                case 3: frames.set(at, java.util.Arrays.copyOf(frame, random.nextInt(frame.length))); break;
                case 4: frames.subList(at, frames.size()).clear(); frames.add(frame); break;
                default:
                    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                        frame[random.nextInt(frame.length)] = (byte) (random.nextBoolean() ? random.nextInt() : 0x40 + random.nextInt(6));
                    }
                    frames.set(at, frame);
            }
        }
        return WirePeer.join(frames.toArray(byte[][]::new));
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
